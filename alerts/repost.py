"""Keeps active warnings alive in receivers that forget them (Alertmanager) by posting them again in good time."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from planwatch.alerts.channels.channel import Due, Refreshing
from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.notification import NotifyReason

logger = logging.getLogger(__name__)
PAGE = 500
RETRY_SECONDS = 5.0


class Page(Protocol):
    """Active warnings the receiver knows of."""

    @property
    def due(self) -> Sequence[Due]:
        """The newest change of each."""

    @property
    def last(self) -> str:
        """Where the next page goes on; '' after the last."""


class Standing(Protocol):
    """Where active warnings are found."""

    def active(self, receiver: str, after: str, limit: int) -> AbstractContextManager[Page]:
        """A page of them, locked until the context ends, so that none ends while it is posted again."""


class Reposter:
    """Posts all that is active when it starts and then every ``refresh_seconds`` of its channel."""

    def __init__(self, standing: Standing, channel: Refreshing) -> None:
        self._standing, self._channel = standing, channel
        self._due_at: datetime | None = None

    def repost(self, now: datetime) -> int:
        """Post again if it is time; how many warnings were posted. A receiver that is away is tried again soon."""
        if self._due_at is not None and now < self._due_at:
            return 0
        try:
            posted = self._sweep(now)
        except DeliveryFailed as error:
            self._due_at = now + timedelta(seconds=min(RETRY_SECONDS, self._channel.refresh_seconds))
            logger.warning("not reposted", extra={"action": "repost", "error": str(error)})
            return 0
        self._due_at = now + timedelta(seconds=self._channel.refresh_seconds)
        if posted:
            logger.info(
                "reposted",
                extra={"action": "repost", "reason": NotifyReason.REPOSTED.value, "warnings": posted},
            )
        return posted

    def _sweep(self, now: datetime) -> int:
        posted, after, more = 0, "", True
        while more:
            with self._standing.active(self._channel.receiver, after, PAGE) as page:
                if page.due:
                    self._channel.refresh(page.due, now)
            posted += len(page.due)
            after, more = page.last, bool(page.last)
        return posted
