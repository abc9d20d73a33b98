"""能耗总量增长不超过 N%, 年均增长 N%: growth of the year to date over the same months of the year before."""

from decimal import Decimal

from planwatch.contract.plan import Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.comparator import comparator_of
from planwatch.rules.numbers import HUNDRED, show_effort, show_percent
from planwatch.rules.path import geometric, milestone
from planwatch.rules.reduction_rate import remaining


def growth(case: Case, yardstick: Yardstick) -> Finding:
    """Growth in percent against the number of the clause.

    The number is a rate per year, unless the target has the five-year yardstick: then it is the growth from base to
    target year, which is compounded to what is due. The total indicator is tested on growth, as the national
    barometer does (methodology §1.1).
    """
    spread = Yardstick.FIVE_YEAR in case.target.yardsticks
    whole = spread and yardstick is not Yardstick.ANNUAL
    steps = case.steps(yardstick if spread else Yardstick.ANNUAL)
    pairs = [case.compared(later, earlier) for later, earlier in steps]
    left = remaining(case, pairs)
    actual, expected = (left - 1) * HUNDRED, _due(case, spread, whole)
    comparator = comparator_of(case.target)
    words = " × ".join(f"({later.words})/({earlier.words})" for later, earlier in pairs)
    return Finding(
        actual=actual,
        expected=expected,
        unit="%",
        formula=f"{words} − 1 = {show_percent(actual)} ; required {comparator.value} {show_percent(expected)}"
        + case.about_sources(case.measure.of),
        used=tuple(used for pair in pairs for one in pair for used in one.used),
        edition=next((one.edition for pair in pairs for one in pair if one.edition), ""),
        remedy=lambda needed, beyond: _change(case, left, needed, beyond),
        comparator=comparator,
    )


def _due(case: Case, spread: bool, whole: bool) -> Decimal:
    """The growth allowed or asked for, in percent."""
    stated = milestone(case.target, case.point.year)
    if stated is not None and not whole:
        return stated
    if not spread:
        return case.value
    elapsed, years = case.point.year - case.base_year, case.target.years
    if years < 1 or case.value < -HUNDRED:
        raise CannotRate(f"{case.target.id}: growth of {case.value} % over {years} years has no path")
    due = Decimal(min(elapsed, years)) if whole else Decimal(1)
    return -geometric(-case.value / HUNDRED, due, years) * HUNDRED


def _change(case: Case, left: Decimal, needed: Decimal, beyond: bool) -> str:
    """How much less or more of the measured quantity this year to date would do."""
    if left == 0:
        return ""
    change = case.amount(case.measure.of, case.span).amount * ((1 + needed / HUNDRED) / left - 1)
    verb = "再增加" if change > 0 else "再降"
    return f"{case.noun}{verb}{show_effort(abs(change), beyond)} {case.sums.book.unit_of(case.measure.of) or ''}"
