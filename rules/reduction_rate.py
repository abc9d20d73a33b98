"""比…下降 N%: a rate of reduction of an intensity or a quantity, against the year's task or the progress due."""

from decimal import Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.plan import Yardstick
from planwatch.rules.case import CannotRate, Case, Finding, Quotient
from planwatch.rules.comparator import comparator_of
from planwatch.rules.numbers import HUNDRED, show_effort, show_percent
from planwatch.rules.path import annual_task, progress_due, rate_still_needed


def reduction_rate(case: Case, yardstick: Yardstick) -> Finding:
    """Reduction in percent against what is due (methodology §1.4, §2).

    Annual: ``1 − I(this year to date)/I(same months of last year)`` against the whole annual rate. Progress since
    the base year: ``1 − [I(ytd y)/I(ytd y−1)]·[I(year y−1)/I(base year)]``, in December ``1 − I(y)/I(base year)``.
    A target with the single yardstick is judged by progress.
    """
    case = _in_range(case)
    pairs = [case.compared(later, earlier) for later, earlier in case.steps(yardstick)]
    left = remaining(case, pairs)
    annual = yardstick is Yardstick.ANNUAL
    expected = (annual_task if annual else progress_due)(case.target, case.point.year)
    if isinstance(expected, Missing):
        raise CannotRate(expected)
    actual = (1 - left) * HUNDRED
    words = " × ".join(f"({later.words})/({earlier.words})" for later, earlier in pairs)
    return Finding(
        actual=actual,
        expected=expected,
        unit="%",
        formula=f"1 − {words} = {show_percent(actual)} ; required {show_percent(expected)}"
        + _still_needed(case, left, annual)
        + case.about_sources(case.measure.of),
        used=tuple(used for pair in pairs for one in pair for used in one.used),
        edition=next((one.edition for pair in pairs for one in pair if one.edition), ""),
        remedy=lambda needed, beyond: _saving(case, left, needed, beyond),
        comparator=comparator_of(case.target),
    )


def _still_needed(case: Case, left: Decimal, annual: bool) -> str:
    """At a year's end, the rate that every year to come must bring for the whole number (methodology §1.4)."""
    years = (case.target.target_year or 0) - case.point.year
    if annual or years < 1 or left <= 0 or case.value >= HUNDRED or case.span != case.full(case.point.year):
        return ""
    rate = rate_still_needed(case.value / HUNDRED, 1 - left, years) * HUNDRED
    return f" ; 今后{years}年每年还需降低 {show_percent(rate)}" if rate > 0 else " ; 已达到目标年的要求"


def _in_range(case: Case) -> Case:
    """The case, if its point lies on the way from the base year to the target year."""
    if case.target.target_year is not None and case.point.year > max(case.target.target_year, case.base_year):
        raise CannotRate(f"{case.point.label} is after the target year {case.target.target_year}")
    return case


def remaining(case: Case, pairs: list[tuple[Quotient, Quotient]]) -> Decimal:
    """What is left of the base's value, as a fraction: the product of the ratios, divided only once."""
    above, below = Decimal(1), Decimal(1)
    for later, earlier in pairs:
        above *= later.top * earlier.bottom
        below *= later.bottom * earlier.top
    if below <= 0 or above < 0:
        raise CannotRate(f"{case.measure.of} of {case.subject} is not above zero in the periods compared")
    return above / below


def _saving(case: Case, left: Decimal, needed: Decimal, beyond: bool) -> str:
    """How much less of the measured quantity this year to date would do."""
    if left == 0:
        return ""
    now = case.amount(case.measure.of, case.span).amount
    saving = now * (1 - (1 - needed / HUNDRED) / left)
    unit = case.sums.book.unit_of(case.measure.of) or ""
    return f"{case.noun}再降{show_effort(saving, beyond)} {unit}"
