"""How the columns of somebody's table become reports or registry records: a document, loaded as strictly as a plan."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document, Number, Slug
from planwatch.contract.mapping_origins import ColumnName, PeriodForm, PeriodFrom, SubjectFrom, SubmittedAt, TextFrom
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import IndicatorId, Name

When = dict[ColumnName, str | tuple[str, ...]]
"""Column to the value, or the values, it must have; * in a value stands for any text (``generation:*``)."""


class Outcome(StrEnum):
    """What becomes of a figure that a check finds."""

    ACCEPT = "accept"
    SUSPECT = "suspect"  # counts, and carries the mark
    HOLD = "hold"  # kept and shown, but stays out of sums
    REJECT = "reject"  # the whole row is rejected with the reason


class Checks(Document):
    """What is looked at before a figure is believed.

    ``positive_where``: wherever one of these columns is above zero, the figure must be so too, or it is *suspect*.
    ``not_without``: a figure above zero is *suspect* where none of these columns is.
    """

    zero_means_missing: bool = False
    negative: Outcome = Outcome.HOLD
    max: Number | None = None
    over_max: Outcome = Outcome.HOLD
    positive_where: tuple[ColumnName, ...] = ()
    not_without: tuple[ColumnName, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The other columns it looks at."""
        return self.positive_where + self.not_without


class WideReading(Document):
    """One reading of a row: ``column``, or the sum of the columns ``sum_of``, times ``scale``, in ``unit``.

    Of a sum, missing parts count as nothing and make it *suspect*, except where all are missing: then so is the sum.
    """

    indicator: IndicatorId
    unit: str
    column: ColumnName | None = None
    sum_of: tuple[ColumnName, ...] = ()
    scale: Number | None = None
    checks: Checks = Checks()
    note: Annotated[str, StringConstraints(max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (not self.sum_of):
            raise ValueError("give either column or sum_of")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose figures it takes."""
        return self.sum_of or ((self.column,) if self.column else ())


class Balance(Document):
    """What goes out (``outputs``) must not exceed what comes in (``inputs``) by more than ``tolerance_percent``.

    Where it does, the readings ``marks`` become suspect with the note.
    """

    inputs: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    outputs: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    tolerance_percent: Number = Decimal(0)
    marks: Annotated[tuple[IndicatorId, ...], Field(min_length=1)]
    note: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LongRule(Document):
    """What rows of the long form mean: those for which ``when`` holds are a reading, or are set aside with a reason.

    ``sum_over`` names the columns that tell parts of one figure apart (fuels, days): their values are added up.
    ``indicator`` and ``unit`` stand in place of those the table states. ``suspect`` says why figures of such rows, and
    sums with one, are *suspect*. ``decimals`` rounds, to even, what is stated with more of them (sums that another
    program made in binary).
    """

    when: When = Field(default_factory=dict)
    indicator: IndicatorId | None = None
    unit: str | None = None
    scale: Number | None = None
    decimals: Annotated[int, Field(ge=0, le=9)] | None = None
    sum_over: tuple[ColumnName, ...] = ()
    checks: Checks = Checks()
    suspect: Name | None = None
    set_aside: Name | None = None


class LongForm(Document):
    """One figure a row: where it, its indicator, unit, mark and note come from; the first rule that fits holds."""

    value: ColumnName
    indicator: TextFrom | None = None
    unit: TextFrom | None = None
    flag: TextFrom | None = None
    note: TextFrom | None = None
    rules: tuple[LongRule, ...] = (LongRule(),)

    @model_validator(mode="after")
    def _indicators_known(self) -> Self:
        for i, rule in enumerate(self.rules):
            if rule.set_aside is None and not ((rule.indicator or self.indicator) and (rule.unit or self.unit)):
                raise ValueError(f"rule {i + 1} needs an indicator and a unit, its own or those of the whole form")
        return self


class Aggregate(StrEnum):
    """Whether figures of shorter spans are added up."""

    SUM_BY_MONTH = "sum_by_month"


class SetAside(Document):
    """Rows that are not meant to be loaded: those for which ``when`` holds (or, with ``unless``, does not)."""

    when: When = Field(default_factory=dict)
    unless: When = Field(default_factory=dict)
    why: Name

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if bool(self.when) == bool(self.unless):
            raise ValueError("give either when or unless")
        return self


class ReportRows(Document):
    """How rows become reports, in the wide form (``readings``) or the long one (``long``)."""

    subject: SubjectFrom
    period: PeriodFrom
    report_id: TextFrom
    submitted_at: SubmittedAt
    cumulative: TextFrom = TextFrom(constant="false")
    revision: TextFrom = TextFrom(constant="0")
    source: TextFrom = TextFrom(constant="statistics")
    readings: tuple[WideReading, ...] = ()
    balances: tuple[Balance, ...] = ()
    long: LongForm | None = None
    aggregate: Aggregate | None = None
    incomplete: Outcome = Outcome.SUSPECT

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.readings) == bool(self.long):
            raise ValueError("give either readings (wide form) or long")
        if self.incomplete is Outcome.REJECT:
            raise ValueError(
                "incomplete: allowed are accept, suspect, hold (what is there of a month is never dropped)"
            )
        if self.aggregate and not (self.long and self.period.form is PeriodForm.DATE):
            raise ValueError("aggregate: sum_by_month needs the long form and a period of form YYYY-MM-DD")
        return self


class RecordKind(StrEnum):
    """The kinds of registry record."""

    REGION = "region"
    UNIT = "unit"
    TWO_HIGH_PROJECT = "two_high_project"
    REDUCTION_PROJECT = "reduction_project"


class RegionHere(Document):
    """A region that the rows of a registry table belong to and that no table registers."""

    id: RegionCode
    name: Name
    parent: RegionCode | None = None
    valid_from: str


class RegistryRows(Document):
    """How rows become registry records: each field of the record by its name. ``regions`` are recorded first.

    Without ``record``, the field ``kind`` says of each row which kind of record it is.
    """

    record: RecordKind | None = None
    fields: Annotated[dict[str, TextFrom], Field(min_length=1)]
    regions: tuple[RegionHere, ...] = ()

    @model_validator(mode="after")
    def _kind_known(self) -> Self:
        if (self.record is None) == ("kind" not in self.fields):
            raise ValueError("give either record or the field kind")
        return self


class Mapping(Document):
    """One table and what its rows mean. ``origin`` names the source of the figures, for people.

    ``missing`` are the cell texts that mean «not reported»; ``sheet`` is the sheet of a workbook, the first if not set.
    """

    id: Slug
    zh: Name
    en: Name
    origin: Name
    missing: tuple[str, ...] = ("",)
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    sheet: str | None = None
    set_aside: tuple[SetAside, ...] = ()
    reports: ReportRows | None = None
    registry: RegistryRows | None = None

    @model_validator(mode="after")
    def _one_product(self) -> Self:
        if (self.reports is None) == (self.registry is None):
            raise ValueError("give either reports or registry")
        return self
