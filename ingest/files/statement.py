"""What one row states: who, when, and the parts of readings; and its form as a line of the spool."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from planwatch.contract.report import Flag
from planwatch.ingest.files.figures import Stated


class Head(NamedTuple):
    """All of a report but its readings."""

    report_id: str
    kind: str
    subject: str
    period: str
    cumulative: bool
    revision: int
    submitted_at: str
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """One figure for an indicator. ``part`` tells parts of a sum apart (a fuel, a day); it is empty for a whole one."""

    indicator: str
    unit: str
    stated: Stated
    part: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One row's head and parts, with the row itself."""

    head: Head
    parts: tuple[Part, ...]
    number: int
    cells: dict[str, str]

    @property
    def content(self) -> str:
        """What it says, as text that sorts: two rows that say the same have the same content."""
        return json.dumps(
            [
                self.head,
                [
                    [p.indicator, p.unit, _text(p.stated.value), p.stated.flag, p.stated.notes, p.part]
                    for p in self.parts
                ],
            ],
            ensure_ascii=False,
        )

    def to_line(self) -> str:
        """One line of the spool, which sorts by report id, then content, then row."""
        row = json.dumps(self.cells, ensure_ascii=False)
        return f"{json.dumps(self.head.report_id)}\t{self.content}\t{self.number:012}\t{row}\n"

    @classmethod
    def from_line(cls, line: str) -> "Statement":
        """Read a line of the spool."""
        _, content, number, cells = line.rstrip("\n").split("\t")
        head, parts = json.loads(content)
        return cls(Head(*head), tuple(map(_part, parts)), int(number), json.loads(cells))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _part(written: tuple[str, str, str | None, str | None, list[str], str]) -> Part:
    indicator, unit, value, flag, notes, part = written
    stated = Stated(None if value is None else Decimal(value), Flag(flag) if flag else None, tuple(notes))
    return Part(indicator, unit, stated, part)
