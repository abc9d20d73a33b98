"""The wire contract: one Kafka message is one report, the figures of one subject for one period."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from planwatch.contract.errors import Fault, InvalidMessage
from planwatch.contract.fault_words import Said, in_chinese
from planwatch.contract.period import Period
from planwatch.contract.repeated_keys import repeated_keys

REPORT_SCHEMA: Literal["planwatch.report/1"] = "planwatch.report/1"
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_PATTERN = r"^-?[0-9]{1,18}(\.[0-9]{1,9})?$"


def _exact(value: Any) -> Decimal:
    """A decimal from text only: a JSON number would pass through a binary float and lose digits."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise Said(
            'write the figure as text, e.g. "12.5": a JSON number loses digits',
            '数值请写成加引号的文本，如 "12.5"；JSON 数字会丢失位数',
        )
    if not _DECIMAL.fullmatch(value):
        raise Said(
            "not a decimal figure: up to 18 digits, a point, up to 9 digits; no thousands separators or exponent",
            "不是数值：整数至多 18 位，小数至多 9 位，不用千位分隔符，不用科学计数法",
        )
    return Decimal(value)


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["12.5"]}),
]
"""A decimal figure, carried as text."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,63}$")]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=64)]


class Message(BaseModel):
    """What all wire models share: frozen, unknown fields refused, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class SubjectKind(StrEnum):
    """Who is reported on."""

    UNIT = "unit"
    REGION = "region"
    PROJECT = "project"


class Subject(Message):
    """Who is reported on: a unit by its credit code, a region by its code, a project by its id."""

    kind: SubjectKind = Field(strict=False)
    id: Identifier

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


class Source(StrEnum):
    """Where the figures come from."""

    METER = "meter"
    MANUAL = "manual"
    ESTIMATED = "estimated"
    STATISTICS = "statistics"


class Flag(StrEnum):
    """A mark a reading carries wherever it is used.

    A *held* figure is kept and shown but stays out of sums; a *withdrawn* one is taken back: what it stated counts as
    not reported. All others count and carry their mark along.
    """

    HELD = "held"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    SUSPECT = "suspect"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class Reading(Message):
    """One figure: the indicator, its value and its unit of measure."""

    indicator: IndicatorId
    value: Exact
    unit: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    flag: Flag | None = Field(default=None, strict=False)
    note: Annotated[str, StringConstraints(max_length=500)] | None = None


class Report(Message):
    """The figures of one subject for one period, as its reporter states them.

    Units report energy by kind, output, value added and pollutants; regions report GDP, energy totals, shares and
    counts; projects report their energy or their reduction ledger. ``revision`` 0 is the first statement; a
    correction has a higher one and replaces the readings it names, no others.
    """

    schema_: Literal["planwatch.report/1"] = Field(alias="schema", default=REPORT_SCHEMA)
    report_id: Identifier
    subject: Subject
    period: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$")]
    cumulative: bool = False
    revision: Annotated[int, Field(ge=0, le=32767)] = 0
    submitted_at: AwareDatetime
    source: Source = Field(strict=False, default=Source.MANUAL)
    readings: Annotated[tuple[Reading, ...], Field(min_length=1, max_length=500, strict=False)]

    @model_validator(mode="after")
    def _each_indicator_once(self) -> Self:
        seen = [reading.indicator for reading in self.readings]
        if len(set(seen)) != len(seen):
            twice = sorted({indicator for indicator in seen if seen.count(indicator) > 1})
            said = f"indicator stated more than once in one report: {', '.join(twice)}"
            raise Said(said, f"同一报表中一个指标只能报一次，重复的有：{'、'.join(twice)}")
        Period.parse(self.period, cumulative=self.cumulative)
        return self

    @property
    def span(self) -> Period:
        """The months it is about."""
        return Period.parse(self.period, cumulative=self.cumulative)

    @property
    def key(self) -> bytes:
        """The Kafka key: the subject, so that all its reports keep their order."""
        return str(self.subject).encode()

    def to_json(self) -> bytes:
        """The message as it travels."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def parse_report(raw: bytes) -> Report:
    """Read one message; raises InvalidMessage with every fault found."""
    try:
        report = Report.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidMessage(faults_of(error)) from error
    # The validator takes the last of two values of one key without a word.
    if not _each_key_once(raw, report) and (faults := repeated_keys(raw)):
        raise InvalidMessage(faults)
    return report


def _each_key_once(raw: bytes, report: Report) -> bool:
    """Whether a message surely states no key twice, told by its quotation marks, which is much cheaper than reading it.

    A message has two marks for each key and for each text, and more only where a key is repeated or a text holds one.
    """
    head, readings = report.model_fields_set, report.readings
    texts = 7 + len(head) + ("source" in head) + ("schema_" in head) + 6 * len(readings)
    marks = raw.count(b'"')
    if marks == 2 * texts:
        return True
    further = sum(len(one.model_fields_set) - 3 + (one.flag is not None) + (one.note is not None) for one in readings)
    return marks == 2 * (texts + further)


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """All faults of a validation error, with their paths."""
    faults = error.errors(include_url=False)
    inside = {fault["loc"][:1] for fault in faults if len(fault["loc"]) > 1}
    return tuple(
        Fault(
            ".".join(map(str, fault["loc"])) or "message",
            fault["msg"].removeprefix("Value error, "),
            "" if isinstance(fault["input"], dict | list | tuple | BaseModel) else repr(fault["input"])[:120],
            in_chinese(fault),
        )
        for fault in faults
        # Where entries of a list are faulty, that «too few are left» is no further fault.
        if not (fault["type"] == "too_short" and fault["loc"] in inside)
    )
