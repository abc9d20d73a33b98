"""Workbooks such as people hand in: merged, hidden, with formulas, dates and codes as numbers."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

A, B, C = "91110000000000001N", "91110000000000002L", "91110000000000003J"
HEAD = ("统一社会信用代码", "报告期", "原煤(吨)", "电力(万千瓦时)")
GOOD = [(A, "2023-03", "1250.5", "86.2"), (B, "2023-03", "300", "12")]
MADE_ON = datetime(2025, 1, 1)  # noqa: DTZ001 - a workbook's own date has no zone


def sheet(fill: Callable[[Any, Any], None]) -> Callable[[Path], None]:
    """A workbook filled by a function of the book and its first sheet."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path) as book:
            book.set_properties({"created": MADE_ON, "author": "planwatch"})
            fill(book, book.add_worksheet("报表"))

    return write


def rows_in(page: Any, rows: list[tuple[Any, ...]], first: int = 0) -> None:
    """Write rows; texts as text, numbers as numbers."""
    for number, row in enumerate(rows, first):
        for column, cell in enumerate(row):
            if cell is not None:
                (page.write_string if isinstance(cell, str) else page.write_number)(number, column, cell)


def merged_labels(book: Any, page: Any) -> None:
    """A unit's number over two of its months."""
    rows_in(page, [HEAD, (None, "2023-01", 1, 2), (None, "2023-02", 3, 4), (B, "2023-01", 5, 6)])
    page.merge_range("A2:A3", A)


def merged_figures(book: Any, page: Any) -> None:
    """One figure over two units."""
    rows_in(page, [HEAD, (A, "2023-01", None, 2), (B, "2023-01", None, 4), (C, "2023-01", 5, 6)])
    page.merge_range("C2:C3", 100)


def merged_across(book: Any, page: Any) -> None:
    """One figure over two columns."""
    rows_in(page, [HEAD, (A, "2023-01"), (B, "2023-01", 5, 6)])
    page.merge_range("C2:D2", 100)


def two_row_header(book: Any, page: Any) -> None:
    """A title, and a header in two rows with merged cells."""
    page.merge_range("A1:D1", "重点用能单位能源消费表")
    page.merge_range("A2:A3", HEAD[0])
    page.merge_range("B2:B3", HEAD[1])
    page.merge_range("C2:D2", "能源消费量")
    rows_in(page, [(None, None, *HEAD[2:]), *[(*row[:2], float(row[2]), float(row[3])) for row in GOOD]], 2)


def formulas(book: Any, page: Any) -> None:
    """Formulas with a result, without one, and in error."""
    rows_in(page, [HEAD, (A, "2023-03"), (B, "2023-03"), (C, "2023-03", None, 3)])
    page.write_formula("C2", "=1000+250.5", None, 1250.5)
    page.write_formula("D2", "=86.2", None, 86.2)
    page.write_formula("C3", "=SUM(C2:C2)", None, "")
    page.write_formula("D3", "=1+1", None, 2)
    page.write_formula("C4", "=1/0", None, "#DIV/0!")


def hidden_draft(book: Any, page: Any) -> None:
    """A hidden sheet with the same columns, and a sheet of words."""
    rows_in(page, [HEAD, *GOOD])
    draft = book.add_worksheet("草稿")
    rows_in(draft, [HEAD, (C, "2023-03", 9, 9)])
    draft.hide()
    rows_in(book.add_worksheet("说明"), [("本表由企业填报",)])


def only_hidden(book: Any, page: Any) -> None:
    """Figures on a hidden sheet alone."""
    rows_in(page, [("说明",)])
    hidden = book.add_worksheet("数据")
    rows_in(hidden, [HEAD, *GOOD])
    hidden.hide()


def two_sheets(book: Any, page: Any) -> None:
    """Two sheets with the same columns."""
    rows_in(page, [HEAD, *GOOD])
    rows_in(book.add_worksheet("二月"), [HEAD, *GOOD])


def dated(book: Any, page: Any) -> None:
    """Periods as a date, as a date's number, and as 2023.1."""
    month = book.add_format({"num_format": 'yyyy"年"m"月"'})
    rows_in(page, [HEAD, (A, None, 1, 2), (B, 44986, 3, 4), (C, 2023.1, 5, 6)])
    page.write_datetime("B2", datetime(2023, 3, 1), month)  # noqa: DTZ001


def percents(book: Any, page: Any) -> None:
    """Percentages as format, as text, and as plain number."""
    percent, plain = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": '0.0"%"'})
    rows_in(page, [("地区代码", "报告期", "秸秆综合利用率", "地区生产总值"), ("120000", "2023", None, 100),
                   ("500000", "2023", "91.5%", 100), ("230000", "2023", 90.5, None), ("210300", "2023", None, 7)])  # fmt: skip
    page.write_number("C2", 0.915, percent)
    page.write_number("D4", 0.5, percent)
    page.write_number("C5", 88.5, plain)


def codes_as_numbers(book: Any, page: Any) -> None:
    """A unit's number that lost its last digits as a number."""
    rows_in(page, [HEAD, (911100000000000015, "2023-03", 1, 2), (B, "2023-03", "300", "12")])


def blank_rows(book: Any, page: Any) -> None:
    """Blank rows between and before the others."""
    rows_in(page, [HEAD])
    rows_in(page, [GOOD[0]], 3)
    rows_in(page, [(" ", None, None, " ")], 4)
    rows_in(page, [GOOD[1]], 7)


def far_cell(book: Any, page: Any) -> None:
    """A blank in the last cell of the sheet."""
    rows_in(page, [HEAD, *GOOD])
    page.write_string("XFD1048576", " ")


def damaged(path: Path) -> None:
    """An archive that breaks off."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
