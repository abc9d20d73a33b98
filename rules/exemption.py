"""免予考核: a target that is not judged where the target it names is met (mechanism A6)."""

from dataclasses import dataclass

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.plan import Target, TargetKind, Yardstick
from planwatch.rules.case import Case
from planwatch.rules.comparator import comparator_of, meets
from planwatch.rules.numbers import show
from planwatch.rules.refusal import CannotRate
from planwatch.rules.scope import about_scopes


@dataclass(frozen=True, slots=True)
class Exemption:
    """Whether the condition is fulfilled, in words for people, with the judgement of the condition it rests on."""

    granted: bool
    words: str
    condition: Assessment | None = None


def exemption(case: Case) -> Exemption | None:
    """Whether the case is exempt; None where its plan exempts nobody (CQ, AS).

    Exempt if the target named in ``exempt_if`` is rated *and* met at the same point for the same subject, on the
    progress since the base year where it has that yardstick. TJ 四(一): 对完成能耗强度降低目标的区,其能源消费总量免予
    考核. HLJ 三(一): 能耗强度降低达到激励目标免予考核 (the incentive target; the basic one alone does not exempt).
    A condition that could not be rated exempts nobody, and the judgement says so.
    """
    name = case.target.exempt_if
    if name is None:
        return None
    try:
        condition = _on_progress(case.on(name))
    except CannotRate as why:
        return Exemption(False, f"免予考核的条件不能核定:{why.missing.reason}")
    other = case.sums.law.targets[name]
    return _weighed(case, other, condition)


def _on_progress(found: tuple[Assessment, ...]) -> Assessment:
    """The judgement on the five-year yardstick, else the only one."""
    return next((one for one in found if one.yardstick is Yardstick.FIVE_YEAR), found[0])


def _weighed(case: Case, other: Target, found: Assessment) -> Exemption:
    if found.status is not Status.RATED or found.actual is None or found.expected is None:
        return Exemption(False, f"免予考核的条件不能核定({other.zh}:{found.reason})")
    comparator = comparator_of(other)
    reached = other.kind is TargetKind.LEVEL_ABOUT or meets(found.actual, found.expected, comparator)
    met = reached and _at_its_best(case, found)
    done = f"{other.zh} {found.period.label_zh}实际 {show(found.actual)} {found.unit}"
    due = f"应 {comparator.value} {show(found.expected)} {found.unit}"
    if not met:
        return Exemption(False, f"不免予考核:{done},{due},条件未达到", found)
    remark = about_scopes(case.target, other, case.sums.law)
    clause = f"条款:「{case.target.reference.quote}」"
    words = ";".join(part for part in (f"免予考核:{done},{due},条件已达到", clause, remark) if part)
    return Exemption(True, words, found)


def _at_its_best(case: Case, found: Assessment) -> bool:
    """Whether the level is the best that its rule set has: 12 decimals kept cannot hide a trace of a miss."""
    rule_set = case.sums.law.rule_sets.get(found.rule_set)
    return rule_set is not None and found.severity == min(band.level.severity for band in rule_set.bands)
