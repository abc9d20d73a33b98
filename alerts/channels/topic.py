"""The warnings topic: every change as a message, for systems that want to follow along."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from planwatch.alerts.channels.channel import Due
from planwatch.contract.errors import DeliveryFailed


class Publish(Protocol):
    """Sends messages (key, value) and returns when the broker has them all; raises what its client raises otherwise."""

    def __call__(self, messages: Sequence[tuple[bytes, bytes]]) -> None: ...


class Topic:
    """See ``Channel``. The key is the subject, so that all changes about it keep their order."""

    receiver = "topic"
    most_at_once = 500

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    def deliver(self, batch: Sequence[Due], now: datetime) -> None:
        """Publish them, acknowledged; DeliveryFailed if the broker does not take them."""
        try:
            self._publish([_message(due) for due in batch])
        except DeliveryFailed:
            raise
        except Exception as error:
            # The client's errors are not ours to know here; a broker that is away comes back.
            raise DeliveryFailed(f"not published: {type(error).__name__}: {error}", retry=True) from error


def _message(due: Due) -> tuple[bytes, bytes]:
    return due.notification.change.key.subject.encode(), json.dumps(due.body, ensure_ascii=False).encode()
