"""Plans as data: targets with their legal references, rule sets, standard-coal tables."""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.registry import RegionCode
from planwatch.contract.report import Identifier, IndicatorId, Name, SubjectKind


def _written(value: object) -> object:
    """A number of the law: written as text or a whole number, so that no binary float is ever involved."""
    if isinstance(value, bool | float):
        raise ValueError(f'put the number in quotes, e.g. "14.5" (given: {value!r})')
    try:
        return Decimal(value) if isinstance(value, str | int) else value
    except InvalidOperation as error:
        raise ValueError(f'not a number, e.g. "14.5" (given: {value!r})') from error


Number = Annotated[Decimal, BeforeValidator(_written)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([\-.][a-z0-9]+)*$", max_length=80)]


class Document(BaseModel):
    """What all plan data share: frozen and strict about keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    what is not written in the plan but chosen here (rule set, path, base year …), each with the reason.
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


class RuleSetKind(StrEnum):
    """What a rule set compares with its bands."""

    RELATIVE_GAP = "relative_gap"  # (expected − actual) / |expected|
    SIGN_THEN_PROGRESS = "sign_then_progress"  # rose → worst; fell short → middle; met → best
    GAP_PP = "gap_pp"  # expected − actual, percentage points
    COMPLETION_RATE = "completion_rate"  # actual / expected
    THRESHOLD = "threshold"  # actual / threshold


class Level(Document):
    """A level: severity orders (0 best, 3 worst), colour and label are what people see.

    Severity is never derived from the label: national 一级 is the worst, some local Ⅰ级 the mildest.
    """

    severity: Annotated[int, Field(ge=0, le=3)]
    colour: Annotated[str, StringConstraints(pattern=r"^(green|yellow|orange|red)$")]
    zh: Name
    en: Name


class Band(Document):
    """One band of a rule set: the quantity lies between the bounds; each bound is open or closed as written.

    ``months`` restricts a band to judgements whose last month lies between the two, both included.
    """

    level: Level
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None
    months: tuple[int, int] | None = None

    def holds(self, quantity: Decimal) -> bool:
        """Whether the quantity lies in the band."""
        return (
            (self.at_least is None or quantity >= self.at_least)
            and (self.more_than is None or quantity > self.more_than)
            and (self.at_most is None or quantity <= self.at_most)
            and (self.less_than is None or quantity < self.less_than)
        )


class RuleSet(Document):
    """How a gap becomes a level. ``undefined`` is the level of a miss where the rule cannot be applied (target ≤ 0)."""

    id: Slug
    kind: RuleSetKind
    zh: Name
    en: Name
    source: Name
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    undefined: Level | None = None


class Coefficient(Document):
    """Standard coal of one energy kind: kgce per unit; a range where the standard gives one."""

    cn: str
    unit: str
    kgce: Number | None = None
    kgce_min: Number | None = None
    kgce_max: Number | None = None
    default: Number | None = None
    status: str
    note: str | None = None


class CoalTable(Document):
    """An edition of the standard-coal table. ``electricity_primary`` is 等价值, kgce per kWh by year and region."""

    edition: Name
    source: Name
    kinds: dict[str, Coefficient]
    electricity_primary: dict[str, Number] = Field(default_factory=dict)


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
