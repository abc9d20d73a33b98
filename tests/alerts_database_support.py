"""The real outbox as the dispatch suite needs it: filled the way assess fills it, read back with plain SQL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from alerts_support import NOW

from planwatch.contract.notification import Delivery, DeliveryState, Notification, NotifyReason
from planwatch.storage.assess_store import Work
from planwatch.storage.database import Database
from planwatch.storage.notify_store import NotifyStore, notification_to_json


class RealOutbox:
    """A NotifyStore with a way to add changes and to see what became of them."""

    def __init__(self, database: Database, receivers: Sequence[str]) -> None:
        self.database, self.receivers = database, list(receivers)
        self.store = NotifyStore(database, receivers)
        self._twins: list[RealOutbox] = []

    def twin(self) -> "RealOutbox":
        """The same outbox as another process sees it: through a session of its own."""
        self._twins.append(RealOutbox(self.database, self.receivers))
        return self._twins[-1]

    def close(self) -> None:
        for outbox in [*self._twins, self]:
            outbox.store.close()

    def add(self, notifications: Sequence[Notification], now: datetime = NOW) -> None:
        """Changes that were made, each warning as it stood then."""
        with self.database.transaction() as connection:
            work = Work(connection, [], now.date())
            for told in notifications:
                body = notification_to_json(told.change, told.warning, told.facts)
                work.save_warnings([told.warning], now)
                work.save_changes([(told.change, "law", "report")], {told.change.id: body}, now)

    def open_changes(self) -> list[str]:
        """Changes somebody still waits for."""
        return [row[0] for row in self._rows("SELECT change_id FROM outbox WHERE done_at IS NULL ORDER BY sequence")]

    def delivery(self, change_id: str, receiver: str) -> Delivery | None:
        """What became of a change for a receiver."""
        rows = self._rows(
            "SELECT state, reason, attempts, next_attempt_at, error FROM delivery WHERE change_id = %s AND receiver = %s",
            (change_id, receiver),
        )
        for state, reason, attempts, again, error in rows:
            return Delivery(change_id, receiver, DeliveryState(state), NotifyReason(reason), attempts, again, error)
        return None

    def _rows(self, query: str, bound: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self.database.transaction() as connection:
            return connection.execute(query, bound).fetchall()

    def claimed(self, receivers: Sequence[str], limit: int, now: datetime) -> AbstractContextManager[Any]:
        return self.store.claimed(receivers, limit, now)

    def active(self, receiver: str, after: str, limit: int) -> AbstractContextManager[Any]:
        return self.store.active(receiver, after, limit)
