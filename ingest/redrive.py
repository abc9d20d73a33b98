"""Sending a rejected message again: the original bytes, and a header that says how often it was rejected. Pure."""

import base64
from dataclasses import dataclass

from planwatch.contract.rejected import Rejected
from planwatch.ingest.message import ATTEMPT_HEADER

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
        return f"rejected {rejected.attempt} times already; it will not fit without being changed"
    if rejected.key is None and rejected.value is None:
        return "it has neither key nor value: there is nothing to send"
    return None


def redriven(rejected: Rejected) -> Redriven:
    """The message as it came, with the attempts counted and its first place named."""
    headers = [(name, base64.b64decode(value)) for name, value in rejected.headers if name != ATTEMPT_HEADER]
    if ORIGIN_HEADER not in {name for name, _ in headers}:
        headers.append((ORIGIN_HEADER, rejected.id.encode()))
    headers.append((ATTEMPT_HEADER, str(rejected.attempt).encode()))
    return Redriven(rejected.topic, rejected.raw_key, rejected.raw_value, tuple(headers))
