"""The table planwatch reads without a mapping: one figure a row, in columns named as in a report."""

import csv
import io

from planwatch.contract.mapping import LongForm, Mapping, RecordKind, RegistryRows, ReportRows
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([COLUMNS, *_EXAMPLES])
    return "\ufeff" + text.getvalue()


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


_OF_A_PROJECT = ("id", "name", "valid_from", "valid_to", "revision", "region")
RECORD_COLUMNS = {
    RecordKind.REGION: ("id", "name", "valid_from", "valid_to", "revision", "parent", "standard"),
    RecordKind.UNIT: (*_OF_A_PROJECT, "industry", "two_high"),
    RecordKind.TWO_HIGH_PROJECT: (*_OF_A_PROJECT, "unit", "industry", "stage", "reviewed_tce"),
    RecordKind.REDUCTION_PROJECT: (*_OF_A_PROJECT, "permit", "facility", "running_since"),
}


def usual_registry(record: RecordKind) -> Mapping:
    """Registry tables without a mapping: columns named as the fields of the record."""
    return Mapping(
        id="registry-template",
        zh="planwatch 名录模板",
        en="planwatch registry template",
        origin="filled in by hand",
        registry=RegistryRows(
            record=record, fields={column: TextFrom(column=column) for column in RECORD_COLUMNS[record]}
        ),
    )
