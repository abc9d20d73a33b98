"""Bytes to readings, registry records or a reasoned rejection. Pure: the same message at the same time reads the same.

A message without a value (a tombstone) takes nothing back: it carries no figure, no revision and no date, so doing
anything by it would be a guess. It is rejected with how to take a report back, or how to end an entry.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import Fault, InvalidMessage
from planwatch.contract.received import received_record, submitted_ahead
from planwatch.contract.registry import AnyRegistryRecord
from planwatch.contract.rejected import Rejected, RejectReason
from planwatch.contract.report import Flag, Report, SubjectKind, parse_report
from planwatch.ingest.message import RawMessage
from planwatch.ingest.reject import reject
from planwatch.ingest.topics import Topics

NOT_TAKEN_BACK = Fault(
    "message",
    "has no value: nothing was taken back. To take a report back, send it again with a higher revision and"
    ' "flag": "withdrawn" in each reading; to mend it, with a higher revision and the right figures',
    zh='报文没有内容，未撤回任何数；撤回报表请以更高修订号(revision)重发，每个指标标 "flag": "withdrawn"；'
    "更正则以更高修订号重发正确的数",
)
NOT_ENDED = Fault(
    "message",
    "has no value: nothing was ended. To end an entry, send its record again with a higher revision and valid_to,"
    " its last day",
    zh="报文没有内容，未终止任何名录；终止名录请以更高修订号(revision)重发该记录，并填写 valid_to(最后一日)",
)

_EXACT = Context(prec=64)  # 27 digits stated, times any factor: never rounded

Record = AnyRegistryRecord

ReadingRow = tuple[
    str, str, date, int, int, datetime, str, Decimal, str, Decimal, str | None, str | None, str
]  # fmt: skip
"""One statement, as stored: subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit,
amount (in the indicator's canonical unit), flag, note, source."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that fits: the readings of a report, or a registry record."""

    message: RawMessage
    readings: tuple[ReadingRow, ...] = ()
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that does not fit, and the reject that says why."""

    message: RawMessage
    rejected: Rejected


Outcome = Accepted | Refused


def record_key(record: Record) -> bytes:
    """The key of a registry record: kind and id."""
    return f"{record.kind}:{record.id}".encode()


class Decoder:
    """Decodes the messages of the topics ingest reads."""

    def __init__(self, topics: Topics, catalogue: Catalogue, service_version: str) -> None:
        self._topics, self._catalogue, self._version = topics, catalogue, service_version
        self._factors: dict[tuple[SubjectKind, str, str], Decimal] = {}

    def adopt(self, catalogue: Catalogue) -> None:
        """Decode by another catalogue from now on."""
        self._catalogue, self._factors = catalogue, {}

    def decode(self, message: RawMessage, now: datetime) -> Outcome:
        """What a message states, or every fault found in it; ``now`` is when it came, and when it would be rejected."""
        try:
            return self._record(message) if message.topic == self._topics.registry else self._report(message, now)
        except _Unfit as unfit:
            return Refused(message, reject(message, unfit.reason, unfit.faults, now=now, version=self._version))

    def refused(self, message: RawMessage, why: str, now: datetime) -> Refused:
        """A message that fits the contract but that the database would not take."""
        faults = (Fault("message", f"the database refuses its content: {why}"),)
        reason = RejectReason.REFUSED_BY_DATABASE
        return Refused(message, reject(message, reason, faults, now=now, version=self._version))

    def _report(self, message: RawMessage, now: datetime) -> Accepted:
        try:
            report = parse_report(_value(message, NOT_TAKEN_BACK))
        except InvalidMessage as error:
            raise _Unfit(_why_invalid(message.value), error.faults) from error
        if ahead := submitted_ahead(report, now):
            raise _Unfit(RejectReason.BREAKS_CONTRACT, ahead)
        faults = self._faults(report)
        key = _key_fault(message.key, report.key)
        if faults or key:
            raise _Unfit(_why_unfit(faults), (*faults, *key))
        return Accepted(message, self._rows(report))

    def _record(self, message: RawMessage) -> Accepted:
        try:
            record = received_record(_value(message, NOT_ENDED))
        except InvalidMessage as error:
            raise _Unfit(_why_invalid(message.value), error.faults) from error
        if key := _key_fault(message.key, record_key(record)):
            raise _Unfit(RejectReason.WRONG_KEY, key)
        return Accepted(message, record=record)

    def _faults(self, report: Report) -> tuple[Fault, ...]:
        """What does not fit the catalogue, which is asked once for each kind of subject, indicator and unit."""
        kind = report.subject.kind
        if all((kind, reading.indicator, reading.unit) in self._factors for reading in report.readings):
            return ()
        faults = self._catalogue.faults(report)
        if not faults:
            for reading in report.readings:
                one = reading.model_copy(update={"value": Decimal(1)})
                self._factors[kind, reading.indicator, reading.unit] = self._catalogue.amount(one)
        return faults

    def _rows(self, report: Report) -> tuple[ReadingRow, ...]:
        kind, span, subject, source = report.subject.kind, report.span, str(report.subject), report.source.value
        start, months, revision, at = span.start, span.months, report.revision, report.submitted_at
        report_id, factors = report.report_id, self._factors
        rows = []
        for reading in report.readings:
            indicator, value, unit, flag, note = reading.indicator, reading.value, reading.unit, None, reading.note
            if value < 0 and (why := self._catalogue.why_held(reading)):
                flag, note = Flag.HELD.value, f"{why}; {note}" if note else why
            elif reading.flag is not None:
                flag = reading.flag.value
            amount = _EXACT.multiply(value, factors[kind, indicator, unit])
            rows.append(
                (subject, indicator, start, months, revision, at, report_id, value, unit, amount, flag, note, source)
            )
        return tuple(rows)


class _Unfit(Exception):
    """A message is to be rejected, for these faults."""

    def __init__(self, reason: RejectReason, faults: tuple[Fault, ...]) -> None:
        self.reason, self.faults = reason, faults
        super().__init__(reason)


def _value(message: RawMessage, empty: Fault) -> bytes:
    if message.value is None:
        raise _Unfit(RejectReason.EMPTY, (empty,))
    return message.value


def _why_invalid(value: bytes | None) -> RejectReason:
    try:
        json.loads(value or b"")
    except (ValueError, RecursionError):
        return RejectReason.NOT_JSON
    return RejectReason.BREAKS_CONTRACT


def _why_unfit(faults: tuple[Fault, ...]) -> RejectReason:
    """The gravest of the reasons that apply; the faults say all of them."""
    if any(fault.path.endswith(".indicator") for fault in faults):
        return RejectReason.UNKNOWN_INDICATOR
    return RejectReason.UNFIT_UNIT if faults else RejectReason.WRONG_KEY


def _key_fault(key: bytes | None, wanted: bytes) -> tuple[Fault, ...]:
    """A wrong key would take a subject's reports to different partitions, and with them out of their order."""
    if key == wanted:
        return ()
    given = "no key" if key is None else repr(key)[:120]
    return (Fault("key", f"must be {wanted.decode()}, the subject of the message", given),)
