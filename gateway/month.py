"""The days of a month to a monthly report of a unit: sums of valid days, and what they are worth. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal

from planwatch.contract.hj212 import DayValue, FactorTable, Station
from planwatch.contract.period import Period
from planwatch.contract.report import Flag, Reading, Report, Source, Subject, SubjectKind

_EXACT = Context(prec=64)
MISSING = "缺"


@dataclass(frozen=True, slots=True)
class MonthRules:
    """Which days count, and from which share of valid days on a month does.

    Only days flagged N by default. ``counted_flags`` may add T (over the measuring range), ``count_unflagged`` days
    without a flag, as loggers of 2005 send them; a figure with such days is marked as estimated. Below ``min_share``
    (methodology §7, Q17) the figure is held.
    """

    counted_flags: str = "N"
    count_unflagged: bool = False
    min_share: Decimal = Decimal("0.75")

    def counts(self, value: DayValue) -> bool:
        """Whether a day goes into the sum."""
        if value.cou is None:
            return False
        return value.flag in self.counted_flags if value.flag else self.count_unflagged


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The readings of a month, and whether every day of every point is there (whatever its flag)."""

    readings: tuple[Reading, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Point:
    """One factor at one monitoring point: the days due, and the days stated."""

    due: tuple[date, ...]
    stated: Mapping[date, DayValue]

    def share(self, rules: MonthRules) -> Decimal:
        """Valid days of the days due."""
        valid = sum(1 for day in self.due if day in self.stated and rules.counts(self.stated[day]))
        return Decimal(valid) / len(self.due) if self.due else Decimal(1)


def gather(
    month: Period, stations: Iterable[Station], days: Sequence[DayValue], factors: FactorTable, rules: MonthRules
) -> MonthFigures:
    """The figures of a unit for a month: for each indicator the sum over its monitoring points.

    Every point has to report what the mapping lists; a point without a single valid day makes the figure held, not
    smaller. Without any valid day at all there is no figure: silence and faults are never zero.
    """
    points = _points(month, stations, days, factors)
    named = factors.named()
    dry = {(one.mn, one.day) for one in days if named[one.factor].flow and rules.counts(one) and one.cou == 0}
    by_indicator: dict[str, list[_Point]] = {}
    for (_, code), point in sorted(points.items()):
        if indicator := named[code].indicator:
            by_indicator.setdefault(indicator, []).append(point)
    readings = (_reading(indicator, found, dry, rules) for indicator, found in sorted(by_indicator.items()))
    complete = all(day in point.stated for point in points.values() for day in point.due)
    return MonthFigures(tuple(one for one in readings if one is not None), complete)


def _points(
    month: Period, stations: Iterable[Station], days: Sequence[DayValue], factors: FactorTable
) -> dict[tuple[str, str], _Point]:
    stated: dict[tuple[str, int, str], dict[date, DayValue]] = {}
    for one in days:
        stated.setdefault((one.mn, one.st, one.factor), {})[one.day] = one
    found: dict[tuple[str, str], _Point] = {}
    for station in stations:
        known, due = factors.by_code(station.st), station.days_in(month)
        listed = {known[code].code for code in station.factors if code in known}
        seen = {factor for mn, st, factor in stated if (mn, st) == (station.mn, station.st)}
        for code in listed | seen:
            inside = {day: one for day, one in stated.get((station.mn, station.st, code), {}).items() if day in due}
            if due:
                found[f"{station.mn}/{station.st}", code] = _Point(due, inside)
    return found


def _reading(indicator: str, points: Sequence[_Point], dry: set[tuple[str, date]], rules: MonthRules) -> Reading | None:
    counted = [one for point in points for one in point.stated.values() if rules.counts(one)]
    if not counted:
        return None
    total = Decimal(0)
    for one in counted:
        total = _EXACT.add(total, one.cou or Decimal(0))
    worst = min(point.share(rules) for point in points)
    unlikely = sum(1 for one in counted if one.cou and (one.mn, one.day) in dry)
    flag = _flag(worst, unlikely, all(one.flag == "N" for one in counted), rules)
    return Reading(
        indicator=indicator, value=total, unit="kg", flag=flag, note=_note(points, worst, unlikely, rules, flag)
    )


def _flag(worst: Decimal, unlikely: int, normal: bool, rules: MonthRules) -> Flag | None:
    if worst < rules.min_share:
        return Flag.HELD
    if worst < 1 or unlikely:
        return Flag.SUSPECT
    return None if normal else Flag.ESTIMATED


def _note(points: Sequence[_Point], worst: Decimal, unlikely: int, rules: MonthRules, flag: Flag | None) -> str:
    """What the figure rests on, for people: valid days of days due, and what was wrong with the others."""
    due = sum(len(point.due) for point in points)
    left_out: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for point in points:
        for day in point.due:
            one = point.stated.get(day)
            if one is None:
                left_out[MISSING] += 1
            elif not rules.counts(one):
                left_out[one.flag or "无标记"] += 1
            elif one.flag != "N":
                other[one.flag or "无标记"] += 1
    valid = due - left_out.total()
    text = f"HJ 212日数据:{len(points)}个监测点,应有{due}日,有效{valid}日({_percent(valid, due)})"
    if left_out:
        text += f",未计入:{_counts(left_out)}"
        text += f",最差监测点有效率{_percent(worst)}" if len(points) > 1 else ""
        text += ",合计未按缺测放大"
    if other:
        text += f",计入非N日:{_counts(other)}"
    if unlikely:
        text += f",流量为零而排放不为零{unlikely}日"
    if flag is Flag.HELD:
        text += f",有效率低于{_percent(rules.min_share)},暂不计入"
    return text[:500]


def _percent(part: Decimal | int, whole: int = 1) -> str:
    return f"{Decimal(part) * 100 / whole:.1f}%"


def _counts(counter: Counter[str]) -> str:
    return "、".join(f"{name}{count}日" for name, count in sorted(counter.items()))


def report_of(
    unit: str, month: Period, readings: Sequence[Reading], before: Report | None, now: datetime
) -> Report | None:
    """The next report of a month, or None where it says nothing new.

    What the last report stated and is no more (all its days became invalid) is withdrawn. The report's id follows from
    unit, month and revision, so the same report is always the same message.
    """
    stated = {one.indicator: one for one in before.readings} if before else {}
    gone = stated.keys() - {one.indicator for one in readings}
    note = "HJ 212日数据:已无有效日,撤回"
    withdrawn = [stated[name].model_copy(update={"flag": Flag.WITHDRAWN, "note": note}) for name in sorted(gone)]
    new = tuple(sorted([*readings, *withdrawn], key=lambda one: one.indicator))
    if not new or (before is not None and new == before.readings):
        return None
    revision = before.revision + 1 if before else 0
    return Report(
        report_id=report_id(unit, month, revision),
        subject=Subject(kind=SubjectKind.UNIT, id=unit),
        period=month.label,
        revision=revision,
        submitted_at=now,
        source=Source.METER,
        readings=new,
    )


def report_id(unit: str, month: Period, revision: int) -> str:
    """The id of a month's report. Units' ids may be as long as an id may be, so theirs is digested.

    >>> report_id("91500000MA5U00000X", Period.month(2025, 1), 0)
    'hj212:2025-01:0:f149925a2a0bb567'
    """
    digest = hashlib.sha256(unit.encode()).hexdigest()[:16]
    return f"hj212:{month.label}:{revision}:{digest}"
