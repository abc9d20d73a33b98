"""A subject's figures of one indicator in the order of time, cumulative ones taken apart."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period, derive
from planwatch.quality.numbers import HUNDRED, deviation, median


def first_month(period: Period) -> int:
    """The number of its first month, counted from year 0."""
    return period.year * 12 + period.first


def last_month(period: Period) -> int:
    """The number of its last month, counted from year 0."""
    return period.year * 12 + period.last


class Point(NamedTuple):
    """A run of months with its amount per month; ``figures`` it follows from, the one stated for its end first.

    ``start`` and ``end`` are the numbers of its first and last month.
    """

    period: Period
    amount: Decimal
    figures: tuple[Figure, ...]
    start: int
    end: int

    @property
    def figure(self) -> Figure:
        """The figure that is doubted when the point is."""
        return self.figures[0]


class Around:
    """The other points near one: how many, their median and MAD, and the range they lie in.

    Of eight or more the two lowest and the two highest are left out of the range: two odd months hide no third one.
    """

    def __init__(self, values: Iterable[Decimal]) -> None:
        """``values`` are one or more."""
        self._ordered = sorted(values)
        self.count = len(self._ordered)
        drop = 2 if self.count >= 8 else 0
        self.low, self.high = self._ordered[drop], self._ordered[-1 - drop]

    @cached_property
    def middle(self) -> Decimal:
        """Their median."""
        return median(self._ordered)

    @cached_property
    def spread(self) -> Decimal:
        """Their median absolute deviation."""
        return deviation(self._ordered, self.middle)

    @cached_property
    def positive(self) -> "Around | None":
        """Those above zero alone; None where there is none."""
        return Around(self._ordered[self.idle :]) if self.idle < self.count else None

    @cached_property
    def idle(self) -> int:
        """How many are not above zero."""
        return bisect_right(self._ordered, 0)

    def beyond(self, value: Decimal, percent: Decimal) -> bool:
        """Whether a value is outside the range by more than so many per cent of its end."""
        part = percent / HUNDRED
        return value > self.high * (1 + part) or value < self.low * (1 - part)


Series = tuple[Point, ...]
_NO_BOUND = Decimal("Infinity")


def series_of(figures: Figures, subject: str, indicator: str, *, flow: bool) -> Series:
    """Single months where they are stated or follow, else the shortest runs that do; held figures are left out.

    «1–2月» counts as two months of half its amount. Figures of states are taken as stated.
    """
    points: list[Point] = []
    before = 0
    for figure in figures.stated(subject, indicator).values():
        if figure.counts:
            points.append(_whole(figure, flow))
            if points[-1].start <= before:
                return _taken_apart(figures.stated(subject, indicator).values(), flow)
            before = points[-1].end
    return tuple(points)


def _whole(figure: Figure, flow: bool) -> Point:
    period, amount = figure.period, figure.amount
    if flow and period.last > period.first:
        amount = amount / period.months
    year = period.year * 12
    return Point(period, amount, (figure,), year + period.first, year + period.last)


def _taken_apart(figures: Iterable[Figure], flow: bool) -> Series:
    by_year: dict[int, dict[Period, Figure]] = {}
    for figure in figures:
        if figure.counts:
            by_year.setdefault(figure.period.year, {})[figure.period] = figure
    return tuple(point for known in by_year.values() for point in _of_year(known, flow))


def _of_year(known: dict[Period, Figure], flow: bool) -> Iterator[Point]:
    before = 0
    shortest = {period.last: period for period in known}  # of one end, the latest start comes last
    for end, period in sorted(shortest.items()):
        if not flow or period.first > before:
            yield _whole(known[period], flow)
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
    if wanted.months > 1:
        amount = amount / wanted.months
    return Point(wanted, amount, (known[stated], *others), first_month(wanted), last_month(wanted))


class Window:
    """The values of a series' points, and on demand what lies around one of them: few points are ever asked for.

    Both sides count, so that a lasting change of level is doubted until later months confirm it, and no longer.
    """

    def __init__(self, ends: Sequence[int], values: Sequence[Decimal | None], months: int) -> None:
        """``ends`` are the points' last months; ``values`` their amounts or e.g. ratios, None is left out."""
        self._ends, self._values, self._months = ends, values, months
        self._known: dict[int, Around | None] = {}

    def around(self, i: int) -> Around | None:
        """The other points at most so many months before or after the i-th; None where there is none."""
        if i not in self._known:
            first = bisect_left(self._ends, self._ends[i] - self._months)
            after = bisect_right(self._ends, self._ends[i] + self._months)
            beside = (*self._values[first:i], *self._values[i + 1 : after])
            near = [value for value in beside if value is not None]
            self._known[i] = Around(near) if near else None
        return self._known[i]


def around(series: Series, window: int) -> list[Around | None]:
    """For each point the others at most ``window`` months away, before or after it; None where there is none."""
    seen = Window([point.end for point in series], [point.amount for point in series], window)
    return [seen.around(i) for i in range(len(series))]


def unusual(values: Iterable[Decimal | None], least: int, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Between these a value is not ``beyond`` any ``least`` or more of the others by so many per cent, whichever.

    What lies around a point is a part of the series, and the k-th lowest of a part is not below the k-th lowest of all.
    """
    ordered = sorted(value for value in values if value is not None)
    if len(ordered) < max(least, 1):
        return -_NO_BOUND, _NO_BOUND
    part = percent / HUNDRED
    if abs(part) > 1:
        return _NO_BOUND, -_NO_BOUND  # such a factor keeps no order: any value may be
    end = min(max(least, 1) - 1, 5)  # of seven or fewer the outermost one ends the range, of eight or more the third
    return ordered[-1 - end] * (1 - part), ordered[end] * (1 + part)
