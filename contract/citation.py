"""Where something of the law stands: the sentence verbatim, in a stored text with a known hash."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from planwatch.contract.document import Document
from planwatch.contract.report import Name

Quote = Annotated[str, StringConstraints(min_length=2)]
Offset = Annotated[int, Field(ge=0)]


class Reference(Document):
    """Where a number of the law stands: the sentence verbatim, in a stored text that has this hash."""

    document: Name
    number: str | None = None
    issuer: Name
    issued: date
    section: Name
    quote: Quote
    text: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.\-]+\.txt$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    offset: Offset
    source: str | None = None
