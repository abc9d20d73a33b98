"""Where a table says something: texts, periods, subjects and times of a mapping."""

from enum import StrEnum
from string import Formatter
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document
from planwatch.contract.report import SubjectKind

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TextFrom(Document):
    """Where a text comes from: a column, a constant, or a template of columns such as ``ak-{plant_id}``.

    ``rename`` turns what stands there into our word; ``default`` stands in for a missing cell.
    """

    column: ColumnName | None = None
    constant: str | None = None
    template: str | None = None
    rename: dict[str, str] = Field(default_factory=dict)
    default: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(origin is not None for origin in (self.column, self.constant, self.template)) != 1:
            raise ValueError("give exactly one of column, constant, template")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        if self.template is not None:
            return columns_of_template(self.template)
        return () if self.column is None else (self.column,)


def columns_of_template(template: str) -> tuple[str, ...]:
    """The columns named in a template, in order; ValueError where it is no plain template."""
    fields = []
    for _, name, form, conversion in Formatter().parse(template):
        if name is None:
            continue
        if not name or form or conversion:
            raise ValueError(f"in {template!r} only plain {{column}} fields are allowed")
        fields.append(name)
    return tuple(fields)


class PeriodForm(StrEnum):
    """How a table says which period a row is about."""

    TEXT = "YYYY-MM"  # also 2025-Q1, 2025-H1, 2025
    DATE = "YYYY-MM-DD"  # a day; its month is meant
    YEAR_AND_MONTH = "year+month"  # two columns; the month as a number or an English or Chinese name
    FISCAL_STAGE = "fiscal-stage"  # stage 1 is the first month of the fiscal year, named for the year it ends in


_PERIOD_COLUMNS = {
    PeriodForm.TEXT: ("column",),
    PeriodForm.DATE: ("column",),
    PeriodForm.YEAR_AND_MONTH: ("year", "month"),
    PeriodForm.FISCAL_STAGE: ("fiscal_year", "stage", "first_month"),
}


class PeriodFrom(Document):
    """The period of a row. ``first_month`` is the calendar month of stage 1 of a fiscal year."""

    form: PeriodForm
    column: ColumnName | None = None
    year: ColumnName | None = None
    month: ColumnName | None = None
    fiscal_year: ColumnName | None = None
    stage: ColumnName | None = None
    first_month: Annotated[int, Field(ge=1, le=12)] | None = None

    @model_validator(mode="after")
    def _columns_of_its_form(self) -> Self:
        needed = _PERIOD_COLUMNS[self.form]
        given = tuple(name for name in type(self).model_fields if name != "form" and getattr(self, name) is not None)
        if set(given) != set(needed):
            raise ValueError(f"form {self.form} takes {', '.join(needed)}; given: {', '.join(given) or 'none'}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return tuple(name for name in (self.column, self.year, self.month, self.fiscal_year, self.stage) if name)


class SubjectFrom(Document):
    """Who a row is about."""

    kind: TextFrom
    id: TextFrom

    @model_validator(mode="after")
    def _kind_known(self) -> Self:
        if self.kind.constant is not None:
            SubjectKind(self.kind.constant)
        return self


class SubmittedAt(Document):
    """When it was handed in: a column with a date and time, or ``days_after`` the period's end where none is known.

    A missing cell of the column falls back to ``days_after`` if that is given too. Times without a zone are Shanghai's.
    """

    column: ColumnName | None = None
    days_after: Annotated[int, Field(ge=0, le=3660)] | None = None

    @model_validator(mode="after")
    def _some_origin(self) -> Self:
        if self.column is None and self.days_after is None:
            raise ValueError("give column, days_after or both")
        return self
