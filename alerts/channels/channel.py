"""What a channel is, and what it is given: notifications that are due for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from planwatch.contract.notification import DeliveryState, Notification


class Due(Protocol):
    """A notification that one receiver is to get now."""

    @property
    def receiver(self) -> str:
        """Who is to get it."""

    @property
    def notification(self) -> Notification:
        """What it says."""

    @property
    def body(self) -> Mapping[str, Any]:
        """The same as JSON, exactly as it was stored with the change."""

    @property
    def state(self) -> DeliveryState | None:
        """What became of it so far; None if it was never tried."""

    @property
    def attempts(self) -> int:
        """How often it was tried before."""

    @property
    def created_at(self) -> datetime:
        """Since when it waits."""


class Channel(Protocol):
    """One way out."""

    @property
    def receiver(self) -> str:
        """Its name in delivery rows and metrics."""

    @property
    def most_at_once(self) -> int:
        """How many notifications one request may carry."""

    def deliver(self, batch: Sequence[Due], now: datetime) -> None:
        """Send them in one request; DeliveryFailed if the receiver did not take all of them."""


class Refreshing(Channel, Protocol):
    """A channel that forgets active warnings unless they are posted again."""

    @property
    def refresh_seconds(self) -> float:
        """How often to post again what is active."""

    def refresh(self, batch: Sequence[Due], now: datetime) -> None:
        """Post again, changing nothing; DeliveryFailed if not taken."""
