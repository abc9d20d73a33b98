"""One file to messages: the rows are read and sorted first, then come out as reports or records, each row accounted."""

import json
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import InvalidDocument, InvalidMessage
from planwatch.contract.mapping import Mapping, ReportRows
from planwatch.contract.report import REPORT_SCHEMA, Flag, Report, parse_report
from planwatch.ingest.files.account import Account, RejectedRow, RowReason
from planwatch.ingest.files.gather import Figure, Version, readings, versions
from planwatch.ingest.files.opening import opened_rows
from planwatch.ingest.files.rows import fit_of, statements
from planwatch.ingest.files.spool import RUN_LINES, Spool

_NUMBERS = re.compile(r"\d+")
Ticker = Callable[[int], None]
"""Told how many rows were read so far."""


@dataclass(frozen=True)
class Loading:
    """A file, its mapping, and the account that fills up while reports are taken from ``reports``."""

    path: Path
    mapping: Mapping
    catalogue: Catalogue
    account: Account = field(default_factory=Account)
    run_lines: int = RUN_LINES

    def reports(self, tick: Ticker = lambda _: None) -> Generator[Report, None, None]:
        """All reports of the file, sorted by report id. The account is complete when the iterator is exhausted.

        Raises InvalidDocument where the file cannot be read or lacks a column of the mapping.
        """
        meant = self.mapping.reports
        if meant is None:
            raise InvalidDocument(str(self.path), ((None, f"mapping {self.mapping.id} makes registry records"),))
        with Spool(self.run_lines) as spool:
            self._read(spool, tick)
            for found in versions(iter(spool), meant, self.account):
                yield from self._made(found, meant)

    def _read(self, spool: Spool, tick: Ticker) -> None:
        with opened_rows(self.path, self.mapping, self.account, self.catalogue) as rows:
            for statement in statements(self.mapping, rows, fit_of(self.catalogue), self.account):
                spool.add(statement.to_line())
                tick(self.account.rows_read)

    def _made(self, found: list[Version], meant: ReportRows) -> Iterator[Report]:
        stated = [(version, figures) for version in found if (figures := readings(version, meant))]
        rows = [", ".join(str(row.number) for row in version.rows[:3]) for version, _ in stated]
        if len(stated) > 1:
            self.account.conflict(f"{stated[0][0].head.report_id}: rows {' against '.join(rows)}")
            _mark_conflicts([figures for _, figures in stated], rows)
        for i, (version, figures) in enumerate(stated):
            report = self._report(version, figures, f"-c{i + 1}" if i else "")
            if report is not None:
                yield report

    def _report(self, version: Version, figures: dict[str, Figure], suffix: str) -> Report | None:
        used = [row for row in version.rows if any(part.stated.value is not None for part in row.parts)]
        try:
            report = parse_report(_body(version, figures, suffix))
        except InvalidMessage as error:
            for row in used:
                self.account.reject(RejectedRow(row.number, RowReason.BREAKS_CONTRACT, str(error), row.cells))
            return None
        self.account.rows_used += len(used)
        self.account.messages += 1
        self.account.figures += len(figures)
        for reading in report.readings:
            if reading.flag is not None:
                self.account.mark(reading.indicator, reading.flag.value, _kind_of_note(reading.note))
        self.account.months.add(report.subject.id, report.span)
        return report


def _body(version: Version, figures: dict[str, Figure], suffix: str) -> bytes:
    head = version.head
    body = {
        "schema": REPORT_SCHEMA,
        "report_id": head.report_id + suffix,
        "subject": {"kind": head.kind, "id": head.subject},
        "period": head.period,
        "cumulative": head.cumulative,
        "revision": head.revision,
        "submitted_at": head.submitted_at,
        "source": head.source,
        "readings": list(figures.values()),
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _mark_conflicts(stated: list[dict[str, Figure]], rows: list[str]) -> None:
    """Two statements of one report id cannot both be right: figures in which they differ are suspect in each."""
    for i, figures in enumerate(stated):
        for indicator, figure in figures.items():
            others = [
                rows[j]
                for j, other in enumerate(stated)
                if j != i and other.get(indicator, {}).get("value") != figure["value"]
            ]
            if others:
                figure.setdefault("flag", Flag.SUSPECT.value)
                note = f"row {rows[i]} conflicts with row {', '.join(others)} of the same report id; both are kept"
                figure["note"] = "; ".join([note, *([figure["note"]] if "note" in figure else [])])[:500]


def _kind_of_note(note: str | None) -> str:
    """The first reason of a note without its numbers, so that like can be counted with like."""
    return _NUMBERS.sub("#", (note or "").partition(";")[0])
