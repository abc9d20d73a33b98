"""Figures with one seeded fault each, and what it must be found as: the yardstick for the recall of quality checks.

Works on figures rather than messages: a fault is in what was measured or written down, not in how it travelled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import MeterMonth
from planwatch.simulate.faults_beside import CLOSING, COUNTERPART, FACTOR, NOX, OPENING, RATE
from planwatch.simulate.faults_invented import INVENTED, Statement, flows, longest

Readings = dict[Statement, Figure]


@dataclass(frozen=True, slots=True)
class Seeded:
    """A subject's figures with one fault: its kind, the rule that must find it, and the months it is in.

    ``twice`` are second statements of a figure; ``metered`` what lay behind the gathered months.
    """

    kind: str
    rule: str
    subject: str
    figures: tuple[Figure, ...]
    metered: tuple[MeterMonth, ...]
    months: frozenset[Period]


Fault = Callable[[Random, Readings], tuple[Readings, set[Period]] | None]
"""Changes one thing; None where the subject states nothing of the kind."""


def _scaled(readings: Readings, name: str, period: Period, times: str) -> Readings:
    """One figure times a number, to the decimals it was stated in, at least hundredths."""
    old = readings[name, period]
    amount = (old.amount * Decimal(times)).quantize(min(Decimal("0.01"), old.amount, key=_step))
    return readings | {(name, period): replace(old, amount=amount)}


def _step(number: Decimal) -> int:
    """The exponent of its last digit."""
    return int(number.as_tuple().exponent)


def _some(random: Random, readings: Readings, names: list[str], *, from_year: int = 1) -> Statement | None:
    """An indicator and month of the second or a later year; None where none of the names is stated."""
    first = min((period.year for _, period in readings), default=0) + from_year
    fitting = sorted(key for key in readings if key[0] in names and key[1].year >= first and key[1].months == 1)
    return random.choice(fitting) if fitting else None


def _times(times: str, among: Callable[[Readings], list[str]]) -> Fault:
    def fault(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
        found = _some(random, readings, among(readings))
        return found and (_scaled(readings, *found, times), {found[1]})

    return fault


def _only(*names: str) -> Callable[[Readings], list[str]]:
    return lambda readings: [name for name in names if any(name == stated for stated, _ in readings)]


def _factors(readings: Readings) -> list[str]:
    """The conversion factors stated, sorted."""
    return sorted({name for name, _ in readings if name.startswith(FACTOR)})


def _energy(readings: Readings) -> list[str]:
    """Energy with something to be compared with: coal and electricity of units that state value added or power."""
    beside = {name for name, _ in readings}
    if not beside & {"value_added.industrial", "output.electricity"}:
        return []
    return [name for name in ("energy.raw_coal", "energy.electricity") if _compared(name, beside)]


def _compared(name: str, beside: set[str]) -> bool:
    return name in beside and ("value_added.industrial" in beside or name == "energy.raw_coal")


def _missing(whole: bool) -> Fault:
    def fault(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
        name, period = _some(random, readings, flows(readings)) or ("", None)
        if period is None:
            return None
        left = {key: one for key, one in readings.items() if key[1] != period or not (whole or key[0] == name)}
        return left, {period}

    return fault


def _cumulative(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """The first half year stated as well, two per cent above its months."""
    name = longest(readings)
    year = max(period.year for _, period in readings)
    parts = [one for (stated, period), one in readings.items() if stated == name and period.year == year]
    half = Period(year, 1, 6)
    inside = [one for one in parts if half.contains(one.period)]
    if sum(one.period.months for one in inside) != 6:
        return None
    amount = sum((one.amount for one in inside), Decimal(0)) * Decimal("1.02")
    return readings | {(name, half): replace(inside[0], period=half, amount=amount)}, {half}


def _jump(times: str) -> Fault:
    """Everything of one month up alike, so that no ratio tells."""

    def fault(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
        found = _some(random, readings, flows(readings))
        if found is None:
            return None
        changed = readings
        for name in flows(readings):
            if (name, found[1]) in readings:
                changed = _scaled(changed, name, found[1], times)
        return changed, {found[1]}

    return fault


def _divergence(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """Energy down by a fifth while output or value added is up by a quarter."""
    found = _some(random, readings, _energy(readings))
    if found is None:
        return None
    output = "value_added.industrial" if ("value_added.industrial", found[1]) in readings else "output.electricity"
    return _scaled(_scaled(readings, *found, "0.8"), output, found[1], "1.25"), {found[1]}


def _zero(name: str) -> Fault:
    return _times("0", _only(name))


FAULTS: dict[str, tuple[str, Fault]] = {
    "月报缺报": ("Q01", _missing(True)),
    "单项缺报": ("Q01", _missing(False)),
    "负值": ("Q03", _times("-1", flows)),
    "期末库存差 3%": ("Q04", _times("1.03", _only(CLOSING))),
    "期初库存差 1%": ("Q05", _times("1.01", _only(OPENING))),
    "累计高 2%": ("Q05", _cumulative),
    "分项差 1%": ("Q06", _times("1.01", _only("use.raw_coal.production"))),
    "比率多一位": ("Q07", _times("10", _only(RATE))),
    "折标系数高一倍": ("Q07", _times("2", _factors)),
    "折标系数高 30%": ("Q07", _times("1.3", _factors)),
    "折标系数错千倍(714.3 作 0.7143)": ("Q07", _times("1000", _factors)),
    "单位错一万倍": ("Q08", _times("10000", flows)),
    "单位错千分之一": ("Q08", _times("0.001", flows)),
    "多写一位": ("Q08", _times("10", flows)),
    "整月突增九成": ("Q09", _jump("1.9")),
    "整月突增四成": ("Q09", _jump("1.4")),
    "单耗高 45%": ("Q11", _times("1.45", _energy)),
    "单耗高 20%": ("Q11", _times("1.2", _energy)),
    "能耗降产出升": ("Q12", _divergence),
    "用电少报 12%": ("Q13", _times("0.88", _only("energy.electricity"))),
    "用电少报 6%": ("Q13", _times("0.94", _only("energy.electricity"))),
    "月报比日数据高 10%": ("Q14", _times("1.1", _only(NOX))),
    "无煤而有产出": ("Q21", _zero("energy.raw_coal")),
    "支出大于收入": ("Q22", _times("2", _only("electricity.sold"))),
    "以零代未报": ("Q23", _zero(COUNTERPART)),
    **INVENTED,
}
"""Kind to the rule that must find it and what makes it."""


def seeded(seed: int, subject: str, figures: tuple[Figure, ...], metered: tuple[MeterMonth, ...]) -> Iterator[Seeded]:
    """Every kind of fault that a subject's clean figures allow, each alone."""
    readings = {(one.indicator, one.period): one for one in figures}
    for kind, (rule, fault) in FAULTS.items():
        made = fault(Random(f"{seed}/{kind}/{subject}"), readings)
        if made is not None:
            changed, months = made
            yield Seeded(kind, rule, subject, tuple(changed.values()), metered, frozenset(months))
    yield from _twice(seed, subject, figures, metered)
    yield from _gathered(seed, subject, figures, metered)


