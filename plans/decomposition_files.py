"""Reads the files of values for holders of decomposed targets: YAML one target a file, CSV one holder a line."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planwatch.contract.decomposition import Decomposition, SubTarget
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.strict import Where, read_strict
from planwatch.plans.folder import decomposition_files
from planwatch.plans.yaml_source import Source, read_yaml

COLUMNS = ("of", "holder", "trait", "value", "weight", "basis", "approved_by", "approved_on")
"""The columns of a CSV; with them one per year for its milestone (2023) and its GDP growth in percent (growth_2023)."""
_YEARLY = re.compile(r"(growth_)?(\d{4})")


@dataclass(frozen=True)
class GivenRow:
    """A holder's value for the target ``of``, and where in its file the row and the target's name stand."""

    of: str
    row: SubTarget
    source: Source
    where: Where
    of_where: Where


def read_rows(folders: Iterable[Path | None]) -> Iterator[list[GivenRow]]:
    """The rows of every decomposition file of the folders, file by file; raises InvalidDocument."""
    for path in (file for folder in folders for file in decomposition_files(folder)):
        yield _csv_rows(path) if path.suffix == ".csv" else _yaml_rows(path)


def _yaml_rows(path: Path) -> list[GivenRow]:
    source = read_yaml(path)
    found = read_strict(source.tree, Decomposition)
    if isinstance(found, tuple):
        for fault in found:
            source.fault(fault.where, fault.message)
        source.refuse()
        return []
    return [GivenRow(found.of, _signed(row, found), source, ("rows", i), ("of",)) for i, row in enumerate(found.rows)]


def _signed(row: SubTarget, found: Decomposition) -> SubTarget:
    """The row with the file's approval where it has none of its own."""
    approval = {
        "approved_by": row.approved_by or found.approved_by,
        "approved_on": row.approved_on or found.approved_on,
    }
    return row.model_copy(update=approval)


class _CsvSource(Source):
    """A table: the line of a path is that of its row, and each fault names its column."""

    def fault(self, path: Where, message: str) -> None:
        """Note a fault; the last part of the path that is a column is named."""
        column = next((part for part in reversed(path) if isinstance(part, str) and part != "rows"), None)
        Source.fault(self, path, f"column {column}: {message}" if column else message)


def _csv_rows(path: Path) -> list[GivenRow]:
    source = _CsvSource(str(path), path.read_bytes())
    lines = _lines(source)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    _check_header(source, header)
    source.refuse()
    found = [_row(source, i, line, header, cells) for i, (line, cells) in enumerate(lines[1:]) if any(cells)]
    if not found:
        source.faults.append((1, "has no rows: write one line for each holder below the header"))
    source.refuse()
    return [row for row in found if row]


def _lines(source: Source) -> list[tuple[int, list[str]]]:
    """The lines of a CSV with their numbers; a cell may span lines."""
    try:
        text = source.content.decode("utf-8-sig")  # spreadsheets write a byte order mark
    except UnicodeDecodeError as error:
        line = source.content[: error.start].count(b"\n") + 1
        raise InvalidDocument(source.file, ((line, "is not UTF-8 text: save it as «CSV UTF-8»"),)) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, number = [], 1
    try:
        for cells in reader:
            lines.append((number, cells))
            number = reader.line_num + 1
    except csv.Error as error:
        raise InvalidDocument(source.file, ((reader.line_num, f"is no valid CSV: {error}"),)) from error
    return lines


def _check_header(source: Source, header: list[str]) -> None:
    allowed = f"{', '.join(COLUMNS)}, a year for its milestone (2023), growth_ and a year (growth_2023)"
    for column in dict.fromkeys(header):
        if column not in COLUMNS and not _YEARLY.fullmatch(column):
            source.faults.append((1, f"unknown column {column!r}; allowed: {allowed}"))
        if header.count(column) > 1:
            source.faults.append((1, f"column {column!r} stands twice; keep one of them"))
    if "of" not in header:
        source.faults.append((1, f"column 'of' (the id of the decomposed target) is missing; allowed: {allowed}"))


def _row(source: Source, i: int, line: int, header: list[str], cells: list[str]) -> GivenRow | None:
    where: Where = ("rows", i)
    source.lines[where] = line
    if len(cells) != len(header):
        source.fault(where, f"{len(cells)} cells, but the header has {len(header)} columns")
        return None
    given = {column: cell.strip() for column, cell in zip(header, cells, strict=True) if cell.strip()}
    if "of" not in given:
        source.fault((*where, "of"), "the id of the decomposed target is missing")
        return None
    yearly = {column: _yearly(column) for column in given if _YEARLY.fullmatch(column)}
    row = read_strict(_raw(given, yearly), SubTarget)
    if isinstance(row, tuple):
        for fault in row:
            source.fault((*where, *_column_of(fault.where, yearly)), fault.message)
        return None
    return GivenRow(given["of"], row, source, where, (*where, "of"))


def _yearly(column: str) -> tuple[str, int]:
    """A yearly column as the list of a row it belongs to, and its year."""
    match = _YEARLY.fullmatch(column)
    assert match is not None
    return ("growth" if match[1] else "milestones"), int(match[2])


def _raw(given: dict[str, str], yearly: dict[str, tuple[str, int]]) -> dict[str, Any]:
    """The cells as a row of a YAML file would have them."""
    raw: dict[str, Any] = {column: cell for column, cell in given.items() if column in COLUMNS and column != "of"}
    for column, (key, year) in yearly.items():
        number = "percent" if key == "growth" else "value"
        raw.setdefault(key, []).append({"year": year, number: given[column]})
    return raw


def _column_of(where: Where, yearly: dict[str, tuple[str, int]]) -> Where:
    """The column that a path inside a row came from: ("growth", 1, "percent") is the second growth column."""
    if len(where) > 1 and where[0] in ("milestones", "growth"):
        columns = [column for column, (key, _) in yearly.items() if key == where[0]]
        return (columns[int(where[1])],)
    return where[:1]
