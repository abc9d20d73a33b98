"""Workbooks to rows of text: which sheet, merged cells, percents, and cells that cannot be believed."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from planwatch.contract.errors import InvalidDocument
from planwatch.ingest.files.header import Header, NoHeader, Numbered, found_header
from planwatch.ingest.files.workbook_xml import CellNotes, cell_notes, column_name

_MOST_CELLS = 20_000_000
"""How far a sheet may reach, in cells; its reader takes about 32 bytes for each, filled or not."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its header, and what is known of its cells by row number and column (both as in the file)."""

    name: str
    header: Header
    faults: dict[tuple[int, int], str]
    merged: dict[tuple[int, int], str]
    unread: tuple[str, ...] = ()


def read_sheet(path: Path, sheet: str | None, wanted: Sequence[str]) -> Sheet:
    """The sheet named, or the only visible one whose header has all columns wanted. Raises InvalidDocument.

    Without a name and without wanted columns it is the first.
    """
    try:
        book = _Book(path)
        name = sheet if sheet is not None else _chosen(book, wanted)
        if name not in book.names:
            raise book.unusable(f"has no sheet {name!r}; sheets: {', '.join(book.names)} — 没有这个工作表")
        others = (other for other in book.names if other != name and book.is_filled(other))
        unread = tuple(other if other in book.visible else f"{other}(隐藏)" for other in others)
        return _read(book, name, wanted, unread)
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile) as error:
        why = f"cannot be read as a workbook: {error} — 不是完好的 xlsx 文件"
        raise InvalidDocument(str(path), ((None, why),)) from error
    except NoHeader as error:
        raise InvalidDocument(str(path), ((error.number, error.why),)) from error


class _Book:
    """A workbook whose sheets are looked at before they are read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._book = python_calamine.load_workbook(str(path))
        sheets = [one for one in self._book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        self.names = [str(one.name) for one in sheets]
        self.visible = [str(one.name) for one in sheets if one.visible is SheetVisibleEnum.Visible]
        self._notes: dict[str, CellNotes] = {}
        if not self.names:
            raise self.unusable("holds no sheet — 文件中没有工作表")

    def unusable(self, why: str) -> InvalidDocument:
        """What is raised where the file cannot be used."""
        return InvalidDocument(str(self.path), ((None, why),))

    def notes(self, name: str) -> CellNotes:
        """What the XML says of a sheet's cells."""
        if name not in self._notes:
            try:
                with self.path.open("rb") as file:
                    self._notes[name] = cell_notes(file, name)
            except (
                ValueError,
                LookupError,
                StopIteration,
                EOFError,
                ParseError,
                NotImplementedError,
                zlib.error,
            ) as error:
                why = f"cannot be read as a workbook: {error!r} — 文件内部结构不合规范；请用 Excel/WPS 另存为 xlsx"
                raise self.unusable(why) from error
        return self._notes[name]

    def sheet(self, name: str) -> Any:
        """A sheet. Its reader holds every cell up to the last one, so a stray cell far away could take all memory."""
        notes = self.notes(name)
        if notes.rows * notes.columns > _MOST_CELLS:
            last = f"{column_name(notes.columns - 1)}{notes.rows}"
            raise self.unusable(
                f"too large a sheet: 工作表「{name}」的内容一直延伸到 {last}，"
                "多半是远处有误填的单元格；请删去多余的行和列，或改用 CSV"
            )
        return self._book.get_sheet_by_name(name)

    def rows(self, name: str) -> Iterator[Numbered]:
        """The cells of a sheet as text."""
        return ((i, [cell_text(cell) for cell in cells]) for i, cells in enumerate(self.sheet(name).iter_rows(), 1))

    def is_filled(self, name: str) -> bool:
        """Whether there is anything in a sheet."""
        return any(any(cells) for _, cells in self.rows(name))


def _chosen(book: _Book, wanted: Sequence[str]) -> str:
    if not wanted:
        return book.names[0]
    fitting = [name for name in book.names if _fits(book, name, wanted)]
    seen = [name for name in fitting if name in book.visible]
    if len(seen) == 1:
        return seen[0]
    if seen:
        why = f"工作表 {'、'.join(seen)} 都有所需的列，无法确定读哪一个；请在映射文件写 sheet: 名称，或删去多余的工作表"
        raise book.unusable(f"several sheets fit: {why}")
    if fitting:
        why = f"数据在隐藏的工作表 {'、'.join(fitting)} 中；若确要读它，请取消隐藏，或在映射文件写 sheet: 名称"
        raise book.unusable(f"only a hidden sheet fits: {why}")
    filled = [name for name in book.visible if book.is_filled(name)]
    return (filled or book.names)[0]


def _fits(book: _Book, name: str, wanted: Sequence[str]) -> bool:
    try:
        return found_header(_not_blank(book.rows(name)), wanted).complete
    except NoHeader:
        return False


def _read(book: _Book, name: str, wanted: Sequence[str], unread: tuple[str, ...]) -> Sheet:
    sheet, notes = book.sheet(name), book.notes(name)
    merged = _Merged(sheet.merged_cell_ranges or [], notes)
    header = found_header(_not_blank(merged.filled(_texts(sheet, notes))), wanted)
    faults = {(row + 1, column): why for (row, column), why in notes.faults.items()} | merged.across(header.number)
    return Sheet(name, header, faults, merged.down, unread)


def _texts(sheet: Any, notes: CellNotes) -> Iterator[Numbered]:
    for number, cells in enumerate(sheet.iter_rows()):
        texts = [cell_text(cell) for cell in cells]
        for column, text in enumerate(texts):
            if (number, column) in notes.percents:
                texts[column] = f"{(Decimal(text) * 100).normalize():f}%"
        yield number + 1, texts


class _Merged:
    """Merged cells: one that spans rows says the same for each of them, one that spans columns says it for none."""

    def __init__(self, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], notes: CellNotes) -> None:
        self.down: dict[tuple[int, int], str] = {}
        self._across: dict[tuple[int, int], str] = {}
        self._from: dict[tuple[int, int], tuple[int, int]] = {}
        for (top, left), (bottom, right) in ranges:
            said = f"{column_name(left)}{top + 1}:{column_name(right)}{bottom + 1}"
            for row in range(top, min(bottom + 1, notes.rows)):
                for column in range(left, min(right + 1, notes.columns)):
                    (self._across if right > left else self.down)[row + 1, column] = said
                if right == left:
                    self._from[row + 1, left] = (top + 1, left)

    def filled(self, rows: Iterator[Numbered]) -> Iterator[Numbered]:
        """The rows, with what a merged cell says in each row it spans."""
        said: dict[tuple[int, int], str] = {}
        for number, cells in rows:
            for column in range(len(cells)):
                if (origin := self._from.get((number, column))) is not None:
                    cells[column] = said.setdefault(origin, cells[column])
            yield number, cells

    def across(self, header: int) -> dict[tuple[int, int], str]:
        """Faults of cells below the header that span columns."""
        return {
            place: f"合并单元格 {said} 横跨几列，无法确定属于哪一列；请取消合并后分别填写"
            for place, said in self._across.items()
            if place[0] > header
        }


def _not_blank(rows: Iterator[Numbered]) -> Iterator[Numbered]:
    return ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))


def cell_text(cell: Any) -> str:
    """A sheet's cell as text: numbers as the sheet shows them (15 significant digits), dates as YYYY-MM-DD."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(f"{cell:.15g}"), "f")
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
