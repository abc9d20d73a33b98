"""Files that are read again when their content changes."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Watched(Generic[T]):
    """Something made of files. ``fingerprint`` tells their content; it is asked for every ``reload_seconds``."""

    def __init__(self, load: Callable[[], T], fingerprint: Callable[[], str], reload_seconds: float) -> None:
        self._load, self._fingerprint, self._reload_seconds = load, fingerprint, reload_seconds
        self._seen = ""
        self._looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look again."""
        return self._looked_at is None or (now - self._looked_at).total_seconds() >= self._reload_seconds

    def look(self, now: datetime) -> T | None:
        """What the files say, if they say something new; None if not.

        Whatever ``load`` raises is raised once for each content: files at fault are not read again until they change.
        """
        self._looked_at = now
        seen = self._fingerprint()
        if seen == self._seen:
            return None
        self._seen = seen
        return self._load()
