"""Rejects: what is kept of a message that was not accepted, and its way to the reject topic."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from planwatch.contract.errors import DeliveryFailed, Fault
from planwatch.contract.rejected import Rejected, RejectedFault, RejectReason, as_text
from planwatch.ingest.message import RawMessage

logger = logging.getLogger(__name__)
AT_ONCE = 500
"""Rejects published in one transaction."""
LOOK_EVERY = timedelta(seconds=10)
"""How often to look for rejects that somebody else stored and did not publish."""


def reject(
    message: RawMessage, reason: RejectReason, faults: Sequence[Fault], *, now: datetime, version: str
) -> Rejected:
    """The reject of a message: key, value and header values in base64 (a header without a value as an empty one)."""
    return Rejected(
        service_version=version,
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=message.timestamp,
        rejected_at=now,
        reason=reason,
        faults=tuple(
            RejectedFault(path=_storable(one.path), message=_storable(_in_both(one)), given=_storable(one.given))
            for one in faults
        ),
        key=as_text(message.key),
        value=as_text(message.value),
        headers=tuple((_storable(name), as_text(value or b"") or "") for name, value in message.headers),
        attempt=message.rejected_before + 1,
    )


def _in_both(fault: Fault) -> str:
    """What is wrong, in English and in Chinese: who will read it is not known here."""
    return f"{fault.message} — {fault.zh}" if fault.zh else fault.message


def _storable(text: str) -> str:
    """Text that any database takes: a sender may put a NUL into a field's name, and so into the path of its fault."""
    return text.replace("\x00", "\\x00")


class TooLarge(DeliveryFailed):
    """The message does not fit its topic."""


class Store(Protocol):
    """What publishing asks of the database."""

    def unpublished(self, limit: int, now: datetime) -> AbstractContextManager[Sequence[Rejected]]:
        """Rejects nobody else is publishing; marked as published when the block ends without an error."""


class Sender(Protocol):
    """What publishing asks of Kafka."""

    def send_reject(self, rejected: Rejected) -> None:
        """Hand a reject over; errors come with flush, but a message too large raises TooLarge at once."""

    def flush(self) -> None:
        """Wait until the broker has acknowledged everything; DeliveryFailed otherwise."""


class RejectPublisher:
    """Brings stored rejects to the reject topic, acknowledged first and then marked.

    Whoever runs publishes what anybody stored. A crash between the two repeats a publication, never loses one; a
    repeated one has the same key (topic, partition and offset of the message).
    """

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store, self._sender = store, sender
        self._next_look: datetime | None = None
        self.fault: str | None = None

    def publish_due(self, now: datetime, *, fresh: bool) -> int:
        """Publish what waits if there are fresh rejects, and now and then what others left; how many.

        A broker that is away leaves them waiting and is named in ``fault``; it is tried again after a while.
        """
        due = self._next_look is None or now >= self._next_look
        if not (due or (fresh and self.fault is None)):
            return 0
        self._next_look = now + LOOK_EVERY
        published = 0
        try:
            while count := self._some(now):
                published += count
        except DeliveryFailed as error:
            self.fault = f"rejects wait in the database until the broker takes them: {error}"
            logger.warning("rejects not published", extra={"action": "publish_rejects", "error": str(error)})
        else:
            self.fault = None
        return published

    def _some(self, now: datetime) -> int:
        with self._store.unpublished(AT_ONCE, now) as rejects:
            for rejected in rejects:
                self._send(rejected)
            self._sender.flush()
            return len(rejects)

    def _send(self, rejected: Rejected) -> None:
        try:
            self._sender.send_reject(rejected)
        except TooLarge:
            # Base64 makes a message grow by a third, so a large one may not fit the reject topic; its faults do.
            note = RejectedFault(path="value", message="too large for this topic; see `planwatch rejects show`")
            self._sender.send_reject(
                rejected.model_copy(update={"value": None, "faults": (*rejected.faults[:100], note)})
            )
