"""What the tests of warnings and notifications share: levels, points, and a stored history that passes act on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from planwatch.alerts.lifecycle import Outcome, Point, in_order, replay
from planwatch.contract.assessment import Status
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick
from planwatch.contract.warning import Cause, Change, EarlyWarning, EpisodeState, WarningKey

NOW = datetime(2025, 7, 20, 8, 0, tzinfo=UTC)
KEY = WarningKey("chongqing-14fyp", "cq.energy-intensity", "region:500000", Yardstick.ANNUAL)
GREEN = Level(severity=0, colour="green", zh="三级", en="level 3")
YELLOW = Level(severity=1, colour="yellow", zh="二级", en="level 2")
ORANGE = Level(severity=2, colour="orange", zh="橙色", en="orange")
RED = Level(severity=3, colour="red", zh="一级", en="level 1")
LEVELS = (GREEN, YELLOW, ORANGE, RED)


def to_date(month: int, year: int = 2025) -> Period:
    """January to a month."""
    return Period(year, 1, month)


def judged(text: str, year: int = 2025, first: int = 1) -> list[Point]:
    """Points from one character per month: 0 to 3 a severity, - not rated, x exempt, blank nothing at all."""
    return [point(to_date(month, year), char) for month, char in enumerate(text, first) if char != " "]


def point(period: Period, char: str) -> Point:
    """One point; see judged."""
    if char == "-":
        return period, Status.NOT_RATED, None
    if char == "x":
        return period, Status.EXEMPT, None
    return period, Status.RATED, LEVELS[int(char)]


@dataclass
class History:
    """The warnings of one key as a store would keep them, with every change that was told."""

    warnings: dict[str, EarlyWarning] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    levels: dict[Period, Point] = field(default_factory=dict)

    def judge(self, fresh: Sequence[Point], cause: Cause = Cause.FIGURES) -> Outcome:
        """One pass of assess in which these points were judged (again)."""
        said = [period for period, (_, status, _) in self.levels.items() if status is not Status.NOT_RATED]
        self.levels |= {one[0]: one for one in fresh}
        outcome = replay(
            KEY,
            list(self.warnings.values()),
            list(self.levels.values()),
            judged_until=max(said, key=in_order, default=None),
            cause=cause,
            now=NOW,
        )
        self.warnings |= {warning.id: warning for warning in outcome.warnings}
        self.changes += outcome.changes
        return outcome

    @property
    def standing(self) -> list[EarlyWarning]:
        """Warnings that were not withdrawn, oldest first."""
        kept = [warning for warning in self.warnings.values() if warning.state is not EpisodeState.WITHDRAWN]
        return sorted(kept, key=lambda warning: in_order(warning.first))


def told(changes: Sequence[Change]) -> list[str]:
    """Changes in short: «escalated 5 1>2», with ! where it revises what was said."""
    return [
        f"{change.kind} {change.period.last} {_severity(change.before)}>{_severity(change.after)}"
        + ("!" if change.corrected else "")
        for change in changes
    ]


def _severity(level: Level | None) -> str:
    return str(level.severity) if level else "."


def stands(warnings: Sequence[EarlyWarning]) -> list[str]:
    """Warnings in short: «3-5 active 2^3» for months 3 to 5, severity 2, peak 3; /6 where month 6 cleared it."""
    return [
        f"{warning.first.last}-{warning.last.last} {warning.state} {warning.level.severity}^{warning.peak}"
        + (f" /{warning.cleared_at.last}" if warning.cleared_at else "")
        for warning in warnings
    ]
