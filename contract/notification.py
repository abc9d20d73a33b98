"""A notification: what is told to people about one change of a warning, and why it was or was not sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from planwatch.contract.warning import Change, EarlyWarning


class NotifyReason(StrEnum):
    """Why a receiver is or is not told of a change; recorded with each delivery."""

    RAISED = "raised"
    ESCALATED = "escalated"
    EASED = "eased"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"
    RESTATED = "restated"
    REPOSTED = "reposted"  # an active alert refreshed before it expires
    BEFORE_GO_LIVE = "before_go_live"  # about a period before `notify.since`: recorded, not sent
    ALREADY_DELIVERED = "already_delivered"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notification:
    """A change with all a message needs, so that notify never has to judge or look figures up.

    ``facts`` are the labelled values of the message in both languages: title, what happened, figures, formula, clause,
    what the clause asks for. They are fixed in the transaction that made the change.
    """

    change: Change
    warning: EarlyWarning
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try, made or due, to tell one receiver of one change."""

    change_id: str
    receiver: str
    state: DeliveryState
    reason: NotifyReason
    attempts: int
    next_attempt_at: datetime | None
    error: str | None = None

    @property
    def key(self) -> str:
        """Idempotency key: episode, change number and receiver."""
        return f"{self.change_id}/{self.receiver}"
