"""What a check looks at: one subject's figures, its registry entry, the thresholds and the day."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, MeterMonth, Relation, RestsOn, Rule
from planwatch.contract.records import Records
from planwatch.quality.numbers import ZERO, last_digit, show
from planwatch.quality.place import place_of, turning_points
from planwatch.quality.rulebook import Limits, Rulebook, Shelf
from planwatch.quality.series import Point, Series, Window, last_month, series_of

Due = Callable[[str, Period], date | None]
"""By which day a subject must report a period; None where it need not."""
Pair = tuple[Point, Point]


@dataclass(frozen=True)
class Evidence:
    """What bears on a subject's figures beside the standing ones; all of it may be left out.

    ``statements`` are all that was ever stated, superseded revisions too; ``metered`` what lay behind gathered months;
    ``written`` the values as written before conversion, by indicator and period (for patterns of digits and for how
    exact a figure is); ``due`` the deadlines; ``notes`` what was said beside figures stated as held; ``early`` the
    indicators and periods received before the last day of the period.
    """

    statements: tuple[Figure, ...] = ()
    metered: tuple[MeterMonth, ...] = ()
    written: Mapping[tuple[str, Period], Decimal] = field(default_factory=dict)
    due: Due | None = None
    notes: Mapping[tuple[str, Period], str] = field(default_factory=dict)
    early: frozenset[tuple[str, Period]] = frozenset()


NOTHING_MORE = Evidence()


@dataclass(frozen=True, slots=True)
class Paired:
    """The points of two indicators about the same months, and their ratios: None where one is not above zero."""

    both: list[Pair]
    ratios: list[Decimal | None]
    _windows: dict[int, Window] = field(default_factory=dict)

    def window(self, months: int) -> Window:
        """The ratios, each within so many months of the others."""
        if months not in self._windows:
            self._windows[months] = Window([point.end for point, _ in self.both], self.ratios, months)
        return self._windows[months]


class Case:
    """One subject on one day, with what several checks ask for worked out once."""

    def __init__(
        self, subject: str, figures: Figures, records: Records, book: Rulebook, *, today: date, evidence: Evidence
    ) -> None:
        self.subject, self.figures, self.records = subject, figures, records
        self.book, self.today, self.evidence = book, today, evidence
        self.indicators = figures.indicators(subject)
        self.flows = [name for name in self.indicators if book.flows(name)]
        """The indicators stated whose figures add up, sorted."""
        self._series: dict[str, Series] = {}
        self._amounts: dict[str, list[Decimal]] = {}
        self._spans: dict[str, tuple[Decimal, Decimal]] = {}
        self._windows: dict[tuple[str, int], Window] = {}
        self._paired: dict[str, Paired] = {}
        self._turns = sorted(book.cuts | turning_points(subject, records))
        self._shelf: Shelf = {}
        self._from, self._until = 0, 0  # the months the shelf is for

    @cached_property
    def periods(self) -> list[Period]:
        """All periods anything is stated for, sorted."""
        return sorted({period for name in self.indicators for period in self.stated(name)})

    def stated(self, indicator: str) -> Mapping[Period, Figure]:
        """The figures of an indicator by period, sorted."""
        return self.figures.stated(self.subject, indicator)

    def series(self, indicator: str) -> Series:
        """The points of an indicator."""
        if indicator not in self._series:
            flow = self.book.flows(indicator)
            self._series[indicator] = series_of(self.figures, self.subject, indicator, flow=flow)
        return self._series[indicator]

    def amounts(self, indicator: str) -> list[Decimal]:
        """The amounts of the points of an indicator."""
        if indicator not in self._amounts:
            self._amounts[indicator] = [point.amount for point in self.series(indicator)]
        return self._amounts[indicator]

    def span(self, indicator: str) -> tuple[Decimal, Decimal]:
        """The lowest and the highest amount of an indicator; zeros where it has no point."""
        if indicator not in self._spans:
            amounts = self.amounts(indicator)
            self._spans[indicator] = min(amounts, default=ZERO), max(amounts, default=ZERO)
        return self._spans[indicator]

    def window(self, indicator: str, months: int) -> Window:
        """The amounts of an indicator, each within so many months of the others."""
        key = (indicator, months)
        if key not in self._windows:
            ends = [point.end for point in self.series(indicator)]
            self._windows[key] = Window(ends, self.amounts(indicator), months)
        return self._windows[key]

    def paired(self, relation: Relation) -> Paired:
        """The points of a relation's two indicators that are about the same months."""
        if relation.id not in self._paired:
            others = {(point.start, point.end): point for point in self.series(relation.plus[0])}
            series = self.series(relation.of) if others else ()
            both = [(point, others[when]) for point in series if (when := (point.start, point.end)) in others]
            ratios = [a.amount / b.amount if a.amount > 0 and b.amount > 0 else None for a, b in both]
            self._paired[relation.id] = Paired(both, ratios)
        return self._paired[relation.id]

    def limits(self, rule: Rule, indicator: str, period: Period) -> Limits | None:
        """The thresholds that hold for this subject; None where the rule is off."""
        month = last_month(period)
        if not self._from <= month < self._until:
            self._turn(month, period)
        key = (rule, indicator)
        if key not in self._shelf:
            self._shelf[key] = self.book.limits(rule, indicator, self._place, period)
        return self._shelf[key]

    def each_limits(self, rule: Rule, indicator: str) -> list[Limits]:
        """The thresholds that hold for one point or another of an indicator, each once."""
        series = self.series(indicator)
        if not series:
            return []
        first, last = series[0], series[-1]
        if bisect_right(self._turns, first.end) == bisect_right(self._turns, last.end):
            limits = self.limits(rule, indicator, last.period)
            return [limits] if limits else []
        found = {id(one): one for point in series if (one := self.limits(rule, indicator, point.period))}
        return list(found.values())

    def written(self, figure: Figure) -> Decimal:
        """The value as it was written; the amount where that is not known."""
        return self.evidence.written.get((figure.indicator, figure.period), figure.amount)

    def rounding(self, figures: Iterable[Figure]) -> Decimal:
        """By how much a sum of figures may be off because each was rounded: half of the last digit written of each.

        In the canonical unit; nothing for figures whose value as written is not known.
        """
        known = [(self.evidence.written.get((one.indicator, one.period)), one.amount) for one in figures]
        written = [(value, amount) for value, amount in known if value is not None]
        units = [amount / value for value, amount in written if value]
        widest = max(units, default=ZERO)  # a zero does not tell its unit: that of the others
        return sum(
            (
                Decimal((0, (5,), last_digit(value) - 1)) * (amount / value if value else widest)
                for value, amount in written
            ),
            ZERO,
        )

    def named(self, indicator: str, period: Period, amount: Decimal) -> str:
        """«2025年3月原煤消费量 1,200 t» for messages, in the unit the figure was written in."""
        said = self.shown(indicator, period, amount)
        return f"{period.label_zh}{self.book.name(indicator)} {said} {self.unit(indicator, period)}".rstrip()

    def shown(self, indicator: str, period: Period, amount: Decimal) -> str:
        """An amount beside the figure of a period, in the unit that one was written in."""
        return show(amount / self._scale(indicator, period)[0])

    def unit(self, indicator: str, period: Period) -> str:
        """The unit the figure of a period was written in; the canonical one where that is not known."""
        return self._scale(indicator, period)[1]

    def _scale(self, indicator: str, period: Period) -> tuple[Decimal, str]:
        """The factor and the symbol of the unit a period's figure was written in: that of the longest up to its end."""
        stated = self.stated(indicator)
        ends = [one for one in stated if (one.year, one.last) == (period.year, period.last)]
        known = stated.get(period) or (stated[ends[0]] if ends else None)
        value = self.evidence.written.get((indicator, known.period)) if known else None
        if known is None or not value:
            return Decimal(1), self.book.unit(indicator)
        factor = known.amount / value
        symbol = self.book.symbol(indicator, factor)
        return (factor, symbol) if symbol else (Decimal(1), self.book.unit(indicator))

    def find(self, rule: Rule, point: Point, limits: Limits, message: str, others: Iterable[Figure] = ()) -> Finding:
        """A finding about the figure stated for a point's end."""
        return self.doubt(rule, point.figure, limits, message, (*point.figures[1:], *others))

    def doubt(self, rule: Rule, figure: Figure, limits: Limits, message: str, others: Iterable[Figure] = ()) -> Finding:
        """A finding about a figure, resting on it and on others."""
        return Finding(
            rule,
            self.subject,
            figure.indicator,
            figure.period,
            limits.outcome,
            message,
            resting_on((figure, *others)),
            limits.rows,
        )

    def _turn(self, month: int, period: Period) -> None:
        """Go to the months around one in which neither a threshold nor the subject's place changes."""
        at = bisect_right(self._turns, month)
        self._from = self._turns[at - 1] if at else 0
        self._until = self._turns[at] if at < len(self._turns) else month + 1_000_000
        self._place = place_of(self.subject, self.records, period.end_day)
        self._shelf = self.book.shelf(self._place, month)


def resting_on(figures: Iterable[Figure]) -> tuple[RestsOn, ...]:
    """Figures as a finding keeps them: the doubted one first, each once."""
    return tuple(dict.fromkeys(map(RestsOn.of, figures)))
