"""A Kafka message as it came, and the headers planwatch gives a message that is sent again."""

from dataclasses import dataclass
from datetime import UTC, datetime

Partition = tuple[str, int]
"""Topic and number."""

ATTEMPT_HEADER = "planwatch-attempt"
"""How often a redriven message was rejected before, in decimal digits."""


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message, untouched. ``timestamp_ms`` is Unix time in milliseconds as the producer or broker stated it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp_ms: int = 0

    @property
    def source(self) -> Partition:
        """The partition it came from."""
        return self.topic, self.partition

    @property
    def timestamp(self) -> datetime:
        """When it was produced; the start of Unix time where the client stated something impossible."""
        try:
            return datetime.fromtimestamp(self.timestamp_ms / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return datetime.fromtimestamp(0, UTC)

    @property
    def rejected_before(self) -> int:
        """How often it was rejected before it was redriven; 0 for a message that comes for the first time."""
        for name, value in self.headers:
            if name == ATTEMPT_HEADER and value is not None and value.isdigit() and len(value) < 6:
                return int(value)
        return 0
