"""What all registry records share: an id, a name, and the days on which they hold."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.fault_words import Said
from planwatch.contract.report import Identifier, Message, Name

RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z\-]{1,31}$")]


class RegistryEntry(Message):
    """One dated entry. Of several for one id the newest that has begun holds; a day before ``valid_from`` changes none.

    Of two with one ``valid_from`` the higher ``revision`` stands.
    """

    id: Identifier
    name: Name
    valid_from: date = Field(strict=False)
    valid_to: date | None = Field(default=None, strict=False)
    revision: Annotated[int, Field(ge=0, le=32767)] = 0

    @model_validator(mode="after")
    def _holds_some_day(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise Said(
                f"valid_to {self.valid_to} is before valid_from {self.valid_from}: the entry would never hold",
                f"失效日期 {self.valid_to} 早于生效日期 {self.valid_from}：这条名录永远不会有效",
            )
        return self
