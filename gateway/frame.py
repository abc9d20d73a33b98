"""Frames of HJ 212 out of a stream of bytes: `##`, length, data segment, CRC, CR LF. Pure.

Sources: methodology §5 and the example of the standard, whose CRC is 1C80 (see docs/howto/hj212.md).
"""

import re
from dataclasses import dataclass

HEAD, TAIL = b"##", b"\r\n"
AROUND = len(HEAD) + 4 + 4 + len(TAIL)
"""Bytes of a frame around its data segment."""
_CRC = re.compile(rb"[0-9A-Fa-f]{4}")
_BLANK = b"\r\n\t\x00 "


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame whose CRC is right."""

    raw: bytes
    segment: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no frame, and why not."""

    raw: bytes
    why: str

    @property
    def is_blank(self) -> bool:
        """Whether it is only line ends and padding between frames, of which nobody need be told."""
        return not self.raw.strip(_BLANK)


Event = Frame | Broken


def crc16(segment: bytes) -> int:
    """The CRC of a data segment. Not plain Modbus: each byte meets the high half of the register, shifted down.

    >>> data = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    >>> f"{crc16(data):04X}"
    '1C80'
    """
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            out, register = register & 1, register >> 1
            if out:
                register ^= 0xA001
    return register


def framed(segment: bytes) -> bytes:
    """A data segment as it travels; ValueError if it is longer than its length field can say."""
    if len(segment) > 9999:
        raise ValueError(f"a data segment has at most 9999 bytes, this one {len(segment)}")
    return b"##%04d%s%04X\r\n" % (len(segment), segment, crc16(segment))


class FrameReader:
    """Reads one connection. However the bytes are split, the same events come out, and no byte is lost.

    A candidate that turns out to be no frame is given up only as far as the next `##` inside it, so that a good frame
    behind a wrong length is still found.
    """

    def __init__(self, max_segment: int) -> None:
        self._max, self._buffer = max_segment, bytearray()

    @property
    def pending(self) -> int:
        """Bytes held back because their frame is not complete."""
        return len(self._buffer)

    def feed(self, received: bytes) -> list[Event]:
        """The frames and broken stretches that are now complete."""
        self._buffer += received
        events: list[Event] = []
        while event := self._next():
            events.append(event)
        return events

    def close(self) -> list[Event]:
        """What is left when the connection ends."""
        events: list[Event] = []
        while self._buffer:
            start = self._buffer.find(HEAD, len(HEAD))
            events.append(self._give_up(start if start > 0 else len(self._buffer), "the connection ended inside it"))
            while event := self._next():
                events.append(event)
        return events

    def _next(self) -> Event | None:
        start = self._buffer.find(HEAD)
        if start < 0:
            return self._without_head()
        if start > 0:
            return self._give_up(min(start, self._max), "bytes between frames")
        if len(self._buffer) < len(HEAD) + 4:
            return None
        digits = bytes(self._buffer[2:6])
        if not digits.isdigit():
            # «###0101…»: the head may begin one byte later, and the last byte may be half of one.
            later = self._buffer.find(HEAD, 1, 6)
            return self._give_up(later if later > 0 else 6 - digits.endswith(b"#"), _no_length(digits))
        length = int(digits)
        if length > self._max:
            return self._give_up(6, f"its data segment has {length} bytes, allowed are {self._max}")
        return self._candidate(length) if len(self._buffer) >= length + AROUND else None

    def _without_head(self) -> Event | None:
        """No head in sight: all of it is garbage but a last #, which may be half a head."""
        keep = 1 if self._buffer.endswith(b"#") else 0
        # Garbage is told in pieces of a size of its own, so that it does not depend on how the bytes arrived.
        return self._give_up(self._max, "bytes between frames") if len(self._buffer) - keep >= self._max else None

    def _candidate(self, length: int) -> Event:
        whole = bytes(self._buffer[: length + AROUND])
        segment, crc, tail = whole[6 : 6 + length], whole[6 + length : 10 + length], whole[10 + length :]
        if tail != TAIL or not _CRC.fullmatch(crc):
            inside = whole.find(HEAD, len(HEAD))
            end = inside if inside > 0 else len(whole) - whole.endswith(b"#")
            return self._give_up(end, f"its length says {length} bytes, but there it does not end in CRC and CR LF")
        del self._buffer[: len(whole)]
        right = f"{crc16(segment):04X}"
        if crc.decode().upper() != right:
            return Broken(whole, f"its CRC is {crc.decode()}, of its data segment it would be {right}")
        return Frame(whole, segment)

    def _give_up(self, count: int, why: str) -> Broken:
        raw = bytes(self._buffer[:count])
        del self._buffer[:count]
        return Broken(raw, why)


def _no_length(digits: bytes) -> str:
    return f"## is not followed by four digits of length but by {digits.decode('ascii', 'backslashreplace')}"
