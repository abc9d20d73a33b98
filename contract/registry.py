"""Registry records: who exists. They travel on a compacted topic of their own, keyed by kind and id."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from planwatch.contract.errors import InvalidMessage
from planwatch.contract.report import Exact, Identifier, Message, Name, Subject, SubjectKind, faults_of

RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z\-]{1,31}$")]


class ProjectStage(StrEnum):
    """Stage of a 两高 project, in the words of the plans."""

    PROPOSED = "proposed"  # 拟建
    UNDER_CONSTRUCTION = "under_construction"  # 在建
    EXISTING = "existing"  # 存量, 建成


class _Record(Message):
    """What all registry records share: an id, a name, and the day from which the record holds."""

    id: Identifier
    name: Name
    valid_from: date = Field(strict=False)
    valid_to: date | None = Field(default=None, strict=False)
    revision: Annotated[int, Field(ge=0, le=32767)] = 0


class RegionRecord(_Record):
    """A region or zone. ``standard`` says whether the code is of GB/T 2260 or made locally."""

    kind: Literal["region"] = "region"
    parent: RegionCode | None = None
    standard: Literal["GB/T 2260", "local"] = "GB/T 2260"


class UnitRecord(_Record):
    """A key energy-use unit (重点用能单位), which is a legal person."""

    kind: Literal["unit"] = "unit"
    region: RegionCode
    industry: Annotated[str, StringConstraints(pattern=r"^[A-Z]?\d{0,4}$")] | None = None
    two_high: bool = False


class TwoHighProjectRecord(_Record):
    """A high-energy, high-emission project (两高项目) on a region's list."""

    kind: Literal["two_high_project"] = "two_high_project"
    region: RegionCode
    unit: Identifier | None = None
    industry: Annotated[str, StringConstraints(pattern=r"^[A-Z]?\d{0,4}$")] | None = None
    stage: ProjectStage = Field(default=ProjectStage.EXISTING, strict=False)
    reviewed_tce: Exact | None = None


class ReductionProjectRecord(_Record):
    """A project of the emission-reduction ledger (重点减排工程)."""

    kind: Literal["reduction_project"] = "reduction_project"
    region: RegionCode
    permit: Identifier | None = None
    facility: Name | None = None
    running_since: date | None = Field(default=None, strict=False)


RegistryRecord = Annotated[
    RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord, Field(discriminator="kind")
]
_ADAPTER: TypeAdapter[RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord] = TypeAdapter(
    RegistryRecord
)


def parse_record(raw: bytes) -> RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord:
    """Read one registry message; raises InvalidMessage with every fault found."""
    try:
        return _ADAPTER.validate_json(raw)
    except ValidationError as error:
        raise InvalidMessage(faults_of(error)) from error


def subject_of(record: RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord) -> Subject:
    """The subject a record is about."""
    kinds = {"region": SubjectKind.REGION, "unit": SubjectKind.UNIT}
    return Subject(kind=kinds.get(record.kind, SubjectKind.PROJECT), id=record.id)


def parent_region(record: RegionRecord | UnitRecord | TwoHighProjectRecord | ReductionProjectRecord) -> str | None:
    """The region directly above the subject of a record."""
    return record.parent if isinstance(record, RegionRecord) else record.region
