"""What all registry records share: an id, a name, and the days on which they hold."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

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
