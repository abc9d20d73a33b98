"""When a target is judged for a subject, and which indicators must be loaded for it."""

from collections.abc import Sequence
from datetime import date

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Cadence, Law, Target, TargetKind
from planwatch.rules.lawbook import STANDARD_COAL, lawbook_of

_MONTHS_BETWEEN = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}


def needed(target: Target, law: Law) -> frozenset[str]:
    """The indicators whose figures bear on a target; standard coal stands for every energy kind."""
    if target.measure is None or target.kind is TargetKind.NOT_COMPUTABLE:
        return frozenset()
    named = {target.measure.of, target.measure.per} - {None}
    energy = lawbook_of(law).energy if STANDARD_COAL in named else ()
    return frozenset(name for name in (*named, *energy) if name and name != STANDARD_COAL)


def points(
    target: Target,
    subject: str,
    figures: Figures,
    law: Law,
    *,
    members: Sequence[str] = (),
    since: date | None = None,
) -> list[Period]:
    """The years to date at whose end the target is judged, in order.

    There is one for every month of the target's cadence with which any needed figure ends, from the year after the
    base year (or the plan's first) to the plan's last. ``since`` cuts what lies before its month only: a corrected
    figure touches every later point, because progress since the base year chains through it.
    """
    plan = law.plan_of.get(target.id)
    if plan is None:
        return []
    first = plan.first_year if target.base_year is None else target.base_year + 1
    ends = {
        (period.year, period.last)
        for who in {subject, *(members if target.sum_of else ())}
        for indicator in needed(target, law)
        for period in figures.periods(who, indicator)
        if first <= period.year <= plan.last_year and period.last % _MONTHS_BETWEEN[target.cadence] == 0
    }
    cut = (since.year, since.month) if since else (first, 1)
    return [Period(year, 1, month) for year, month in sorted(ends) if (year, month) >= cut]
