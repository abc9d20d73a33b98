"""Rows of a registry table to registry records."""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from planwatch.contract.errors import InvalidDocument, InvalidMessage
from planwatch.contract.mapping import Mapping, RegistryRows
from planwatch.contract.registry import RegionRecord, RegistryRecord, parse_record
from planwatch.ingest.files.account import Account, RejectedRow, RowFault, RowReason
from planwatch.ingest.files.opening import opened_rows
from planwatch.ingest.files.origins import text_of, yes_or_no
from planwatch.ingest.files.readers import Row
from planwatch.ingest.files.rows import kept_rows
from planwatch.ingest.files.spool import RUN_LINES, Spool


@dataclass(frozen=True)
class RecordLoading:
    """A registry table, its mapping, and the account that fills up while records are taken."""

    path: Path
    mapping: Mapping
    account: Account = field(default_factory=Account)
    run_lines: int = RUN_LINES

    def records(self, tick: Callable[[int], None] = lambda _: None) -> Generator[RegistryRecord, None, None]:
        """The regions of the mapping, then all records of the file, sorted by id and day of validity.

        Rows that say the same count once; of rows that differ the first in the file stands and the others are rejected.
        """
        meant = self.mapping.registry
        if meant is None:
            raise InvalidDocument(str(self.path), ((None, f"mapping {self.mapping.id} makes reports"),))
        yield from _regions(meant)
        with Spool(self.run_lines) as spool:
            self._read(spool, meant, tick)
            for _, group in groupby(iter(spool), key=lambda line: line.partition("\t")[0]):
                yield self._one_of(list(group))

    def _read(self, spool: Spool, meant: RegistryRows, tick: Callable[[int], None]) -> None:
        with opened_rows(self.path, self.mapping, self.account) as rows:
            for row in kept_rows(self.mapping, rows, self.account):
                try:
                    record = _record(self.mapping, meant, row)
                except RowFault as fault:
                    self.account.reject(RejectedRow(row.number, fault.reason, fault.detail, row.cells))
                    continue
                key = f"{record.id} {record.valid_from}"
                cells = json.dumps(row.cells, ensure_ascii=False)
                spool.add(f"{key}\t{row.number:012}\t{record.model_dump_json(exclude_none=True)}\t{cells}\n")
                tick(self.account.rows_read)

    def _one_of(self, lines: list[str]) -> RegistryRecord:
        rows = [line.rstrip("\n").split("\t") for line in lines]
        _, first, stands, _ = rows[0]
        for _, number, record, cells in rows[1:]:
            if record == stands:
                self.account.rows_identical += 1
            else:
                detail = f"row {int(first)} states the same record otherwise"
                self.account.reject(RejectedRow(int(number), RowReason.CONFLICT, detail, json.loads(cells)))
        self.account.rows_used += 1
        self.account.messages += 1
        return parse_record(stands.encode())


def _regions(meant: RegistryRows) -> Iterator[RegionRecord]:
    for region in meant.regions:
        yield RegionRecord.model_validate_json(json.dumps({**region.model_dump(), "standard": "local"}))


def _record(mapping: Mapping, meant: RegistryRows, row: Row) -> RegistryRecord:
    body: dict[str, object] = {"kind": meant.record.value} if meant.record else {}
    for name, origin in meant.fields.items():
        text = text_of(origin, row.cells, mapping.missing)
        if text:
            body[name] = yes_or_no(text) if name == "two_high" else int(text) if name == "revision" else text
    try:
        return parse_record(json.dumps(body, ensure_ascii=False).encode())
    except InvalidMessage as error:
        why = "; ".join(fault.in_both for fault in error.faults)
        raise RowFault(RowReason.BREAKS_CONTRACT, why) from error
