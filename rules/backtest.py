"""How often a way of projecting came true on stored history, and the interval its own errors give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.outlook import Backcast, BackTest, Prospect
from planwatch.contract.period import Period
from planwatch.rules.numbers import exact, tidy
from planwatch.rules.outlook_value import Prospects, side

MINIMUM = 3
"""Fewer earlier projections than this give no interval: *not rated*. With three the interval holds 3 times in 4."""
COVERAGE = Decimal("0.8")
"""How often the interval is to hold. Chosen here: four in five is what five years of history can carry."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An earlier projection and what came; ``expected`` is what the target asked for then, if it held."""

    made: Period
    year: int
    projected: Decimal
    came: Decimal
    expected: Decimal | None = None


Try = Callable[[int], Tried | Missing]


@exact
def error_of(prospects: Prospects, tried: Tried) -> Decimal | None:
    """How far a projection was off: came/projected − 1 on the index, or the difference for points and shares."""
    if prospects.is_additive:
        return tried.came - tried.projected
    projected = prospects.scaled(tried.projected)
    return None if projected <= 0 else prospects.scaled(tried.came) / projected - 1


def reach(errors: Sequence[Decimal]) -> tuple[Decimal, tuple[int, int]]:
    """The error that an interval must allow to either side, and its nominal coverage k in n.

    The k-th smallest of n absolute errors, k = ⌈0.8·(n+1)⌉ (at most n): if the years are exchangeable, one more lies
    within it k times in n+1. Source: split conformal prediction (Lei et al., JASA 113, 2018).

    >>> reach([Decimal(3), Decimal(-1), Decimal(2), Decimal(1)])
    (Decimal('3'), (4, 5))
    """
    count = len(errors)
    rank = min(count, int((COVERAGE * (count + 1)).to_integral_value(ROUND_CEILING)))
    return sorted(abs(error) for error in errors)[rank - 1], (rank, count + 1)


@exact
def interval(prospects: Prospects, projected: Decimal, allowed: Decimal) -> tuple[Decimal, Decimal]:
    """The ends of the interval around a projection, lower first, in the target's unit."""
    if prospects.is_additive:
        ends = (projected - allowed, projected + allowed)
    else:
        index = prospects.scaled(projected)
        ends = (prospects.unscaled(index * (1 - allowed)), prospects.unscaled(index * (1 + allowed)))
    return tidy(min(ends)), tidy(max(ends))


def prospect_of(prospects: Prospects, low: Decimal, high: Decimal, expected: Decimal) -> Prospect:
    """预计完成 if all of the interval meets the target, 预计完不成 if none of it does, else 难以判断."""
    lower, upper = side(prospects.target, low, expected), side(prospects.target, high, expected)
    if lower == upper == 0:
        return Prospect.WILL_MEET
    return Prospect.WILL_MISS if lower == upper else Prospect.UNCERTAIN


def back_test(prospects: Prospects, tries: Sequence[Tried]) -> BackTest:
    """Each earlier projection with the interval that the errors of the others give (leave one out).

    Leaving one out keeps an error from making the very interval it is tested against; history is too short to test
    with the years before alone.
    """
    errors = [error_of(prospects, one) for one in tries]
    backcasts = []
    for i, one in enumerate(tries):
        others = [error for j, error in enumerate(errors) if j != i and error is not None]
        if not others or errors[i] is None:
            continue
        low, high = interval(prospects, one.projected, reach(others)[0])
        expected = one.expected
        backcasts.append(
            Backcast(
                made=one.made,
                year=one.year,
                projected=tidy(one.projected),
                low=low,
                high=high,
                came=tidy(one.came),
                expected=expected,
                prospect=None if expected is None else prospect_of(prospects, low, high, expected),
                met=None if expected is None else side(prospects.target, one.came, expected) == 0,
            )
        )
    return BackTest(tuple(backcasts))
