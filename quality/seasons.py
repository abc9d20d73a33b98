"""Indicators that stand still most of the year (heating): what a figure is held against where the median is zero."""

from collections.abc import Iterator
from decimal import Decimal

from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, median, show
from planwatch.quality.rulebook import Limits
from planwatch.quality.series import Around, Series

SLIPS = (Decimal(100), Decimal(1000), Decimal(10_000))
"""Ten is not among them: it counts for steady subjects only, and the first month of a season may be a tenth."""
_IDLE = 3


def stands_still(near: Around) -> bool:
    """Whether a third or more of the months around a figure are without any amount: the median says little."""
    return near.idle * _IDLE >= near.count


def in_season(near: Around, amount: Decimal) -> Around | None:
    """What an amount is held against: of a subject that stands still for months those above zero, zero against none."""
    if not stands_still(near):
        return near
    return near.positive if amount > 0 else None


def seasonal_slip(case: Case, indicator: str, i: int, limits: Limits) -> Iterator[Finding]:
    """Q08 of an indicator that is zero for months: against the same months of the years beside it.

    A power of ten from a hundred on counts, off every one of them, and only where the figure also lies outside the
    other months above zero and farther from them than those: the first and the last days of a season are small every
    year. Where no year beside has an amount for these months, only a thousand times the months above zero counts: too
    much of them, never too little.
    """
    point, series = case.series(indicator)[i], case.series(indicator)
    near = case.window(indicator, int(limits["window"])).around(i)
    running = near.positive if near else None
    if running is None or running.low <= point.amount <= running.high:
        return
    same = same_months(series, i, int(limits["window"]))
    usual = median(same) if same else running.middle
    factor = power_of(point.amount / usual, limits)
    if factor is None or any(power_of(point.amount / one, limits) is None for one in same):
        return
    if not same and (factor < SLIPS[1] or running.count < limits["least"]):
        return
    if same and apart(point.amount, running.middle) <= apart(usual, running.middle):
        return  # of two that disagree it is the other one
    which = f"前后各年同月 {len(same)} 期" if same else f"前后不为零的 {running.count} 期"
    times = times_words(point.amount / usual, factor)
    message = (
        f"{case.named(indicator, point.period, point.amount)},是本单位{which}中位数"
        f" {case.shown(indicator, point.period, usual)} 的 {times}:"
        "疑似计量单位或小数点错(如万千瓦时与千瓦时、吨与千克)"
    )
    yield case.find(Rule.UNIT_SLIP, point, limits, message)


def same_months(series: Series, i: int, window: int) -> list[Decimal]:
    """The amounts above zero of the same months of the years at most ``window`` months away."""
    point, years = series[i], range(12, window + 1, 12)
    ends = {point.end + sign * months for months in years for sign in (1, -1)}
    alike = (one for one in series if one.end in ends and one.period.months == point.period.months)
    return [one.amount for one in alike if one.amount > 0]


def apart(one: Decimal, other: Decimal) -> Decimal:
    """How many times the larger of two amounts above zero is the smaller one."""
    return max(one / other, other / one)


def power_of(ratio: Decimal, limits: Limits) -> Decimal | None:
    """The power of ten a ratio is near to: a hundred within ``closeness`` %, from a thousand on ``wide`` times."""
    for slip in SLIPS:
        for times, factor in ((ratio / slip, slip), (ratio * slip, 1 / slip)):
            near = abs(times - 1) * HUNDRED <= limits["closeness"]
            if near or (slip >= 1000 and 1 / limits["wide"] <= times <= limits["wide"]):
                return factor
    return None


def times_words(ratio: Decimal, slip: Decimal) -> str:
    """«998.7 倍,近于 1000 倍» or «1/102,近于 1/100»."""
    times = f"{show(slip)} 倍" if slip > 1 else f"1/{show(1 / slip)}"
    exactly = f"{ratio:.1f} 倍" if slip > 1 else f"1/{1 / ratio:.0f}"
    return f"{exactly},近于 {times}"
