"""Registry records: who exists. They travel on a compacted topic of their own, keyed by kind and id."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord
from planwatch.contract.credit_code import fault_of_credit_code
from planwatch.contract.errors import InvalidMessage
from planwatch.contract.registry_entry import RegionCode, RegistryEntry
from planwatch.contract.report import Exact, Identifier, Message, Name, Subject, SubjectKind, faults_of


def _checked(code: str) -> str:
    if fault := fault_of_credit_code(code):
        raise ValueError(fault)
    return code


CreditCode = Annotated[str, AfterValidator(_checked)]
"""A unified social credit code (统一社会信用代码) whose check character is right."""


class ProjectStage(StrEnum):
    """Stage of a 两高 project, in the words of the plans."""

    PROPOSED = "proposed"  # 拟建
    UNDER_CONSTRUCTION = "under_construction"  # 在建
    EXISTING = "existing"  # 存量, 建成


class RegionRecord(RegistryEntry):
    """A region or zone. ``standard`` says whether the code is of GB/T 2260 or made locally.

    ``merged_into`` is the region that takes this one up after ``valid_to``: units that still name this one count there
    from then on, and sums of regions above take this one's figures until that day and the successor's after it.
    """

    kind: Literal["region"] = "region"
    parent: RegionCode | None = None
    standard: Literal["GB/T 2260", "local"] = "GB/T 2260"
    merged_into: RegionCode | None = None

    @model_validator(mode="after")
    def _merged_on_a_day(self) -> Self:
        if self.merged_into is not None and self.valid_to is None:
            raise ValueError("a region merged into another one needs valid_to, its last day")
        if self.merged_into == self.id:
            raise ValueError(f"region {self.id} cannot be merged into itself")
        return self


class UnitCategory(StrEnum):
    """Classes of key energy-use units (重点用能单位): Order 15 of 2018, article 2."""

    GE_10000 = "ge_10000"  # 年综合能源消费量一万吨标准煤及以上
    DESIGNATED = "designated"  # 五千吨以上不满一万吨,经指定


class MeasuredFactor(Message):
    """A unit's own measured factor (实测折标系数) of an energy kind of the standard-coal table, in kgce per its unit.

    It holds for the months that begin from ``valid_from`` to ``valid_to``. ``source`` names the test report.
    """

    energy_kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    kgce: Exact
    valid_from: date = Field(strict=False)
    valid_to: date | None = Field(default=None, strict=False)
    source: Name | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitRecord(RegistryEntry):
    """A key energy-use unit (重点用能单位). ``legal_person`` is the legal person (法人单位) that accounts for it.

    ``traits`` are what quotas and limits go by: ``{institution: hospital}``, ``{facility: data_centre}``.
    ``industry`` is a class of GB/T 4754: the letter of its section, if any, and up to four digits.
    """

    kind: Literal["unit"] = "unit"
    region: RegionCode
    industry: Annotated[str, StringConstraints(pattern=r"^[A-Z]?\d{0,4}$")] | None = None
    two_high: bool = False
    traits: dict[str, str] = Field(default_factory=dict)
    credit_code: CreditCode | None = None
    legal_person: Name | None = None
    category: UnitCategory | None = Field(default=None, strict=False)
    measured_factors: tuple[MeasuredFactor, ...] = Field(default=(), strict=False)


class Approval(Message):
    """One approval of a project: 节能审查 or 环评. ``tce`` and ``capacity`` are what was approved."""

    number: Name
    authority: Name
    authority_level: Literal["state", "province", "prefecture", "county"] | None = None
    approved_on: date = Field(strict=False)
    tce: Exact | None = None
    capacity: Exact | None = None


class Irregularity(Message):
    """Something inspectors found and wrote down; open until ``closed_on``."""

    what: Literal["policy_mismatch", "irregular_approval", "built_otherwise", "above_approved"]
    found_on: date = Field(strict=False)
    note: Name
    closed_on: date | None = Field(default=None, strict=False)


class Disposal(Message):
    """The written disposal opinion (处置意见) of a project on the list."""

    opinion: Name
    deadline: date | None = Field(default=None, strict=False)
    done_on: date | None = Field(default=None, strict=False)


class Substitution(Message):
    """Where equal or less energy is given up for a new project (等量减量替代)."""

    source: Name
    tce: Exact


class TwoHighProjectRecord(RegistryEntry):
    """A high-energy, high-emission project (两高项目) on a region's list. What is None is not known, never «no».

    ``reviewed_tce`` is the annual energy the energy-saving review allows; ``listed_by`` the State approval that lists
    a national major project separately (能耗单列); ``capacity`` what was built, in the unit of the approvals.
    """

    kind: Literal["two_high_project"] = "two_high_project"
    region: RegionCode
    unit: Identifier | None = None
    industry: Annotated[str, StringConstraints(pattern=r"^[A-Z]?\d{0,4}$")] | None = None
    stage: ProjectStage = Field(default=ProjectStage.EXISTING, strict=False)
    low_level: bool = False
    reviewed_tce: Exact | None = None
    energy_review: Approval | None = None
    eia: Approval | None = None
    started_on: date | None = Field(default=None, strict=False)
    capacity: Exact | None = None
    in_park: bool | None = None
    expansion: bool | None = None
    saturated: bool | None = None
    capacity_replacement: Name | None = None
    substitutions: tuple[Substitution, ...] | None = Field(default=None, strict=False)
    irregularities: tuple[Irregularity, ...] = Field(default=(), strict=False)
    disposal: Disposal | None = None
    listed_by: Name | None = None


class ReductionProjectRecord(RegistryEntry):
    """A project of the emission-reduction ledger (重点减排工程).

    Its source is permit and facility; ``base_discharge`` is what the source discharged in the base year of the
    environmental statistics, in tonnes by pollutant (``cod``, ``nh3n``, ``nox``, ``voc``), the bound of what can be
    cut. Tonnes claimed, verified and promised to new projects are reported period by period (``reduction.*``).
    """

    kind: Literal["reduction_project"] = "reduction_project"
    region: RegionCode
    permit: Identifier | None = None
    facility: Name | None = None
    measure: Literal["treatment", "closure", "capacity_cut", "substitution"] | None = None
    pollutants: tuple[Literal["cod", "nh3n", "nox", "voc"], ...] = Field(default=(), strict=False)
    running_since: date | None = Field(default=None, strict=False)
    base_discharge: dict[str, Exact] = Field(default_factory=dict)
    offset_for: Identifier | None = None
    method: Name | None = None


SubjectRecord = RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord
"""Records of somebody who reports or is judged."""
CalendarRecord = DutyRecord | WorkingYearRecord
"""Records of what must be reported until when."""
AnyRegistryRecord = SubjectRecord | CalendarRecord
RegistryRecord = Annotated[
    RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord | DutyRecord | WorkingYearRecord,
    Field(discriminator="kind"),
]
CALENDAR_KINDS = ("duty", "working_year")
_ADAPTER: TypeAdapter[AnyRegistryRecord] = TypeAdapter(RegistryRecord)


def parse_record(raw: bytes) -> AnyRegistryRecord:
    """Read one registry message; raises InvalidMessage with every fault found."""
    try:
        return _ADAPTER.validate_json(raw)
    except ValidationError as error:
        raise InvalidMessage(faults_of(error)) from error


def subject_of(record: SubjectRecord) -> Subject:
    """The subject a record is about."""
    kinds = {"region": SubjectKind.REGION, "unit": SubjectKind.UNIT}
    return Subject(kind=kinds.get(record.kind, SubjectKind.PROJECT), id=record.id)


def entry_name(record: AnyRegistryRecord) -> str:
    """What an entry is stored under: its subject (``unit:…``), or ``duty:…`` and ``working_year:…``."""
    if isinstance(record, CalendarRecord):
        return f"{record.kind}:{record.id}"
    return str(subject_of(record))


def counts_in(record: AnyRegistryRecord) -> str | None:
    """The region into whose sums a subject goes in the end: where it is merged into, else directly above."""
    merged = record.merged_into if isinstance(record, RegionRecord) else None
    return merged or parent_region(record)


def parent_region(record: AnyRegistryRecord) -> str | None:
    """The region directly above the subject of a record; None at the top, and for duties and years."""
    if isinstance(record, CalendarRecord):
        return None
    return record.parent if isinstance(record, RegionRecord) else record.region
