"""Files of messages, one JSON object a line (NDJSON): reports and registry records as they are."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import Fault, InvalidDocument, InvalidMessage
from planwatch.contract.received import received_record
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Report, parse_report
from planwatch.ingest.files.account import Account, RejectedRow, RowFault, RowReason
from planwatch.ingest.files.readers import opened

_MARK = b"\xef\xbb\xbf"
LONGEST_LINE = 8 << 20


@dataclass(frozen=True)
class LineLoading:
    """A file of messages, and the account that fills up while they are taken. Nothing is sorted or put together."""

    path: Path
    catalogue: Catalogue
    account: Account = field(default_factory=Account)

    def messages(self, tick: Callable[[int], None] = lambda _: None) -> Generator[Report | RegistryRecord, None, None]:
        """All messages that keep the contract and fit the catalogue, in the order of the file; blank lines are none."""
        for number, line in self._lines():
            if not line.strip():
                continue
            self.account.rows_read += 1
            tick(self.account.rows_read)
            try:
                message = self._message(line.rstrip(b"\r\n"))
            except (InvalidMessage, RowFault) as fault:
                if isinstance(fault, RowFault):
                    reason, why = fault.reason, fault.detail
                else:
                    reason, why = RowReason.BREAKS_CONTRACT, _said(fault.faults)
                cells = {"line": line.decode(errors="backslashreplace").rstrip("\r\n")}
                self.account.reject(RejectedRow(number, reason, why, cells))
                continue
            self.account.rows_used += 1
            self.account.messages += 1
            self._count(message)
            yield message

    def rows(self) -> int:
        """How many lines the file has that are not blank, for whoever shows how far a load is."""
        return sum(1 for _, line in self._lines() if line.strip())

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with opened(self.path) as file:
            number = 0
            while True:
                try:
                    line = file.readline(LONGEST_LINE)
                except (EOFError, OSError) as error:
                    text = f"cannot be read from here on: {error}"
                    raise InvalidDocument(str(self.path), ((number + 1, text),)) from error
                if not line:
                    return
                number += 1
                yield number, line.removeprefix(_MARK) if number == 1 else line

    def _message(self, line: bytes) -> Report | RegistryRecord:
        try:
            report = parse_report(line)
        except InvalidMessage:
            if _is_record(line):
                return received_record(line)
            raise
        if faults := self.catalogue.faults(report):
            raise RowFault(RowReason.UNFIT_INDICATOR, _said(faults))
        return report

    def _count(self, message: Report | RegistryRecord) -> None:
        if not isinstance(message, Report):
            return
        self.account.rows_without_revision += "revision" not in message.model_fields_set
        self.account.figures += len(message.readings)
        for reading in message.readings:
            if reading.flag is not None:
                self.account.mark(reading.indicator, reading.flag.value, reading.note or "")
        self.account.months.add(message.subject.id, message.span)


def _said(faults: Iterable[Fault]) -> str:
    return "; ".join(fault.in_both for fault in faults)


def _is_record(line: bytes) -> bool:
    """Whether a line that is no report was meant as a registry record."""
    try:
        body = json.loads(line)
    except ValueError:
        return False
    return isinstance(body, dict) and "kind" in body and "readings" not in body
