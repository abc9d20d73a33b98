"""Standard coal: all energy kinds a subject reports, converted to tce by the table in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.coal import Coefficient
from planwatch.contract.figures import Figures, Missing, Total, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Law
from planwatch.contract.registry import MeasuredFactor
from planwatch.rules.lawbook import Lawbook, lawbook_of
from planwatch.rules.measured_factor import ELECTRICITY, edition_of, fault_of_measured, measured_words, runs
from planwatch.rules.numbers import exact

KGCE_OF_A_TCE = 1000
OUTPUT, RECOVERED = ".output", "energy.recovered."
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
    """Standard coal of a subject over a span on a basis (当量值 or 等价值): consumption − output − recovered.

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
    measured: list[str] = []
    for kind in kinds:
        part = tce_of_kind(kind, subject, span, figures, book=book, basis=basis, total=total)
        if isinstance(part, Missing):
            return part
        amount += part.amount
        used.extend(part.used)
        measured += [part.edition] if part.edition else []
    if amount < 0 and basis is Basis.EQUIVALENT:
        return Missing(f"{subject} 的加工转换产出与回收利用多于能源消费({amount:.2f} tce),请核对 {span.label}")
    return Tce(amount, tuple(used), edition_of(law.coal.edition, measured))


@exact
def tce_of_kind(
    kind: str, subject: str, span: Period, figures: Figures, *, book: Lawbook, basis: Basis, total: Summed | None = None
) -> Tce | Missing:
    """One energy kind of a subject over a span in tce; negative for what is taken off (see ``sign_of``).

    Where the unit has a measured factor (实测折标系数) for some of the months, those months are converted by it; the
    edition says so and is empty otherwise. Methodology §3: measured values first, table values as default.
    """
    total, amount = total or figures.total, Decimal(0)
    used: list[Used] = []
    said: list[str] = []
    for run, factor in runs(subject, span, figures, book.law.catalogue.by_id[kind].energy_kind):
        part = total(subject, kind, run)
        worth = (
            tce_factor(kind, _place(subject, figures), span.year, book, basis)
            if factor is None
            else _measured_worth(kind, subject, factor, book)
        )
        if isinstance(part, Missing):
            return part
        if isinstance(worth, Missing):
            return worth
        amount += part.amount * worth
        used.extend(part.used)
        said += [measured_words(factor)] if factor else []
    return Tce(amount, tuple(used), "、".join(dict.fromkeys(said)))


def sign_of(kind: str) -> int:
    """+1 for consumption; −1 for transformation output (``….output``) and recovered energy (``energy.recovered.…``).

    综合能源消费量 = consumption − 加工转换产出 − 回收利用 (methodology §3): what leaves as another kind, or is won
    back from what was counted already, must not be counted twice.
    """
    return -1 if kind.endswith(OUTPUT) or kind.startswith(RECOVERED) else 1


def _measured_worth(kind: str, subject: str, factor: MeasuredFactor, book: Lawbook) -> Decimal | Missing:
    """What one canonical unit is in tce by a measured factor; Missing where the factor is not permitted."""
    if fault := fault_of_measured(factor, book.law.coal):
        return Missing(f"{subject}: {fault}")
    units = book.factor(book.law.catalogue.by_id[kind].unit, book.law.coal.kinds[factor.energy_kind].unit)
    if units is None:
        return Missing(f"{kind} does not convert to the unit of {factor.energy_kind}")
    return sign_of(kind) * factor.kgce * units / KGCE_OF_A_TCE


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
def tce_factor(kind: str, place: str, year: int, book: Lawbook, basis: Basis) -> Decimal | Missing:
    """What one canonical unit of an energy indicator is in tce by the table, exactly; Missing where it does not say.

    Negative for what is taken off (see ``sign_of``). ``place`` is the code of the region whose 等价值 holds, if known.
    """
    indicator = book.law.catalogue.by_id[kind]
    entry = indicator.energy_kind or ""
    coefficient = book.law.coal.kinds.get(entry)
    if coefficient is None:
        return Missing(f"the standard-coal table {book.law.coal.edition} has no entry {entry!r} for {kind}")
    if entry.startswith(ELECTRICITY) and basis is Basis.PRIMARY:
        kgce = _electricity_primary(place, year, book.law)
    else:
        kgce = _kgce(entry, coefficient)
    if isinstance(kgce, Missing):
        return kgce
    units = book.factor(indicator.unit, coefficient.unit)
    if units is None:
        return Missing(f"{kind} is kept in {indicator.unit}, which does not convert to {coefficient.unit} of {entry}")
    return sign_of(kind) * kgce * units / KGCE_OF_A_TCE


def _kgce(entry: str, coefficient: Coefficient) -> Decimal | Missing:
    """The coefficient, or the default stated for a range."""
    if coefficient.kgce is not None:
        return coefficient.kgce
    if coefficient.default is not None:
        return coefficient.default
    low, high = coefficient.kgce_min, coefficient.kgce_max
    return Missing(f"standard coal of {entry} is a range ({low} to {high} kgce/{coefficient.unit}) without a default")


def _place(subject: str, figures: Figures) -> str:
    """The code of a region itself, or of the one a unit or project is registered in; empty where that is not known."""
    kind, _, code = subject.partition(":")
    return code if kind == "region" else figures.terms.regions.get(subject, "")


def _electricity_primary(place: str, year: int, law: Law) -> Decimal | Missing:
    """等价值 in kgce per kWh, keyed «2023-500000» (of the place itself, its city, its province) or «2023»."""
    own = [f"{year}-{code}" for code in (place, f"{place[:4]}00", f"{place[:2]}0000")] if place else []
    for key in (*own, str(year)):
        if key in law.coal.electricity_primary:
            return law.coal.electricity_primary[key]
    where = f" in {place}" if place else ""
    return Missing(
        f"the standard-coal table {law.coal.edition} has no primary value (等价值) of electricity for {year}{where}"
    )
