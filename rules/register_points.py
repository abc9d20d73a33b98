"""The months at whose end a register check is judged: those in which its answer can change."""

from collections.abc import Iterator
from datetime import date, timedelta

from planwatch.contract.figures import Figures
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Cadence, Law, Plan, Target
from planwatch.contract.records import AnyRecord
from planwatch.contract.registry import ReductionProjectRecord, TwoHighProjectRecord
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import Surroundings
from planwatch.rules.reduction_source import ledger_of
from planwatch.rules.regional_progress import holder

_Month = tuple[int, int]
_MONTHS_BETWEEN = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
_A_DAY = timedelta(days=1)


def register_points(
    target: Target, subject: str, figures: Figures, around: Surroundings, *, law: Law, needed: frozenset[str]
) -> list[Period]:
    """The years to date to judge a register check at, in order; between two of them the level holds.

    An answer changes on the days an entry begins or ends (of the subject, and of who shares its permit), when
    building begins, an irregularity is found or closed, a disposal is done, the day after its deadline; and with the
    figures in ``needed`` of whoever the check looks at, by the target's cadence. Nothing before the first entry or
    the plan, after the last entry or the plan, nor after the month of ``around.today``.
    """
    own, plan = around.records.versions(subject), law.plan_of[target.id]
    if not own:
        return []
    sharing = _sharing(own, subject, around)
    days = [day for one in (*own, *sharing.values()) for day in _days(one)]
    months = {_month(max(day, date(plan.first_year, 1, 1))) for day in days}
    whose = _whose_figures(target, subject, around, own, tuple(sharing), law=law)
    months |= set(_with_figures(figures, whose, needed, _MONTHS_BETWEEN[target.cadence]))
    first, last = max(_month(own[0].valid_from), (plan.first_year, 1)), _last_month(own, around, plan)
    return [Period(year, 1, month) for year, month in sorted(months) if first <= (year, month) <= last]


def _month(day: date) -> _Month:
    return day.year, day.month


def _last_month(own: tuple[AnyRecord, ...], around: Surroundings, plan: Plan) -> _Month:
    """The plan's last month, the one in which the subject is no longer registered, or today's: the earliest."""
    ends = [(plan.last_year, MONTHS_OF_A_YEAR)]
    if own[-1].valid_to is not None and own[-1].valid_to < date.max:
        ends.append(_month(own[-1].valid_to + _A_DAY))
    if around.today is not None:
        ends.append(_month(around.today))
    return min(ends)


def _sharing(own: tuple[AnyRecord, ...], subject: str, around: Surroundings) -> dict[str, AnyRecord]:
    """The newest entry of everybody else who ever had a permit the subject ever had."""
    permits = {one.permit for one in own if isinstance(one, ReductionProjectRecord) and one.permit is not None}
    book = ledger_of(around.records)
    others = {other for permit in permits for other in book.ever_with(permit)} - {subject}
    return {other: around.records.versions(other)[-1] for other in sorted(others)}


def _days(entry: AnyRecord) -> Iterator[date]:
    """The days on which what an entry says can change an answer."""
    yield entry.valid_from
    if entry.valid_to is not None and entry.valid_to < date.max:
        yield entry.valid_to + _A_DAY
    if not isinstance(entry, TwoHighProjectRecord):
        return
    for one in entry.irregularities:
        yield from (day for day in (one.found_on, one.closed_on) if day is not None)
    if entry.started_on is not None:
        yield entry.started_on
    if entry.disposal is not None:
        disposal = entry.disposal
        yield from (day for day in (disposal.done_on,) if day is not None)
        yield from (day + _A_DAY for day in (disposal.deadline,) if day is not None)


def _whose_figures(
    target: Target,
    subject: str,
    around: Surroundings,
    own: tuple[AnyRecord, ...],
    sharing: tuple[str, ...],
    *,
    law: Law,
) -> tuple[str, ...]:
    """Whose figures a check looks at: for 等量减量替代 the region that has the target, else who shares the permit."""
    if target.check is not RegisterCheck.SUBSTITUTION_MISSING:
        return (subject, *sharing)
    if target.follows not in law.targets:
        return ()
    chains = (around.records.regions_above(subject, one.valid_from) for one in own)
    holders = (holder(law, target.follows, above) for above in chains)
    return tuple(sorted({f"region:{found[1]}" for found in holders if found is not None}))


def _with_figures(figures: Figures, whose: tuple[str, ...], needed: frozenset[str], between: int) -> Iterator[_Month]:
    for who in whose:
        for indicator in needed & set(figures.indicators(who)):
            for period in figures.periods(who, indicator):
                if period.last % between == 0:
                    yield period.year, period.last
