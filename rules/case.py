"""One case to judge: a target, a subject and a point in time, with the sums it may look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from planwatch.contract.figures import Missing, Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Comparator, Measure, Target, Yardstick
from planwatch.rules.lawbook import STANDARD_COAL
from planwatch.rules.numbers import show
from planwatch.rules.sums import Amount, Sums

PUBLISHED_PLACES = Decimal("0.0001")


class CannotRate(Exception):
    """Raised inside a judgement that ends as *not rated*; never leaves ``judge``."""

    def __init__(self, missing: Missing | str) -> None:
        self.missing = Missing(missing) if isinstance(missing, str) else missing
        super().__init__(self.missing.reason)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A measure over a span: ``top`` over ``bottom`` (1 for a plain quantity), kept apart so nothing is rounded."""

    top: Decimal
    bottom: Decimal
    words: str
    used: tuple[Used, ...]
    edition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kind of target comes to before a level is given; ``actual`` and ``expected`` are in ``unit``.

    ``remedy`` says in Chinese what it takes to bring the actual value to another one, or beyond it. ``at_least``
    marks an actual value that is only a lower bound, because periods are missing.
    """

    actual: Decimal
    expected: Decimal
    unit: str
    formula: str
    used: tuple[Used, ...]
    edition: str
    remedy: Callable[[Decimal, bool], str]
    comparator: Comparator = Comparator.AT_LEAST
    tolerance: Decimal = Decimal(0)
    at_least: bool = False
    note: str = ""


@dataclass(frozen=True)
class Case:
    """What one judgement is about. ``published_rounding`` keeps intensities to four decimals, as bulletins do."""

    target: Target
    subject: str
    point: Period
    sums: Sums
    members: Sequence[str] = ()
    published_rounding: bool = False

    @cached_property
    def measure(self) -> Measure:
        """What the target measures."""
        if self.target.measure is None:
            raise CannotRate(f"{self.target.id} states no measure")
        return self.target.measure

    @property
    def value(self) -> Decimal:
        """The number of the clause."""
        if self.target.value is None:
            raise CannotRate(f"{self.target.id} states no value")
        return self.target.value

    @property
    def base_year(self) -> int:
        """The year from which progress counts; the point must lie after it."""
        if self.target.base_year is None or self.target.target_year is None:
            raise CannotRate(f"{self.target.id} states no base year or target year")
        if self.target.years < 1:
            raise CannotRate(f"the target year of {self.target.id} is not after its base year {self.target.base_year}")
        if self.point.year <= self.target.base_year:
            raise CannotRate(f"{self.point.label} is not after the base year {self.target.base_year}")
        return self.target.base_year

    @property
    def unit(self) -> str:
        """The unit of the clause."""
        return self.target.unit or ""

    def sources(self, indicator: str) -> tuple[str, ...]:
        """Whose figures are added up: the members where any of them reports, else the subject alone, never both."""
        if self.target.sum_of is None:
            return (self.subject,)
        if any(self.sums.reports(member, indicator) for member in self._members):
            return self._members
        return (self.subject,)

    @cached_property
    def _members(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.members) - {self.subject}))

    def about_sources(self, indicator: str) -> str:
        """A remark for the formula on whose figures were added up; empty for the subject's own."""
        sources = self.sources(indicator)
        if sources == (self.subject,):
            return ""
        own = f", {self.subject}'s own figure is not added" if self.sums.reports(self.subject, indicator) else ""
        return f" [sum over {len(sources)} {self.target.sum_of}s{own}]"

    def amount(self, indicator: str, span: Period) -> Amount:
        """The amount of an indicator over a span, over all sources; CannotRate if any of them is missing."""
        total, edition = Decimal(0), ""
        used: list[Used] = []
        for source in self.sources(indicator):
            found = self.sums.amount(source, indicator, span, self.target.basis)
            if isinstance(found, Missing):
                raise CannotRate(found)
            total += found.amount
            used.extend(found.used)
            edition = found.edition
        return Amount(total, tuple(used), edition)

    def measured(self, span: Period) -> Quotient:
        """The measure over a span in canonical units; CannotRate where it is missing or a denominator is zero."""
        top = self.amount(self.measure.of, span)
        if self.measure.per is None:
            return Quotient(top.amount, Decimal(1), show(top.amount), top.used, top.edition)
        bottom = self.amount(self.measure.per, span)
        if bottom.amount <= 0:
            raise CannotRate(f"{self.measure.per} of {self.subject} is not above zero for {span.label}")
        words = f"{show(top.amount)}/{show(bottom.amount)}"
        used, edition = (*top.used, *bottom.used), top.edition or bottom.edition
        if self.published_rounding:
            rounded = (top.amount / bottom.amount * self.measure.times).quantize(PUBLISHED_PLACES, ROUND_HALF_UP)
            return Quotient(rounded, Decimal(1), f"[{words} ≈ {rounded}]", used, edition)
        return Quotient(top.amount, bottom.amount, words, used, edition)

    def scale(self) -> Decimal:
        """What a measure in canonical units is multiplied with to be in the unit of the clause.

        ``times`` is the author's own conversion into ``measure.unit``; where it is 1 and a plain quantity is to be in
        another unit of the same kind, the unit list converts.
        """
        times = self.measure.times
        if self.measure.per is None and times == 1:
            ours = self.sums.book.unit_of(self.measure.of) or self.measure.unit
            times = self.sums.book.factor(ours, self.measure.unit) or times
        into = self.sums.book.factor(self.measure.unit, self.unit)
        if into is None:
            raise CannotRate(
                f"{self.target.id}: {self.measure.unit} does not convert to {self.unit}; see the unit list"
            )
        return times * into

    def steps(self, yardstick: Yardstick) -> list[tuple[Period, Period]]:
        """Which spans are compared, later with earlier; their ratios (or differences) chain to the whole change.

        The year's task compares the year to date with the same months of the year before. Progress since the base
        year adds what the year before had reached against the base year; in December, and in the first year, one
        comparison says the same.
        """
        point = self.point
        this_year = (point, point.last_year())
        if yardstick is Yardstick.ANNUAL or point.year == self.base_year + 1:
            return [this_year]
        base = Period.whole_year(self.base_year)
        if point.last == MONTHS_OF_A_YEAR:
            return [(point, base)]
        return [this_year, (Period.whole_year(point.year - 1), base)]

    @property
    def is_coal(self) -> bool:
        """Whether standard coal is what is measured."""
        return self.measure.of == STANDARD_COAL

    @property
    def noun(self) -> str:
        """What the measured quantity is called."""
        return self.sums.book.name_of(self.measure.of)
