"""The warnings topic: every change as a message, for systems that want to follow along."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from planwatch.alerts.channels.channel import Due
from planwatch.contract.errors import DeliveryFailed


class Publish(Protocol):
    """Sends one message and returns when the broker has it; raises whatever its client raises otherwise."""

    def __call__(self, key: bytes, value: bytes) -> None: ...


class Topic:
    """See ``Channel``. The key is the subject, so that all changes about it keep their order."""

    receiver = "topic"
    most_at_once = 1

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    def deliver(self, batch: Sequence[Due], now: datetime) -> None:
        """Publish each, acknowledged; DeliveryFailed if the broker does not take it."""
        for due in batch:
            value = json.dumps(due.body, ensure_ascii=False).encode()
            try:
                self._publish(due.notification.change.key.subject.encode(), value)
            except Exception as error:
                # The client's errors are not ours to know here; a broker that is away comes back.
                raise DeliveryFailed(f"not published: {type(error).__name__}: {error}", retry=True) from error
