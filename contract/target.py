"""One commitment of a plan: what is measured, whom it binds, how far, by when, and where it is written."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planwatch.contract.citation import Reference as Reference
from planwatch.contract.document import Document, Number, Slug
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import Identifier, IndicatorId, Name, SubjectKind
from planwatch.contract.scope import GROSS
from planwatch.contract.target_words import (
    Basis,
    Cadence,
    Comparator,
    Nature,
    PathKind,
    RegisterCheck,
    TargetKind,
    Variant,
    Yardstick,
)

Month = Annotated[int, Field(ge=1, le=12)]
NO_TRAITS: Mapping[str, str] = {}


class Measure(Document):
    """What is measured: ``of`` alone (a quantity), or ``of`` per ``per`` (an intensity or a share).

    ``less`` is taken off ``of`` (减排量 promised to a new project, say); both have one unit.
    ``energy.standard_coal`` is derived: all energy kinds converted to tce on the target's ``basis``.
    """

    of: IndicatorId
    less: IndicatorId | None = None
    per: IndicatorId | None = None
    times: Number = Decimal(1)
    unit: str


class Milestone(Document):
    """A published or approved value for one year on the way."""

    year: int
    value: Number
    approved_by: str | None = None


class Growth(Document):
    """GDP growth of one year in percent, for a flexible total.

    With ``reset`` it is the growth a total is set again with (经济增速超过预期目标的地区可相应调整): that takes
    somebody who approved it and a day, because the clauses say 可, not 应. Both values stay.
    """

    year: int
    percent: Number
    reset: bool = False
    approved_by: str | None = None
    approved_on: date | None = None

    @model_validator(mode="after")
    def _approved(self) -> Self:
        if self.reset and not (self.approved_by and self.approved_on):
            raise ValueError("a reset growth needs approved_by and approved_on: it is optional and somebody decides it")
        return self


class AppliesTo(Document):
    """Whom a target binds: subjects of a kind, in a region or named one by one.

    ``two_high`` restricts to 两高 projects, ``entry`` to one kind of register entry, ``traits`` to units whose
    entry has these (``{facility: data_centre}``); ``ids`` names subjects; ``prefix`` takes ids that begin so.
    """

    kind: SubjectKind
    region: RegionCode | None = None
    ids: tuple[Identifier, ...] = ()
    prefix: str | None = None
    two_high: bool = False
    entry: Literal["two_high_project", "reduction_project"] | None = None
    traits: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.region or self.ids or self.prefix):
            raise ValueError("name a region, ids or a prefix: a target must bind somebody")
        return self

    def binds(
        self,
        subject: str,
        regions: Sequence[str],
        *,
        two_high: bool,
        entry: str = "",
        traits: Mapping[str, str] = NO_TRAITS,
    ) -> bool:
        """Whether a subject (``unit:…``) with this chain of regions above it and this register entry is bound.

        A region target binds that region itself, never the regions below: those have targets of their own.
        """
        kind, _, name = subject.partition(":")
        if kind != self.kind or (self.two_high and not two_high):
            return False
        if self.entry not in (None, entry) or any(traits.get(k) != v for k, v in self.traits.items()):
            return False
        if self.kind is SubjectKind.REGION:
            return name == self.region or name in self.ids or bool(self.prefix and name.startswith(self.prefix))
        return self.region in regions or name in self.ids or bool(self.prefix and name.startswith(self.prefix))


class Decompose(Document):
    """That a target is broken down: its holders get their values from rows that the user loads (decompositions/).

    ``sums_to`` is the plan's own target that the rows must add up to: tonnes by addition (``sum``), rates by the mean
    weighted with each holder's base-year energy (``weighted_mean``). A holder inside another holder is not counted.
    """

    holders: SubjectKind = SubjectKind.REGION
    sums_to: Slug | None = None
    adding: Literal["sum", "weighted_mean"] | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.sums_to is None) != (self.adding is None):
            raise ValueError("give sums_to and adding together")
        return self


class Target(Document):
    """One commitment of a plan.

    ``value`` has the unit ``unit``; a rate of reduction is stated in percent as the clause has it. ``assumed`` lists
    what is not written in the plan but chosen here (rule set, path, base year …), each with the reason. ``asks`` is
    what the clause asks for, ``asks_from`` the severity from which it does (3 for 高预警等级, say).
    ``season`` are the first and last month in which it is judged, summing from the first (5—9月为重点时段).
    ``exempt_if`` names the target whose fulfilment exempts this one (免予考核); ``follows`` the intensity target a
    flexible total is derived from, or the regional target a register check looks at. ``value_of`` takes the value
    from the subject's register entry (``reviewed_tce``). ``warns: false`` judges and shows but warns nobody.
    ``continues`` names the target of an earlier plan whose level this one carries on.
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
    value_of: Literal["reviewed_tce"] | None = None
    unit: str | None = None
    comparator: Comparator = Comparator.AT_LEAST
    nature: Nature = Nature.EXPECTED
    variant: Variant | None = None
    path: PathKind | None = None
    milestones: tuple[Milestone, ...] = ()
    growth: tuple[Growth, ...] = ()
    season: tuple[Month, Month] | None = None
    rule_set: Slug | None = None
    yardsticks: tuple[Yardstick, ...] = (Yardstick.SINGLE,)
    scope: Slug = GROSS
    basis: Basis | None = None
    cadence: Cadence = Cadence.MONTH
    exempt_if: Slug | None = None
    follows: Slug | None = None
    check: RegisterCheck | None = None
    decompose: Decompose | None = None
    parent: Slug | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    continues: Slug | None = None
    warns: bool = True
    departments: tuple[str, ...] = ()
    assumed: dict[str, str] = Field(default_factory=dict)
    not_computable: str | None = None
    asks: str | None = None
    asks_from: Annotated[int, Field(ge=1, le=3)] = 1
    reference: Reference

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.season is not None and self.season[0] > self.season[1]:
            raise ValueError(f"season {self.season[0]} to {self.season[1]} turns the year; give months of one year")
        if self.kind is TargetKind.NOT_COMPUTABLE:
            if not self.not_computable:
                raise ValueError("kind not_computable needs `not_computable:` with the reason")
            return self
        absent = [name for name in self._needs() if getattr(self, name) is None]
        if absent:
            raise ValueError(f"kind {self.kind} needs {', '.join(absent)}")
        return self

    def _needs(self) -> list[str]:
        """The fields without which this kind of target cannot be judged."""
        if self.kind is TargetKind.REGISTER_CHECK:
            return ["check", "rule_set"]
        needs = ["unit", "rule_set", "measure"]
        if self.kind is TargetKind.FLEXIBLE_TOTAL:
            return [*needs, "follows", "base_year", "target_year"]
        if not self.decompose and not self.value_of:
            needs.append("value")
        if self.kind in (TargetKind.REDUCTION_RATE, TargetKind.CUMULATIVE_REDUCTION):
            needs += ["base_year", "target_year", "path"]
        return needs

    @property
    def years(self) -> int:
        """Years from the base year to the target year."""
        assert self.base_year is not None and self.target_year is not None
        return self.target_year - self.base_year

    @property
    def is_judged(self) -> bool:
        """Whether subjects are judged against it: words alone and what waits for its holders' values are not."""
        return self.kind is not TargetKind.NOT_COMPUTABLE and self.decompose is None
