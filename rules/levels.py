"""达到、不超过、左右: a quantity, count or share over the year to date against a number."""

from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Comparator, PathKind, TargetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.cumulative import cumulative_reduction, share_of_last_year
from planwatch.rules.level import ABOUT_TOLERANCE
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.path import milestone

_AT_MOST_KINDS = (TargetKind.LEVEL_MAX, TargetKind.LIMIT, TargetKind.QUOTA, TargetKind.GROWTH_MAX)
_COUNTED_UP = (TargetKind.COUNT_MIN, TargetKind.CAPACITY_MIN)


def quantity_level(case: Case, yardstick: Yardstick) -> Finding:
    """A quantity or ratio over the year to date, times ``times``, against the number of the clause.

    A count or capacity that is reported as additions (a flow) and has a base year and a path is added up since the
    base year, as a ledger is.
    """
    if case.target.kind in _COUNTED_UP and _adds_up(case) and case.target.path and case.target.base_year is not None:
        return cumulative_reduction(case, yardstick)
    measured, scale = case.measured(case.point), case.scale()
    actual, expected = measured.top / measured.bottom * scale, _expected(case)
    comparator = comparator_of(case)
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
    )


def comparator_of(case: Case) -> Comparator:
    """Which side of the number is good: the kind says it, the comparator whether the number itself will do.

    «左右» alone keeps its comparator: ``~`` allows a deviation to either side, ``>=`` and ``<=`` only to the bad one.
    """
    stated, kind = case.target.comparator, case.target.kind
    if kind in _AT_MOST_KINDS:
        return stated if stated in (Comparator.LESS_THAN, Comparator.EQUAL) else Comparator.AT_MOST
    if kind in (TargetKind.LEVEL_ABOUT, TargetKind.YEARLY_GROWTH):
        return stated
    return stated if stated in (Comparator.MORE_THAN, Comparator.EQUAL) else Comparator.AT_LEAST


def _adds_up(case: Case) -> bool:
    """Whether the measure is a plain quantity that adds up over months."""
    known = case.sums.law.catalogue.by_id.get(case.measure.of)
    return case.measure.per is None and (case.is_coal or (known is not None and known.behaviour is Behaviour.FLOW))


def _expected(case: Case) -> Decimal:
    """The number of the clause, the year's milestone, or its share due by now where the target names a path."""
    path, stated = case.target.path, milestone(case.target, case.point.year)
    if path is PathKind.MILESTONES and stated is None:
        raise CannotRate(f"{case.target.id} has no milestone for {case.point.year}")
    if path in (None, PathKind.MILESTONES):
        return case.value if stated is None else stated
    if not _adds_up(case):
        return _on_the_line(case) if stated is None else stated
    whole = case.value if stated is None else stated
    if path is PathKind.LINEAR:
        return whole * case.point.last / MONTHS_OF_A_YEAR
    if path is PathKind.LAST_YEAR_SHARES:
        return whole * share_of_last_year(case)
    raise CannotRate(f"{case.target.id}: path {path} does not fit a quantity of one year")


def _on_the_line(case: Case) -> Decimal:
    """What a share or rate should be this year on the straight line from the base year's value to the target's."""
    if case.target.path is not PathKind.LINEAR:
        raise CannotRate(f"{case.target.id}: path {case.target.path} does not fit a level; use linear or milestones")
    start = case.base_year
    base = case.measured(Period.whole_year(start))
    from_value = base.top / base.bottom * case.scale()
    elapsed = min(case.point.year - start, case.target.years)
    return from_value + (case.value - from_value) * elapsed / case.target.years


def _change(case: Case, change: Decimal, beyond: bool) -> str:
    """More or less of the measured value, as something to do."""
    noun = case.noun if case.measure.per is None else case.target.zh
    rises = change > 0 if change else comparator_of(case) is not Comparator.LESS_THAN
    verb = "再提高" if rises else "再降低"
    return f"{noun}{verb}{show_effort(abs(change), beyond)} {case.unit}"
