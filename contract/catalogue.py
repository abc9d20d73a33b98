"""Indicators and units of measure: the closed lists that a reading must fit, and exact conversion."""

from decimal import Context, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from planwatch.contract.errors import Fault
from planwatch.contract.fault_words import computed, no_such_indicator, not_reported_by, unfit_unit
from planwatch.contract.report import Exact, IndicatorId, Message, Name, Reading, Report, SubjectKind

_EXACT = Context(prec=64)  # 27 digits stated, times any factor: never rounded


class Behaviour(StrEnum):
    """How figures of an indicator combine over time."""

    FLOW = "flow"  # adds up over months (energy, GDP, tonnes)
    STATE = "state"  # holds for its period and does not add up (a share, a rate, a count at a date)


class UnitOfMeasure(Message):
    """A unit of measure: ``factor`` × value is the amount in the canonical unit of its dimension."""

    symbol: str
    dimension: str
    factor: Exact
    aliases: tuple[str, ...] = Field(default=(), strict=False)


class Indicator(Message):
    """A quantity watched. ``unit`` is the canonical unit amounts are kept in.

    ``also`` are other names it has in tables.

    ``energy_kind`` names the entry of the standard-coal table that converts it to tce.
    A ``derived`` indicator is computed by the rules and reported by nobody.
    """

    id: IndicatorId
    zh: Name
    en: Name
    also: tuple[Name, ...] = Field(default=(), strict=False)
    unit: str
    behaviour: Behaviour = Field(strict=False)
    reported_by: tuple[SubjectKind, ...] = Field(default=(), strict=False)
    energy_kind: str | None = None
    may_be_negative: bool = False
    derived: bool = False

    @model_validator(mode="after")
    def _somebody_reports_it(self) -> Self:
        if self.derived == bool(self.reported_by):
            raise ValueError("name who reports it in reported_by, or say derived: true; not both")
        return self


class Catalogue(Message):
    """All indicators and units of measure."""

    indicators: tuple[Indicator, ...] = Field(strict=False)
    units: tuple[UnitOfMeasure, ...] = Field(strict=False)

    @cached_property
    def by_id(self) -> dict[str, Indicator]:
        """Indicators by id."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def _unit_by_symbol(self) -> dict[str, UnitOfMeasure]:
        return {symbol: unit for unit in self.units for symbol in (unit.symbol, *unit.aliases)}

    @cached_property
    def _factors(self) -> dict[tuple[str, str], Decimal]:
        """(indicator, unit symbol) to the factor into the indicator's canonical unit."""
        found = {}
        for indicator in self.indicators:
            canonical = self._unit_by_symbol[indicator.unit]
            for symbol, unit in self._unit_by_symbol.items():
                if unit.dimension == canonical.dimension:
                    found[indicator.id, symbol] = _EXACT.divide(unit.factor, canonical.factor)
        return found

    def allowed_units(self, indicator: str) -> list[str]:
        """The unit symbols an indicator may be stated in."""
        return [symbol for name, symbol in self._factors if name == indicator]

    def factors(self, indicator: str) -> dict[str, Decimal]:
        """The unit symbols an indicator may be stated in, each with how many canonical units it is."""
        return {symbol: factor for (name, symbol), factor in self._factors.items() if name == indicator}

    def amount(self, reading: Reading) -> Decimal:
        """The value in the indicator's canonical unit, exactly; KeyError if the unit does not fit."""
        return _EXACT.multiply(reading.value, self._factors[reading.indicator, reading.unit])

    def faults(self, report: Report) -> tuple[Fault, ...]:
        """What in a well-formed report does not fit the catalogue; all of it."""
        return tuple(
            fault
            for i, reading in enumerate(report.readings)
            for fault in self._faults(i, reading, report.subject.kind)
        )

    def _faults(self, i: int, reading: Reading, kind: SubjectKind) -> list[Fault]:
        indicator, where = self.by_id.get(reading.indicator), f"readings.{i}.indicator"
        if indicator is None:
            said = "no such indicator; see `planwatch plans indicators`"
            return [Fault(where, said, reading.indicator, no_such_indicator(reading.indicator))]
        found = []
        if indicator.derived:
            said = f"{indicator.id} is computed from other figures: report those"
            return [Fault(where, said, zh=computed(indicator.zh))]
        if kind not in indicator.reported_by:
            by = indicator.reported_by
            said = f"{indicator.id} is reported by {', '.join(by)}, not by a {kind}"
            found.append(Fault(where, said, zh=not_reported_by(indicator.zh, kind, by)))
        if (reading.indicator, reading.unit) not in self._factors:
            allowed = self.allowed_units(indicator.id)
            said = f"does not fit {indicator.id}; allowed: {', '.join(allowed)}"
            zh = unfit_unit(indicator.zh, reading.unit, allowed)
            found.append(Fault(f"readings.{i}.unit", said, reading.unit, zh))
        return found

    def why_held(self, reading: Reading) -> str | None:
        """Why a reading that fits is stored but kept out of sums, or None.

        A figure that cannot be true (negative energy) is not rejected with its whole report: it is kept, marked
        and shown, and what needs it is not rated (methodology §7, Q03).
        """
        if reading.value < 0 and not self.by_id[reading.indicator].may_be_negative:
            return f"{reading.indicator} cannot be negative"
        return None
