"""Files of messages, one JSON object a line (NDJSON): reports or registry records as they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import InvalidMessage
from planwatch.contract.registry import RegistryRecord, parse_record
from planwatch.contract.report import Report, parse_report
from planwatch.ingest.files.account import Account, RejectedRow, RowReason
from planwatch.ingest.files.readers import text_lines

M = TypeVar("M", Report, RegistryRecord)


@dataclass(frozen=True)
class LineLoading:
    """A file of messages, and the account that fills up while they are taken. Nothing is sorted or put together."""

    path: Path
    catalogue: Catalogue
    account: Account = field(default_factory=Account)

    def reports(self, tick: Callable[[int], None] = lambda _: None) -> Iterator[Report]:
        """All reports that keep the contract and fit the catalogue, in the order of the file."""
        for report in self._each(self._report, tick):
            self.account.figures += len(report.readings)
            for reading in report.readings:
                if reading.flag is not None:
                    self.account.mark(reading.indicator, reading.flag.value, reading.note or "")
            self.account.months.add(report.subject.id, report.span)
            yield report

    def records(self) -> Iterator[RegistryRecord]:
        """All registry records, in the order of the file."""
        yield from self._each(parse_record, lambda _: None)

    def _report(self, raw: bytes) -> Report:
        report = parse_report(raw)
        if faults := self.catalogue.faults(report):
            raise InvalidMessage(faults)
        return report

    def _each(self, parse: Callable[[bytes], M], tick: Callable[[int], None]) -> Iterator[M]:
        with text_lines(self.path) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                self.account.rows_read += 1
                tick(self.account.rows_read)
                try:
                    message = parse(line.encode())
                except InvalidMessage as error:
                    cells = {"line": line.rstrip("\r\n")}
                    self.account.reject(RejectedRow(number, RowReason.BREAKS_CONTRACT, str(error), cells))
                    continue
                self.account.rows_used += 1
                self.account.messages += 1
                yield message
