"""Statements to reports: rows of one report id are put together, identical ones once, conflicting ones side by side."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from planwatch.contract.mapping import Outcome, ReportRows
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import Account, RejectedRow, RowReason
from planwatch.ingest.files.figures import Stated
from planwatch.ingest.files.figures import total as sum_of
from planwatch.ingest.files.statement import Head, Part, Statement

_NOTE_LIMIT = 500
Figure = dict[str, str]
"""A reading as it travels."""


@dataclass(slots=True)
class Version:
    """One statement of a report: its head, the parts with the rows they came from, and all those rows."""

    head: Head
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    origin: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: list[Statement] = field(default_factory=list)

    def add(self, row: Statement) -> None:
        """Take a row's parts in."""
        self.rows.append(row)
        for part in row.parts:
            key = (part.indicator, part.part)
            self.parts[key] = part
            self.origin[key] = row.number

    def clash(self, row: Statement) -> Part | None:
        """The first part of the row that this version states differently."""
        for part in row.parts:
            mine = self.parts.get((part.indicator, part.part))
            if mine is not None and mine != part:
                return mine
        return None

    def has(self, row: Statement) -> bool:
        """Whether it already states all of the row."""
        return all(self.parts.get((part.indicator, part.part)) == part for part in row.parts)


def versions(lines: Iterable[str], meant: ReportRows, account: Account) -> Iterator[list[Version]]:
    """The versions of each report id, in the order of ids; more than one where rows conflict.

    The order of rows in the file does not matter: lines come sorted by what they say.
    """
    for _, group in groupby(lines, key=lambda line: line.partition("\t")[0]):
        found: list[Version] = []
        for row in map(Statement.from_line, group):
            _place(found, row, meant, account)
        yield found


def _place(found: list[Version], row: Statement, meant: ReportRows, account: Account) -> None:
    stated = any(part.stated.value is not None for part in row.parts)
    same_head = [version for version in found if version.head == row.head]
    if any(version.has(row) for version in same_head):
        account.rows_identical += stated
        return
    for version in same_head:
        clash = version.clash(row)
        if clash is None and meant.long is not None:
            version.add(row)
            return
        if clash is not None and clash.part:
            # Half a sum is no second statement: the row is handed back instead.
            other = version.origin[clash.indicator, clash.part]
            detail = f"row {other} states another {clash.indicator} for {clash.part}"
            if stated:
                account.reject(RejectedRow(row.number, RowReason.CONFLICT, detail, row.cells))
            return
    version = Version(row.head)
    version.add(row)
    found.append(version)


def readings(version: Version, meant: ReportRows) -> dict[str, Figure]:
    """The readings of a version by indicator: parts of a sum added up, marks and notes with them."""
    by_indicator: dict[str, list[Part]] = {}
    for part in version.parts.values():
        by_indicator.setdefault(part.indicator, []).append(part)
    made = {indicator: _reading(parts, version.head, meant) for indicator, parts in by_indicator.items()}
    return {indicator: figure for indicator, figure in made.items() if figure is not None}


def _reading(parts: list[Part], head: Head, meant: ReportRows) -> Figure | None:
    stated = [part for part in parts if part.stated.value is not None]
    if not stated:
        return None
    total = stated[0].stated if len(parts) == 1 and not parts[0].part else _sum(parts, stated)
    if meant.aggregate:
        total = _complete(total, parts, stated, head, meant.incomplete)
    return figure_of(stated[0].indicator, stated[0].unit, total)


def _sum(parts: list[Part], stated: list[Part]) -> Stated:
    """The sum of the parts that are stated; a part that is named but missing makes it suspect."""
    total = Stated(sum_of(part.stated.value or Decimal(0) for part in stated))
    absent = sorted(part.part for part in parts if part.stated.value is None)
    if absent:
        total = total.marked(Flag.SUSPECT, f"without {', '.join(absent)}: not reported")
    for part in stated:
        if part.stated.flag is not None:
            total = total.marked(part.stated.flag, f"{part.part}: {'; '.join(part.stated.notes)}")
    return total


def _complete(total: Stated, parts: list[Part], stated: list[Part], head: Head, incomplete: Outcome) -> Stated:
    """The sum of a month with the number of days it was made of; marked where days are missing."""
    year, month = map(int, head.period.split("-"))
    due, there = monthrange(year, month)[1], len({part.part.partition("|")[0] for part in stated})
    note = f"sum of {there} of {due} days"
    if there == due:
        return Stated(total.value, total.flag, (note, *total.notes))
    flag = Flag.HELD if incomplete is Outcome.HOLD else Flag.SUSPECT
    return total.marked(flag, note) if incomplete is not Outcome.ACCEPT else Stated(total.value, total.flag, (note,))


def figure_of(indicator: str, unit: str, stated: Stated) -> Figure:
    """A reading as it travels; a long note is cut with a sign that it was."""
    figure = {"indicator": indicator, "value": format(stated.value or Decimal(0), "f"), "unit": unit}
    if stated.flag:
        figure["flag"] = stated.flag.value
    note = "; ".join(stated.notes)
    if note:
        figure["note"] = note if len(note) <= _NOTE_LIMIT else note[: _NOTE_LIMIT - 1] + "…"
    return figure
