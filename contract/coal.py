"""Standard coal: the table that converts energy kinds to tce, by edition."""

from pydantic import Field

from planwatch.contract.document import Document, Number
from planwatch.contract.report import Name


class Coefficient(Document):
    """Standard coal of one energy kind: kgce per unit; a range where the standard gives one."""

    cn: str
    unit: str
    kgce: Number | None = None
    kgce_min: Number | None = None
    kgce_max: Number | None = None
    default: Number | None = None
    status: str
    note: str | None = None


class CoalTable(Document):
    """An edition of the standard-coal table. ``electricity_primary`` is 等价值, kgce per kWh by year and region."""

    edition: Name
    source: Name
    kinds: dict[str, Coefficient]
    electricity_primary: dict[str, Number] = Field(default_factory=dict)
