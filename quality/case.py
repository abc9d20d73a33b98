"""What a check looks at: one subject's figures, its registry entry, the thresholds and the day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, MeterMonth, RestsOn, Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import TwoHighProjectRecord, UnitRecord
from planwatch.quality.numbers import show
from planwatch.quality.rulebook import Limits, Place, Rulebook
from planwatch.quality.series import Around, Point, Series, around, series_of

Due = Callable[[str, Period], date | None]
"""By which day a subject must report a period; None where it need not."""


@dataclass(frozen=True)
class Evidence:
    """What bears on a subject's figures beside the standing ones; all of it may be left out.

    ``statements`` are all that was ever stated, superseded revisions too; ``metered`` what lay behind gathered months;
    ``written`` the values as written before conversion, by indicator and period (for patterns of digits); ``due`` the
    deadlines.
    """

    statements: tuple[Figure, ...] = ()
    metered: tuple[MeterMonth, ...] = ()
    written: Mapping[tuple[str, Period], Decimal] = field(default_factory=dict)
    due: Due | None = None


NOTHING_MORE = Evidence()


class Case:
    """One subject on one day, with what several checks ask for worked out once."""

    def __init__(
        self, subject: str, figures: Figures, records: Records, book: Rulebook, *, today: date, evidence: Evidence
    ) -> None:
        self.subject, self.figures, self.records = subject, figures, records
        self.book, self.today, self.evidence = book, today, evidence
        self.indicators = figures.indicators(subject)
        self._series: dict[str, Series] = {}
        self._around: dict[tuple[str, int], list[Around | None]] = {}
        self._limits: dict[tuple[str, str, int, int], Limits | None] = {}
        self._places: dict[tuple[int, int], Place] = {}

    def series(self, indicator: str) -> Series:
        """The points of an indicator."""
        if indicator not in self._series:
            flow = self.book.flows(indicator)
            self._series[indicator] = series_of(self.figures, self.subject, indicator, flow=flow)
        return self._series[indicator]

    def flows(self) -> list[str]:
        """The indicators stated whose figures add up, sorted."""
        return [name for name in self.indicators if self.book.flows(name)]

    def around(self, indicator: str, window: int) -> list[Around | None]:
        """The surroundings of each point of an indicator."""
        key = (indicator, window)
        if key not in self._around:
            self._around[key] = around(self.series(indicator), window)
        return self._around[key]

    def limits(self, rule: Rule, indicator: str, period: Period) -> Limits | None:
        """The thresholds that hold for this subject; None where the rule is off."""
        key = (rule.value, indicator, period.year, period.last)
        if key not in self._limits:
            self._limits[key] = self.book.limits(rule, indicator, self._place(period), period)
        return self._limits[key]

    def written(self, figure: Figure) -> Decimal:
        """The value as it was written; the amount where that is not known."""
        return self.evidence.written.get((figure.indicator, figure.period), figure.amount)

    def named(self, indicator: str, period: Period, amount: Decimal) -> str:
        """«2025年3月原煤消费量 1200 kg» for messages."""
        return f"{period.label_zh}{self.book.name(indicator)} {show(amount)} {self.book.unit(indicator)}".rstrip()

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

    def _place(self, period: Period) -> Place:
        key = (period.year, period.last)
        if key not in self._places:
            self._places[key] = place_of(self.subject, self.records, period.end_day)
        return self._places[key]


def resting_on(figures: Iterable[Figure]) -> tuple[RestsOn, ...]:
    """Figures as a finding keeps them: the doubted one first, each once."""
    return tuple(dict.fromkeys(map(RestsOn.of, figures)))


def place_of(subject: str, records: Records, day: date) -> Place:
    """Where a subject was registered on a day; before its first entry, where that one puts it."""
    versions = records.versions(subject)
    if versions and records.at(subject, day) is None:
        day = max(day, versions[0].valid_from) if day < versions[0].valid_from else versions[-1].valid_from
    kind, _, code = subject.partition(":")
    own = (code,) if kind == "region" else ()
    entry = records.at(subject, day)
    industry = entry.industry if isinstance(entry, UnitRecord | TwoHighProjectRecord) else None
    return Place(own + records.regions_above(subject, day), (industry or "").lstrip("ABCDEFGHIJKLMNOPQRST"))
