"""Seeded faults that somebody invented: figures repeated, copied, rounded, drawn with a ruler, favourite digits."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period

Statement = tuple[str, Period]
Readings = dict[Statement, Figure]
Fault = Callable[[Random, Readings], tuple[Readings, set[Period]] | None]
_BESIDE = (
    "stock.",
    "use.",
    "rate.",
    "factor.",
    "electricity.grid_supply",
    "emission.",
    "electricity.purchased",
    "electricity.sold",
)


def flows(readings: Readings) -> list[str]:
    """The indicators a unit measures and reports itself, sorted."""
    return sorted({name for name, _ in readings if not name.startswith(_BESIDE)})


def longest(readings: Readings) -> str:
    """The indicator stated most often; of several the first by name."""
    return max(flows(readings), key=lambda name: (sum(stated == name for stated, _ in readings), name))


def last_year(readings: Readings, name: str) -> list[Period]:
    """The single months of the last year for which an indicator is stated, in order."""
    year = max(period.year for _, period in readings)
    return sorted(
        period for stated, period in readings if stated == name and period.year == year and period.months == 1
    )


def _set(readings: Readings, name: str, amounts: dict[Period, Decimal]) -> Readings:
    return readings | {(name, period): replace(readings[name, period], amount=one) for period, one in amounts.items()}


def _constant(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """Four months running the figure of the first."""
    name = random.choice(flows(readings))
    months = last_year(readings, name)
    start = random.randrange(len(months) - 4)
    run = months[start : start + 4]
    return _set(readings, name, dict.fromkeys(run[1:], readings[name, run[0]].amount)), set(run)


def _copied(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """A whole month copied from the same month of the year before."""
    names = flows(readings)
    month = random.choice(last_year(readings, names[0]))
    before = month.last_year()
    changed = readings
    for name in names:
        if (name, before) in readings and (name, month) in readings:
            changed = _set(changed, name, {month: readings[name, before].amount})
    return changed, {month}


def _ratio(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """Energy worked out from output with one fixed ratio for seven months."""
    names = {name for name, _ in readings}
    output = "value_added.industrial" if "value_added.industrial" in names else "output.electricity"
    energy = "energy.raw_coal" if "energy.raw_coal" in names else "energy.electricity"
    if output not in names or energy not in names:
        return None
    months = last_year(readings, energy)[-7:]
    ratio = readings[energy, months[0]].amount / readings[output, months[0]].amount
    amounts = {month: (readings[output, month].amount * ratio).quantize(Decimal("0.01")) for month in months}
    return _set(readings, energy, amounts), set(months)


def _ruler(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """Seven months that grow by one and a half per cent each."""
    name = random.choice(flows(readings))
    months = last_year(readings, name)[-7:]
    first = readings[name, months[0]].amount
    step = Decimal("1.015")
    amounts = {month: (first * step**i).quantize(Decimal("0.01")) for i, month in enumerate(months)}
    return _set(readings, name, amounts), set(months)


def _digits(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """A year whose last digits somebody thought of: four of five times a 3, a 5 or an 8."""
    changed, months = readings, set()
    for name in flows(readings):
        for month in last_year(readings, name):
            digit = random.choice("3358588" if random.random() < 0.8 else "123456789")
            text = f"{readings[name, month].amount:f}"
            changed = _set(changed, name, {month: Decimal(text.rstrip("0").rstrip(".")[:-1] + digit)})
            months.add(Period.whole_year(month.year))
    return changed, months


def _rounded(random: Random, readings: Readings) -> tuple[Readings, set[Period]] | None:
    """A year of estimates to two significant digits."""
    name = random.choice(flows(readings))
    months = last_year(readings, name)
    amounts = {}
    for month in months:
        value = readings[name, month].amount
        amounts[month] = value.quantize(Decimal(1).scaleb(value.adjusted() - 1)).quantize(Decimal(1))
    return _set(readings, name, amounts), set(months)


INVENTED: dict[str, tuple[str, Fault]] = {
    "连续四个月相同": ("Q10", _constant),
    "整月照抄上年": ("Q19", _copied),
    "按固定单耗倒算": ("Q20", _ratio),
    "逐月匀速增长": ("Q20", _ruler),
    "编造末位数字": ("Q18", _digits),
    "全年取整": ("Q18", _rounded),
}
"""Kind to the rule that must find it and what makes it."""
