"""Files that are read again when their content changes."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from planwatch.contract.errors import InvalidDocument

logger = logging.getLogger(__name__)
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

    def first(self, now: datetime) -> T:
        """What the files say at the start of a process; whatever ``load`` raises where they are at fault."""
        found = self.look(now)
        return self._load() if found is None else found

    def news(self, now: datetime, failed: Callable[[], None]) -> T | None:
        """What changed files say, when it is time to look. Files at fault change nothing: logged once, and counted."""
        if not self.is_due(now):
            return None
        try:
            found = self.look(now)
        except InvalidDocument as error:
            failed()
            logger.error(
                "changed file cannot be used, what was in force stays", extra={"action": "reload", "error": str(error)}
            )
            return None
        if found is not None:
            logger.info("changed file taken up", extra={"action": "reload", "what": type(found).__name__})
        return found
