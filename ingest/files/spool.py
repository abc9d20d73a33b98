"""Sorting more lines than fit into memory: sorted runs in temporary files, merged when they are read."""

import heapq
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

RUN_LINES = 50_000


class Spool:
    """Lines put in in any order come out sorted. A context manager: its files are gone when it is left."""

    def __init__(self, run_lines: int = RUN_LINES) -> None:
        self._run_lines = run_lines
        self._lines: list[str] = []
        self._runs: list[IO[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for run in self._runs:
            run.close()

    def add(self, line: str) -> None:
        """Put a line in; it ends with its line feed and has no other."""
        self._lines.append(line)
        if len(self._lines) >= self._run_lines:
            self._write_run()

    def __iter__(self) -> Iterator[str]:
        for run in self._runs:
            run.seek(0)
        return heapq.merge(*self._runs, iter(sorted(self._lines)))

    def _write_run(self) -> None:
        run = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", prefix="planwatch-load-")  # noqa: SIM115 - closed in __exit__
        run.writelines(sorted(self._lines))
        self._runs.append(run)
        self._lines = []
