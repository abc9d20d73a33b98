"""Ingest over real servers: members in threads and processes, reports that arrive, a broker that can be told to fail."""

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import confluent_kafka
from factories import make_report
from ingest_support import SeenInDatabase, make_decoder, make_message
from kafka import KafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry

from planwatch.contract.errors import StorageUnavailable
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.client import connect
from planwatch.ingest.consumer import Member
from planwatch.ingest.limit import RejectLimit, RejectLimitState
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.reject import RejectPublisher
from planwatch.ingest.storing import BatchWriter, Storing
from planwatch.ingest.topics import Topics, create_topics
from planwatch.service.pipeline import ingest_once
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore


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

        def write(batch, sent):
            self._before_store(batch)
            return writer.write(batch, sent)

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


def rows_of(reports: list[Report]) -> set[tuple[Any, ...]]:
    """What must be stored of reports, each stated once."""
    decoder = make_decoder()
    return {
        row for one in reports for row in decoder.decode(make_message(one, key=one.key), datetime.now(UTC)).readings
    }


def stored(seen: SeenInDatabase, reports: list[Report]) -> Callable[[], bool]:
    """Whether all monthly reports are stored, for ``wait_until``."""
    return lambda: len(seen.rows("SELECT 1 FROM planwatch.reading")) == 2 * len(reports)


def count_stored(*members: IngestThread) -> float:
    """Reports committed by members: every message counts each time it is stored."""
    return sum(one.registry.get_sample_value("planwatch_ingest_reports_total") for one in members)


def produce(servers: str, prefix: str, reports: list[Report], partitions: int = 4) -> None:
    """Make the topics if need be and send reports."""
    topics = Topics.named(prefix)
    create_topics([servers], topics, partitions, 1)
    with ReportProducer([servers], topics) as producer:
        for report in reports:
            producer.send_report(report)


@contextmanager
def steadily_produced(servers: str, prefix: str) -> Iterator[list[Report]]:
    """Reports that go on arriving while the block runs; the list is complete when it ends."""
    topics, sent, enough = Topics.named(prefix), [], threading.Event()
    create_topics([servers], topics, 4, 1)

    def go_on() -> None:
        with ReportProducer([servers], topics) as producer:
            while not enough.wait(0.02):
                for number in range(len(sent), len(sent) + 20):
                    subject = Subject(kind=SubjectKind.UNIT, id=f"U{number:06}")
                    readings = [Reading(indicator=name, value=Decimal(number), unit="t")
                                for name in ("energy.raw_coal", "energy.diesel")]  # fmt: skip
                    sent.append(make_report(report_id=f"r-{number}", subject=subject, readings=tuple(readings)))
                    producer.send_report(sent[-1])
                producer.flush()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        enough.set()
        thread.join(30)


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

    def go_down(self) -> None:
        """Cut its connections and take no new ones."""
        assert self._c.rd_kafka_mock_broker_set_down(self._cluster, ctypes.c_int32(1)) == 0

    def come_up(self) -> None:
        """Take connections again."""
        assert self._c.rd_kafka_mock_broker_set_up(self._cluster, ctypes.c_int32(1)) == 0

    def __enter__(self) -> "MockBroker":
        return self

    def __exit__(self, *_: object) -> None:
        self._c.rd_kafka_mock_cluster_destroy(self._cluster)
        self._c.rd_kafka_destroy(self._client)
