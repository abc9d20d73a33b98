"""Fakes and helpers for ingest: a store in memory, a consumer in memory, messages, and what a database holds."""

import copy
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from factories import make_report
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError
from prometheus_client import CollectorRegistry

from planwatch.contract.catalogue import Behaviour, Catalogue, Indicator, UnitOfMeasure
from planwatch.contract.errors import DeliveryFailed, Fenced, StorageRefused, StorageUnavailable
from planwatch.contract.registry import RegionRecord, TwoHighProjectRecord, UnitRecord, parent_region, subject_of
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.consumer import Member, connect
from planwatch.ingest.decode import Decoder
from planwatch.ingest.limit import RejectLimit, RejectLimitState
from planwatch.ingest.message import RawMessage
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.reject import RejectPublisher
from planwatch.ingest.storing import BatchWriter, Storing
from planwatch.ingest.topics import Topics, create_topics
from planwatch.service.pipeline import ingest_once
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore

NOW = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
TOPICS = Topics.named("planwatch.")
REPORTS = TOPICS.reports, 0

CATALOGUE = Catalogue(
    indicators=(
        Indicator(id="energy.raw_coal", zh="原煤", en="Raw coal", unit="kg", behaviour=Behaviour.FLOW,
                  reported_by=(SubjectKind.UNIT, SubjectKind.PROJECT)),
        Indicator(id="energy.diesel", zh="柴油", en="Diesel", unit="kg", behaviour=Behaviour.FLOW,
                  reported_by=(SubjectKind.UNIT, SubjectKind.PROJECT)),
        Indicator(id="gdp.growth", zh="增速", en="Growth", unit="ratio", behaviour=Behaviour.STATE,
                  reported_by=(SubjectKind.REGION,), may_be_negative=True),
    ),
    units=(
        UnitOfMeasure(symbol="kg", dimension="mass", factor=Decimal(1)),
        UnitOfMeasure(symbol="t", dimension="mass", factor=Decimal(1000), aliases=("吨",)),
        UnitOfMeasure(symbol="ratio", dimension="ratio", factor=Decimal(1)),
        UnitOfMeasure(symbol="%", dimension="ratio", factor=Decimal("0.01")),
    ),
)  # fmt: skip


def make_decoder(topics: Topics = TOPICS) -> Decoder:
    """A decoder with the small catalogue above."""
    return Decoder(topics, CATALOGUE, "0.0-test")


def make_message(value: Report | bytes | None = None, **over: Any) -> RawMessage:
    """A message of the reports topic, keyed as it should be."""
    report = value if isinstance(value, Report) else make_report()
    raw = report.to_json() if isinstance(value, Report) else value
    values: dict[str, Any] = {
        "topic": TOPICS.reports, "partition": 0, "offset": 0, "key": report.key, "value": raw,
        "timestamp_ms": int(NOW.timestamp() * 1000),
    }  # fmt: skip
    return RawMessage(**(values | over))


def make_row(subject: str = "unit:A", **over: Any) -> tuple[Any, ...]:
    """A reading as it is stored: 1,000 kg of raw coal in March 2025."""
    values: dict[str, Any] = {
        "subject": subject, "indicator": "energy.raw_coal", "period_start": date(2025, 3, 1), "months": 1, "revision": 0,
        "submitted_at": NOW, "report_id": "r-1", "value": Decimal(1), "unit": "t", "amount": Decimal(1000),
        "flag": None, "note": None, "source": "manual",
    }  # fmt: skip
    unknown = over.keys() - values.keys()
    assert not unknown, f"no such column: {unknown}"
    return tuple((values | over).values())


def unit(code: str, region: str, **over: Any) -> UnitRecord:
    """A registry record of a unit."""
    return UnitRecord(**({"id": code, "name": code, "region": region, "valid_from": date(2021, 1, 1)} | over))


def project(code: str, region: str, **over: Any) -> TwoHighProjectRecord:
    """A registry record of a two-high project."""
    return TwoHighProjectRecord(**({"id": code, "name": code, "region": region, "valid_from": date(2021, 1, 1)} | over))


