"""When a target is judged for a subject, and what must be loaded for it."""

from collections.abc import Iterator
from datetime import date

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Cadence, Law, Target, TargetKind
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import Surroundings
from planwatch.rules.lawbook import STANDARD_COAL, lawbook_of
from planwatch.rules.register_points import register_points

_MONTHS_BETWEEN = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
CLAIMED = ".claimed"
POLLUTANTS = ("cod", "nh3n", "nox", "voc")
_LEDGER_CHECKS = frozenset(
    (
        RegisterCheck.DOUBLE_COUNTED,
        RegisterCheck.ABOVE_BASE_DISCHARGE,
        RegisterCheck.OFFSET_NOT_DEDUCTED,
        RegisterCheck.COUNTED_TOO_EARLY,
        RegisterCheck.NOT_VERIFIED,
        RegisterCheck.SOURCE_UNKNOWN,
    )
)


def needed(target: Target, law: Law) -> frozenset[str]:
    """The indicators whose figures bear on a target; standard coal stands for every energy kind.

    What its scope takes off, and what the targets it looks at need, bears on it too.
    """
    if target.kind is TargetKind.NOT_COMPUTABLE:
        return frozenset()
    named = {name for one in _looked_at(target, law) for name in _named(one, law)}
    if STANDARD_COAL in named:
        named |= set(lawbook_of(law).energy)
    return frozenset(named - {STANDARD_COAL})


def _looked_at(target: Target, law: Law) -> list[Target]:
    """The target and all that it follows or is exempted by, and those in turn; each once."""
    found = [target]
    for one in found:
        others = (law.targets.get(name or "") for name in (one.follows, one.exempt_if))
        found += [other for other in others if other is not None and all(other.id != known.id for known in found)]
    return found


def _named(target: Target, law: Law) -> Iterator[str]:
    if target.measure is not None:
        yield from (name for name in (target.measure.of, target.measure.less, target.measure.per) if name)
        claimed = f"{target.measure.of}{CLAIMED}"
        if target.kind is TargetKind.CUMULATIVE_REDUCTION and claimed in law.catalogue.by_id:
            yield claimed
    if target.check is RegisterCheck.ABOVE_APPROVED:
        yield STANDARD_COAL
    if target.check in _LEDGER_CHECKS:
        yield from (f"reduction.{p}{kind}" for p in POLLUTANTS for kind in ("", ".claimed", ".offset"))
    scope = law.scopes.get(target.scope)
    if scope is not None:
        yield from (name for deduction in scope.less for name in deduction.of)


def uses_members(target: Target) -> bool:
    """Whether figures and register entries of members bear on a target, not only the subject's own."""
    return target.sum_of is not None or target.check in _LEDGER_CHECKS


def uses_records(target: Target) -> bool:
    """Whether register entries bear on a target."""
    return target.kind is TargetKind.REGISTER_CHECK or target.value_of is not None or uses_members(target)


def points(
    target: Target,
    subject: str,
    figures: Figures,
    law: Law,
    around: Surroundings,
    *,
    since: date | None = None,
) -> list[Period]:
    """The years to date at whose end the target is judged, in order.

    There is one for every month of the target's cadence with which any needed figure ends, from the year after the
    base year (or the plan's first) to the plan's last. ``since`` cuts what lies before its month only: a corrected
    figure touches every later point, because progress since the base year chains through it. A register check is
    judged at the months in which something in the register entries changes.
    """
    plan = law.plan_of.get(target.id)
    if plan is None:
        return []
    if target.kind is TargetKind.REGISTER_CHECK:
        found = register_points(target, subject, figures, around, law=law, needed=needed(target, law))
        # Whatever a check looks at ends by its point, so what comes in later touches no earlier one.
        return [one for one in found if since is None or (one.year, one.last) >= (since.year, since.month)]
    first = plan.first_year if target.base_year is None else target.base_year + 1
    ends = {
        (period.year, period.last)
        for who in {subject, *(around.members if target.sum_of else ())}
        for indicator in needed(target, law)
        if not indicator.endswith(CLAIMED)  # a claim is shown beside what is verified; nothing is judged for it
        for period in figures.periods(who, indicator)
        if first <= period.year <= plan.last_year and period.last % _MONTHS_BETWEEN[target.cadence] == 0
    }
    cut = (since.year, since.month) if since else (first, 1)
    first_month, last_month = target.season if target.season and target.season[0] <= target.season[1] else (1, 12)
    return [
        Period(year, 1, month)
        for year, month in sorted(ends)
        if (year, month) >= cut and first_month <= month <= last_month
    ]
