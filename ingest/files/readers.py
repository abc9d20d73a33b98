"""Files to rows of text: CSV (UTF-8, UTF-16 or GBK, also gzipped) and XLSX. Nothing is interpreted here."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from planwatch.contract.errors import InvalidDocument
from planwatch.ingest.files.header import Header, NoHeader, found_header
from planwatch.ingest.files.sheets import cell_text as cell_text
from planwatch.ingest.files.sheets import read_sheet

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = (",", "\t", ";", "，")
_OLD = (
    "是旧格式(.xls/.et)或加了密码的工作簿，无法读取；请在 Excel/WPS 中打开后另存为 .xlsx(an old or protected workbook)"
)
_PAGE = "是网页文件(有些系统导出的 .xls 其实是网页)；请在 Excel/WPS 中打开后另存为 .xlsx (a web page)"
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", _OLD),
    ((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta"), _PAGE),
    (b"%pdf", "是 PDF；请提供原始表格 (a PDF)"),
)
_PROBE = 4096
_CHUNK = 1 << 20
_CELL_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line (of a text file) or row number (of a sheet), and its cells by column.

    ``broken`` says why it has no cells by column: more or fewer cells than the header. ``faults`` are cells of a sheet
    that are not what they look like, ``merged`` those that share a merged cell with other rows, by column.
    """

    number: int
    cells: dict[str, str]
    broken: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A header and the rows below it, read as they are asked for.

    ``above`` are the rows over the row ``header`` as (number, text); ``blank`` counts rows without content between
    others while ``rows`` are read; ``unread`` names the other sheets of the workbook that are not empty.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    above: tuple[tuple[int, str], ...] = ()
    header: int = 1
    sheet: str = ""
    unread: tuple[str, ...] = ()
    blank: int = 0


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, by its first bytes (an xlsx is a zip archive)."""
    with opened(path) as file:
        return file.read(4) == _ZIP


def looks_like_lines(path: Path) -> bool:
    """Whether a file holds one JSON object a line: its first character that is not blank is a brace."""
    with opened(path) as file:
        return file.read(_CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"


@contextmanager
def table(path: Path, *, delimiter: str = ",", sheet: str | None = None, wanted: Sequence[str] = ()) -> Iterator[Table]:
    """Open a CSV or XLSX file. Raises InvalidDocument where it cannot be read or has no usable header.

    The header is the first row that names all columns ``wanted``; if none are, the first row that is not blank.
    """
    if is_workbook(path):
        yield _sheet_table(path, sheet, wanted)
        return
    _refuse_other_kinds(path)
    with text_lines(path) as lines:
        yield _csv_table(path, lines, delimiter, wanted)


def _refuse_other_kinds(path: Path) -> None:
    with opened(path) as file:
        begin = file.read(_PROBE)
    for signs, why in _OTHER_KINDS:
        if begin.lstrip()[:20].lower().startswith(signs):
            raise InvalidDocument(str(path), ((None, why),))
    if b"\x00" in begin and not begin.startswith(_UTF16_MARKS):
        why = "含有空字节(NUL)，不是文本文件，或是没有标记的 UTF-16；请另存为「CSV UTF-8」(not a text file)"
        raise InvalidDocument(str(path), ((None, why),))


@contextmanager
def text_lines(path: Path) -> Iterator[IO[str]]:
    """A text file, unpacked and decoded; line ends are kept for the reader of the format."""
    encoding = encoding_of(path)
    with opened(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        yield text


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked if it is gzipped; its name does not matter. Raises InvalidDocument."""
    try:
        with path.open("rb") as probe:
            packed = probe.read(2) == _GZIP
        return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]
    except OSError as error:
        raise InvalidDocument(str(path), ((None, f"cannot be read: {error.strerror or error}"),)) from error


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without a mark), UTF-16 (with one) or GBK, whichever the whole file is.

    InvalidDocument names the line of the fault.

    UTF-8 is tried first, because text in another encoding is hardly ever valid UTF-8 by chance.
    """
    with opened(path) as file:
        if file.read(2) in _UTF16_MARKS:
            if (line := _first_undecodable_line(path, "utf-16")) is None:
                return "utf-16"
            raise InvalidDocument(str(path), ((line, "不是完好的 UTF-16 文本；请另存为「CSV UTF-8」(broken UTF-16)"),))
    line = _first_undecodable_line(path, "utf-8-sig")
    if line is None:
        return "utf-8-sig"
    if _first_undecodable_line(path, "gb18030") is None:
        return "gb18030"
    why = (
        "is neither UTF-8 nor GBK text: save the file as «CSV UTF-8» and load it again"
        " — 既不是 UTF-8 也不是 GBK 编码；请另存为「CSV UTF-8」后再报"
    )
    raise InvalidDocument(str(path), ((line, why),))


def _first_undecodable_line(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with opened(path) as file:
        while True:
            try:
                chunk = file.read(_CHUNK)
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + bytes(error.object[: error.start]).count(b"\n")
            except (EOFError, OSError, zlib.error) as error:
                raise InvalidDocument(str(path), ((line, f"cannot be read from here on: {error}"),)) from error
            if not chunk:
                return None
            line += chunk.count(b"\n")


def _csv_table(path: Path, lines: IO[str], delimiter: str, wanted: Sequence[str]) -> Table:
    """The table as its delimiter tells, or as another one does under which the header has all columns wanted."""
    csv.field_size_limit(_CELL_LIMIT)
    others = [other for other in _DELIMITERS if wanted and other != delimiter]
    first: NoHeader | Header | None = None
    for one in (delimiter, *others):
        lines.seek(0)
        try:
            header = found_header(_csv_rows(path, csv.reader(lines, delimiter=one, strict=True)), wanted)
        except NoHeader as error:
            first = first or error
            continue
        if header.complete:
            return _table_of(header)
        first = first or header
    if isinstance(first, NoHeader):
        raise InvalidDocument(str(path), ((first.number, first.why),)) from first
    lines.seek(0)
    return _table_of(found_header(_csv_rows(path, csv.reader(lines, delimiter=delimiter, strict=True)), wanted))


def _csv_rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidDocument(str(path), ((line, f"is no valid CSV from here on: {error}"),)) from error
        if any(cell.strip() for cell in cells):  # a blank line is not a row
            yield line, cells


def _sheet_table(path: Path, sheet: str | None, wanted: Sequence[str]) -> Table:
    read = read_sheet(path, sheet, wanted)
    made = _table_of(read.header)
    made.sheet, made.unread = read.name, read.unread
    columns = made.columns

    def rows() -> Iterator[Row]:
        for row in _rows(read.header, made):
            places = [(name, (row.number, column)) for column, name in enumerate(columns)]
            faults = {name: read.faults[place] for name, place in places if place in read.faults}
            merged = {name: read.merged[place] for name, place in places if place in read.merged}
            yield replace(row, faults=faults, merged=merged) if faults or merged else row

    made.rows = rows()
    return made


def _table_of(header: Header) -> Table:
    above = [(number, " ".join(cell.strip() for cell in cells if cell.strip())) for number, cells in header.above]
    made = Table(header.columns, iter(()), tuple(above), header.number)
    made.rows = _rows(header, made)
    return made


def _rows(header: Header, made: Table) -> Iterator[Row]:
    """The rows below the header; blank ones are counted, as rows between others."""
    last = header.number
    for number, cells in header.below:
        made.blank += max(0, number - last - 1 - sum("\n" in cell for cell in cells))
        last = number
        yield _row(header.columns, number, cells)


def _row(columns: tuple[str, ...], number: int, cells: list[str]) -> Row:
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    if len(cells) < len(columns) or surplus:
        named = dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
        return Row(number, named, f"has {len(cells)} cells, the header has {len(columns)}")
    return Row(number, dict(zip(columns, cells, strict=False)))
