"""What the tests of warnings and notifications share: levels, points, a stored history that passes act on, messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from planwatch.alerts.lifecycle import Outcome, Point, in_order, replay
from planwatch.alerts.message import facts
from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.notification import Notification
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, PathKind, Target, TargetKind, Yardstick
from planwatch.contract.warning import Cause, Change, ChangeKind, EarlyWarning, EpisodeState, WarningKey

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

    key: WarningKey = KEY
    warnings: dict[str, EarlyWarning] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    levels: dict[Period, Point] = field(default_factory=dict)

    def judge(self, fresh: Sequence[Point], cause: Cause = Cause.FIGURES, now: datetime = NOW) -> Outcome:
        """One pass of assess in which these points were judged (again)."""
        said = [period for period, (_, status, _) in self.levels.items() if status is not Status.NOT_RATED]
        self.levels |= {one[0]: one for one in fresh}
        outcome = replay(
            self.key,
            list(self.warnings.values()),
            list(self.levels.values()),
            judged_until=max(said, key=in_order, default=None),
            cause=cause,
            now=now,
            told=self.told,
        )
        self.warnings |= {warning.id: warning for warning in outcome.warnings}
        self.changes += outcome.changes
        return outcome

    @property
    def told(self) -> dict[str, dict[Period, Level | None]]:
        """What was told last of each period, by warning."""
        found: dict[str, dict[Period, Level | None]] = {}
        for change in self.changes:
            found.setdefault(change.warning_id, {})[change.period] = change.after
        return found

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


def make_target(**over: Any) -> Target:
    """Chongqing's energy intensity, made up but for its form."""
    values: dict[str, Any] = {
        "id": KEY.target,
        "zh": "单位地区生产总值能耗降低",
        "en": "energy per unit of GDP",
        "kind": TargetKind.REDUCTION_RATE,
        "applies_to": {"kind": "region", "region": "500000"},
        "measure": {"of": "energy.total", "per": "gdp", "unit": "tce/万元"},
        "base_year": 2020,
        "target_year": 2025,
        "value": "14",
        "unit": "%",
        "path": PathKind.GEOMETRIC,
        "rule_set": "national",
        "departments": ("市发展改革委", "市经济信息委"),
        "asks": "对高预警等级区县加强工作指导",
        "reference": {
            "document": "某市节能减排工作方案",
            "number": "某府发〔2022〕1号",
            "issuer": "某市人民政府",
            "issued": "2022-09-18",
            "section": "二",
            "quote": "到2025年，单位地区生产总值能耗比2020年下降14%",
            "text": "some.txt",
            "sha256": "0" * 64,
            "offset": 0,
        },
    }
    return Target(**(values | over))


def make_assessment(**over: Any) -> Assessment:
    """January to June 2025: down 2.1 % where 2.97 % was due."""
    made = Assessment(
        plan=KEY.plan,
        target=KEY.target,
        subject=KEY.subject,
        yardstick=KEY.yardstick,
        period=to_date(6),
        status=Status.RATED,
        level=YELLOW,
        actual=Decimal("2.1"),
        expected=Decimal("2.9714"),
        gap=Decimal("0.2933"),
        unit="%",
        formula="1 − (0.4895 ÷ 0.5) = 2.1%",
        reason="",
        better="再下降0.8714个百分点可达三级（绿色）",
        rule_set="national",
        path="geometric",
        edition="",
        used=(),
        law="0123456789abcdef",
    )
    return replace(made, **over)


def make_change(kind: ChangeKind = ChangeKind.RAISED, **over: Any) -> Change:
    """A change at January to June 2025, the first of its warning."""
    levels: dict[ChangeKind, tuple[Level | None, Level | None]] = {
        ChangeKind.RAISED: (GREEN, YELLOW),
        ChangeKind.ESCALATED: (YELLOW, RED),
        ChangeKind.EASED: (RED, YELLOW),
        ChangeKind.CLEARED: (YELLOW, GREEN),
        ChangeKind.WITHDRAWN: (YELLOW, None),
        ChangeKind.RESTATED: (RED, YELLOW),
    }
    made = Change("00000000deadbeef", 1, KEY, kind, to_date(6), *levels[kind], Cause.FIGURES, False, NOW)
    return replace(made, **over)


def make_warning(**over: Any) -> EarlyWarning:
    """Active since March."""
    made = EarlyWarning("00000000deadbeef", KEY, EpisodeState.ACTIVE, to_date(3), to_date(6), YELLOW, 1, 1)
    return replace(made, **over)


def make_notification(change: Change, warning: EarlyWarning | None = None) -> Notification:
    """A notification of a change, with a message that fits it."""
    assessment = make_assessment(period=change.period, level=change.after)
    warning = warning or make_warning(id=change.warning_id, key=change.key)
    place = ("重庆市", "") if change.key.subject.startswith("region:") else ("某某公司", "渝北区")
    return Notification(change, warning, facts(change, warning, assessment, make_target(), *place))


def story(levels: str, subject: str = KEY.subject) -> list[Notification]:
    """The notifications of one subject whose months were judged one by one; see ``judged`` for the letters."""
    history = History(key=replace(KEY, subject=subject))
    told = []
    for month, one in enumerate(judged(levels)):
        outcome = history.judge([one], now=NOW + timedelta(days=30 * month))
        told += [make_notification(change, history.warnings[change.warning_id]) for change in outcome.changes]
    return told