def region(code: str, parent: str | None = None, **over: Any) -> RegionRecord:
    """A registry record of a region."""
    return RegionRecord(**({"id": code, "name": code, "parent": parent, "valid_from": date(2021, 1, 1)} | over))


def rejected(offset: int = 0, **over: Any) -> Rejected:
    """A reject of a message that is not JSON."""
    outcome = make_decoder().decode(make_message(b"{", offset=offset, **over), NOW)
    return outcome.rejected


# --- what a store holds, seen alike whether it is real or in memory ---


@dataclass(frozen=True)
class Seen:
    """What a store holds, without the times of writing. Readings and superseded ones are rows as in make_row."""

    readings: set[tuple[Any, ...]]
    superseded: set[tuple[Any, ...]]
    marks: list[tuple[str, date, str, str]]
    registry: set[tuple[str, date, int, str, str | None]]
    rejects: dict[str, bool]
    offsets: dict[tuple[str, int], int]


class SeenInDatabase:
    """Looks into a real database."""

    COLUMNS = ("subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag,"
               " note, source")  # fmt: skip

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with psycopg.connect(self._dsn) as connection:
            return connection.execute(query).fetchall()

    def __call__(self) -> Seen:
        offsets = self.rows("SELECT topic, partition, next_offset FROM planwatch.kafka_offset")
        rejects = self.rows("SELECT topic, partition, message_offset, published_at FROM planwatch.reject")
        return Seen(
            set(self.rows(f"SELECT {self.COLUMNS} FROM planwatch.reading")),
            set(self.rows(f"SELECT {self.COLUMNS} FROM planwatch.reading_superseded")),
            self.rows("SELECT subject, period_start, cause, caused_by FROM planwatch.mark ORDER BY 1, 3, 2"),
            set(self.rows("SELECT subject, valid_from, revision, name, region FROM planwatch.registry")),
            {f"{topic}/{number}/{offset}": at is not None for topic, number, offset, at in rejects},
            {(topic, number): offset for topic, number, offset in offsets},
        )


@dataclass
class _Offset:
    next_offset: int
    owner: str
    generation: int
    epoch: int
    updated_at: datetime


@dataclass
class _State:
    offsets: dict[tuple[str, int], _Offset] = field(default_factory=dict)
    readings: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    superseded: set[tuple[Any, ...]] = field(default_factory=set)
    marks: list[tuple[str, date, str, str]] = field(default_factory=list)
    registry: dict[tuple[str, date], Any] = field(default_factory=dict)
    rejects: dict[str, list[Any]] = field(default_factory=dict)


