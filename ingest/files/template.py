"""The table planwatch reads without a mapping: one figure a row, in columns named as in a report."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from planwatch.contract.catalogue import Catalogue
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


COLUMNS_ZH = (
    "报送主体类别",
    "主体编号",
    "报告期",
    "是否累计",
    "指标",
    "数值",
    "计量单位",
    "标记",
    "备注",
    "报表号",
    "修订号",
    "报送时间",
    "数据来源",
)
"""The same columns, in the same order, in Chinese."""
_EXAMPLES_ZH = (
    ("用能单位", "91000000000000000X", "2025年1-2月", "是", "原煤消费量", "1250.5", "吨", "", "", "", "0", "2025-03-15",
     "人工"),
    ("用能单位", "91000000000000000X", "2025年1-2月", "是", "电力消费量", "86.2", "万kWh", "估算", "2月3日更换电表", "",
     "0", "2025-03-15", "人工"),
)  # fmt: skip
_KINDS = {"用能单位": "unit", "单位": "unit", "企业": "unit", "地区": "region", "项目": "project"}
_FLAGS = {"暂缓": "held", "估算": "estimated", "暂定": "provisional", "存疑": "suspect", "核定": "final"}
_SOURCES = {"计量": "meter", "人工": "manual", "估算": "estimated", "统计": "statistics"}


def write_template(path: Path, *, chinese: bool) -> None:
    """Write the header and two rows to be replaced: a workbook if the name ends in .xlsx, else CSV.

    CSV has a mark that lets Excel see it is UTF-8; a workbook's cells are text, so that no code loses its last digits.
    """
    rows = (COLUMNS_ZH, *_EXAMPLES_ZH) if chinese else (COLUMNS, *_EXAMPLES)
    if path.suffix.lower() != ".xlsx":
        path.write_text(_csv_text(rows), "utf-8", newline="")
        return
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("报表" if chinese else "reports")
        sheet.set_column(0, len(COLUMNS) - 1, 18, book.add_format({"num_format": "@"}))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)


def chinese_mapping(catalogue: Catalogue) -> Mapping:
    """What the Chinese columns mean; indicators by their Chinese names (usual other ones too), or by their ids."""
    usual = usual_mapping()
    assert usual.reports is not None
    names = Counter(name for one in catalogue.indicators for name in (one.zh, *one.also))
    indicators = {
        name: one.id for one in catalogue.indicators for name in (one.zh, *one.also) if names[name] == 1
    }  # of a name that two bear nobody knows which is meant
    column = dict(zip(COLUMNS, COLUMNS_ZH, strict=True))
    reports = ReportRows(
        subject=SubjectFrom(
            kind=TextFrom(column=column["subject_kind"], rename=_KINDS), id=TextFrom(column=column["subject_id"])
        ),
        period=PeriodFrom(form=PeriodForm.TEXT, column=column["period"]),
        report_id=TextFrom(column=column["report_id"]),
        submitted_at=SubmittedAt(column=column["submitted_at"], days_after=0),
        cumulative=TextFrom(column=column["cumulative"], default="false"),
        revision=TextFrom(column=column["revision"], default="0"),
        source=TextFrom(column=column["source"], default="manual", rename=_SOURCES),
        long=LongForm(
            value=column["value"],
            indicator=TextFrom(column=column["indicator"], rename=indicators),
            unit=TextFrom(column=column["unit"]),
            flag=TextFrom(column=column["flag"], rename=_FLAGS),
            note=TextFrom(column=column["note"]),
        ),
    )
    return usual.model_copy(update={"id": "template-zh", "reports": reports})


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
