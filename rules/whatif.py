"""What if: a law with another rule set, path or value, and which levels would then differ. Nothing is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.period import Period
from planwatch.contract.plan import Law, PathKind, RuleSetKind, Target, TargetKind, Yardstick
from planwatch.rules.numbers import show

_PERCENT = (
    TargetKind.REDUCTION_RATE,
    TargetKind.REDUCTION_POINTS,
    TargetKind.INCREASE_POINTS,
    TargetKind.GROWTH_MAX,
    TargetKind.YEARLY_GROWTH,
)
_ON_A_LINE = (
    TargetKind.REDUCTION_RATE,
    TargetKind.REDUCTION_POINTS,
    TargetKind.INCREASE_POINTS,
    TargetKind.CUMULATIVE_REDUCTION,
)


@dataclass(frozen=True, slots=True)
class Shift:
    """One judgement whose level or status would differ; None where there is none under one of the two laws."""

    before: Assessment | None
    after: Assessment | None

    @property
    def either(self) -> Assessment:
        """The one that is there, the later law's if both are."""
        one = self.after or self.before
        assert one is not None
        return one

    @property
    def worse_by(self) -> int | None:
        """Steps of severity for the worse; None where either has no level."""
        before = self.before.severity if self.before else None
        after = self.after.severity if self.after else None
        return None if before is None or after is None else after - before


def with_rule_set(law: Law, rule_set: str, chosen: Sequence[str] = ()) -> Law:
    """The law with another rule set for the targets named, or for every target it fits; KeyError if it is unknown."""
    kind = law.rule_sets[rule_set].kind
    return changed(law, chosen, lambda one: _fits(law, one, kind), {"rule_set": rule_set})


def with_path(law: Law, path: PathKind, chosen: Sequence[str] = ()) -> Law:
    """The law with another path for the targets named, or for every target that has a path this one fits."""
    kinds = (TargetKind.REDUCTION_RATE,) if path is PathKind.GEOMETRIC else _ON_A_LINE
    return changed(law, chosen, lambda one: one.path is not None and one.kind in kinds, {"path": path})


def with_value(law: Law, target: str, value: Decimal) -> Law:
    """The law with another number for one target."""
    return changed(law, (target,), lambda _: True, {"value": value})


def changed(law: Law, chosen: Sequence[str], fits: Callable[[Target], bool], update: dict[str, object]) -> Law:
    """A new law in which the chosen targets (or all judged ones that fit, where none is chosen) are updated."""

    def of(target: Target) -> Target:
        is_meant = target.id in chosen if chosen else target.is_judged and fits(target)
        return target.model_copy(update=update) if is_meant else target

    plans = tuple(plan.model_copy(update={"targets": tuple(map(of, plan.targets))}) for plan in law.plans)
    return Law(plans=plans, rule_sets=law.rule_sets, coal=law.coal, catalogue=law.catalogue)


def touched(before: Law, after: Law) -> frozenset[str]:
    """The judged targets that are new, gone, or judged by something else than before."""
    judged = {one.id for law in (before, after) for one in law.judged}
    return frozenset(name for name in judged if _hash(before, name) != _hash(after, name))


def shifts(before: Iterable[Assessment], after: Iterable[Assessment]) -> list[Shift]:
    """The judgements whose status or level differ, in a fixed order, newest period first within a target."""
    old, new = ({_key(one): one for one in found} for found in (before, after))
    found = [Shift(old.get(key), new.get(key)) for key in {*old, *new}]
    differing = [one for one in found if _standing(one.before) != _standing(one.after)]
    return sorted(differing, key=_order)


def why(shift: Shift) -> str:
    """What differs between the two judgements: the rule set, what is required, what is reached, or the reason."""
    before, after = shift.before, shift.after
    if before is None or after is None:
        return "原来没有这项判断" if before is None else "不再有这项判断"
    told = []
    if before.rule_set != after.rule_set:
        told.append(f"规则 {before.rule_set} → {after.rule_set}")
    for what, was, now in (("要求", before.expected, after.expected), ("实际", before.actual, after.actual)):
        if was != now:
            told.append(f"{what} {_number(was)} → {_number(now)} {after.unit}".rstrip())
    if after.status is not Status.RATED and after.reason:
        told.append(after.reason)
    return ";".join(told)


def _fits(law: Law, target: Target, kind: RuleSetKind) -> bool:
    """Whether a rule set of a kind can give this target a level at all."""
    if target.rule_set not in law.rule_sets:
        return False
    is_threshold = law.rule_sets[target.rule_set].kind is RuleSetKind.THRESHOLD
    if kind is RuleSetKind.THRESHOLD or is_threshold:
        return is_threshold and kind is RuleSetKind.THRESHOLD
    if kind is RuleSetKind.SIGN_THEN_PROGRESS:
        return target.kind is TargetKind.REDUCTION_RATE
    return kind is not RuleSetKind.GAP_PP or target.kind in _PERCENT


def _hash(law: Law, target: str) -> str:
    found = law.targets.get(target)
    return law.hash_of(found) if found is not None and found.is_judged else ""


def _key(one: Assessment) -> tuple[str, str, Yardstick, Period]:
    return one.subject, one.target, one.yardstick, one.period


def _standing(one: Assessment | None) -> tuple[object, ...]:
    """What counts as the level: severity, colour and label; two ways of *not rated* are the same."""
    return () if one is None else (one.status, one.level)


def _order(one: Shift) -> tuple[str, str, str, int, int]:
    found = one.either
    return found.subject, found.target, found.yardstick, -found.period.year, -found.period.last


def _number(value: Decimal | None) -> str:
    return "—" if value is None else show(value)
