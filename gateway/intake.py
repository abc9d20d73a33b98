"""What becomes of each frame: stored, waiting for its other parts, not used, or refused with every reason. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from planwatch.contract.errors import Fault, InvalidMessage
from planwatch.contract.hj212 import DayValue, Factor, FactorTable, Station, StationFile
from planwatch.gateway import answer
from planwatch.gateway.answer import QnRtn
from planwatch.gateway.daily import read_daily
from planwatch.gateway.frame import Broken, Event, Frame, FrameReader
from planwatch.gateway.join import Joiner, Part
from planwatch.gateway.segment import Edition, Segment, parse_segment

DAILY = "2031"
PART_PATIENCE = timedelta(minutes=10)


class Outcome(StrEnum):
    """What became of a frame; also the label of the metric."""

    STORED = "stored"
    PART = "part"
    UNUSED = "unused"
    REFUSED = "refused"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Bytes that were not taken, and every reason. They are kept as a reject."""

    raw: bytes
    mn: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a frame: write days, refusals and waiting parts, and then answer.

    A daily message of which only some values can be read is both: stored, and refused for the others.
    """

    outcome: Outcome
    unit: str = ""
    days: tuple[DayValue, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    keep: Part | None = None
    drop: tuple[Part, ...] = ()
    answer: bytes | None = None

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.days or self.refusals or self.keep or self.drop)


@dataclass
class Intake:
    """Decides about frames by the mapping of monitoring points and the factor table."""

    stations: StationFile
    factors: FactorTable
    joiner: Joiner = field(default_factory=Joiner)
    _points: dict[tuple[str, int], Station] = field(init=False)
    _by_code: dict[int, dict[str, Factor]] = field(init=False)

    def __post_init__(self) -> None:
        self.take_up(self.stations)
        self._by_code = {st: self.factors.by_code(st) for st in (31, 32)}

    def take_up(self, stations: StationFile) -> None:
        """Go by this mapping from the next frame on; parts that wait go on waiting."""
        self.stations = stations
        self._points = {(one.mn, one.st): one for one in stations.stations}

    def decide(self, event: Event, now: datetime) -> Decision:
        """What becomes of a frame or of a broken stretch."""
        if isinstance(event, Broken):
            if event.is_blank:
                return Decision(Outcome.BLANK)
            return _refused(event.raw, "", (Fault("frame", event.why),))
        try:
            segment = parse_segment(event.segment)
        except InvalidMessage as error:
            return _refused(event.raw, "", error.faults)
        return self._known(segment, event.raw, now)

    def _known(self, segment: Segment, raw: bytes, now: datetime) -> Decision:
        if segment.edition in (Edition.HJ_2025, Edition.UNKNOWN):
            return _refused(raw, segment.mn, (_edition_fault(segment),), segment, QnRtn.WRONG_FLAG)
        if segment.cn != DAILY:
            return Decision(Outcome.UNUSED, answer=answer.accepted(segment))
        station = self._points.get((segment.mn, segment.st))
        if station is None:
            fault, why = self._stranger(segment)
            return _refused(raw, segment.mn, (fault,), segment, why)
        if station.pw is not None and station.pw != segment.pw:
            return _refused(raw, segment.mn, (Fault("PW", "is not that of this MN"),), segment, QnRtn.WRONG_PW)
        if segment.is_part:
            return self._part(station, Part(segment, raw, now), now)
        return self._message(station, segment, raw, now)

    def expire(self, now: datetime) -> Decision | None:
        """Give up parts whose message never became whole."""
        given_up = self.joiner.expired(now - PART_PATIENCE)
        return Decision(Outcome.REFUSED, refusals=_incomplete(given_up), drop=given_up) if given_up else None

    def reload(self, raw: bytes, received_at: datetime) -> None:
        """Take back a part that waited when the gateway was stopped."""
        for event in FrameReader(len(raw)).feed(raw):
            if isinstance(event, Frame):
                self.joiner.add(Part(parse_segment(event.segment), raw, received_at))

    def _part(self, station: Station, part: Part, now: datetime) -> Decision:
        joined = self.joiner.add(part)
        if joined.whole is None:
            found = Decision(Outcome.PART, keep=part, answer=answer.accepted(part.segment))
        else:
            last = answer.accepted(part.segment)
            found = self._message(station, joined.whole, joined.raw, now)
            found = replace(found, answer=last if found.outcome is Outcome.STORED else found.answer)
        return replace(
            found,
            refusals=found.refusals + _incomplete(joined.abandoned),
            drop=joined.parts + joined.abandoned,
        )

    def _message(self, station: Station, segment: Segment, raw: bytes, now: datetime) -> Decision:
        daily = read_daily(segment, self._by_code[segment.st], now)
        outside = [one for one in daily.days if not _in_service(station, one)]
        faults = (*daily.faults, *(Fault("CP.DataTime", f"{one.factor}: {_service(station)}") for one in outside))
        days = tuple(one for one in daily.days if one not in outside)
        refusals = (Refusal(raw, segment.mn, faults),) if faults else ()
        if not days:
            clock = any(fault.path == "QN" for fault in faults)
            reply = answer.refused(segment, QnRtn.WRONG_QN if clock else QnRtn.REFUSED)
            return Decision(Outcome.REFUSED, refusals=refusals, answer=reply)
        return Decision(Outcome.STORED, station.unit, days, refusals, answer=answer.accepted(segment))

    def _stranger(self, segment: Segment) -> tuple[Fault, QnRtn]:
        others = sorted(st for mn, st in self._points if mn == segment.mn)
        if others:
            allowed = ", ".join(map(str, others))
            return Fault("ST", f"this MN is mapped with ST {allowed} only", str(segment.st)), QnRtn.WRONG_ST
        return Fault("MN", "no monitoring point with this MN in the mapping file", segment.mn), QnRtn.WRONG_MN


def _refused(
    raw: bytes, mn: str, faults: tuple[Fault, ...], segment: Segment | None = None, why: QnRtn | None = None
) -> Decision:
    reply = answer.refused(segment, why) if segment and why else None
    return Decision(Outcome.REFUSED, refusals=(Refusal(raw, mn, faults),), answer=reply)


def _edition_fault(segment: Segment) -> Fault:
    if segment.edition is Edition.HJ_2025:
        return Fault("Flag", "HJ 212-2025 is not supported: have the logger send HJ 212-2017", str(segment.flag))
    return Fault("Flag", "its version bits name no edition we know (0: 2005, 1: 2017)", str(segment.flag))


def _incomplete(parts: tuple[Part, ...]) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            part.raw,
            part.segment.mn,
            (Fault("PNO", f"part {part.segment.pno} of {part.segment.pnum}: the other parts did not come"),),
        )
        for part in parts
    )


def _in_service(station: Station, value: DayValue) -> bool:
    return (station.since is None or station.since <= value.day) and (
        station.until is None or value.day <= station.until
    )


def _service(station: Station) -> str:
    since, until = station.since or "the beginning", station.until or "now"
    return f"the mapping has this MN from {since} to {until} only"
