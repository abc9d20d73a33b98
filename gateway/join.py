"""Messages split into several packets (PNUM, PNO) put together again. Pure: time is an argument.

Parts of one message have the same QN, or nearly: public loggers count it up by a millisecond a part. A part stands
here until its message is whole, or is given up when a later message takes its place or its time runs out.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from planwatch.gateway.segment import Segment, moment

NEAR = timedelta(seconds=60)
"""How far apart the QN of two parts of one message may be."""


@dataclass(frozen=True, slots=True)
class Part:
    """One packet of a split message. ``key`` is what the journal knows it by."""

    segment: Segment
    raw: bytes
    received_at: datetime

    @property
    def message(self) -> tuple[str, int, str, int]:
        """What all parts of a message share."""
        one = self.segment
        return one.mn, one.st, one.cn, one.pnum


@dataclass(frozen=True, slots=True)
class Joined:
    """What a part led to: the whole message if it was the last, and parts given up for it."""

    whole: Segment | None = None
    raw: bytes = b""
    parts: tuple[Part, ...] = ()
    abandoned: tuple[Part, ...] = ()


@dataclass
class Joiner:
    """Parts that wait for the rest of their message, of all connections: a logger may go on in a new one."""

    max_messages: int = 1000
    waiting: dict[tuple[str, int, str, int], dict[int, Part]] = field(default_factory=dict)

    def add(self, part: Part) -> Joined:
        """Take a part in."""
        parts = self.waiting.setdefault(part.message, {})
        strangers = tuple(other for other in parts.values() if not _together(other, part))
        for stranger in strangers:
            del parts[stranger.segment.pno]
        parts[part.segment.pno] = part
        abandoned = strangers + self._overflow(part.message)
        if len(parts) < part.segment.pnum:
            return Joined(abandoned=abandoned)
        del self.waiting[part.message]
        ordered = tuple(parts[number] for number in sorted(parts))
        whole = replace(ordered[0].segment, cp=";".join(one.segment.cp.strip(";") for one in ordered))
        return Joined(whole, b"".join(one.raw for one in ordered), ordered, abandoned)

    def expired(self, before: datetime) -> tuple[Part, ...]:
        """Parts that came before a time and whose message is not whole; they are given up."""
        found = [part for parts in self.waiting.values() for part in parts.values() if part.received_at < before]
        for part in found:
            self._drop(part)
        return tuple(found)

    def _drop(self, part: Part) -> None:
        parts = self.waiting[part.message]
        del parts[part.segment.pno]
        if not parts:
            del self.waiting[part.message]

    def _overflow(self, just_added: tuple[str, int, str, int]) -> tuple[Part, ...]:
        """The parts of the message that waits longest, where too many do."""
        if len(self.waiting) <= self.max_messages:
            return ()
        oldest = next(message for message in self.waiting if message != just_added)
        return tuple(self.waiting.pop(oldest).values())


def _together(one: Part, other: Part) -> bool:
    """Whether two parts may be of one message; without QN, those that came close together are."""
    first, second = moment(one.segment.qn[:14]), moment(other.segment.qn[:14])
    if first is None or second is None:
        return abs(one.received_at - other.received_at) <= NEAR
    return abs(first - second) <= NEAR