class InMemoryIngestStore:
    """The store of ingest in memory. It passes the suite of the real one (tests/integration/test_ingest_store.py).

    ``failures`` are raised by the next calls of ``store``, one each; ``calls`` are the sizes of what was stored.
    """

    def __init__(self, grace_seconds: float = 60.0) -> None:
        self._state, self._grace = _State(), timedelta(seconds=grace_seconds)
        self.failures: list[Exception | None] = []
        self.claim_failures: list[Exception] = []
        self.calls: list[int] = []

    def __call__(self) -> Seen:
        state = self._state
        return Seen(
            set(state.readings.values()),
            set(state.superseded),
            sorted(state.marks, key=lambda mark: (mark[0], mark[2], mark[1])),
            {(s, day, r.revision, r.name, parent_region(r)) for (s, day), r in state.registry.items()},
            {place: published for place, (_, published) in state.rejects.items()},
            self.positions(),
        )

    def positions(self) -> dict[tuple[str, int], int]:
        return {where: one.next_offset for where, one in self._state.offsets.items()}

    def claim(self, owner, generation, partitions, now):
        if self.claim_failures:
            raise self.claim_failures.pop(0)
        claimed = {}
        for where in partitions:
            standing = self._state.offsets.get(where)
            if standing and standing.generation > generation and standing.updated_at >= now - self._grace:
                raise Fenced("older generation")
            epoch, offset = (standing.epoch + 1, standing.next_offset) if standing else (1, 0)
            claimed[where] = epoch, offset
        for where, (epoch, offset) in claimed.items():
            self._state.offsets[where] = _Offset(offset, owner, generation, epoch, now)
        return claimed

    def move(self, owner, epochs, offsets):
        for where, offset in offsets.items():
            standing = self._state.offsets[where]
            if (standing.owner, standing.epoch) != (owner, epochs[where]):
                raise Fenced("not the owner")
            standing.next_offset = offset

    def store(self, owner, advances, *, readings, records, rejects, now):
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        before = copy.deepcopy(self._state)
        try:
            stored = self._store(owner, advances, readings, records, rejects, now)
        except Exception:
            self._state = before
            raise
        self.calls.append(sum(after - first for _, first, after in advances.values()))
        return stored

    def _store(self, owner, advances, readings, records, rejects, now):
        for where, (epoch, first, after) in advances.items():
            standing = self._state.offsets.get(where)
            if standing is None or (standing.owner, standing.epoch) != (owner, epoch) or standing.next_offset > first:
                raise Fenced("not the owner, or stored already")
            standing.next_offset, standing.updated_at = after, now
        touched: dict[tuple[str, str], list[tuple[date, str]]] = {}
        left: set[tuple[str, str]] = set()
        changed = [record for record in records if self._record(record, left)]
        stored = self._readings(readings, touched)
        for record in changed:
            subject = str(subject_of(record))
            starts = [row[2] for row in self._state.readings.values() if record.kind == "region" or row[0] == subject]
            start = min(starts, default=record.valid_from.replace(day=1))
            touched.setdefault((subject, "registry"), []).append((start, subject))
        self._mark(touched, left)
        for one in rejects:
            standing = self._state.rejects.get(one.id)
            if standing is None or (standing[0].key, standing[0].value) != (one.key, one.value):
                self._state.rejects[one.id] = [one, False]
        return stored

    def _record(self, record, left):
        at = str(subject_of(record)), record.valid_from
        standing = self._state.registry.get(at)
        if standing is not None and (standing.revision > record.revision or standing == record):
            return False
        if standing is not None and parent_region(standing):
            left.add((at[0], parent_region(standing)))
        self._state.registry[at] = record
        return True

    def _readings(self, readings, touched):
        """One after the other, each against what stands: the plainest reading of the rule."""
        before = dict(self._state.readings)
        if any("\x00" in (row[11] or "") for row in readings):
            raise StorageRefused("22021: invalid byte sequence")
        for row in readings:
            standing = self._state.readings.get(row[:4])
            if row == standing or row in self._state.superseded:
                continue
            if standing is None or _rank(row) > _rank(standing):
                self._state.readings[row[:4]] = row
                self._state.superseded |= {standing} - {None}
            else:
                self._state.superseded.add(row)
        changed = {key: row for key, row in self._state.readings.items() if before.get(key) != row}
        for key, row in changed.items():
            cause = "correction" if key in before else "figures"
            judged = (4, 6, 8, 9, 10, 12)  # revision, report, unit, amount, flag, source
            if cause == "figures" or [before[key][i] for i in judged] != [row[i] for i in judged]:
                touched.setdefault((row[0], cause), []).append((row[2], row[6]))
        return len(changed)

    def _mark(self, touched, left):
        judged: dict[tuple[str, str], tuple[date, set[tuple[str, str]]]] = {}
        for (subject, cause), notes in touched.items():
            for who in {subject} | (self._above(subject, left) if _goes_up(subject, cause) else set()):
                start, by = judged.get((who, cause), (date.max, set()))
                judged[who, cause] = min(start, *(day for day, _ in notes)), by | {(subject, name) for _, name in notes}
        for (who, cause), (start, by) in judged.items():
            many = f"{len(by)} {'records' if cause == 'registry' else 'reports'}"
            self._state.marks.append((who, start, cause, next(iter(by))[1] if len(by) == 1 else many))

    def _above(self, subject, left):
        edges = {(who, parent_region(record)) for (who, _), record in self._state.registry.items()} | left
        found, frontier = set(), {subject}
        while frontier:
            frontier = {f"region:{up}" for who, up in edges if who in frontier and up} - found
            found |= frontier
        return found

    @contextmanager
    def unpublished(self, limit, now):
        waiting = [one for one in self._state.rejects.values() if not one[1]][:limit]
        yield [one[0] for one in waiting]
        for one in waiting:
            one[1] = True


