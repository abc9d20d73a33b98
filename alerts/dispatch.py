"""Tells every receiver of every change once, in order, and writes down what became of it.

Changes are taken by warning, and a warning is locked while its changes are under way, so that several processes never
send one change twice at a time nor overtake one another. For each receiver only the oldest unsettled change of a
warning is ever due: a later one waits until it was delivered, suppressed or given up. Receivers do not wait for each
other. What became of a request is written right after it: a crash repeats at most the request in flight.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from planwatch.alerts.channels.channel import Channel, Due
from planwatch.alerts.dedup import SILENT, why_notify
from planwatch.alerts.metrics import NotifyMetrics
from planwatch.alerts.retry import RetryPolicy, next_attempt
from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.notification import Delivery, DeliveryState, NotifyReason
from planwatch.contract.period import Period

logger = logging.getLogger(__name__)
_LONGEST_ERROR = 500


class Claim(Protocol):
    """Locked warnings and what is due for them."""

    @property
    def due(self) -> Sequence[Due]:
        """In the order of the changes."""

    def log(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """Write what became of deliveries, at once and for good."""


class Outbox(Protocol):
    """Where duties to notify are kept."""

    def claimed(self, receivers: Sequence[str], limit: int, now: datetime) -> AbstractContextManager[Claim]:
        """What is due for the receivers, of up to ``limit`` warnings, locked until the context ends."""


def _short_rests() -> RetryPolicy:
    return RetryPolicy(first=timedelta(seconds=0.5), longest=timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class DispatchPolicy:
    """How dispatch behaves.

    ``since`` is the go-live month. ``retry`` is for a change that failed; a receiver that failed rests as ``rest`` has
    it. ``limit`` warnings are taken at once, and one receiver is served for at most about ``turn`` before the next.
    """

    since: Period | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    rest: RetryPolicy = field(default_factory=_short_rests)
    limit: int = 1000
    turn: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Rest:
    """How often a receiver failed in a row, and until when it is left alone."""

    failures: int
    until: datetime


class Dispatcher:
    """Serves all receivers from one outbox. Holds nothing but which receivers rest: all else is in the database."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Sequence[Channel],
        metrics: NotifyMetrics,
        policy: DispatchPolicy,
        clock: Callable[[], datetime],
    ) -> None:
        self._outbox, self._channels, self._metrics = outbox, channels, metrics
        self._policy, self._clock = policy, clock
        self._rests: dict[str, _Rest] = {}

    def dispatch(self) -> bool:
        """Serve what is due now; whether anything was settled (then there may be more to do at once)."""
        now = self._clock()
        awake = [channel for channel in self._channels if not self._rests_at(channel.receiver, now)]
        if not awake:
            return False
        with self._outbox.claimed([channel.receiver for channel in awake], self._policy.limit, now) as claim:
            served = [self._serve(channel, _for(channel.receiver, claim.due), claim) for channel in awake]
        return any(served)

    def _rests_at(self, receiver: str, now: datetime) -> bool:
        rest = self._rests.get(receiver)
        return rest is not None and now < rest.until

    def _serve(self, channel: Channel, due: Sequence[Due], claim: Claim) -> bool:
        """Send what one channel is to send, for no longer than its turn; whether anything was settled."""
        loud = self._spare(due, claim)
        settled = len(loud) < len(due)
        ends = self._clock() + self._policy.turn
        for batch in _batches(loud, channel.most_at_once):
            goes_on = self._send(channel, batch, claim)
            settled = settled or goes_on
            if not goes_on or self._clock() >= ends:
                break
        return settled

    def _spare(self, due: Sequence[Due], claim: Claim) -> list[Due]:
        """Write down what need not be told; answers what must be."""
        spared = [one for one in due if self._why(one) in SILENT]
        if spared:
            claim.log([self._delivery(one, DeliveryState.SUPPRESSED) for one in spared], self._clock())
            self._count(spared, "suppressed")
        return [one for one in due if self._why(one) not in SILENT]

    def _why(self, due: Due) -> NotifyReason:
        return why_notify(due.notification.change, due.state, self._policy.since)

    def _send(self, channel: Channel, batch: Sequence[Due], claim: Claim) -> bool:
        """One request and its outcome; False if the receiver should be left alone for a while."""
        started = self._clock()
        try:
            channel.deliver(batch, started)
        except DeliveryFailed as error:
            self._metrics.took(channel.receiver, (self._clock() - started).total_seconds())
            if len(batch) > 1 and not error.retry:
                # One of them is refused; singly, the others get through.
                return all(self._send(channel, [one], claim) for one in batch)
            self._failed(channel.receiver, batch, error, claim)
            return not error.retry
        now = self._clock()
        self._metrics.took(channel.receiver, (now - started).total_seconds())
        claim.log([self._delivery(due, DeliveryState.DELIVERED, due.attempts + 1) for due in batch], now)
        self._rests.pop(channel.receiver, None)
        self._count(batch, "delivered")
        logger.info("told", extra={"action": "deliver", "receiver": channel.receiver, "changes": len(batch)})
        return True

    def _failed(self, receiver: str, batch: Sequence[Due], error: DeliveryFailed, claim: Claim) -> None:
        """Write failures down: to be tried again, or given up. A receiver that cannot serve now rests."""
        now = self._clock()
        outcomes = [self._after_failure(due, error, now) for due in batch]
        claim.log(outcomes, now)
        given_up = sum(outcome.state is DeliveryState.FAILED for outcome in outcomes)
        self._count(batch[:given_up], "failed")
        self._count(batch[given_up:], "retried")
        if error.retry:
            failures = self._rests.get(receiver, _Rest(0, now)).failures + 1
            until = next_attempt(self._policy.rest, receiver, failures, error, now)
            self._rests[receiver] = _Rest(failures, until)
        logger.warning(
            "not delivered",
            extra={
                "action": "deliver",
                "receiver": receiver,
                "changes": [due.notification.change.id for due in batch][:10],
                "given_up": given_up,
                "error": str(error),
            },
        )

    def _after_failure(self, due: Due, error: DeliveryFailed, now: datetime) -> Delivery:
        attempts = due.attempts + 1
        words = str(error)[:_LONGEST_ERROR]
        if not error.retry or self._policy.retry.gives_up(attempts, now - due.created_at):
            return self._delivery(due, DeliveryState.FAILED, attempts, error=words)
        key = f"{due.notification.change.id}/{due.receiver}"
        again = next_attempt(self._policy.retry, key, attempts, error, now)
        return self._delivery(due, DeliveryState.PENDING, attempts, again, words)

    def _delivery(
        self, due: Due, state: DeliveryState, attempts: int = 0, again: datetime | None = None, error: str | None = None
    ) -> Delivery:
        return Delivery(due.notification.change.id, due.receiver, state, self._why(due), attempts, again, error)

    def _count(self, due: Sequence[Due], outcome: str) -> None:
        for one in due:
            self._metrics.tried(one.receiver, outcome)


def _for(receiver: str, due: Sequence[Due]) -> list[Due]:
    return [one for one in due if one.receiver == receiver]


def _batches(due: Sequence[Due], size: int) -> Iterator[Sequence[Due]]:
    for start in range(0, len(due), size):
        yield due[start : start + size]
