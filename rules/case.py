"""One case to judge: a target, a subject and a point in time, with the sums it may look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from planwatch.contract.assessment import Assessment
from planwatch.contract.figures import Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Measure, Scope, Target, TargetKind, Yardstick
from planwatch.contract.report import SubjectKind
from planwatch.rules.counted import counted
from planwatch.rules.coverage import Coverage, Parts, Sought, booked_coverage, coverage, required
from planwatch.rules.deduction import Grounds
from planwatch.rules.finding import Finding as Finding
from planwatch.rules.finding import Quotient as Quotient
from planwatch.rules.finding import Surroundings as Surroundings
from planwatch.rules.lawbook import STANDARD_COAL, TCE
from planwatch.rules.measured_factor import edition_of_all
from planwatch.rules.numbers import HUNDRED, show
from planwatch.rules.refusal import CannotRate as CannotRate
from planwatch.rules.scope import in_scope, scope_of
from planwatch.rules.sums import Amount, Sums

PUBLISHED_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Case:
    """What one judgement is about. ``judge`` judges another case, for targets that look at other targets.

    ``beside`` is the year of the span that a sum is compared with, where a sum may lack something: what a source has in
    only one of the two is then in neither.
    """

    target: Target
    subject: str
    point: Period
    sums: Sums
    around: Surroundings
    judge: Callable[["Case"], tuple[Assessment, ...]]
    asked_by: tuple[str, ...] = ()
    beside: int | None = None

    def on(self, target: str, *, subject: str | None = None) -> tuple[Assessment, ...]:
        """What another target comes to at the same point, for the same subject or another one."""
        other = self.sums.law.targets.get(target)
        if other is None:
            raise CannotRate(f"{self.target.id} looks at {target}, which no plan has")
        asked_by = (*self.asked_by, self.target.id)
        if target in asked_by:
            raise CannotRate(f"{self.target.id} and {target} look at each other")
        return self.judge(replace(self, target=other, subject=subject or self.subject, asked_by=asked_by))

    @property
    def day(self) -> date:
        """The day of the judgement: the last day of the point, or today if that is earlier."""
        end = self.point.end_day
        return end if self.around.today is None else min(end, self.around.today)

    @cached_property
    def span(self) -> Period:
        """The months whose amounts count up to the point: from January, or from the season's first month.

        AS 三(七): 以5—9月为重点时段. CannotRate for a point outside the season.
        """
        whole = self.full(self.point.year)
        if not whole.first <= self.point.last <= whole.last:
            raise CannotRate(f"{self.target.id} 只评{whole.first}—{whole.last}月,{self.point.label_zh}不在其内")
        return Period(whole.year, whole.first, self.point.last)

    def full(self, year: int) -> Period:
        """All months of a year that count: the whole year, or its season."""
        first, last = self.target.season or (1, MONTHS_OF_A_YEAR)
        if first > last:
            raise CannotRate(f"{self.target.id}: 时段{first}月至次年{last}月跨年,不能评定;请按年分成两个目标")
        return Period(year, first, last)

    @cached_property
    def scope(self) -> Scope | None:
        """What is taken off before judging; None for gross. CannotRate if it is unknown or of another measure."""
        return scope_of(self.target, self.target.measure, self.sums.law)

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
        """Who sums; of regions those that lie in no other member, so that a zone in a district is not counted twice."""
        members = set(self.around.members) - {self.subject}
        if self.target.sum_of is SubjectKind.REGION:
            inside, day = self.around.records.regions_above, self.day
            members = {one for one in members if not members & {f"region:{code}" for code in inside(one, day)}}
        return tuple(sorted(members))

    def about_sources(self, indicator: str) -> str:
        """A remark for the formula on whose figures were added up; empty for the subject's own."""
        sources = self.sources(indicator)
        if sources == (self.subject,):
            return ""
        own = f", {self.subject}'s own figure is not added" if self.sums.reports(self.subject, indicator) else ""
        covered = self._covered(indicator, self.point) if required(self.sums.law) < HUNDRED else None
        share = f",{covered.words}" if covered and covered.there < covered.sources else ""
        return f" [sum over {len(sources)} {self.target.sum_of}s{own}{share}]"

    @cached_property
    def coverage(self) -> Coverage | None:
        """How much is there of the least whole sum of the measure; None where nothing is a sum over members."""
        measure = self.target.measure
        if self.target.sum_of is None or measure is None or not self._members:
            return None
        try:
            found = [self._covered(one, self.span) for one in (measure.of, measure.less, measure.per) if one]
        except CannotRate:  # a point outside the season has no span
            return None
        return min((one for one in found if one), key=lambda one: one.percent, default=None)

    def _covered(self, indicator: str, span: Period) -> Coverage | None:
        """How much of an indicator's sum over a span is there; None for the subject's own."""
        sources = self.sources(indicator)
        if sources == (self.subject,):
            return None
        if self.target.kind is TargetKind.CUMULATIVE_REDUCTION:
            return booked_coverage(self.sums, sources, indicator, span)
        parts = self._parts(indicator, span, sources)
        return coverage(self._sought(indicator), parts) if parts else None

    def _sought(self, indicator: str) -> Sought:
        return Sought(self.sums, indicator, self.target.basis)

    def _parts(self, indicator: str, span: Period, sources: Sequence[str]) -> Parts:
        """The parts of a span that each source counts for; none of a closed unit, or one that lay elsewhere."""
        own, lasting = self.subject, self.sums.lasting
        parts = {one: (span,) if one == own else lasting(one, indicator, span, own) for one in sources}
        return {one: found for one, found in parts.items() if found}

    def amount(self, indicator: str, span: Period) -> Amount:
        """The amount of an indicator over a span in the target's scope; CannotRate if anything of it is missing."""
        return self.worded(indicator, span)[0]

    def worded(self, indicator: str, span: Period) -> tuple[Amount, str]:
        """The amount in the target's scope, and the number in words with every deduction shown."""
        gross = self._sum(indicator, span, self.sources(indicator))
        if self.scope is None or indicator != self.scope.of:
            return gross, show(gross.amount)
        return in_scope(self.scope, gross, span, self._grounds)

    @cached_property
    def _grounds(self) -> Grounds:
        """What the deductions of the scope are worked out from."""
        year, name = self.target.base_year, self.sums.book.name_of
        return Grounds(self.point.year, year, self._deducted, lambda one: bool(self._reporting(one)), name)

    def _reporting(self, indicator: str) -> tuple[str, ...]:
        """The sources that ever report an indicator of a deduction: who makes no olefins reports none."""
        return tuple(one for one in self.sources(indicator) if self.sums.reports(one, indicator))

    def _deducted(self, indicator: str, span: Period) -> Amount:
        """The amount of a deduction's indicator in tce."""
        found = self._sum(indicator, span, self._reporting(indicator))
        into = self.sums.book.factor(self.sums.book.unit_of(indicator) or "", TCE)
        if into is None:
            raise CannotRate(f"{indicator} is not in tonnes of standard coal; a scope takes off nothing else")
        return replace(found, amount=found.amount * into)

    def _sum(self, indicator: str, span: Period, sources: Sequence[str]) -> Amount:
        """What the sources report together; CannotRate where more of it is missing than the law allows."""
        total, editions = Decimal(0), []
        used: list[Used] = []
        parts = self._parts(indicator, span, sources)
        for found in counted(self._sought(indicator), parts, self._beside(indicator)):
            total += found.amount
            used.extend(found.used)
            editions.append(found.edition)
        if sources and not editions:
            raise CannotRate(f"{self.subject} 的登记对象在{span.label_zh}已全部注销、并入或不在本地区,无可汇总")
        return Amount(total, tuple(used), edition_of_all(editions))

    def _beside(self, indicator: str) -> Callable[[str, Period], Sequence[Period]] | None:
        """For which months of the year compared with a source counts, of those of a span; None beside nothing."""
        year = self.beside
        if year is None:
            return None
        return lambda source, span: self._parts(indicator, Period(year, span.first, span.last), (source,)).get(
            source, ()
        )

    def compared(self, later: Period, earlier: Period) -> tuple[Quotient, Quotient]:
        """The measure over two spans, like with like: of a sum that may lack something, what is there in both."""
        if self.target.sum_of is None or required(self.sums.law) >= HUNDRED:
            return self.measured(later), self.measured(earlier)
        now, before = replace(self, beside=earlier.year), replace(self, beside=later.year)
        return now.measured(later), before.measured(earlier)

    def measured(self, span: Period) -> Quotient:
        """The measure over a span in canonical units; CannotRate where it is missing or a denominator is zero."""
        top, words = self._top(span)
        if self.measure.per is None:
            return Quotient(top.amount, Decimal(1), words, top.used, top.edition)
        bottom, below = self.worded(self.measure.per, span)
        if bottom.amount <= 0:
            raise CannotRate(f"{self.measure.per} of {self.subject} is not above zero for {span.label}")
        words = f"{words}/{below}"
        used, edition = (*top.used, *bottom.used), top.edition or bottom.edition
        if self.around.published_rounding:
            rounded = (top.amount / bottom.amount * self.measure.times).quantize(PUBLISHED_PLACES, ROUND_HALF_UP)
            return Quotient(rounded, Decimal(1), f"[{words} ≈ {rounded}]", used, edition)
        return Quotient(top.amount, bottom.amount, words, used, edition)

    def _top(self, span: Period) -> tuple[Amount, str]:
        """The measured quantity over a span, without what the measure itself takes off (``less``)."""
        top, words = self.worded(self.measure.of, span)
        if self.measure.less is None:
            return top, words
        less, off = self.worded(self.measure.less, span)
        used = (*top.used, *(Used(-one.sign, one.figure) for one in less.used))
        return replace(top, amount=top.amount - less.amount, used=used), f"({words} − {off})"

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
        now = self.span
        this_year = (now, now.last_year())
        if yardstick is Yardstick.ANNUAL or now.year == self.base_year + 1:
            return [this_year]
        base = self.full(self.base_year)
        if now == self.full(now.year):
            return [(now, base)]
        return [this_year, (self.full(now.year - 1), base)]

    @property
    def is_coal(self) -> bool:
        """Whether standard coal is what is measured."""
        return self.measure.of == STANDARD_COAL

    @property
    def noun(self) -> str:
        """What the measured quantity is called."""
        return self.sums.book.name_of(self.measure.of)
