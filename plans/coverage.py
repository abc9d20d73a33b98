"""What each plan's commitments rest on: reports of units, statistics, registers, or words alone. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from planwatch.contract.catalogue import Catalogue, Indicator
from planwatch.contract.mechanism import MechanismState
from planwatch.contract.plan import Law, Plan, Target, TargetKind
from planwatch.contract.report import SubjectKind


class Feed(StrEnum):
    """Where the figures of a commitment come from."""

    UNIT_REPORTS = "unit_reports"  # reports of units and 两高 projects
    STATISTICS = "statistics"  # figures that a region's statistics bureau states
    REGISTERS = "registers"  # the list of 两高 projects, the ledger of reduction projects
    NOT_COMPUTABLE = "not_computable"


_FROM_REGISTERS = (TargetKind.REGISTER_CHECK, TargetKind.CUMULATIVE_REDUCTION)


@dataclass(frozen=True, slots=True)
class Source:
    """One indicator that a commitment needs, and who reports it."""

    indicator: str
    zh: str
    reported_by: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.indicator} ({'/'.join(self.reported_by) or 'computed'})"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One target with what feeds it; ``sources`` is empty where only register entries or words count."""

    target: Target
    feed: Feed
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PlanCoverage:
    """One plan: its commitments, and how many rest on what."""

    plan: Plan
    commitments: tuple[Commitment, ...]

    @property
    def counts(self) -> dict[Feed, int]:
        """How many commitments rest on each feed; all four are there."""
        found = Counter(one.feed for one in self.commitments)
        return {feed: found[feed] for feed in Feed}

    @property
    def states(self) -> dict[MechanismState, int]:
        """How many mechanisms work, are recorded, are absent."""
        found = Counter(one.state for one in self.plan.mechanisms)
        return {state: found[state] for state in MechanismState}


def coverage(law: Law) -> list[PlanCoverage]:
    """Every plan; values of holders belong to the target they are split from and are not counted again."""
    return [
        PlanCoverage(plan, tuple(_commitment(target, law) for target in plan.targets if target.parent is None))
        for plan in law.plans
    ]


def _commitment(target: Target, law: Law) -> Commitment:
    if target.kind is TargetKind.NOT_COMPUTABLE:
        return Commitment(target, Feed.NOT_COMPUTABLE, ())
    needed = tuple(_needed(target, law))
    sources = tuple(Source(one.id, one.zh, _reporters(one, target, law.catalogue)) for one in needed)
    return Commitment(target, _feed(target, needed), sources)


def _needed(target: Target, law: Law) -> Iterator[Indicator]:
    """The indicators of the measure, and of what its scope takes off."""
    measure, scope = target.measure, law.scopes.get(target.scope)
    names = [measure.of, measure.less, measure.per] if measure else []
    names += [name for deduction in (scope.less if scope else ()) for name in deduction.of]
    for name in dict.fromkeys(name for name in names if name):
        yield law.catalogue.by_id[name]


def _feed(target: Target, needed: tuple[Indicator, ...]) -> Feed:
    if target.kind in _FROM_REGISTERS:
        return Feed.REGISTERS
    about_a_region = target.applies_to.kind is SubjectKind.REGION and target.sum_of is None
    from_a_region = any(one.reported_by == (SubjectKind.REGION,) for one in needed)
    return Feed.STATISTICS if about_a_region or from_a_region else Feed.UNIT_REPORTS


def _reporters(indicator: Indicator, target: Target, catalogue: Catalogue) -> tuple[str, ...]:
    """Who reports an indicator for this target: whom it sums over or binds, if they may; else all who may.

    A computed indicator has the reporters of what it is computed from.
    """
    allowed = indicator.reported_by or tuple(
        dict.fromkeys(kind for one in catalogue.indicators if one.energy_kind for kind in one.reported_by)
    )
    wanted = target.sum_of or target.applies_to.kind
    return (wanted.value,) if wanted in allowed else tuple(kind.value for kind in allowed)
