"""Stated conversion factors (采用折标系数) beside the register, and words for one that is stated in another unit."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, Rule
from planwatch.contract.registry import MeasuredFactor, UnitRecord
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, show
from planwatch.quality.rulebook import Limits
from planwatch.quality.series import Point

STATED = "factor."
"""What indicators of stated factors begin with; the entry of the standard-coal table follows."""
SLIPS = (Decimal(10), Decimal(100), Decimal(1000), Decimal(10_000))
NEAR = Decimal("0.3")


def beside_register(case: Case, indicator: str, point: Point, limits: Limits) -> Iterator[Finding]:
    """Q07: a stated factor more than ``apart`` % off the measured ones registered for every month of its period.

    Standard coal is reckoned with the registered one; somebody has to say which of the two is right. Where the register
    has none for a month there is nothing to compare with.
    """
    registered = registered_factors(case, indicator.removeprefix(STATED), point.period)
    apart = limits.numbers.get("apart")
    if not registered or apart is None:
        return
    low, high = min(one.kgce for one in registered), max(one.kgce for one in registered)
    if low * (HUNDRED - apart) <= point.amount * HUNDRED <= high * (HUNDRED + apart):
        return
    known = "、".join(
        f"{case.shown(indicator, point.period, one.kgce)}(自 {one.valid_from})" for one in dict.fromkeys(registered)
    )
    message = (
        f"{case.named(indicator, point.period, point.amount)},与登记的实测折标系数 {known} 相差超过"
        f" {show(apart)}%;折标按登记的计算,请核对以何者为准"
    )
    yield case.find(Rule.RANGE, point, limits, message)


def registered_factors(case: Case, entry: str, period: Period) -> list[MeasuredFactor]:
    """The subject's measured factor of each month of a period; empty where any month has none.

    As in judging: of several that hold on a month's first day the newest, of one day the one of the newest entry.
    """
    by_day: dict[date, MeasuredFactor] = {}
    for version in case.records.versions(case.subject):
        if isinstance(version, UnitRecord):
            by_day |= {one.valid_from: one for one in version.measured_factors if one.energy_kind == entry}
    found: list[MeasuredFactor] = []
    for month in period.each_month() if by_day else ():
        holding = [one for one in by_day.values() if one.holds_on(month.start)]
        if not holding:
            return []
        found.append(max(holding, key=lambda one: one.valid_from))
    return found


def slip_words(amount: Decimal, usual: Decimal) -> str:
    """What to think of a factor that is about a power of ten times the usual one, or that part of it; else nothing."""
    for slip in SLIPS:
        for ratio, words in ((amount / usual / slip, f"{slip} 倍"), (amount / usual * slip, f"1/{slip}")):
            if abs(ratio - 1) <= NEAR:
                return f";近于常用值的 {words},疑似计量单位错(如 kgce/t 与 kgce/kg)"
    return ""
