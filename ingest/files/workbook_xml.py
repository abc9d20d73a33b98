"""What a workbook's XML says of its cells and the reader of values does not: percents, errors, formulas never run.

An empty cell means «not reported». A formula that was never calculated looks just as empty, so it must be told apart.
"""

import re
import zipfile
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

_BUILT_IN_PERCENTS = {9, 10}
_QUOTED = re.compile(r'"[^"]*"|\\.')
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_LONGEST_NUMBER = 10**15
"""From here on a sheet, which counts in binary floats, has lost digits: such a number was a code."""


@dataclass(slots=True)
class CellNotes:
    """How far a sheet reaches, and the places (row and column from 0) of cells that are not what they look like."""

    rows: int = 0
    columns: int = 0
    percents: set[tuple[int, int]] = field(default_factory=set)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


def column_name(column: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name


def cell_notes(file: IO[bytes], sheet: str) -> CellNotes:
    """The notes of a sheet; ValueError, LookupError, ParseError, EOFError or BadZipFile where the XML is damaged."""
    with zipfile.ZipFile(file) as archive:
        reader = _Reader(_percent_styles(archive))
        with archive.open(_path_of(archive, sheet)) as xml:
            for event, element in ElementTree.iterparse(xml, ("start", "end")):
                reader.take(event, _local(element.tag), element)
        return reader.notes


class _Reader:
    """Follows the cells of a sheet; a row or cell that does not say where it stands follows the one before it."""

    def __init__(self, percents: set[int]) -> None:
        self.notes = CellNotes()
        self._percents = percents
        self._row = self._column = -1
        self._rows: ElementTree.Element | None = None

    def take(self, event: str, kind: str, element: ElementTree.Element) -> None:
        """Take one event of the parser in."""
        if event == "start" and kind == "sheetData":
            self._rows = element
        elif event == "start" and kind == "row":
            self._row, self._column = int(element.get("r", self._row + 2)) - 1, -1
        elif event == "end" and kind == "c":
            self._cell(element)
        elif event == "end" and kind == "row" and self._rows is not None:
            self._rows.clear()  # or a large sheet would stay in memory

    def _cell(self, cell: ElementTree.Element) -> None:
        written = cell.get("r")
        place = _place(written) if written is not None else (self._row, self._column + 1)
        self._row, self._column = place
        self.notes.rows, self.notes.columns = max(self.notes.rows, place[0] + 1), max(self.notes.columns, place[1] + 1)
        _note(cell, place, self._percents, self.notes)


def _note(cell: ElementTree.Element, place: tuple[int, int], percents: set[int], notes: CellNotes) -> None:
    parts = {_local(child.tag): child.text or "" for child in cell}
    value, kind = parts.get("v", ""), cell.get("t", "n")
    if kind == "e":
        notes.faults[place] = f"单元格是出错的公式 {value}；请改正公式，或填写数值"
    elif "f" in parts and not value and kind not in ("str", "inlineStr"):
        notes.faults[place] = "公式没有计算结果(文件未经 Excel/WPS 计算保存)；请打开文件重新保存，或粘贴为数值"
    elif kind == "n" and value:
        if abs(float(value)) >= _LONGEST_NUMBER:
            notes.faults[place] = "数字超过 15 位，表格软件已丢失末尾数字；代码请把单元格设为文本后重新填写"
        elif int(cell.get("s", "0")) in percents:
            notes.percents.add(place)


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Numbers of the cell styles that show a value as a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = set(_BUILT_IN_PERCENTS)
    for one in root.iter():
        if _local(one.tag) == "numFmt" and "%" in _QUOTED.sub("", one.get("formatCode", "")):
            formats.add(int(one.get("numFmtId", "-1")))
    styles = next((one for one in root.iter() if _local(one.tag) == "cellXfs"), None)
    return {i for i, one in enumerate(styles if styles is not None else ()) if int(one.get("numFmtId", "0")) in formats}


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the XML of a sheet stands in the archive."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    found = next(one for one in book.iter() if _local(one.tag) == "sheet" and one.get("name") == sheet)
    relation = next(value for key, value in found.attrib.items() if _local(key) == "id")
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(one.get("Target", "") for one in links if one.get("Id") == relation)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _place(reference: str) -> tuple[int, int]:
    found = _CELL.fullmatch(reference)
    if found is None:
        raise ValueError(f"cell {reference!r}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
