"""A consumer and a sender in memory, and ingest over them one step at a time."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from ingest_store_fake import InMemoryIngestStore
from ingest_support import NOW, make_decoder
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError
from prometheus_client import CollectorRegistry

from planwatch.contract.errors import DeliveryFailed, StorageUnavailable
from planwatch.contract.rejected import Rejected
from planwatch.ingest.consumer import Member
from planwatch.ingest.limit import RejectLimit, RejectLimitState
from planwatch.ingest.message import RawMessage
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.reject import RejectPublisher, TooLarge
from planwatch.ingest.storing import BatchWriter, Storing
from planwatch.service.pipeline import ingest_once


class FakeConsumer:
    """A consumer over a log in memory that behaves as kafka-python does where it matters.

    A rebalance happens inside poll; positions survive it; records fetched before it may come out of that very poll.
    """

    def __init__(self, log: dict[TopicPartition, list[Any]]) -> None:
        self.log, self.listener = log, None
        self.member, self.generation = "m-1", 0
        self.positions: dict[TopicPartition, int] = {}
        self.begins: dict[TopicPartition, int] = {}
        self.committed: list[dict[Any, int]] = []
        self.down = False
        self.closed = False
        self.state = "<stable>"
        self._assigned: set[TopicPartition] = set()
        self.paused_partitions: set[TopicPartition] = set()
        self._coming: set[TopicPartition] | None = None

    def rebalance(self, *partitions: tuple[str, int]) -> None:
        """Another assignment comes with the next poll."""
        self._coming = {TopicPartition(*where) for where in partitions}

    def poll(self, timeout_ms=0):
        if self.down:
            return {}
        if self._coming is not None:
            self.listener.on_partitions_revoked(self._assigned - self._coming)
            self.listener.on_partitions_assigned(self._coming)
            self._assigned, self._coming = self._coming, None
            self.generation += 1
        found = {}
        for where in sorted(self._assigned - self.paused_partitions):
            position = self.positions.get(where, 0)
            if records := [record for record in self.log.get(where, []) if record.offset >= position]:
                found[where] = records
                self.positions[where] = records[-1].offset + 1
        return found

    def assignment(self):
        return set(self._assigned)

    def group_metadata(self):
        return SimpleNamespace(member_id=self.member, generation_id=self.generation, state=self.state)

    def seek(self, where, offset):
        assert where in self._assigned
        self.positions[where] = offset

    def pause(self, *partitions):
        assert set(partitions) <= self._assigned
        self.paused_partitions |= set(partitions)

    def resume(self, *partitions):
        self.paused_partitions -= set(partitions)

    def end_offsets(self, partitions, timeout_ms=None):
        if self.down:
            raise KafkaTimeoutError("away")
        return {where: self.highwater(where) for where in partitions}

    def beginning_offsets(self, partitions, timeout_ms=None):
        return {where: self.begins.get(where, 0) for where in partitions}

    def highwater(self, where):
        return max((record.offset + 1 for record in self.log.get(where, [])), default=0)

    def commit_async(self, offsets, callback=None):
        self.committed.append({(where.topic, where.partition): one.offset for where, one in offsets.items()})

    def close(self, autocommit=True, timeout_ms=None):
        self.closed = True


def log_of(*messages: RawMessage) -> dict[TopicPartition, list[Any]]:
    """Messages as a consumer would hand them out."""
    log: dict[TopicPartition, list[Any]] = {}
    for one in messages:
        record = SimpleNamespace(
            topic=one.topic, partition=one.partition, offset=one.offset, key=one.key, value=one.value,
            headers=list(one.headers), timestamp=one.timestamp_ms,
        )  # fmt: skip
        log.setdefault(TopicPartition(one.topic, one.partition), []).append(record)
    return log


class FakeSender:
    """The reject topic in memory; ``away`` makes it refuse; messages over ``largest`` bytes do not fit."""

    def __init__(self) -> None:
        self.sent: list[Rejected] = []
        self.away, self.largest = False, 10**6
        self._waiting: list[Rejected] = []

    def send_reject(self, rejected):
        if len(rejected.value or "") > self.largest:
            raise TooLarge("too large", retry=False)
        self._waiting.append(rejected)

    def flush(self):
        waiting, self._waiting = self._waiting, []
        if self.away:
            raise DeliveryFailed("the broker is away", retry=True)
        self.sent += waiting


class AtOnce(Executor):
    """Runs what is submitted right away, in the caller's thread."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class WhenAsked(Executor):
    """Runs what is submitted only when somebody waits for it: the slowest thread there can be."""

    class _Later(Future[Any]):
        def result(self, timeout=None):
            self.set_result(self.work())
            return super().result(timeout)

    def submit(self, fn, batch, sent, /):
        later = self._Later()
        later.work = lambda: fn(batch, sent)
        sent.set()
        return later


@dataclass
class Bench:
    """Ingest with everything in memory, one step at a time."""

    consumer: FakeConsumer
    store: InMemoryIngestStore = field(default_factory=InMemoryIngestStore)
    sender: FakeSender = field(default_factory=FakeSender)
    limit: RejectLimit = field(default_factory=RejectLimit)
    now: datetime = NOW
    seconds: float = 0.0
    executor: Executor = field(default_factory=AtOnce)

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = IngestMetrics(self.registry)
        decoder = make_decoder()
        writer = BatchWriter(self.store, decoder, self.metrics, lambda: self.now, lambda: self.seconds)
        self.member = Member(self._connect, self.store, lambda: self.seconds)
        self.publisher = RejectPublisher(self.store, self.sender)
        self._rest = decoder, RejectLimitState(self.limit), Storing(writer.write, self.executor)

    def _connect(self, assignments):
        if self.consumer.closed:
            self.consumer = FakeConsumer(self.consumer.log)
        self.consumer.listener = assignments
        return self.consumer

    def step(self) -> bool:
        """One pass."""
        return ingest_once(self.member, *self._rest, publisher=self.publisher, now=self.now)

    def steps(self, count: int = 6) -> None:
        """Some passes; a database that is away is waited for, as the loop of the stage does."""
        for _ in range(count):
            try:
                self.step()
            except StorageUnavailable:
                continue

    def value(self, metric: str, **labels: str) -> float:
        """The value of a metric."""
        return self.registry.get_sample_value(metric, labels)