def _goes_up(subject, cause):
    return cause == "registry" or not subject.startswith("region:")


def _rank(row):
    return (*row[4:8], row[9], row[8], row[12], row[10] or "", row[11] or "")


# --- a consumer and a broker in memory ---


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
        self._paused: set[TopicPartition] = set()
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
        for where in sorted(self._assigned - self._paused):
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
        self._paused |= set(partitions)

    def resume(self, *partitions):
        self._paused -= set(partitions)

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
        from planwatch.ingest.reject import TooLarge

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


@dataclass
class Bench:
    """Ingest with everything in memory, one step at a time."""

    consumer: FakeConsumer
    store: InMemoryIngestStore = field(default_factory=InMemoryIngestStore)
    sender: FakeSender = field(default_factory=FakeSender)
    limit: RejectLimit = field(default_factory=RejectLimit)
    now: datetime = NOW
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = IngestMetrics(self.registry)
        decoder = make_decoder()
        writer = BatchWriter(self.store, decoder, self.metrics, lambda: self.now, lambda: self.seconds)
        self.member = Member(self._connect, self.store, lambda: self.seconds)
        self.publisher = RejectPublisher(self.store, self.sender)
        self._rest = decoder, RejectLimitState(self.limit), Storing(writer.write, AtOnce())

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


# --- ingest against real servers ---


def wait_until(condition: Callable[[], Any], seconds: float = 60, every: float = 0.05) -> None:
    """Wait for a condition, not for a time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(every)


class IngestThread(threading.Thread):
    """A member of the group in this process, over real servers. ``before_store`` runs ahead of each batch."""

    def __init__(
        self,
        dsn: str,
        servers: str,
        prefix: str,
        *,
        before_store: Callable[[Any], None] = lambda batch: None,
        **options: Any,
    ) -> None:
        super().__init__(name="ingest", daemon=True)
        self._dsn, self._servers, self._topics = dsn, [servers], Topics.named(prefix)
        self._options = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500, "max_poll_records": 100} | options
        self._before_store = before_store
        self.registry = CollectorRegistry()
        self.metrics = IngestMetrics(self.registry)
        self.stopped = threading.Event()
        self.error: BaseException | None = None
        self.member: Member | None = None

    def run(self) -> None:
        try:
            with Database(self._dsn, max_size=3) as database, ThreadPoolExecutor(1) as executor:
                self._loop(IngestStore(database, "test"), executor)
        except BaseException as error:  # the test looks at it
            self.error = error

    def _loop(self, store: IngestStore, executor: Executor) -> None:
        decoder = make_decoder(self._topics)
        opener = partial(connect, self._servers, self._topics.read, f"{self._topics.reports}-group", self._options)
        member = self.member = Member(opener, store, time.monotonic)
        writer = BatchWriter(store, decoder, self.metrics, lambda: datetime.now(UTC), time.monotonic)

        def write(batch):
            self._before_store(batch)
            return writer.write(batch)

        producer = ReportProducer(self._servers, self._topics, patience_seconds=5)
        parts = decoder, RejectLimitState(RejectLimit()), Storing(write, executor)
        publisher = RejectPublisher(store, producer)
        try:
            while not self.stopped.is_set():
                try:
                    ingest_once(member, *parts, publisher=publisher, now=datetime.now(UTC))
                except StorageUnavailable:
                    self.stopped.wait(0.1)
        finally:
            producer.close()
            member.close()

    def stop(self) -> None:
        """End it; its error, if any, is the test's."""
        self.stopped.set()
        self.join(60)
        assert not self.is_alive()
        if self.error:
            raise self.error


