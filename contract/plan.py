"""Plans as data: targets with their legal references, rule sets, standard-coal tables."""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.coal import CoalTable as CoalTable
from planwatch.contract.coal import Coefficient as Coefficient
from planwatch.contract.document import Document as Document
from planwatch.contract.document import Number as Number
from planwatch.contract.document import Slug as Slug
from planwatch.contract.registry import RegionCode
from planwatch.contract.report import Identifier, IndicatorId, Name, SubjectKind
from planwatch.contract.ruleset import Band as Band
from planwatch.contract.ruleset import Level as Level
from planwatch.contract.ruleset import RuleSet as RuleSet
from planwatch.contract.ruleset import RuleSetKind as RuleSetKind


class TargetKind(StrEnum):
    """How a target is judged; each is one pure function in planwatch.rules."""

    REDUCTION_RATE = "reduction_rate"  # 比…下降 N%
    REDUCTION_POINTS = "reduction_points"  # 下降 N 个百分点
    INCREASE_POINTS = "increase_points"  # 提高 N 个百分点
    CUMULATIVE_REDUCTION = "cumulative_reduction"  # 减排量达到 N 吨
    LEVEL_MIN = "level_min"  # 达到 N 以上
    LEVEL_MAX = "level_max"  # 不超过 N
    LEVEL_ABOUT = "level_about"  # N 左右
    COUNT_MIN = "count_min"
    CAPACITY_MIN = "capacity_min"
    YEARLY_GROWTH = "yearly_growth"
    GROWTH_MAX = "growth_max"  # 能耗总量增长不超过 N%
    PROJECT_THRESHOLD = "project_threshold"  # 年综合能源消费量 N 吨标准煤及以上
    LIMIT = "limit"
    QUOTA = "quota"
    REPORTED_MONTHS = "reported_months"  # every month due is reported
    NOT_COMPUTABLE = "not_computable"


class Comparator(StrEnum):
    """How a value compares with the number in the clause."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    ABOUT = "~"
    EQUAL = "="


class Nature(StrEnum):
    """What force the number has."""

    BINDING = "binding"  # 约束性
    EXPECTED = "expected"  # 预期性
    ASPIRATIONAL = "aspirational"  # 力争


class Variant(StrEnum):
    """Which of dual targets it is."""

    BASIC = "basic"  # 基本目标
    INCENTIVE = "incentive"  # 激励目标


class Basis(StrEnum):
    """How electricity and heat enter standard coal: 当量值 or 等价值."""

    EQUIVALENT = "equivalent"
    PRIMARY = "primary"


class PathKind(StrEnum):
    """The value expected on the way to the target year."""

    GEOMETRIC = "geometric"
    LINEAR = "linear"
    MILESTONES = "milestones"
    LAST_YEAR_SHARES = "last_year_shares"


class Yardstick(StrEnum):
    """Against what a level is given: the year's task, or the progress due since the base year."""

    ANNUAL = "annual"
    FIVE_YEAR = "five_year"
    SINGLE = "single"  # kinds that have only one: thresholds, limits, shares


