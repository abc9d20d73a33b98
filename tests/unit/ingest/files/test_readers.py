"""Files to rows: encodings, packing, sheets, and clear words where a file cannot be read."""

import gzip
from datetime import datetime
from decimal import Decimal

import pytest
import xlsxwriter

from planwatch.contract.errors import InvalidDocument
from planwatch.ingest.files.readers import cell_text, encoding_of, looks_like_lines, table

TEXT = "名称,值\n一厂,12.5\n二厂,7\n"


def rows_of(path, **options):
    with table(path, **options) as read:
        return read.columns, [(row.number, list(row.cells.values())) for row in read.rows]


def written(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("gbk"), gzip.compress(TEXT.encode("gbk"))],
    ids=["utf-8", "utf-8 with mark", "gbk", "gzipped gbk"],
)
def test_text_is_read_in_its_encoding(tmp_path, content):
    assert rows_of(written(tmp_path, content)) == (("名称", "值"), [(2, ["一厂", "12.5"]), (3, ["二厂", "7"])])


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path):
    assert rows_of(written(tmp_path, gzip.compress(b"a,b\n1,2\n"), "plain.csv"))[1] == [(2, ["1", "2"])]


def test_other_encoding_is_refused_with_the_line(tmp_path):
    path = written(tmp_path, b"a,b\n1,2\n\xff\xff,3\n")
    with pytest.raises(InvalidDocument, match=r"t\.csv:3: is neither UTF-8 nor GBK.*CSV UTF-8"):
        encoding_of(path)


def test_character_cut_by_a_chunk_is_no_fault(tmp_path):
    path = written(tmp_path, b"a\n" + "一".encode() * 400_000)
    assert encoding_of(path) == "utf-8-sig"


def test_damaged_gzip_is_refused(tmp_path):
    path = written(tmp_path, gzip.compress(TEXT.encode() * 1000)[:-20])
    with pytest.raises(InvalidDocument, match="cannot be read from here on"), table(path):
        pass


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidDocument, match="cannot be read: No such file"), table(tmp_path / "none.csv"):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b,a\n", "twice: a"),
    ],
    ids=["nothing", "blank lines", "a column twice"],
)
def test_unusable_header_is_refused(tmp_path, content, message):
    with pytest.raises(InvalidDocument, match=message), table(written(tmp_path, content)):
        pass


def test_broken_quoting_is_refused_with_the_line(tmp_path):
    path = written(tmp_path, b'a,b\n1,2\n"x"y,3\n')
    with pytest.raises(InvalidDocument, match=r"t\.csv:3: is no valid CSV"):
        rows_of(path)


@pytest.mark.parametrize(("row", "cells"), [("1", 1), ("1,2,3", 3)], ids=["too few", "too many"])
def test_row_of_another_length_is_broken(tmp_path, row, cells):
    with table(written(tmp_path, f"a,b\n{row}\n".encode())) as read:
        (only,) = read.rows
    assert only.broken == f"has {cells} cells, the header has 2"


def test_empty_cells_beyond_the_header_are_nothing(tmp_path):
    assert rows_of(written(tmp_path, b"a,b,,\n1,2,,\n")) == (("a", "b"), [(2, ["1", "2"])])


def test_line_numbers_count_lines_inside_cells(tmp_path):
    assert rows_of(written(tmp_path, b'a,b\n"x\ny",1\n\nz,2\n'))[1] == [(2, ["x\ny", "1"]), (5, ["z", "2"])]


def test_other_delimiter(tmp_path):
    assert rows_of(written(tmp_path, b"a;b\n1;2\n"), delimiter=";") == (("a", "b"), [(2, ["1", "2"])])


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        first, second = book.add_worksheet("说明"), book.add_worksheet("数据")
        first.write(0, 0, "read me")
        second.write_row(2, 1, ["月份", "煤", "实测"])
        second.write_datetime(3, 1, datetime(2025, 3, 1), day)  # noqa: DTZ001 - sheets know no zones
        second.write_number(3, 2, 1234.5)
        second.write_boolean(3, 3, True)
        second.write_row(5, 1, ["2025-04", 12345678901])
    return path


def test_sheet_gives_text_with_its_own_row_numbers(workbook):
    columns, rows = rows_of(workbook, sheet="数据")
    assert columns == ("月份", "煤", "实测")
    assert rows == [(4, ["2025-03-01", "1234.5", "true"]), (6, ["2025-04", "12345678901", ""])]


def test_first_sheet_is_the_usual_one(workbook):
    assert rows_of(workbook)[0] == ("read me",)


def test_unknown_sheet_names_those_there_are(workbook):
    with pytest.raises(InvalidDocument, match="no sheet 'data'; sheets: 说明, 数据"):
        rows_of(workbook, sheet="data")


def test_damaged_workbook_is_refused(tmp_path):
    with (
        pytest.raises(InvalidDocument, match="cannot be read as a workbook"),
        table(written(tmp_path, b"PK\x03\x04 and nothing more")),
    ):
        pass


@pytest.mark.parametrize(
    ("cell", "text"),
    [(0.1 + 0.2, "0.3"), (7.0, "7"), (1e16, "10000000000000000"), (2.5e-7, "0.00000025"), ("x", "x"), (False, "false")],
    ids=repr,
)
def test_cells_are_read_as_a_sheet_shows_them(cell, text):
    assert cell_text(cell) == text


def test_numbers_of_a_sheet_survive_as_decimals():
    assert Decimal(cell_text(1234567.891)) == Decimal("1234567.891")


@pytest.mark.parametrize(
    ("content", "lines"), [(b' \n{"a":1}\n', True), (b"\xef\xbb\xbf{}", True), (b"a,b\n", False), (b"", False)]
)
def test_files_of_messages_begin_with_a_brace(tmp_path, content, lines):
    assert looks_like_lines(written(tmp_path, content)) is lines
