"""When a delivery that failed is tried again, and when it is given up: pure, and the same for everybody who asks."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from planwatch.contract.errors import DeliveryFailed


class TryLater(DeliveryFailed):
    """The receiver cannot take it now and said how many seconds to wait."""

    def __init__(self, message: str, *, after_seconds: float) -> None:
        self.after_seconds = after_seconds
        super().__init__(message, retry=True)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits grow from ``first`` by ``factor`` up to ``longest``, each spread by up to ``jitter`` of itself either way.

    Given up is only what was tried ``max_attempts`` times *and* is older than ``patience``: a receiver that is away
    for a night must not cost a single notification.
    """

    max_attempts: int = 12
    first: timedelta = timedelta(seconds=1)
    factor: int = 3
    longest: timedelta = timedelta(minutes=5)
    jitter: float = 0.2
    patience: timedelta = timedelta(hours=24)

    def wait(self, key: str, attempts: int) -> timedelta:
        """How long to wait after so many failed attempts (at least 1); ``key`` decides the jitter."""
        grown = min(self.longest, self.first * int(self.factor ** min(attempts - 1, 20)))
        return grown * (1 + self.jitter * (2 * chance_of(f"{key}/{attempts}") - 1))

    def gives_up(self, attempts: int, age: timedelta) -> bool:
        """Whether a delivery tried so often and due for so long is given up."""
        return attempts >= self.max_attempts and age >= self.patience


def chance_of(key: str) -> float:
    """A number from 0 to 1 that looks random and is always the same for one key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / (2**48 - 1)


def next_attempt(policy: RetryPolicy, key: str, attempts: int, error: DeliveryFailed, now: datetime) -> datetime:
    """When to try again after a failure: as the policy has it, but never before the receiver asked us back."""
    asked = timedelta(seconds=error.after_seconds) if isinstance(error, TryLater) else timedelta(0)
    return now + max(policy.wait(key, attempts), asked)