class Cadence(StrEnum):
    """After which months a target is judged."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Reference(Document):
    """Where a number of the law stands: the sentence verbatim, in a stored text that has this hash."""

    document: Name
    number: str | None = None
    issuer: Name
    issued: date
    section: Name
    quote: Annotated[str, StringConstraints(min_length=4)]
    text: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.\-]+\.txt$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    offset: Annotated[int, Field(ge=0)]
    source: str | None = None


class Measure(Document):
    """What is measured: ``of`` alone (a quantity), or ``of`` per ``per`` (an intensity or a share).

    ``energy.standard_coal`` is derived: all energy kinds converted to tce on the target's ``basis``.
    """

    of: IndicatorId
    per: IndicatorId | None = None
    times: Number = Decimal(1)
    unit: str


class Milestone(Document):
    """A published or approved value for one year on the way."""

    year: int
    value: Number
    approved_by: str | None = None


class AppliesTo(Document):
    """Whom a target binds: subjects of a kind, in a region or named one by one.

    ``two_high`` restricts to 两高 projects; ``ids`` to named subjects; ``prefix`` to ids that begin so.
    """

    kind: SubjectKind
    region: RegionCode | None = None
    ids: tuple[Identifier, ...] = ()
    prefix: str | None = None
    two_high: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.region or self.ids or self.prefix):
            raise ValueError("name a region, ids or a prefix: a target must bind somebody")
        return self

    def binds(self, subject: str, regions: Sequence[str], *, two_high: bool) -> bool:
        """Whether a subject (``unit:…``) with this chain of regions above it is bound.

        A region target binds that region itself, never the regions below: those have targets of their own.
        """
        kind, _, name = subject.partition(":")
        if kind != self.kind or (self.two_high and not two_high):
            return False
        if self.kind is SubjectKind.REGION:
            return name == self.region or name in self.ids or bool(self.prefix and name.startswith(self.prefix))
        return self.region in regions or name in self.ids or bool(self.prefix and name.startswith(self.prefix))


class Target(Document):
    """One commitment of a plan.

    ``value`` has the unit ``unit``; a rate of reduction is stated in percent as the clause has it. ``assumed`` lists
    what is not written in the plan but chosen here (rule set, path, base year …), each with the reason. ``asks`` is
    what the clause asks for, ``asks_from`` the severity from which it does (3 for 高预警等级, say).
    """

    id: Slug
    zh: Name
    en: Name
    kind: TargetKind
    applies_to: AppliesTo
    measure: Measure | None = None
    sum_of: SubjectKind | None = None
    base_year: int | None = None
    target_year: int | None = None
    value: Number | None = None
    unit: str | None = None
    comparator: Comparator = Comparator.AT_LEAST
    nature: Nature = Nature.EXPECTED
    variant: Variant | None = None
    path: PathKind | None = None
    milestones: tuple[Milestone, ...] = ()
    rule_set: Slug | None = None
    yardsticks: tuple[Yardstick, ...] = (Yardstick.SINGLE,)
    scope: str = "gross"
    basis: Basis | None = None
    cadence: Cadence = Cadence.MONTH
    departments: tuple[str, ...] = ()
    assumed: dict[str, str] = Field(default_factory=dict)
    not_computable: str | None = None
    asks: str | None = None
    asks_from: Annotated[int, Field(ge=1, le=3)] = 1
    reference: Reference

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind is TargetKind.NOT_COMPUTABLE:
            if not self.not_computable:
                raise ValueError("kind not_computable needs `not_computable:` with the reason")
            return self
        needed: dict[str, object] = {
            "value": self.value,
            "unit": self.unit,
            "rule_set": self.rule_set,
            "measure": self.measure,
        }
        if self.kind in (TargetKind.REDUCTION_RATE, TargetKind.CUMULATIVE_REDUCTION):
            needed |= {"base_year": self.base_year, "target_year": self.target_year, "path": self.path}
        absent = [name for name, value in needed.items() if value is None]
        if absent:
            raise ValueError(f"kind {self.kind} needs {', '.join(absent)}")
        return self

    @property
    def years(self) -> int:
        """Years from the base year to the target year."""
        assert self.base_year is not None and self.target_year is not None
        return self.target_year - self.base_year


class Plan(Document):
    """One published plan, live under the hash of its content."""

    id: Slug
    zh: Name
    en: Name
    region: RegionCode
    first_year: int
    last_year: int
    targets: tuple[Target, ...]
    content_hash: str = ""


class Law(Document):
    """All that judging needs: plans, rule sets, the standard-coal table in force and the catalogue of indicators."""

    plans: tuple[Plan, ...]
    rule_sets: dict[str, RuleSet]
    coal: CoalTable
    catalogue: Catalogue

    @cached_property
    def targets(self) -> dict[str, Target]:
        """All targets of all plans by id (ids are unique over all plans)."""
        return {target.id: target for plan in self.plans for target in plan.targets}

    @cached_property
    def plan_of(self) -> dict[str, Plan]:
        """Target id to the plan it stands in."""
        return {target.id: plan for plan in self.plans for target in plan.targets}

    def rule_set_of(self, target: Target) -> RuleSet:
        """The rule set that gives a target its level; KeyError for targets without one."""
        return self.rule_sets[target.rule_set or ""]

    def hash_of(self, target: Target) -> str:
        """What judges the target, as 16 hex digits: its own text, its rule set and the standard-coal table."""
        parts: list[BaseModel] = [target, self.coal]
        if target.rule_set:
            parts.append(self.rule_set_of(target))
        text = "\n".join(part.model_dump_json() for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
