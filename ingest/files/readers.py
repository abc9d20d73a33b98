"""Files to rows of text: CSV (UTF-8 or GBK, also gzipped) and XLSX; lines of NDJSON. Nothing is interpreted here."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

import python_calamine

from planwatch.contract.errors import InvalidDocument

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_CHUNK = 1 << 20
_CELL_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line (of a text file) or row number (of a sheet), and its cells by column.

    ``broken`` says why it has no cells by column: more or fewer cells than the header.
    """

    number: int
    cells: dict[str, str]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it, read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, by its first bytes (an xlsx is a zip archive)."""
    with opened(path) as file:
        return file.read(4) == _ZIP


def looks_like_lines(path: Path) -> bool:
    """Whether a file holds one JSON object a line: its first character that is not blank is a brace."""
    with opened(path) as file:
        return file.read(_CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"


@contextmanager
def table(path: Path, *, delimiter: str = ",", sheet: str | None = None) -> Iterator[Table]:
    """Open a CSV or XLSX file. Raises InvalidDocument where it cannot be read or has no usable header."""
    if is_workbook(path):
        yield _sheet_table(path, sheet)
        return
    with text_lines(path) as lines:
        yield _csv_table(path, lines, delimiter)


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
    """UTF-8 (with or without a mark) or GBK, whichever the whole file is; InvalidDocument names the line of the fault.

    UTF-8 is tried first, because text in another encoding is hardly ever valid UTF-8 by chance.
    """
    line = _first_undecodable_line(path, "utf-8-sig")
    if line is None:
        return "utf-8-sig"
    if _first_undecodable_line(path, "gbk") is None:
        return "gbk"
    raise InvalidDocument(
        str(path), ((line, "is neither UTF-8 nor GBK text: save the file as «CSV UTF-8» and load it again"),)
    )


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


def _csv_table(path: Path, lines: IO[str], delimiter: str) -> Table:
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header = next(_csv_rows(path, reader), (1, []))[1]
    columns = _header(path, 1, header)
    return Table(columns, (_row(columns, number, cells) for number, cells in _csv_rows(path, reader)))


def _csv_rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidDocument(str(path), ((line, f"is no valid CSV from here on: {error}"),)) from error
        if cells:  # a blank line is not a row
            yield line, cells


def _sheet_table(path: Path, sheet: str | None) -> Table:
    try:
        book = python_calamine.load_workbook(str(path))
        if sheet is not None and sheet not in book.sheet_names:
            found = ", ".join(book.sheet_names)
            raise InvalidDocument(str(path), ((None, f"has no sheet {sheet!r}; sheets: {found}"),))
        found_sheet = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
        rows = ([cell_text(cell) for cell in cells] for cells in found_sheet.iter_rows())
    except (python_calamine.CalamineError, OSError) as error:
        raise InvalidDocument(str(path), ((None, f"cannot be read as a workbook: {error}"),)) from error
    numbered = ((i, cells) for i, cells in enumerate(rows, 1) if any(cells))
    first, header = next(numbered, (1, []))
    columns = _header(path, first, header)
    return Table(columns, (_row(columns, number, cells) for number, cells in numbered))


def cell_text(cell: Any) -> str:
    """A sheet's cell as text: numbers as the sheet shows them (15 significant digits), dates as YYYY-MM-DD."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(f"{cell:.15g}"), "f")
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _header(path: Path, line: int, cells: list[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not columns:
        raise InvalidDocument(str(path), ((line, "is empty: the first row must name the columns"),))
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise InvalidDocument(str(path), ((line, f"columns must have different names; twice: {', '.join(twice)}"),))
    return columns


def _row(columns: tuple[str, ...], number: int, cells: list[str]) -> Row:
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    if len(cells) < len(columns) or surplus:
        named = dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
        return Row(number, named, f"has {len(cells)} cells, the header has {len(columns)}")
    return Row(number, dict(zip(columns, cells, strict=False)))
