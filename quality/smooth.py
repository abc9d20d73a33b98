"""Ratios and growth too smooth to be measured: another sign of figures that were made up."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from operator import sub

from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, digits, show
from planwatch.quality.rulebook import Limits
from planwatch.quality.series import Point

_ROUNDING = Decimal("1E-30")
"""More than quotients of fifty digits are off."""


def too_smooth(case: Case) -> Iterator[Finding]:
    """Q20 (added): a ratio that does not move while its parts do, or steps of growth that are all alike."""
    for relation in case.book.relations("ratio"):
        paired = case.paired(relation)
        ratios = [ratio for ratio in paired.ratios if ratio is not None]
        if any(may_run(ratios, limits) for limits in case.each_limits(Rule.SMOOTH, relation.of)):
            both = [pair for pair, ratio in zip(paired.both, paired.ratios, strict=True) if ratio is not None]
            yield from _runs(case, [a for a, _ in both], ratios, relation.zh, [b for _, b in both])
    for indicator in case.flows:
        amounts = case.amounts(indicator)
        if case.span(indicator)[0] <= 0:
            amounts = [amount for amount in amounts if amount > 0]
        each = case.each_limits(Rule.SMOOTH, indicator)
        name = case.book.name(indicator)
        if any(may_step(amounts, limits) for limits in each):
            steps = [now / old for old, now in pairwise(amounts)]
            yield from _runs(case, _positive(case, indicator)[1:], steps, f"{name}环比")
        if any(may_climb(amounts, limits) for limits in each):
            # Equal differences, as shares of the level, so that one spread fits both.
            climbs = [1 + (new - old) / amounts[0] for old, new in pairwise(amounts)]
            yield from _runs(case, _positive(case, indicator)[1:], climbs, f"{name}逐期增量(按首期折算)")


def _positive(case: Case, indicator: str) -> list[Point]:
    return [point for point in case.series(indicator) if point.amount > 0]


def may_run(values: Sequence[Decimal], limits: Limits) -> bool:
    """Whether so many values in a row may lie within the spread: two neighbours of every so many then do."""
    run, spread = int(limits["run"]), limits["spread"]
    return run < 2 or any(
        abs(values[i] - values[i + 1]) * HUNDRED <= min(values[i], values[i + 1]) * spread
        for i in range(0, len(values) - 1, run - 1)
    )


def may_step(amounts: Sequence[Decimal], limits: Limits) -> bool:
    """The same for the steps from one amount to the next (b/a and c/b), multiplied out: division is dear."""
    run, spread = int(limits["run"]), limits["spread"] + _ROUNDING
    for i in range(0, len(amounts) - 2, max(run - 1, 1)):
        outer, inner = amounts[i] * amounts[i + 2], amounts[i + 1] * amounts[i + 1]
        if abs(outer - inner) * HUNDRED <= min(outer, inner) * spread:
            return True
    return run < 2


def may_climb(amounts: Sequence[Decimal], limits: Limits) -> bool:
    """The same for the differences of amounts beside the first one."""
    run, spread = int(limits["run"]), limits["spread"] + _ROUNDING
    climbs = list(map(sub, amounts[1:], amounts))
    if run < 2 or (climbs and amounts[0] + min(climbs) <= 0):
        return True  # the spread is of the smallest amount of a run, which may be any where some are below zero
    return any(
        abs(climbs[i] - climbs[i + 1]) * HUNDRED
        <= (amounts[0] + min(climbs[i], climbs[i + 1])) * spread + amounts[0] * _ROUNDING
        for i in range(0, len(climbs) - 1, run - 1)
    )


def _runs(
    case: Case, points: Sequence[Point], values: Sequence[Decimal], name: str, others: Sequence[Point] = ()
) -> Iterator[Finding]:
    """Longest runs of points whose values lie within the spread, told once each."""
    start = 0
    for i in range(1, len(points) + 1):
        limits = case.limits(Rule.SMOOTH, points[start].figure.indicator, points[start].period)
        if limits is None:
            start = i
            continue
        if start == i - 1:
            low = high = values[start]
        if i < len(points) and points[i].start == points[i - 1].end + 1:
            low, high = min(low, values[i]), max(high, values[i])
            if (high - low) * HUNDRED <= abs(low) * limits["spread"]:
                continue
        yield from _smooth(case, points[start:i], values[start:i], name, others[start:i], limits=limits)
        start = i


def _smooth(
    case: Case,
    run: Sequence[Point],
    values: Sequence[Decimal],
    name: str,
    others: Sequence[Point],
    *,
    limits: Limits,
) -> Iterator[Finding]:
    least = int(limits["run"])
    amounts = [point.amount for point in run]
    if len(run) < least or (max(amounts) - min(amounts)) * HUNDRED < min(amounts) * limits["moves"]:
        return
    if any(digits(case.written(point.figure)) < limits["digits"] for point in run):
        return
    message = (
        f"{name}自{run[0].period.label_zh}至{run[-1].period.label_zh} {len(run)} 期都在 {show(min(values))} 至"
        f" {show(max(values))} 之间,波动不到 {show(limits['spread'])}%,而数值本身变动超过 {show(limits['moves'])}%"
    )
    rests = [figure for point in (*run, *others) for figure in point.figures]
    yield case.find(Rule.SMOOTH, run[least - 1], limits, message, rests)
