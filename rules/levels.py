"""达到、不超过、左右: a quantity, count or share over the year to date against a number."""

from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.plan import Comparator, PathKind, TargetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.comparator import comparator_of, meets
from planwatch.rules.cumulative import cumulative_reduction, share_of_last_year
from planwatch.rules.lawbook import STANDARD_COAL
from planwatch.rules.level import ABOUT_TOLERANCE
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.path import milestone

_COUNTED_UP = (TargetKind.COUNT_MIN, TargetKind.CAPACITY_MIN)
_PRORATING = (PathKind.LINEAR, PathKind.LAST_YEAR_SHARES)


def quantity_level(case: Case, yardstick: Yardstick) -> Finding:
    """A quantity or ratio over the year to date, times ``times``, against the number of the clause.

    A count or capacity that is reported as additions (a flow) and has a base year and a path is added up since the
    base year, as a ledger is. What grows over the year (a flow, alone or per area or head: a quota) is pro-rated only
    along a path; without one the months before the year's end are a lower bound (see ``_so_far``). A ratio of two
    flows (a unit product limit, PUE) holds for any months and is never pro-rated.
    """
    if case.target.kind in _COUNTED_UP and _is_ledger(case):
        return cumulative_reduction(case, yardstick)
    measured, scale = case.measured(case.span), case.scale()
    actual, expected = measured.top / measured.bottom * scale, _expected(case)
    comparator, note = comparator_of(case.target), _so_far(case, actual, expected)
    times = "" if scale == 1 else f" × {show(scale)}"
    sign = comparator.value if comparator is not Comparator.ABOUT else "about"
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=f"{measured.words}{times} = {show(actual)} {case.unit} ; required {sign} {show(expected)} {case.unit}"
        + case.about_sources(case.measure.of),
        used=measured.used,
        edition=measured.edition,
        remedy=lambda needed, beyond: _change(case, needed - actual, beyond),
        comparator=comparator,
        tolerance=ABOUT_TOLERANCE if case.target.kind is TargetKind.LEVEL_ABOUT else Decimal(0),
        at_least=bool(note),
        note=note,
    )


def _is_ledger(case: Case) -> bool:
    """Whether it counts additions since a base year along a path."""
    return case.measure.per is None and _grows(case) and bool(case.target.path) and case.target.base_year is not None


def _grows(case: Case) -> bool:
    """Whether the measure grows over the months of a year: a flow, alone or per something that stands (area, head)."""
    return _flows(case, case.measure.of) and (case.measure.per is None or not _flows(case, case.measure.per))


def _flows(case: Case, indicator: str) -> bool:
    known = case.sums.law.catalogue.by_id.get(indicator)
    return indicator == STANDARD_COAL or (known is not None and known.behaviour is Behaviour.FLOW)


def _so_far(case: Case, actual: Decimal, expected: Decimal) -> str:
    """Why a yearly number compared with a part of the year gives a lower bound only; empty where it does not.

    A quota (CQ 三(六)1, AS 三(六): 能耗定额) of a year is exceeded for certain once the months so far exceed it, and
    kept only at the year's end; a number to be reached may be reached early, and is missed only at the year's end.
    An upper limit of a plain amount (a permit, a budget) is kept as long as the amount so far is within it.
    """
    if not _grows(case) or case.target.path in _PRORATING or case.span == case.full(case.point.year):
        return ""
    comparator = comparator_of(case.target)
    if comparator in (Comparator.AT_MOST, Comparator.LESS_THAN):
        whole = case.target.kind is TargetKind.QUOTA or case.measure.per is not None
        return f"{case.target.id} 按全年计,{case.span.label_zh}的数只是下限,年末才评" if whole else ""
    if comparator in (Comparator.AT_LEAST, Comparator.MORE_THAN) and meets(actual, expected, comparator):
        return ""
    raise CannotRate(f"{case.target.id} 按全年计且没有年内进度 (path),{case.span.label_zh}还未达到不算落后,年末才评")


def _expected(case: Case) -> Decimal:
    """The number of the clause, the year's milestone, or its share due by now where the target names a path."""
    path, stated = case.target.path, milestone(case.target, case.point.year)
    if path is PathKind.MILESTONES and stated is None:
        raise CannotRate(f"{case.target.id} has no milestone for {case.point.year}")
    if path in (None, PathKind.MILESTONES):
        return case.value if stated is None else stated
    if not _grows(case):
        return _on_the_line(case) if stated is None else stated
    if path not in _PRORATING:
        raise CannotRate(f"{case.target.id}: path {path} does not fit a quantity of one year")
    if stated is None:
        spans = case.target.base_year is not None and case.target.target_year is not None
        stated = _on_the_line(case) if spans and path is PathKind.LINEAR else case.value
    if path is PathKind.LINEAR:
        return stated * case.span.months / case.full(case.point.year).months
    return stated * share_of_last_year(case)


def _on_the_line(case: Case) -> Decimal:
    """What a share, rate or yearly amount should be this year on the straight line from the base year to the target.

    In the target year it is the number of the clause, whatever the base year was.
    """
    if case.target.path is not PathKind.LINEAR:
        raise CannotRate(f"{case.target.id}: path {case.target.path} does not fit a level; use linear or milestones")
    year, goal = case.point.year, case.target.target_year
    if goal is not None and year >= goal:
        return case.value
    start = case.base_year
    try:
        base = case.measured(case.full(start))
    except CannotRate as why:
        raise CannotRate(
            f"规划没有给出{case.target.zh}的年度进度,按直线推算又缺{start}年的值({why.missing.reason}),{goal}年以前不评"
        ) from why
    from_value = base.top / base.bottom * case.scale()
    return from_value + (case.value - from_value) * (year - start) / case.target.years


def _change(case: Case, change: Decimal, beyond: bool) -> str:
    """More or less of the measured value, as something to do."""
    noun = case.noun if case.measure.per is None else case.target.zh
    rises = change > 0 if change else comparator_of(case.target) is not Comparator.LESS_THAN
    verb = "再提高" if rises else "再降低"
    return f"{noun}{verb}{show_effort(abs(change), beyond)} {case.unit}"
