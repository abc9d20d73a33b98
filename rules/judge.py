"""Judging: one assessment per yardstick of a target, for one subject at one point in time. No I/O, no clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Law, Level, RuleSet, Target, TargetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding, Surroundings
from planwatch.rules.cumulative import cumulative_reduction
from planwatch.rules.exemption import Exemption, exemption
from planwatch.rules.flexible_total import flexible_total
from planwatch.rules.growth import growth
from planwatch.rules.level import Verdict, level_of, step_better
from planwatch.rules.levels import quantity_level
from planwatch.rules.numbers import exact, tidy
from planwatch.rules.points import points
from planwatch.rules.reduction_rate import reduction_rate
from planwatch.rules.register_check import register_check
from planwatch.rules.reported import reported_months
from planwatch.rules.share_points import share_points
from planwatch.rules.sums import Sums
from planwatch.rules.threshold import limit, project_threshold

ALONE = Surroundings()
"""Nobody else sums, no register entry is known."""

KINDS: dict[TargetKind, Callable[[Case, Yardstick], Finding]] = {
    TargetKind.REDUCTION_RATE: reduction_rate,
    TargetKind.REDUCTION_POINTS: share_points,
    TargetKind.INCREASE_POINTS: share_points,
    TargetKind.CUMULATIVE_REDUCTION: cumulative_reduction,
    TargetKind.LEVEL_MIN: quantity_level,
    TargetKind.LEVEL_MAX: quantity_level,
    TargetKind.LEVEL_ABOUT: quantity_level,
    TargetKind.COUNT_MIN: quantity_level,
    TargetKind.CAPACITY_MIN: quantity_level,
    TargetKind.LIMIT: limit,
    TargetKind.QUOTA: quantity_level,
    TargetKind.FLEXIBLE_TOTAL: flexible_total,
    TargetKind.YEARLY_GROWTH: growth,
    TargetKind.GROWTH_MAX: growth,
    TargetKind.PROJECT_THRESHOLD: project_threshold,
    TargetKind.REPORTED_MONTHS: reported_months,
    TargetKind.REGISTER_CHECK: register_check,
}
"""How each kind of target is judged; a kind that is not here is not rated and says so."""

_COLOURS = {"green": "绿", "yellow": "黄", "orange": "橙", "red": "红"}


def judge(
    target: Target,
    subject: str,
    point: Period,
    figures: Figures,
    law: Law,
    *,
    around: Surroundings = ALONE,
) -> tuple[Assessment, ...]:
    """One assessment per yardstick of the target at the end of a year to date; never raises for want of figures.

    ``around.members`` are the subjects whose figures sum, for targets with ``sum_of``; where any of them reports, the
    subject's own figures are not used. ``published_rounding`` keeps intensities to four decimals (methodology §2).
    """
    return _judged(Case(target, subject, point.year_to_date(), Sums(figures, law), around, _judged))


def judge_all(
    target: Target,
    subject: str,
    sums: Sums,
    *,
    around: Surroundings = ALONE,
    since: date | None = None,
) -> list[Assessment]:
    """All assessments of a target for a subject, in period order; what shares ``sums`` derives every sum once."""
    return [
        assessment
        for point in points(target, subject, sums.figures, sums.law, around, since=since)
        for assessment in _judged(Case(target, subject, point, sums, around, _judged))
    ]


@exact
def _judged(case: Case) -> tuple[Assessment, ...]:
    if case.target.kind is TargetKind.NOT_COMPUTABLE:
        reason = case.target.not_computable or "words only: the clause has no number"
        return (_not_rated(case, Yardstick.SINGLE, reason, None),)
    condition = exemption(case)
    if condition is not None and condition.granted:
        return tuple(_exempt(case, yardstick, condition) for yardstick in case.target.yardsticks)
    found = tuple(_assessment(case, yardstick) for yardstick in case.target.yardsticks)
    if condition is None:
        return found
    return tuple(replace(one, formula=" ; ".join(filter(None, (one.formula, condition.words)))) for one in found)


def _exempt(case: Case, yardstick: Yardstick, condition: Exemption) -> Assessment:
    """The state of its own that exemption is: no level, with the figures and the formula of the condition."""
    verdict = Verdict(None, None, condition.words)
    exempt, by = _written(case, yardstick, None, verdict, status=Status.EXEMPT), condition.condition
    return replace(exempt, formula=by.formula, used=by.used, edition=by.edition) if by else exempt


def _assessment(case: Case, yardstick: Yardstick) -> Assessment:
    """The judgement on one yardstick; whatever is missing ends as *not rated* with its reason."""
    try:
        rule_set, kind, _ = _rule_set(case), _kind(case), case.scope  # a scope nobody defined is not judged in
        finding = kind(case, yardstick)
    except CannotRate as why:
        return _not_rated(case, yardstick, why.missing.reason, None)
    verdict = level_of(
        rule_set,
        actual=finding.actual,
        expected=finding.expected,
        month=case.point.last,
        comparator=finding.comparator,
        tolerance=finding.tolerance,
    )
    verdict = _no_better(verdict, finding.no_better_than)
    if verdict.level is None:
        return _not_rated(case, yardstick, verdict.reason, finding)
    if finding.at_least and verdict.level.severity == min(band.level.severity for band in rule_set.bands):
        return _not_rated(
            case, yardstick, f"the figures known give no more than a lower bound: {finding.note}", finding
        )
    return _rated(case, yardstick, finding, verdict, rule_set)


def _no_better(verdict: Verdict, least: Level | None) -> Verdict:
    """The verdict at the level that a forecast gives at least, where there is one and the figures give a better one."""
    if verdict.level is None or least is None or verdict.level.severity >= least.severity:
        return verdict
    return replace(verdict, level=least, reason=f"a forecast alone gives {least.en}, the figures a better level")


def _kind(case: Case) -> Callable[[Case, Yardstick], Finding]:
    found = KINDS.get(case.target.kind)
    if found is None:
        raise CannotRate(f"targets of kind {case.target.kind} are not judged yet")
    return found


def _rule_set(case: Case) -> RuleSet:
    found = case.sums.law.rule_sets.get(case.target.rule_set or "")
    if found is None:
        raise CannotRate(f"{case.target.id} names rule set {case.target.rule_set!r}, which the law does not have")
    return found


def _rated(case: Case, yardstick: Yardstick, finding: Finding, verdict: Verdict, rule_set: RuleSet) -> Assessment:
    step = step_better(
        rule_set, verdict, expected=finding.expected, month=case.point.last, comparator=finding.comparator
    )
    remedy = finding.remedy(step.actual, step.beyond) if step else ""
    better = f"{remedy} 可达{_called(step.level)}" if step and remedy else ""
    return _written(case, yardstick, finding, verdict, status=Status.RATED, better=better)


def _called(level: Level) -> str:
    """三级(绿); the label alone where it has its colour in it."""
    colour = _COLOURS[level.colour]
    return level.zh if colour in level.zh else f"{level.zh}({colour})"


def _not_rated(case: Case, yardstick: Yardstick, reason: str, finding: Finding | None) -> Assessment:
    return _written(case, yardstick, finding, Verdict(None, None, reason), status=Status.NOT_RATED)


def _written(
    case: Case,
    yardstick: Yardstick,
    finding: Finding | None,
    verdict: Verdict,
    *,
    status: Status,
    better: str = "",
) -> Assessment:
    target, sums = case.target, case.sums
    plan, covered = sums.law.plan_of.get(target.id), case.coverage
    return Assessment(
        plan=plan.id if plan else "",
        target=target.id,
        subject=case.subject,
        yardstick=yardstick,
        period=case.point,
        status=status,
        level=verdict.level,
        actual=tidy(finding.actual) if finding else None,
        expected=tidy(finding.expected) if finding else None,
        gap=None if verdict.quantity is None else tidy(verdict.quantity),
        unit=finding.unit if finding else target.unit or "",
        formula=finding.formula if finding else "",
        reason=verdict.reason,
        better=better,
        rule_set=target.rule_set or "",
        path=target.path.value if target.path else "",
        edition=finding.edition if finding else "",
        used=finding.used if finding else (),
        law=sums.book.hash_of(target),
        scope=target.scope,
        coverage=tidy(covered.percent) if covered else None,
        sources_there=covered.there if covered else None,
        sources=covered.sources if covered else None,
    )
