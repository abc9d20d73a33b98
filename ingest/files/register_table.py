"""A register table read whole: its records with their rows, and every fault with row and column."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.strict import read_strict
from planwatch.ingest.files.readers import Row, table
from planwatch.ingest.files.register_cells import CellFault, Column
from planwatch.ingest.files.register_kinds import Kind, Records
from planwatch.ingest.files.register_template import SAYS

LETTERS = 26


@dataclass(frozen=True, slots=True, order=True)
class RegisterFault:
    """One thing wrong with a table: the row, the column as Excel counts it (0 for the whole row), and what to mend."""

    row: int
    number: int
    header: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.row} 行" + (f" {letter(self.number)} 列「{self.header}」" if self.number else "")
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a table with the row it stands in."""

    row: int
    record: Any


@dataclass(slots=True)
class RegisterTable:
    """What became of a table: entries in the order of the file, faults, and how many rows were read or repeated.

    ``bodies`` are the cells of all rows that could be read, those of faulty rows too, so that all faults are found.
    """

    kind: Kind
    headers: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    bodies: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[RegisterFault] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0

    def fault(self, row: int, path: str, message: str) -> None:
        """Note a fault at the column that fills a field, or at the whole row where no column does."""
        number, header = self._place(path)
        self.faults.append(RegisterFault(row, number, header, message))

    def _place(self, path: str) -> tuple[int, str]:
        """The column of a field: of the longest path that begins it, else of another part of the same whole."""
        found, longest = (0, ""), 0
        whole = path.rpartition(".")[0]
        for number, header in enumerate(self.headers, 1):
            column = self.kind.column(header)
            mine = column.path if column else ""
            inside = path == mine or path.startswith(f"{mine}.") or mine.startswith(f"{path}.")
            beside = bool(whole) and mine.startswith(f"{whole}.")
            fits = len(mine) + 1 if mine and inside else int(beside)
            if fits > longest:
                found, longest = (number, header), fits
        return found


def read_register(path: Path, kind: Kind, tick: Callable[[int], None] = lambda _: None) -> RegisterTable:
    """Read a table of a kind from CSV or XLSX, to its end. Raises InvalidDocument only where it is no table at all."""
    found = RegisterTable(kind)
    with table(path) as opened:
        found.headers = opened.columns
        columns = _columns(found)
        for row in opened.rows:
            if _is_left_out(row):
                continue
            found.rows += 1
            tick(found.rows)
            _read_row(found, columns, row)
    if not found.rows and not found.faults:
        raise InvalidDocument(str(path), ((None, f"没有数据行:在表头{SAYS}行下面逐行填写{kind.zh}"),))
    _drop_repeated(found)
    return found


def letter(number: int) -> str:
    """A column as Excel names it: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def _columns(found: RegisterTable) -> dict[str, Column]:
    """The columns by header; unknown, repeated and missing ones are faults of the header row."""
    columns: dict[str, Column] = {}
    for number, header in enumerate(found.headers, 1):
        column = found.kind.column(header)
        if column is None:
            known = "、".join(one.zh for one in found.kind.columns)
            found.faults.append(RegisterFault(1, number, header, f"没有这一列;{found.kind.zh}的列有:{known}"))
        elif column in columns.values():
            found.faults.append(RegisterFault(1, number, header, f"与另一列同为「{column.zh}」,请只留一列"))
        else:
            columns[header] = column
    for column in found.kind.columns:
        if column.required and column not in columns.values():
            found.faults.append(RegisterFault(1, 0, "", f"缺少必填的列「{column.zh}」"))
    return columns


def _is_left_out(row: Row) -> bool:
    """Whether a row is empty, or explains the columns."""
    cells = [cell.strip() for cell in row.cells.values() if cell.strip()]
    return not cells or cells[0].startswith(SAYS)


def _read_row(found: RegisterTable, columns: dict[str, Column], row: Row) -> None:
    if row.broken:
        found.faults.append(RegisterFault(row.number, 0, "", f"格数与表头不符: {row.broken}"))
        return
    body: dict[str, Any] = {}
    sound = True
    for header, column in columns.items():
        text = row.cells[header].strip()
        if not text:
            if column.required:
                found.fault(row.number, column.path, "必填,不能为空")
                sound = False
            continue
        try:
            _put(body, column.path.split("."), column.read(text))
        except CellFault as fault:
            found.fault(row.number, column.path, str(fault))
            sound = False
    body = {**found.kind.filled(body), **body}
    found.bodies.append((row.number, body))
    _hold(found, row.number, body, sound=sound)


def _put(body: dict[str, Any], path: Sequence[str], value: object) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _hold(found: RegisterTable, row: int, body: dict[str, Any], *, sound: bool) -> None:
    """Hold a row against its model; of a row with faulty cells only what the model finds in the others is said."""
    record = read_strict(body, found.kind.model)
    if not isinstance(record, tuple):
        if sound:
            found.entries.append(Entry(row, record))
        return
    said = {(one.row, one.number) for one in found.faults}
    for fault in record:
        path = ".".join(str(part) for part in fault.where if isinstance(part, str))
        if (row, found._place(path)[0]) not in said:
            found.fault(row, path, fault.message)


def _drop_repeated(found: RegisterTable) -> None:
    """Rows that say the same count once; of rows that state one record differently all but the first are faults."""
    first: dict[tuple[str, object], Entry] = {}
    kept: list[Entry] = []
    for entry in found.entries:
        key = entry.record.id, entry.record.valid_from
        before = first.setdefault(key, entry)
        if before is entry:
            kept.append(entry)
        elif before.record == entry.record:
            found.repeated += 1
        else:
            message = f"编号 {key[0]} 自 {key[1]} 的记录与第 {before.row} 行不同;请只留一条"
            found.fault(entry.row, "id", message)
    found.entries = kept


def records_of(found: RegisterTable) -> Iterator[tuple[int, Records]]:
    """The registry records of a table with their rows."""
    for entry in found.entries:
        yield entry.row, entry.record
