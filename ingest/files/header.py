"""Where a table begins: the row that names the columns somebody wants to read, and what stands above it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

LOOK_AT = 50
"""How many rows are looked through for the header."""
Numbered = tuple[int, list[str]]
"""Row number and cells."""


class NoHeader(Exception):
    """The rows have no usable header; where, and why."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, the row they stand in, the rows above, and the rows below, still to be read."""

    columns: tuple[str, ...]
    number: int
    above: tuple[Numbered, ...]
    below: Iterator[Numbered]
    complete: bool


def found_header(rows: Iterator[Numbered], wanted: Sequence[str]) -> Header:
    """The first row that names all columns wanted; else the one that names most of them; else the first.

    ``rows`` are without blank ones. Raises NoHeader where there is none, or where it names a column twice.
    """
    first = list(islice(rows, LOOK_AT if wanted else 1))
    if not first:
        raise NoHeader(1, "is empty: the first row must name the columns — 文件是空的；第一行应为列名")
    names = [_columns(cells, wanted) for _, cells in first]
    hits = [len(set(wanted) & set(columns)) for columns in names]
    best = hits.index(max(hits))
    columns, number = names[best], first[best][0]
    if not columns:
        raise NoHeader(number, "is empty: the first row must name the columns — 表头是空的")
    if twice := sorted(name for name, times in Counter(columns).items() if times > 1):
        said = ", ".join(twice)
        raise NoHeader(number, f"columns must have different names; twice: {said} — 列名重复，无法分辨用哪一列：{said}")
    complete = hits[best] == len(set(wanted))
    return Header(columns, number, tuple(first[:best]), chain(first[best + 1 :], rows), complete)


def _columns(cells: list[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Column names; one that differs from a wanted one only in blanks and width of signs is that one."""
    ours = {_bare(name): name for name in wanted}
    columns = [ours.get(_bare(cell), cell.strip()) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    return tuple(name or f"(第{i}列)" for i, name in enumerate(columns, 1))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
