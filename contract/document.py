"""What all plan data share: strict, frozen documents and exact numbers of the law."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints


def _written(value: object) -> object:
    """A number of the law: written as text or a whole number, so that no binary float is ever involved."""
    if isinstance(value, bool | float):
        raise ValueError(f'put the number in quotes, e.g. "14.5" (given: {value!r})')
    try:
        return Decimal(value) if isinstance(value, str | int) else value
    except InvalidOperation as error:
        raise ValueError(f'not a number, e.g. "14.5" (given: {value!r})') from error


Number = Annotated[Decimal, BeforeValidator(_written)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([\-.][a-z0-9]+)*$", max_length=80)]


class Document(BaseModel):
    """What all plan data share: frozen and strict about keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
