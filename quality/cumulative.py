"""Figures stated only since January (累计): what one month follows from, and that such a figure does not fall."""

from collections.abc import Iterator
from functools import partial

from planwatch.contract.figures import Figure
from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.rulebook import Limits
from planwatch.quality.seasons import times_words
from planwatch.quality.series import Point
from planwatch.quality.sizes import may_slip, slipped


def falling(case: Case) -> Iterator[Finding]:
    """Q05: a cumulative figure below what was stated for fewer months, of something that cannot be negative (§7).

    Where the figure it follows on is itself of another unit of measure, that one is doubted (Q08) and not this one.
    """
    for indicator in case.flows:
        if case.book.may_be_negative(indicator) or case.span(indicator)[0] >= 0:
            continue
        for i, point in enumerate(case.series(indicator)):
            limits = case.limits(Rule.CHAIN, indicator, point.period)
            if limits is None or point.amount >= 0 or not taken_apart(point):
                continue
            follows = point.amount * point.period.months
            if -follows <= max(limits["absolute"], case.rounding(point.figures)) or _after_a_slip(case, indicator, i):
                continue
            shown = partial(case.shown, indicator, point.figure.period)
            rest = "、".join(f"{one.period.label_zh} {shown(one.amount)}" for one in point.figures[1:])
            message = (
                f"{case.named(indicator, point.figure.period, point.figure.amount)},而{rest}:"
                f"由此{point.period.label_zh}为 {shown(follows)},累计数不会减少"
            )
            yield case.find(Rule.CHAIN, point, limits, message)


def cumulative_slip(case: Case) -> Iterator[Finding]:
    """Q08 of a cumulative figure: it against so many months of the subject's own median.

    The month that follows from it is off by any factor: nine months called a thousand times too much are in one month.
    """
    for indicator in case.flows:
        series = case.series(indicator)
        if not any(map(taken_apart, series)):
            continue
        if not may_slip(case.span(indicator), case.each_limits(Rule.UNIT_SLIP, indicator)):
            continue
        for i, point in enumerate(series):
            found = _slip(case, indicator, i)
            if found:
                yield case.find(Rule.UNIT_SLIP, point, *found)


def taken_apart(point: Point) -> bool:
    """Whether a point follows from a figure for more months than its own."""
    return point.figure.period.months > point.period.months


def _slip(case: Case, indicator: str, i: int) -> tuple[Limits, str] | None:
    """The thresholds and what to say, where the cumulative figure behind the i-th point is in another unit."""
    point = case.series(indicator)[i]
    figure, limits = point.figure, case.limits(Rule.UNIT_SLIP, indicator, point.period)
    if limits is None or not taken_apart(point) or figure.amount <= 0:
        return None
    near = case.window(indicator, int(limits["window"])).around(i)
    if near is None or near.count < limits["least"] or near.middle <= 0:
        return None
    a_month = figure.amount / figure.period.months
    slip = slipped(a_month, near, limits)
    if not slip:
        return None
    shown = partial(case.shown, indicator, figure.period)
    message = (
        f"{case.named(indicator, figure.period, figure.amount)},每月平均 {shown(a_month)},是本单位前后 {near.count} 期"
        f"中位数 {shown(near.middle)} 的 {times_words(a_month / near.middle, slip)}:累计数疑似计量单位或小数点错"
    )
    return limits, message


def _after_a_slip(case: Case, indicator: str, i: int) -> bool:
    """Whether the figures a point was reckoned from hold one that is stated in another unit."""
    others: tuple[Figure, ...] = case.series(indicator)[i].figures[1:]
    series = case.series(indicator)
    return any(one.figure in others and _slip(case, indicator, j) is not None for j, one in enumerate(series))
