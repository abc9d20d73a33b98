"""How much one sender may ask for: a bucket that fills with time, one for each token and one for strangers."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, and one token, may ask for. Sizes in bytes; rates in requests per minute."""

    body_bytes: int = 8 * 2**20
    messages: int = 5_000
    requests_per_minute: int = 120
    strangers_per_minute: int = 60


class Rates:
    """Buckets of requests by who asks. Full at first; ``wait_seconds`` takes one out or says how long to wait."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._levels: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, who: Hashable, per_minute: int) -> float:
        """0 if one more request is allowed now, else the seconds after which one will be."""
        with self._lock:
            now = self._monotonic()
            level, seen = self._levels.get(who, (float(per_minute), now))
            level = min(float(per_minute), level + (now - seen) * per_minute / 60)
            allowed = level >= 1
            self._levels[who] = (level - 1 if allowed else level, now)
            return 0.0 if allowed else (1 - level) * 60 / per_minute
