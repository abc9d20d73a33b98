"""提高(下降)N 个百分点: the change of a share in percentage points since the base year or since last year."""

from decimal import Decimal

from planwatch.contract.plan import PathKind, TargetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding, Quotient
from planwatch.rules.comparator import comparator_of
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.path import linear, milestone


def share_points(case: Case, yardstick: Yardstick) -> Finding:
    """The change in points against what is due; differences chain over the years as the ratios of a rate do.

    Milestones of points are the years' tasks and add up. Without a path the whole number is due at every point.
    """
    falls = case.target.kind is TargetKind.REDUCTION_POINTS
    pairs = [case.compared(later, earlier) for later, earlier in case.steps(yardstick)]
    rise = sum((_share(case, later) - _share(case, earlier) for later, earlier in pairs), Decimal(0))
    actual = -rise if falls else rise
    expected = _due(case, yardstick)
    verb = "再降低" if falls else "再提高"
    words = " + ".join(f"({later.words} − {earlier.words})" for later, earlier in pairs)
    sign = "−" if falls else ""
    times = "" if case.measure.times == 1 else f" × {show(case.measure.times)}"
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=f"{sign}[{words}]{times} = {show(actual)} {case.unit} ; required {show(expected)} {case.unit}"
        + case.about_sources(case.measure.of),
        used=tuple(used for pair in pairs for one in pair for used in one.used),
        edition=next((one.edition for pair in pairs for one in pair if one.edition), ""),
        remedy=lambda needed, beyond: f"{case.target.zh}{verb}{show_effort(needed - actual, beyond)} {case.unit}",
        comparator=comparator_of(case.target),
    )


def _share(case: Case, measured: Quotient) -> Decimal:
    """The share in the measure's unit."""
    return measured.top / measured.bottom * case.measure.times


def _due(case: Case, yardstick: Yardstick) -> Decimal:
    """The points due: a year's task, or the sum or line since the base year."""
    start, year = case.base_year, case.point.year
    years = case.target.years
    if yardstick is Yardstick.ANNUAL:
        stated = milestone(case.target, year)
        return linear(case.value, Decimal(1), years) if stated is None else stated
    if case.target.path is None:
        return case.value
    if case.target.path is PathKind.MILESTONES:
        stated_rates = [milestone(case.target, due) for due in range(start + 1, year + 1)]
        rates = [rate for rate in stated_rates if rate is not None]
        if len(rates) < len(stated_rates):
            raise CannotRate(f"{case.target.id} lacks a milestone between {start + 1} and {year}")
        return sum(rates, Decimal(0))
    if case.target.path is PathKind.LINEAR:
        return linear(case.value, Decimal(min(year - start, years)), years)
    raise CannotRate(
        f"{case.target.id}: path {case.target.path} does not fit percentage points; use linear or milestones"
    )
