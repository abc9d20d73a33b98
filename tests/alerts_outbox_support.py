"""An outbox in memory, channels that remember, and a clock that is set: what dispatch is tested with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts_support import NOW
from prometheus_client import CollectorRegistry

from planwatch.alerts.channels.channel import Due as DueLike
from planwatch.alerts.dispatch import Dispatcher, DispatchPolicy
from planwatch.alerts.metrics import NotifyMetrics
from planwatch.alerts.retry import RetryPolicy
from planwatch.contract.notification import Delivery, DeliveryState, Notification
from planwatch.contract.warning import ChangeKind
from planwatch.storage.notify_store import Due, notification_to_json

STEADY = RetryPolicy(jitter=0, first=timedelta(seconds=10), longest=timedelta(seconds=1000))
IMPATIENT = RetryPolicy(jitter=0, first=timedelta(seconds=10), max_attempts=2, patience=timedelta(0))


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakeChannel:
    """Remembers what it was given; fails as ``answers`` say, one for each request, then takes everything."""

    receiver: str = "webhook"
    most_at_once: int = 1
    answers: list[BaseException | None] = field(default_factory=list)
    requests: list[list[str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    on_request: Callable[[], None] = lambda: None

    def deliver(self, batch: Sequence[DueLike], now: datetime) -> None:
        self.taken += self._ask(batch)

    refresh_seconds = 300.0

    def refresh(self, batch: Sequence[DueLike], now: datetime) -> None:
        self._ask(batch)

    def _ask(self, batch: Sequence[DueLike]) -> list[str]:
        ids = [due.notification.change.id for due in batch]
        self.requests.append(ids)
        self.on_request()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return ids


class Crash(SystemExit):
    """The process ends at once."""


@dataclass
class CrashingChannel(FakeChannel):
    """Takes what it is given, and then the process is gone before anything can be written down."""

    crashes: int = 1

    def deliver(self, batch: Sequence[DueLike], now: datetime) -> None:
        super().deliver(batch, now)
        if self.crashes:
            self.crashes -= 1
            raise Crash


@dataclass
class _Row:
    notification: Notification
    created_at: datetime
    done: bool = False


class FakeClaim:
    """See dispatch.Claim."""

    def __init__(self, outbox: "FakeOutbox", due: Sequence[DueLike]) -> None:
        self._outbox, self.due = outbox, due

    def log(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        self._outbox.logs.append([delivery.change_id for delivery in deliveries])
        for delivery in deliveries:
            before = self._outbox.deliveries.get((delivery.change_id, delivery.receiver))
            if before is None or before.state is DeliveryState.PENDING:
                self._outbox.deliveries[delivery.change_id, delivery.receiver] = delivery
        self._outbox.settle_now()


@dataclass(frozen=True)
class FakePage:
    """See repost.Page."""

    due: Sequence[DueLike]
    last: str


class FakeOutbox:
    """What NotifyStore does, in memory."""

    def __init__(self, receivers: Sequence[str]) -> None:
        self.receivers = list(receivers)
        self.rows: list[_Row] = []
        self.deliveries: dict[tuple[str, str], Delivery] = {}
        self.logs: list[list[str]] = []
        self._locked: set[str] = set()

    def add(self, notifications: Sequence[Notification], now: datetime = NOW) -> None:
        """Changes that were made."""
        self.rows += [_Row(notification, now) for notification in notifications]

    def twin(self) -> "FakeOutbox":
        """The same outbox as another process sees it."""
        return self

    def open_changes(self) -> list[str]:
        """Changes somebody still waits for."""
        return [row.notification.change.id for row in self.rows if not row.done]

    def delivery(self, change_id: str, receiver: str) -> Delivery | None:
        """What became of a change for a receiver."""
        return self.deliveries.get((change_id, receiver))

    def settle_now(self) -> None:
        """Finish what nobody waits for."""
        for row in self.rows:
            states = [self._state(row, receiver) for receiver in self.receivers]
            row.done = not any(state in (None, DeliveryState.PENDING) for state in states)

    def _state(self, row: _Row, receiver: str) -> DeliveryState | None:
        delivery = self.delivery(row.notification.change.id, receiver)
        return delivery.state if delivery else None

    @contextmanager
    def claimed(self, receivers: Sequence[str], limit: int, now: datetime) -> Iterator[FakeClaim]:
        heads: dict[tuple[str, str], _Row] = {}
        for row in (row for row in self.rows if not row.done):
            for receiver in receivers:
                if self._state(row, receiver) in (None, DeliveryState.PENDING):
                    heads.setdefault((receiver, row.notification.change.warning_id), row)
        due = [self._due(row, receiver) for (receiver, _), row in heads.items() if self._is_time(row, receiver, now)]
        free = [one for one in due if one.notification.change.warning_id not in self._locked]
        mine = list(dict.fromkeys(one.notification.change.warning_id for one in free))[:limit]
        self._locked |= set(mine)
        try:
            yield FakeClaim(self, [one for one in free if one.notification.change.warning_id in mine])
        finally:
            self._locked -= set(mine)

    def _is_time(self, row: _Row, receiver: str, now: datetime) -> bool:
        delivery = self.delivery(row.notification.change.id, receiver)
        return delivery is None or delivery.next_attempt_at is None or delivery.next_attempt_at <= now

    def _due(self, row: _Row, receiver: str) -> Due:
        delivery = self.delivery(row.notification.change.id, receiver)
        told = row.notification
        return Due(
            receiver,
            delivery.state if delivery else None,
            delivery.attempts if delivery else 0,
            row.created_at,
            notification_to_json(told.change, told.warning, told.facts),
            told,
        )

    @contextmanager
    def active(self, receiver: str, after: str, limit: int) -> Iterator[FakePage]:
        newest = {row.notification.change.warning_id: row for row in self.rows}
        ends = (ChangeKind.CLEARED, ChangeKind.WITHDRAWN)
        active = sorted(name for name, row in newest.items() if row.notification.change.kind not in ends)
        page = [name for name in active if name > after][:limit]
        final = (DeliveryState.DELIVERED, DeliveryState.FAILED)
        due = [self._due(newest[name], receiver) for name in page if self._state(newest[name], receiver) in final]
        yield FakePage(due, page[-1] if len(page) == limit else "")


@dataclass
class Desk:
    """A dispatcher with all it needs, on any outbox."""

    outbox: Any
    channels: list[FakeChannel]
    policy: DispatchPolicy = field(default_factory=lambda: DispatchPolicy(retry=STEADY, rest=STEADY))
    clock: Clock = field(default_factory=Clock)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        names = [channel.receiver for channel in self.channels]
        metrics = NotifyMetrics(self.registry, names)
        self.dispatcher = Dispatcher(self.outbox, self.channels, metrics, self.policy, self.clock)

    def dispatch_all(self, most: int = 50) -> int:
        """Dispatch until nothing more is settled; how many passes it took."""
        for passes in range(1, most + 1):
            if not self.dispatcher.dispatch():
                return passes
        raise AssertionError(f"still settling after {most} passes")

    def counted(self, receiver: str, outcome: str) -> float | None:
        """The deliveries metric."""
        labels = {"receiver": receiver, "outcome": outcome}
        return self.registry.get_sample_value("planwatch_notify_deliveries_total", labels)
