"""What if a unit closed: its figures from a month on are zero, and what regions state of it is taken off theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Figure, Figures, Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Law
from planwatch.rules.numbers import exact
from planwatch.rules.standard_coal import tce_of

VALUE_ADDED = "value_added.industrial"
TAKEN_OFF = ("energy.total", "energy.industrial", VALUE_ADDED, "gdp")
"""What a region states itself and a unit is part of: energy at 等价值 (industry: 当量值), and its value added."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Figures as if a unit had closed; ``notes`` say what could not be worked out and was left out or left as it is."""

    figures: Figures
    notes: tuple[str, ...]


@exact
def closed(figures: Figures, unit: str, since: Period, regions: Sequence[str], law: Law) -> Closure:
    """The figures as if ``unit`` had used and made nothing from the first month of ``since`` on.

    Its own flows are zero from then on (a cumulative figure keeps its months before). The regions above it state their
    totals themselves, so its standard coal and its value added are taken off those: energy.total at 等价值 where the
    table has one, else 当量值; energy.industrial at 当量值 (methodology §3).
    """
    closing = _Closing(figures, unit, since, tuple(regions), law)
    made = [one for figure in figures.each() if (one := closing.as_if(figure))]
    return Closure(Figures.of(made, figures.terms), tuple(dict.fromkeys(closing.notes)))


@dataclass(frozen=True)
class _Closing:
    """One unit's closure at work on the figures."""

    figures: Figures
    unit: str
    since: Period
    regions: tuple[str, ...]
    law: Law
    notes: list[str] = field(default_factory=list)

    def as_if(self, figure: Figure) -> Figure | None:
        """A figure as it would be; None where that is not known."""
        part = self._after(figure.period)
        if part is None:
            return figure
        if figure.subject == self.unit:
            return self._own(figure, part)
        if figure.subject in self.regions and figure.indicator in TAKEN_OFF:
            return self._regional(figure, part)
        return figure

    def _after(self, period: Period) -> Period | None:
        """The part of a period from the closure on; None if it lies before."""
        since = self.since
        if (period.year, period.last) < (since.year, since.first):
            return None
        return Period(period.year, max(period.first, since.first if period.year == since.year else 1), period.last)

    def _own(self, figure: Figure, part: Period) -> Figure | None:
        known = self.law.catalogue.by_id.get(figure.indicator)
        if known is None or known.behaviour is Behaviour.STATE:
            return figure
        if part == figure.period:
            return replace(figure, amount=Decimal(0))
        before = Period(part.year, figure.period.first, part.first - 1)
        kept = self.figures.total(figure.subject, figure.indicator, before)
        if isinstance(kept, Missing):
            what = f"{figure.subject} {figure.period.label} 的 {figure.indicator}"
            self.notes.append(f"{what} 无法分出关停前的部分,略去:{kept.reason}")
            return None
        return replace(figure, amount=kept.amount)

    def _regional(self, figure: Figure, part: Period) -> Figure:
        share = _share(figure.indicator, self.figures, self.unit, part, self.law)
        what = f"{figure.subject} {figure.period.label} 的 {figure.indicator}"
        if isinstance(share, Missing):
            self.notes.append(f"{what} 无法扣减,不动:{share.reason}")
            return figure
        if share > figure.amount:
            self.notes.append(f"{what} 小于 {self.unit} 的数,不动")
            return figure
        return replace(figure, amount=figure.amount - share)


def _share(indicator: str, figures: Figures, unit: str, part: Period, law: Law) -> Decimal | Missing:
    """What a unit adds to a regional total over a span."""
    if not indicator.startswith("energy."):
        if not figures.periods(unit, VALUE_ADDED):
            return Decimal(0)
        total = figures.total(unit, VALUE_ADDED, part)
        return total if isinstance(total, Missing) else total.amount
    found = [tce_of(unit, part, figures, law, basis) for basis in _bases(indicator)]
    known = [coal.amount for coal in found if not isinstance(coal, Missing)]
    missing = [coal for coal in found if isinstance(coal, Missing)]
    return known[0] if known else missing[-1]


def _bases(indicator: str) -> Iterator[Basis]:
    if indicator == "energy.total":
        yield Basis.PRIMARY
    yield Basis.EQUIVALENT
