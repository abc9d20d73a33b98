"""Sending a rejected message again: when it is worth it, the original bytes, and how often it was rejected. Pure."""

import base64
from dataclasses import dataclass

from planwatch.contract.hj212 import ORIGIN
from planwatch.contract.rejected import Rejected
from planwatch.ingest.decode import Decoder, Refused
from planwatch.ingest.message import ATTEMPT_HEADER, RawMessage

MAX_ATTEMPTS = 5
ORIGIN_HEADER = "planwatch-origin"
"""Where the message stood when it was rejected for the first time."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """A message to be sent again."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def why_not_redrive(rejected: Rejected) -> str | None:
    """Why a message is better not sent again, or None."""
    if rejected.attempt >= MAX_ATTEMPTS:
        return f"已被拒收 {rejected.attempt} 次，不改内容不会被接受 (rejected {rejected.attempt} times already)"
    if rejected.topic == ORIGIN:
        return "经 TCP 收到，不在 Kafka 中：用 planwatch hj212 redrive 重投 (it came over TCP)"
    if rejected.key is None and rejected.value is None:
        return "既无消息键也无内容，无可重投 (neither key nor value)"
    return None


def still_refused(rejected: Rejected, decoder: Decoder) -> str | None:
    """Why the message, sent again as it came, would be rejected at once, or None.

    What only the database refuses cannot be known beforehand; such a message may be sent again until it was rejected
    too often.
    """
    as_it_came = RawMessage(rejected.topic, rejected.partition, rejected.offset, rejected.raw_key, rejected.raw_value)
    outcome = decoder.decode(as_it_came, rejected.rejected_at)
    if not isinstance(outcome, Refused):
        return None
    first = outcome.rejected.faults[0]
    return f"{first.path}: {first.message}"


def redriven(rejected: Rejected) -> Redriven:
    """The message as it came, with the attempts counted and its first place named."""
    headers = [(name, base64.b64decode(value)) for name, value in rejected.headers if name != ATTEMPT_HEADER]
    if ORIGIN_HEADER not in {name for name, _ in headers}:
        headers.append((ORIGIN_HEADER, rejected.id.encode()))
    headers.append((ATTEMPT_HEADER, str(rejected.attempt).encode()))
    return Redriven(rejected.topic, rejected.raw_key, rejected.raw_value, tuple(headers))
