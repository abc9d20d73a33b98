"""Figures as judging sees them: the valid amounts of subjects and indicators by period, and their sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter

from planwatch.contract.period import Period, derive
from planwatch.contract.registry import MeasuredFactor


@dataclass(frozen=True, slots=True)
class Figure:
    """One stored figure: ``amount`` in the indicator's canonical ``unit``, with where it came from."""

    subject: str
    indicator: str
    period: Period
    amount: Decimal
    unit: str
    revision: int = 0
    flag: str | None = None
    report_id: str = ""
    source: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back: a statement that states nothing."""
        return self.flag == "withdrawn"

    @property
    def counts(self) -> bool:
        """Whether it may enter a sum."""
        return self.flag != "held"


@dataclass(frozen=True, slots=True)
class Used:
    """A figure with the sign it enters a sum with (−1 where a cumulative figure is taken off another)."""

    sign: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Total:
    """An exact sum and the figures it was made of."""

    amount: Decimal
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no total: what is missing or held, in words a person can act on."""

    reason: str
    months: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Terms:
    """On what terms subjects' figures count, as registered: measured factors of units, the last day of entries that
    ended (a closed unit, a merged region), after which a subject is no member of any sum, and the code of the region
    each is registered in, whose 等价值 of electricity is its own. ``began`` is the first day of the first entry of
    units and regions: before it, and before their first figure, nothing is awaited of them.

    ``stays`` are the runs of days, first and last, in which a member that moved lay in a region, by (region, member):
    its months before the move are the former region's. Who is not in it always lay where it lies. ``gaps`` are runs
    of days between two entries in which neither held (a unit closed for a while): it counts in no sum then.
    """

    measured: Mapping[str, tuple[MeasuredFactor, ...]] = field(default_factory=dict)
    ended: Mapping[str, date] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    stays: Mapping[tuple[str, str], tuple[tuple[date, date], ...]] = field(default_factory=dict)
    began: Mapping[str, date] = field(default_factory=dict)
    gaps: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def with_(self, other: "Terms") -> "Terms":
        """These and those of further subjects."""
        regions = {**self.regions, **other.regions}
        stays = {**self.stays, **other.stays}
        began = {**self.began, **other.began}
        measured, ended = {**self.measured, **other.measured}, {**self.ended, **other.ended}
        return Terms(measured, ended, regions, stays, began, {**self.gaps, **other.gaps})


NO_TERMS = Terms()
_MONTHS = attrgetter("period.year", "period.first", "period.last")
"""The order of periods, many times quicker than comparing them."""


@dataclass(frozen=True)
class Figures:
    """All figures that bear on one judgement, looked up by subject (``unit:…``), indicator and period.

    The figures of each key are in the order of their periods.
    """

    _by_key: dict[tuple[str, str], dict[Period, Figure]] = field(default_factory=dict)
    terms: Terms = NO_TERMS
    # The same by year, made when first asked for: sums over ledgers of many years ask for one year at a time.
    _by_year: dict[tuple[str, str], dict[int, dict[Period, Figure]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, figures: Iterable[Figure], terms: Terms = NO_TERMS) -> "Figures":
        """Collect figures; of two for one key the one with the higher revision stands."""
        by_key: dict[tuple[str, str], dict[Period, Figure]] = {}
        for figure in figures:
            periods = by_key.setdefault((figure.subject, figure.indicator), {})
            standing = periods.get(figure.period)
            if standing is None or figure.revision >= standing.revision:
                periods[figure.period] = figure
        ordered = {key: sorted(found.values(), key=_MONTHS) for key, found in by_key.items()}
        return cls({key: {one.period: one for one in found} for key, found in ordered.items()}, terms)

    def each(self) -> Iterator[Figure]:
        """All figures, in a fixed order."""
        for key in sorted(self._by_key):
            yield from self._by_key[key].values()

    def subjects(self, indicator: str) -> list[str]:
        """Who has any figure of the indicator, sorted."""
        return sorted({subject for subject, name in self._by_key if name == indicator})

    def indicators(self, subject: str) -> list[str]:
        """Which indicators a subject has figures of, sorted."""
        return sorted({name for who, name in self._by_key if who == subject})

    def periods(self, subject: str, indicator: str) -> list[Period]:
        """The periods figures are known for, sorted."""
        return list(self._by_key.get((subject, indicator), ()))

    def stated(self, subject: str, indicator: str) -> Mapping[Period, Figure]:
        """The figures known, by period, sorted."""
        return self._by_key.get((subject, indicator), {})

    def of_year(self, subject: str, indicator: str, year: int) -> Mapping[Period, Figure]:
        """The figures known for periods of one year, by period, sorted."""
        key = (subject, indicator)
        years = self._by_year.get(key)
        if years is None:
            years = self._by_year[key] = {}
            for period, figure in self._by_key.get(key, {}).items():
                years.setdefault(period.year, {})[period] = figure
        return years.get(year, {})

    def at(self, subject: str, indicator: str, period: Period) -> Figure | None:
        """The figure stated for exactly this period."""
        return self._by_key.get((subject, indicator), {}).get(period)

    def total(self, subject: str, indicator: str, span: Period) -> Total | Missing:
        """The sum over a span from whatever periods were reported; Missing if it does not follow from them."""
        known = self.of_year(subject, indicator, span.year)
        terms = derive(span, (period for period, figure in known.items() if figure.counts))
        if terms is None:
            return self._why_missing(subject, indicator, span, known)
        used = tuple(Used(sign, known[period]) for sign, period in terms)
        return Total(sum((one.sign * one.figure.amount for one in used), Decimal(0)), used)

    @staticmethod
    def _why_missing(subject: str, indicator: str, span: Period, known: Mapping[Period, Figure]) -> Missing:
        held = sorted(period for period, figure in known.items() if not figure.counts and span.contains(period))
        if held:
            return Missing(f"{subject} 的 {indicator} 待核不计:{', '.join(p.label for p in held)}", tuple(held))
        counted = [period for period, figure in known.items() if figure.counts]
        absent = [month for month in span.each_month() if not any(p.contains(month) for p in counted)]
        which = ", ".join(run.label for run in runs(absent)) or span.label
        return Missing(f"{subject} 未报 {indicator}:{which}", tuple(absent))


def runs(months: Sequence[Period]) -> Iterator[Period]:
    """Months of one year, in order, as few spans: January to December is one year, not twelve words."""
    first: Period | None = None
    last: Period | None = None
    for month in months:
        if first is not None and last is not None and month.first != last.last + 1:
            yield Period(first.year, first.first, last.last)
            first = None
        first, last = first or month, month
    if first is not None and last is not None:
        yield Period(first.year, first.first, last.last)
