"""The words of HJ 212: factors and their codes, monitoring points, and what one of them discharged in one day."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document
from planwatch.contract.period import Period
from planwatch.contract.report import Identifier, IndicatorId

ORIGIN = "hj212"
"""What stands for the topic in the rejects of the gateway: they came over TCP, not from Kafka."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{2,6}$")]
Mn = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,24}$")]
SourceKind = Literal[31, 32]
"""System codes of polluters: 31 waste gas, 32 waste water."""


class Factor(Document):
    """A monitored substance or flow. ``unit`` is that of its daily amount (Cou).

    ``sure`` is how sure the entry is: A the standard or an official page, B public code that others agree with, C one
    public source. A factor without an indicator is kept day by day and goes into no report.
    """

    code: Code
    old_code: Code | None = None
    zh: str
    st: SourceKind
    unit: Literal["kg", "m3"]
    indicator: IndicatorId | None = None
    flow: bool = False
    source: str
    sure: Literal["A", "B", "C"]
    note: str = ""


class FactorTable(Document):
    """All factors the gateway understands; a code that is not here is left alone."""

    edition: str
    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        codes = [(one.st, code) for one in self.factors for code in (one.code, one.old_code) if code]
        if twice := sorted({code for st, code in codes if codes.count((st, code)) > 1}):
            raise ValueError(f"code stands twice: {', '.join(twice)}")
        return self

    def by_code(self, st: int) -> dict[str, Factor]:
        """New and old codes of a kind of source to their factor."""
        mine = [one for one in self.factors if one.st == st]
        return {code: one for one in mine for code in (one.code, one.old_code) if code}

    def named(self) -> dict[str, Factor]:
        """Factors by their code of 2017."""
        return {one.code: one for one in self.factors}


class Station(Document):
    """A monitoring point: the number its data logger reports under, and the unit it belongs to.

    ``factors`` are the codes it has to report each day: without them nobody could tell a silent point from a clean
    one. ``pw``, where given, must be what the logger sends.
    """

    mn: Mn
    unit: Identifier
    st: SourceKind
    factors: Annotated[tuple[Code, ...], Field(min_length=1)]
    since: date | None = None
    until: date | None = None
    pw: str | None = None

    def days_in(self, month: Period) -> tuple[date, ...]:
        """The days of a month in which it has to report."""
        first, last = max(month.start, self.since or month.start), min(month.end_day, self.until or month.end_day)
        return tuple(date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))


class StationFile(Document):
    """The mapping an operator writes: all monitoring points, each number and kind once."""

    stations: Annotated[tuple[Station, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_point_once(self) -> Self:
        points = [(one.mn, one.st) for one in self.stations]
        if twice := sorted({mn for mn, st in points if points.count((mn, st)) > 1}):
            raise ValueError(f"mn stands twice with the same st: {', '.join(twice)}")
        return self

    def of_unit(self, unit: str) -> tuple[Station, ...]:
        """The points of a unit."""
        return tuple(one for one in self.stations if one.unit == unit)


@dataclass(frozen=True, slots=True)
class DayValue:
    """What a point says it discharged of a factor (its code of 2017) in a day.

    ``cou`` is None where the point stated a flag and no amount; ``flag`` is its letter, empty where none was given;
    ``qn`` is when it was said, by the logger's clock (17 digits), by ours where the logger does not say.
    """

    mn: str
    st: int
    factor: str
    day: date
    cou: Decimal | None
    unit: str
    flag: str
    qn: str
    received_at: datetime