def _twice(seed: int, subject: str, figures: tuple[Figure, ...], metered: tuple[MeterMonth, ...]) -> Iterator[Seeded]:
    """A figure stated twice with one revision."""
    one = Random(f"{seed}/twice/{subject}").choice(figures)
    other = replace(one, amount=one.amount + 1, report_id=one.report_id + "-2")
    yield Seeded("重复且不一致", "Q02", subject, (*figures, other), metered, frozenset({one.period}))


def _gathered(
    seed: int, subject: str, figures: tuple[Figure, ...], metered: tuple[MeterMonth, ...]
) -> Iterator[Seeded]:
    """Faults of what lies behind a gathered month."""
    if not metered:
        return
    at = Random(f"{seed}/gathered/{subject}").randrange(len(metered))
    one = metered[at]
    for kind, rule, other in (
        ("在线数据只到八成", "Q15", replace(one, received=one.expected * 8 // 10)),
        ("时间标签偏五分钟", "Q16", replace(one, mislabelled=one.received // 2, skew_seconds=300)),
        ("三成标记不正常", "Q17", replace(one, not_normal=one.received * 3 // 10)),
        ("零流量有排放", "Q17", replace(one, flowless=4)),
    ):
        yield Seeded(kind, rule, subject, figures, (*metered[:at], other, *metered[at + 1 :]), frozenset({one.period}))
