"""A logger for trying the gateway: sends frames one after the other and waits for the answers they ask for."""

import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planwatch.contract.errors import InvalidMessage
from planwatch.gateway.frame import Broken, Frame, FrameReader, framed
from planwatch.gateway.segment import parse_segment

_FRAMED = re.compile(rb"##[0-9]{4}.*[0-9A-Fa-f]{4}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A frame sent and the answer's data segment; None where none was asked for or none came."""

    sent: bytes
    answer: bytes | None


def frames_of(text: bytes) -> list[bytes]:
    """The frames of a file: a line each, whole frames as they are, bare data segments framed. # opens a comment."""
    lines = (line.strip() for line in text.splitlines())
    kept = [line for line in lines if line and not (line.startswith(b"#") and not line.startswith(b"##"))]
    return [line + b"\r\n" if _FRAMED.fullmatch(line) else framed(line) for line in kept]


def exchange(host: str, port: int, frames: Iterable[bytes], timeout_seconds: float) -> Iterator[Exchange]:
    """Send frames over one connection; ConnectionError where there is no gateway."""
    with socket.create_connection((host, port), timeout=timeout_seconds) as connection:
        reader = FrameReader(9999)
        for raw in frames:
            connection.sendall(raw)
            yield Exchange(raw, _answer(connection, reader) if _wants_answer(raw) else None)


def _answer(connection: socket.socket, reader: FrameReader) -> bytes | None:
    while True:
        try:
            received = connection.recv(4096)
        except TimeoutError:
            return None
        for event in reader.feed(received):
            if isinstance(event, Frame):
                return event.segment
        if not received:
            return None


def _wants_answer(raw: bytes) -> bool:
    """Whether an answer is to be expected; broken frames get none."""
    (event, *_) = FrameReader(9999).feed(raw) or [Broken(raw, "")]
    if isinstance(event, Broken):
        return False
    try:
        found = parse_segment(event.segment)
    except InvalidMessage:
        return False
    return found.wants_answer and bool(found.qn)
