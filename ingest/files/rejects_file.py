"""The file of rejected rows: what is wrong, what to do, and the row's own cells, to be mended and loaded again."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from planwatch.ingest.files.account import RejectedRow

OURS = ("rejected_file", "rejected_row", "rejected_reason", "rejected_detail", "what_to_do", "other_cells")


class RejectsFile:
    """A CSV file with a mark that lets Excel see it is UTF-8. A context manager; an old file is overwritten.

    The columns of the first rejected row follow ours, so that a mended file loads with the same mapping. Cells of
    files with other columns stand in ``other_cells`` as JSON.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._columns: tuple[str, ...] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._columns is None:
            self._writer.writerow(OURS)
        self._file.close()

    def of(self, path: Path) -> Callable[[RejectedRow], None]:
        """What writes the rejected rows of one file."""

        def write(row: RejectedRow) -> None:
            self._write(path, row)

        return write

    def _write(self, path: Path, row: RejectedRow) -> None:
        if self._columns is None:
            self._columns = tuple(column for column in row.cells if column not in OURS)
            self._writer.writerow((*OURS, *self._columns))
        others = {column: cell for column, cell in row.cells.items() if column not in (*self._columns, *OURS)}
        other_cells = json.dumps(others, ensure_ascii=False) if others else ""
        ours = (path.name, row.number, row.reason.value, row.detail, row.advice, other_cells)
        self._writer.writerow((*ours, *(row.cells.get(column, "") for column in self._columns)))
