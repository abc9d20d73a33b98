"""Standard coal: all energy kinds a subject reports, converted to tce by the table in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Figures, Missing, Total, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Coefficient, Law
from planwatch.rules.lawbook import Lawbook, lawbook_of
from planwatch.rules.numbers import exact

KGCE_OF_A_TCE = 1000
ELECTRICITY = "electricity"
Summed = Callable[[str, str, Period], Total | Missing]


@dataclass(frozen=True, slots=True)
class Tce:
    """An amount in tonnes of standard coal, the figures it was made of and the edition of the table."""

    amount: Decimal
    used: tuple[Used, ...]
    edition: str


@exact
def tce_of(
    subject: str,
    span: Period,
    figures: Figures,
    law: Law,
    basis: Basis | None,
    *,
    total: Summed | None = None,
    among: Sequence[str] | None = None,
) -> Tce | Missing:
    """Standard coal of a subject over a span on a basis (当量值 or 等价值).

    Every energy kind in use must be derivable over the whole span, so that a kind left out for a month never lowers
    the total. A kind is in use if it has any figure in the span's year, or if its last figure of the year before was
    not zero: a kind that is given up is reported as 0 once. ``among`` names the kinds it ever reports, ``total`` sums
    figures; both are there for callers that remember them.
    """
    if basis is None:
        return Missing("the target states no `basis` for standard coal; allowed: equivalent, primary")
    book, total = lawbook_of(law), total or figures.total
    known = book.energy if among is None else among
    kinds = [kind for kind in known if in_use(subject, kind, span.year, figures)]
    if not kinds:
        return Missing(f"{subject} reports no energy for {span.year}", tuple(span.each_month()))
    amount = Decimal(0)
    used: list[Used] = []
    for kind in kinds:
        part = total(subject, kind, span)
        factor = tce_factor(kind, subject, span.year, book, basis)
        if isinstance(part, Missing):
            return part
        if isinstance(factor, Missing):
            return factor
        amount += part.amount * factor
        used.extend(part.used)
    return Tce(amount, tuple(used), law.coal.edition)


def in_use(subject: str, kind: str, year: int, figures: Figures) -> bool:
    """Whether a subject must report an energy kind in a year."""
    periods = figures.periods(subject, kind)
    if any(period.year == year for period in periods):
        return True
    before = [period for period in periods if period.year == year - 1]
    if not before:
        return False
    last = figures.at(subject, kind, max(before, key=lambda period: (period.last, period.first)))
    return last is not None and last.amount != 0


@exact
def tce_factor(kind: str, subject: str, year: int, book: Lawbook, basis: Basis) -> Decimal | Missing:
    """What one canonical unit of an energy indicator is in tce, exactly; Missing where the table does not say."""
    indicator = book.law.catalogue.by_id[kind]
    entry = indicator.energy_kind or ""
    coefficient = book.law.coal.kinds.get(entry)
    if coefficient is None:
        return Missing(f"the standard-coal table {book.law.coal.edition} has no entry {entry!r} for {kind}")
    if entry.startswith(ELECTRICITY) and basis is Basis.PRIMARY:
        kgce = _electricity_primary(subject, year, book.law)
    else:
        kgce = _kgce(entry, coefficient)
    if isinstance(kgce, Missing):
        return kgce
    units = book.factor(indicator.unit, coefficient.unit)
    if units is None:
        return Missing(f"{kind} is kept in {indicator.unit}, which does not convert to {coefficient.unit} of {entry}")
    return kgce * units / KGCE_OF_A_TCE


def _kgce(entry: str, coefficient: Coefficient) -> Decimal | Missing:
    """The coefficient, or the default stated for a range."""
    if coefficient.kgce is not None:
        return coefficient.kgce
    if coefficient.default is not None:
        return coefficient.default
    low, high = coefficient.kgce_min, coefficient.kgce_max
    return Missing(f"standard coal of {entry} is a range ({low} to {high} kgce/{coefficient.unit}) without a default")


def _electricity_primary(subject: str, year: int, law: Law) -> Decimal | Missing:
    """等价值 in kgce per kWh, keyed «2023-500000» (a region's own, its province's) or «2023»."""
    kind, _, code = subject.partition(":")
    own = [f"{year}-{code}", f"{year}-{code[:2]}0000"] if kind == "region" else []
    for key in (*own, str(year)):
        if key in law.coal.electricity_primary:
            return law.coal.electricity_primary[key]
    return Missing(
        f"the standard-coal table {law.coal.edition} has no primary value (等价值) of electricity for {year}"
    )
