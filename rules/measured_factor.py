"""Measured factors (实测折标系数): when one holds, within what range it is believed, how a level names it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from planwatch.contract.coal import CoalTable, Coefficient
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.registry import MeasuredFactor
from planwatch.rules.numbers import exact

ELECTRICITY = "electricity"
DEFINED = ("heat", "fuel_heat")
TOLERANCE = Decimal("0.3")
"""How far a measured factor may lie from a single table value: ±30 % (methodology §7, Q07)."""
SAID, NAMED = ";实测 ", 5


def permitted_range(entry: str, coefficient: Coefficient) -> tuple[Decimal, Decimal] | None:
    """Within what a measured factor of an energy kind is believed, in kgce per its unit; None if it cannot be measured.

    The table's range where it gives one, else ±30 % of its value (methodology §7, Q07). Electricity and heat are
    converted by definition: there is nothing to measure.
    """
    if entry.startswith(ELECTRICITY) or entry in DEFINED:
        return None
    if coefficient.kgce_min is not None and coefficient.kgce_max is not None:
        return coefficient.kgce_min, coefficient.kgce_max
    value = coefficient.kgce
    return None if value is None else (value * (1 - TOLERANCE), value * (1 + TOLERANCE))


@exact
def fault_of_measured(factor: MeasuredFactor, table: CoalTable) -> str:
    """Why a measured factor is not used, with the range permitted; empty if it may be."""
    coefficient = table.kinds.get(factor.energy_kind)
    if coefficient is None:
        return f"the standard-coal table has no energy kind {factor.energy_kind!r}; it has {', '.join(table.kinds)}"
    permitted = permitted_range(factor.energy_kind, coefficient)
    if permitted is None:
        return f"{coefficient.cn} is converted by definition and has no measured factor"
    low, high = permitted
    if low <= factor.kgce <= high:
        return ""
    return (
        f"实测折标系数 {factor.kgce} of {coefficient.cn} is outside {low.normalize():f} to {high.normalize():f}"
        f" kgce/{coefficient.unit}"
    )


def runs(
    subject: str, span: Period, figures: Figures, entry: str | None
) -> Iterator[tuple[Period, MeasuredFactor | None]]:
    """A span in runs of months for which one measured factor of a table entry (or none) holds."""
    own = [one for one in figures.terms.measured.get(subject, ()) if one.energy_kind == entry]
    if not own:
        yield span, None
        return
    first, before = span.first, _holding(own, span.first, span.year)
    for month in range(span.first + 1, span.last + 1):
        now = _holding(own, month, span.year)
        if now != before:
            yield Period(span.year, first, month - 1), before
            first, before = month, now
    yield Period(span.year, first, span.last), before


def _holding(own: Sequence[MeasuredFactor], month: int, year: int) -> MeasuredFactor | None:
    """The newest measured factor that holds on the first day of a month."""
    holding = [one for one in own if one.holds_on(date(year, month, 1))]
    return max(holding, key=lambda one: one.valid_from, default=None)


def measured_words(factor: MeasuredFactor) -> str:
    """A measured factor in words: which energy kind, how much, since when."""
    return f"{factor.energy_kind}={factor.kgce} kgce(自{factor.valid_from})"


def edition_of(edition: str, measured: Sequence[str]) -> str:
    """The edition of the table, and which measured factors stood in its place."""
    said = list(dict.fromkeys(measured))
    more = f" 等{len(said)}项" if len(said) > NAMED else ""
    return f"{edition}{SAID}{'、'.join(said[:NAMED])}{more}" if said else edition


def edition_of_all(editions: Iterable[str]) -> str:
    """The edition of a sum over several subjects: the table once, then the measured factors that were used."""
    table, measured = "", []
    for one in editions:
        name, _, said = one.partition(SAID)
        table = name or table
        measured += said.split("、") if said else []
    return edition_of(table, measured)
