"""The table planwatch reads without a mapping: one figure a row, in columns named as in a report."""

import csv
import io
from collections.abc import Iterable, Sequence

from planwatch.contract.mapping import LongForm, Mapping, RegistryRows, ReportRows
from planwatch.contract.mapping_origins import PeriodForm, PeriodFrom, SubjectFrom, SubmittedAt, TextFrom

COLUMNS = (
    "subject_kind",
    "subject_id",
    "period",
    "cumulative",
    "indicator",
    "value",
    "unit",
    "flag",
    "note",
    "report_id",
    "revision",
    "submitted_at",
    "source",
)
_EXAMPLES = (
    ("unit", "91000000000000000X", "2025-02", "true", "energy.raw_coal", "1250.5", "t", "", "", "", "0",
     "2025-03-15T09:00:00+08:00", "manual"),
    ("unit", "91000000000000000X", "2025-02", "true", "energy.electricity", "86.2", "万kWh", "estimated",
     "meter replaced on 3 February", "", "0", "2025-03-15T09:00:00+08:00", "manual"),
)  # fmt: skip


def template_text() -> str:
    """The header and two rows to be replaced, as CSV text with a mark that lets Excel see it is UTF-8."""
    return _csv_text([COLUMNS, *_EXAMPLES])


def usual_mapping() -> Mapping:
    """What the columns of the template mean. An empty report_id is made from subject, period and revision."""
    return Mapping(
        id="template",
        zh="planwatch 模板",
        en="planwatch template",
        origin="filled in by hand",
        reports=ReportRows(
            subject=SubjectFrom(kind=TextFrom(column="subject_kind"), id=TextFrom(column="subject_id")),
            period=PeriodFrom(form=PeriodForm.TEXT, column="period"),
            report_id=TextFrom(column="report_id"),
            submitted_at=SubmittedAt(column="submitted_at", days_after=0),
            cumulative=TextFrom(column="cumulative", default="false"),
            revision=TextFrom(column="revision", default="0"),
            source=TextFrom(column="source", default="manual"),
            long=LongForm(
                value="value",
                indicator=TextFrom(column="indicator"),
                unit=TextFrom(column="unit"),
                flag=TextFrom(column="flag"),
                note=TextFrom(column="note"),
            ),
        ),
    )


RECORD_COLUMNS = (
    "kind",
    "id",
    "name",
    "region",
    "parent",
    "standard",
    "industry",
    "two_high",
    "unit",
    "stage",
    "reviewed_tce",
    "permit",
    "facility",
    "running_since",
    "valid_from",
    "valid_to",
    "revision",
)
_RECORD_EXAMPLES = (
    {"kind": "unit", "id": "91000000000000000X", "name": "示例水泥厂", "region": "500101", "industry": "3011",
     "two_high": "true", "valid_from": "2024-01-01"},
    {"kind": "reduction_project", "id": "JP-2024-001", "name": "示例污水治理工程", "region": "500101",
     "facility": "污水处理厂", "running_since": "2024-03-01", "valid_from": "2024-01-01"},
)  # fmt: skip


def registry_template_text() -> str:
    """The header of a registry table and two rows to be replaced; columns that are not needed may be left out."""
    return _csv_text(
        [RECORD_COLUMNS, *([row.get(column, "") for column in RECORD_COLUMNS] for row in _RECORD_EXAMPLES)]
    )


def usual_registry(columns: Sequence[str]) -> Mapping:
    """A registry table without a mapping: its columns are named as the fields of the records, empty cells left out."""
    return Mapping(
        id="registry-template",
        zh="planwatch 名录模板",
        en="planwatch registry template",
        origin="filled in by hand",
        registry=RegistryRows(fields={column: TextFrom(column=column) for column in columns}),
    )


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + text.getvalue()
