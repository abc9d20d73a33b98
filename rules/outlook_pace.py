"""From the end of a year to the end of the plan, at the pace so far."""

from decimal import Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.plan import Yardstick
from planwatch.rules.numbers import HUNDRED, exact
from planwatch.rules.outlook_value import GROWTHS, POINTS, RATES, Prospects, Value


@exact
def carried_on(prospects: Prospects, end: Value, year: int, goal: int, yardstick: Yardstick) -> Value | Missing:
    """A value at the end of ``year`` carried on to the end of ``goal``.

    Rates and growth compound: ``I_goal = I_year^((goal − base)/(year − base))``. Tonnes and points since the base year
    go on in a straight line. A level changes each year as it did in the last one: by its ratio, a share by its
    difference. What is required is the number of the clause.
    """
    target = prospects.target
    required = end.expected if target.value is None else target.value
    counts_up = prospects.is_ledger or target.kind in (*RATES, *GROWTHS, *POINTS)
    if not counts_up:
        return _level(prospects, end, year, goal, yardstick)
    if target.base_year is None or year <= target.base_year:
        return Missing(f"{target.id} 没有基年,不能按进度外推")
    share = Decimal(goal - target.base_year) / (year - target.base_year)
    if target.kind in (*RATES, *GROWTHS):
        index = prospects.scaled(end.actual)
        if index <= 0:
            return Missing(f"{prospects.subject} 的 {target.id} 指数不为正,不能按进度外推")
        return Value(prospects.unscaled((index / HUNDRED) ** share * HUNDRED), required, end.unit)
    return Value(end.actual * share, required, end.unit)


def _level(prospects: Prospects, end: Value, year: int, goal: int, yardstick: Yardstick) -> Value | Missing:
    before = prospects.came(year - 1, yardstick)
    if isinstance(before, Missing):
        return before
    required = end.expected if prospects.target.value is None else prospects.target.value
    if prospects.is_additive:
        return Value(end.actual + (end.actual - before.actual) * (goal - year), required, end.unit)
    if before.actual <= 0:
        return Missing(f"{prospects.subject} 的 {prospects.target.id} {year - 1}年不为正,没有可外推的增速")
    return Value(end.actual * (end.actual / before.actual) ** (goal - year), required, end.unit)


def pace_method(prospects: Prospects) -> str:
    """How the pace is carried on, in words."""
    if prospects.target.kind in (*RATES, *GROWTHS):
        return "规划期末按基年以来的年均速度复利外推"
    if prospects.is_ledger or prospects.target.kind in POINTS:
        return "规划期末按基年以来的年均数直线外推"
    return "规划期末按最近一年的变化外推"
