"""One message checked as ingest will check it, so that what is accepted here is not rejected there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from planwatch.api.bodies import Part
from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import Fault, InvalidMessage
from planwatch.contract.received import received_record, submitted_ahead
from planwatch.contract.registry import AnyRegistryRecord, entry_name
from planwatch.contract.rejected import RejectReason
from planwatch.contract.report import Report, parse_report

Record = AnyRegistryRecord
_NUL = Fault("message", "holds a NUL character, which no database takes", zh="文本中含 NUL 字符，数据库不接受；请删去")


@dataclass(frozen=True, slots=True)
class Sound:
    """A message that keeps the contract: what it says, and the bytes and the key it travels with."""

    part: Part
    message: Report | Record
    key: bytes
    value: bytes

    @property
    def subject(self) -> str:
        """Whom it is about, e.g. unit:91…"""
        return str(self.message.subject if isinstance(self.message, Report) else entry_name(self.message))

    @property
    def report_id(self) -> str | None:
        """The id of a report; records have none."""
        return self.message.report_id if isinstance(self.message, Report) else None


@dataclass(frozen=True, slots=True)
class Unsound:
    """A message that cannot be accepted: why, and every fault found."""

    part: Part
    reason: str
    faults: tuple[Fault, ...]
    report_id: str | None = None
    subject: str | None = None


Checked = Sound | Unsound
LARGEST_BYTES = 900_000
"""A topic takes 1 MiB by default, headers and framing included; a reject of it must fit too, without its value."""
Check = Callable[[Part], Checked]


def report_check(catalogue: Catalogue, clock: Callable[[], datetime]) -> Check:
    """The check of reports: the contract, then the time of handing in, indicators and units."""

    def check(part: Part) -> Checked:
        try:
            report = parse_report(part.raw)
        except InvalidMessage as error:
            return _broken(part, error)
        sound = Sound(part, report, report.key, report.to_json())
        if ahead := submitted_ahead(report, clock()):
            return Unsound(part, RejectReason.BREAKS_CONTRACT.value, ahead, sound.report_id, sound.subject)
        faults = catalogue.faults(report) + _unfit_to_travel(sound.value)
        return Unsound(part, _why(faults), faults, sound.report_id, sound.subject) if faults else sound

    return check


def check_record(part: Part) -> Checked:
    """The check of registry records: the contract."""
    try:
        record = received_record(part.raw)
    except InvalidMessage as error:
        return _broken(part, error)
    value = record.model_dump_json(exclude_none=True).encode()
    sound = Sound(part, record, f"{record.kind}:{record.id}".encode(), value)
    if faults := _unfit_to_travel(value):
        return Unsound(part, RejectReason.BREAKS_CONTRACT.value, faults, subject=sound.subject)
    return sound


def _unfit_to_travel(value: bytes) -> tuple[Fault, ...]:
    found = [_NUL] if b"\\u0000" in value else []
    if len(value) > LARGEST_BYTES:
        en = f"{len(value):,} bytes, too long for one message: at most {LARGEST_BYTES:,}"
        found.append(Fault("message", en, zh=f"报文长 {len(value):,} 字节，至多 {LARGEST_BYTES:,}"))
    return tuple(found)


def _why(faults: tuple[Fault, ...]) -> str:
    """The gravest of the reasons that apply, as ingest names them."""
    paths = [fault.path for fault in faults]
    if any(path.endswith(".indicator") for path in paths):
        return RejectReason.UNKNOWN_INDICATOR.value
    fits = all(path == "message" for path in paths)
    return (RejectReason.BREAKS_CONTRACT if fits else RejectReason.UNFIT_UNIT).value


def _broken(part: Part, error: InvalidMessage) -> Unsound:
    """A message that breaks the contract, named as far as it can be read, so that its sender finds it again."""
    try:
        body = json.loads(part.raw)
    except (ValueError, RecursionError):
        return Unsound(part, RejectReason.NOT_JSON.value, error.faults)
    known = body if isinstance(body, dict) else {}
    report_id, subject = known.get("report_id"), known.get("subject")
    return Unsound(
        part,
        RejectReason.BREAKS_CONTRACT.value,
        error.faults,
        report_id[:64] if isinstance(report_id, str) else None,
        _subject(subject) if isinstance(subject, dict) else None,
    )


def _subject(given: dict[str, object]) -> str | None:
    kind, name = given.get("kind"), given.get("id")
    return f"{kind}:{name}"[:80] if isinstance(kind, str) and isinstance(name, str) else None
