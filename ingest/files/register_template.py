"""Templates of register tables: a header in Chinese, a row that says what belongs in each column, and nothing else."""

import csv
import io
from pathlib import Path

import xlsxwriter

from planwatch.ingest.files.register_cells import Column
from planwatch.ingest.files.register_kinds import Kind

SAYS = "说明"
"""How the first cell of a row begins that explains the columns; such rows are not read as records."""
_WIDTH, _SAID_WIDTH = 18, 60


def write_register_template(path: Path, kind: Kind) -> None:
    """Write the empty table of a kind: a workbook if the name ends in .xlsx, else CSV that Excel opens as UTF-8."""
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, kind)
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_header(kind), _said(kind)])
    path.write_text("\ufeff" + text.getvalue(), "utf-8", newline="")


def _header(kind: Kind) -> list[str]:
    return [column.zh for column in kind.columns]


def _said(kind: Kind) -> list[str]:
    """The row of explanations; its first cell begins with 说明, which is how it is known."""
    first, *others = (_words(column) for column in kind.columns)
    return [f"{SAYS}:{first}", *others]


def _words(column: Column) -> str:
    must = "【必填】" if column.required else ""
    return f"{must}{column.says}" + (f";例:{column.example}" if column.example else "")


def _write_workbook(path: Path, kind: Kind) -> None:
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7"})
        must = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#FFE699"})
        said = book.add_format({"italic": True, "text_wrap": True, "valign": "top", "font_color": "#666666"})
        text = book.add_format({"num_format": "@"})  # codes keep their leading zeros and all of their digits
        sheet = book.add_worksheet(kind.zh)
        sheet.set_column(0, len(kind.columns) - 1, _WIDTH, text)
        for i, (column, words) in enumerate(zip(kind.columns, _said(kind), strict=True)):
            sheet.write_string(0, i, column.zh, must if column.required else bold)
            sheet.write_string(1, i, words, said)
        sheet.freeze_panes(2, 0)
        fields = book.add_worksheet("字段说明")
        fields.set_column(0, 1, _WIDTH)
        fields.set_column(2, 2, _SAID_WIDTH)
        rows = [("列", "字段", "说明"), *((one.zh, one.path, _words(one)) for one in kind.columns)]
        for number, cells in enumerate(rows):
            for i, cell in enumerate(cells):
                fields.write_string(number, i, cell, bold if number == 0 else said)
