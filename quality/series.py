"""A subject's figures of one indicator in the order of time, cumulative ones taken apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period, derive
from planwatch.quality.numbers import HUNDRED, deviation, median


@dataclass(frozen=True, slots=True)
class Point:
    """A run of months with its amount per month; ``figures`` it follows from, the one stated for its end first."""

    period: Period
    amount: Decimal
    figures: tuple[Figure, ...]

    @property
    def figure(self) -> Figure:
        """The figure that is doubted when the point is."""
        return self.figures[0]

    @property
    def start(self) -> int:
        """The number of its first month, counted from year 0."""
        return self.period.year * 12 + self.period.first

    @property
    def end(self) -> int:
        """The number of its last month."""
        return self.period.year * 12 + self.period.last


@dataclass(frozen=True, slots=True)
class Around:
    """The other points near one: how many, their median and MAD, and the range they lie in.

    Of eight or more the two lowest and the two highest are left out of the range: two odd months hide no third one.
    """

    count: int
    middle: Decimal
    spread: Decimal
    low: Decimal
    high: Decimal

    def beyond(self, value: Decimal, percent: Decimal) -> bool:
        """Whether a value is outside the range by more than so many per cent of its end."""
        part = percent / HUNDRED
        return value > self.high * (1 + part) or value < self.low * (1 - part)


Series = tuple[Point, ...]


def series_of(figures: Figures, subject: str, indicator: str, *, flow: bool) -> Series:
    """Single months where they are stated or follow, else the shortest runs that do; held figures are left out.

    «1–2月» counts as two months of half its amount. Figures of states are taken as stated.
    """
    by_year: dict[int, dict[Period, Figure]] = {}
    for period in figures.periods(subject, indicator):
        figure = figures.at(subject, indicator, period)
        if figure is not None and figure.counts:
            by_year.setdefault(period.year, {})[period] = figure
    return tuple(point for year in sorted(by_year) for point in _of_year(by_year[year], flow))


def _of_year(known: dict[Period, Figure], flow: bool) -> Iterator[Point]:
    before = 0
    shortest = {period.last: period for period in sorted(known)}  # of one end, the latest start comes last
    for end, period in sorted(shortest.items()):
        if not flow or period.first > before:
            amount = known[period].amount
            whole = not flow or period.months == 1
            yield Point(period, amount if whole else amount / period.months, (known[period],))
        else:
            point = _difference(Period(period.year, before + 1, end), period, known)
            if point is not None:
                yield point
        before = end


def _difference(wanted: Period, stated: Period, known: dict[Period, Figure]) -> Point | None:
    terms = derive(wanted, known)
    if terms is None:
        return None
    amount = sum((sign * known[period].amount for sign, period in terms), Decimal(0))
    others = tuple(known[period] for _, period in terms if period != stated)
    return Point(wanted, amount if wanted.months == 1 else amount / wanted.months, (known[stated], *others))


def around(series: Series, window: int, amounts: tuple[Decimal | None, ...] | None = None) -> list[Around | None]:
    """For each point the others at most ``window`` months away, before or after it; None where there is none.

    Both sides count, so that a lasting change of level is doubted until later months confirm it, and no longer.
    ``amounts`` stand for the points' own, e.g. ratios; None is left out.
    """
    given = tuple(point.amount for point in series) if amounts is None else amounts
    ends = [point.end for point in series]
    found: list[Around | None] = []
    first = last = 0
    for i, end in enumerate(ends):
        while ends[first] < end - window:
            first += 1
        while last < len(ends) and ends[last] <= end + window:
            last += 1
        near = [value for j in range(first, last) if j != i and (value := given[j]) is not None]
        found.append(_around(near) if near else None)
    return found


def _around(near: list[Decimal]) -> Around:
    ordered = sorted(near)
    middle = median(ordered)
    drop = 2 if len(ordered) >= 8 else 0
    return Around(len(near), middle, deviation(ordered, middle), ordered[drop], ordered[-1 - drop])