@contextmanager
def running(*members: IngestThread) -> Iterator[None]:
    """Members that run while the block does."""
    for member in members:
        member.start()
    try:
        yield
    finally:
        for member in members:
            member.stop()


def monthly_reports(units: int, months: int = 6, revision: int = 0) -> list[Report]:
    """Reports of units, month by month, with two figures each that tell which report they came from."""
    return [
        make_report(
            report_id=f"r{revision}-{number}-{month}",
            subject=Subject(kind=SubjectKind.UNIT, id=f"U{number:05}"),
            period=f"2025-{month:02}",
            revision=revision,
            readings=(
                Reading(indicator="energy.raw_coal", value=Decimal(number * 12 + month), unit="t"),
                Reading(indicator="energy.diesel", value=Decimal(revision), unit="kg"),
            ),
        )
        for month in range(1, months + 1)
        for number in range(units)
    ]


def produce(servers: str, prefix: str, reports: list[Report], partitions: int = 4) -> None:
    """Make the topics if need be and send reports."""
    topics = Topics.named(prefix)
    create_topics([servers], topics, partitions, 1)
    with ReportProducer([servers], topics) as producer:
        for report in reports:
            producer.send_report(report)


def topic_messages(servers: str, topic: str) -> list[Any]:
    """All messages of a topic, from its start to its end."""
    consumer = KafkaConsumer(bootstrap_servers=[servers], group_id=None, auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        wanted, found = sum(consumer.end_offsets(partitions).values()), []
        while len(found) < wanted:
            found += [record for records in consumer.poll(timeout_ms=500).values() for record in records]
        return found
    finally:
        consumer.close()


@contextmanager
def ingest_process(dsn: str, servers: str, prefix: str, **settings: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """`planwatch ingest` as a process of its own; killed at the end if it still runs."""
    environment = os.environ | {
        "PLANWATCH_DATABASE__DSN": dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": prefix,
        "PLANWATCH_KAFKA__GROUP": f"{prefix}ingest",
        "PLANWATCH_OBSERVE__PORT": "0",
        **{f"PLANWATCH_{name.upper()}": str(value) for name, value in settings.items()},
    }
    process = subprocess.Popen([sys.executable, "-m", "planwatch.service", "ingest"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


class MockBroker:
    """librdkafka's broker in memory, out of the confluent-kafka wheel: it can be told to answer with errors."""

    _OFFSET_COMMIT = 8

    def __init__(self, topics: dict[str, int]) -> None:
        import confluent_kafka

        (library,) = (Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs").glob("librdkafka*.so*")
        self._c = ctypes.CDLL(str(library))
        for name, result in {"conf_new": ctypes.c_void_p, "new": ctypes.c_void_p, "mock_cluster_new": ctypes.c_void_p,
                             "mock_cluster_bootstraps": ctypes.c_char_p}.items():  # fmt: skip
            getattr(self._c, f"rd_kafka_{name}").restype = result
        said = ctypes.create_string_buffer(512)
        configuration = ctypes.c_void_p(self._c.rd_kafka_conf_new())
        self._client = ctypes.c_void_p(self._c.rd_kafka_new(0, configuration, said, ctypes.c_size_t(512)))
        self._cluster = ctypes.c_void_p(self._c.rd_kafka_mock_cluster_new(self._client, 1))
        self._c.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, ctypes.c_int32(0))
        for topic, partitions in topics.items():
            assert self._c.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1) == 0
        self.servers = self._c.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()

    def fail_offset_commits(self, code: int, times: int) -> None:
        """Answer the next offset commits with an error code."""
        self._c.rd_kafka_mock_push_request_errors_array(
            self._cluster,
            ctypes.c_int16(self._OFFSET_COMMIT),
            ctypes.c_size_t(times),
            (ctypes.c_int * times)(*[code] * times),
        )

    def __enter__(self) -> "MockBroker":
        return self

    def __exit__(self, *_: object) -> None:
        self._c.rd_kafka_mock_cluster_destroy(self._cluster)
        self._c.rd_kafka_destroy(self._client)
