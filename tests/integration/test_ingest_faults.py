"""Ingest on a real broker and a real database: every message once, whatever dies, stalls or goes away meanwhile."""

import gc
import signal
import threading

import pytest
from conftest import run_stack
from factories import make_report
from ingest_servers import (
    IngestThread,
    MockBroker,
    count_stored,
    ingest_process,
    monthly_reports,
    produce,
    rows_of,
    running,
    steadily_produced,
    stored,
    wait_until,
)
from ingest_support import SeenInDatabase

from planwatch.contract.errors import DeliveryFailed
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics, existing_topics

# kafka-python leaves the sockets of refused connections to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def nothing_left_to_collect():
    yield
    gc.collect()


@pytest.fixture
def seen(database_dsn):
    return SeenInDatabase(database_dsn)


@pytest.fixture
def member(database_dsn, bootstrap_servers, topic_prefix):
    """Makes members of the test's consumer group."""
    return lambda **options: IngestThread(database_dsn, bootstrap_servers, topic_prefix, **options)


def test_members_that_come_and_go_store_every_message_once(seen, member, bootstrap_servers, topic_prefix):
    first, second, third = member(), member(), member()
    with steadily_produced(bootstrap_servers, topic_prefix) as reports, running(first):
        wait_until(lambda: count_stored(first) > 200)
        with running(second):
            wait_until(lambda: count_stored(second) > 100)
            with running(third):
                wait_until(lambda: count_stored(third) > 50)
        alone = count_stored(first)
        wait_until(lambda: count_stored(first) > alone + 200)
    with running(last := member()):
        wait_until(stored(seen, reports))
    assert seen().readings == rows_of(reports)
    assert seen().superseded == set()
    assert count_stored(first, second, third, last) == len(reports)


def test_sleeper_that_lost_its_partitions_stores_nothing(seen, member, bootstrap_servers, topic_prefix):
    reports = monthly_reports(200)
    produce(bootstrap_servers, topic_prefix, reports)
    asleep, wake = threading.Event(), threading.Event()

    def stall(batch):
        if count_stored(sleeper) > 100 and not asleep.is_set():
            asleep.set()
            assert wake.wait(60)

    sleeper, heir = member(before_store=stall, max_poll_interval_ms=2000), member()
    with running(sleeper):
        try:
            assert asleep.wait(60)
            with running(heir):
                wait_until(stored(seen, reports))
                wake.set()
                wait_until(lambda: sleeper.registry.get_sample_value("planwatch_ingest_fenced_total") == 1)
                wait_until(lambda: sleeper.member.claimed is not None)
        finally:
            wake.set()
    assert seen().readings == rows_of(reports)
    assert count_stored(sleeper, heir) == len(reports)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to stop"])
def test_process_that_ends_in_mid_load_leaves_nothing_out(seen, database_dsn, bootstrap_servers, topic_prefix, number):
    reports = monthly_reports(800) + monthly_reports(800, months=2, revision=1)
    produce(bootstrap_servers, topic_prefix, reports)
    settings = {"kafka__max_poll_records": 50, "kafka__session_timeout_ms": 6000}
    with ingest_process(database_dsn, bootstrap_servers, topic_prefix, **settings) as process:
        wait_until(lambda: len(seen().readings) > 500, every=0.01)
        process.send_signal(number)
        assert process.wait(30) == (0 if number == signal.SIGTERM else -number)
    before = len(seen().readings)
    with ingest_process(database_dsn, bootstrap_servers, topic_prefix, kafka__session_timeout_ms=6000):
        wait_until(lambda: sum(seen().offsets.values()) == len(reports))
    assert before < 2 * 800 * 6, "it ended before everything was stored"
    assert seen().readings | seen().superseded == rows_of(reports)
    assert {row[4] for row in seen().superseded} == {0}
    assert len(seen().readings) == 2 * 800 * 6


def test_database_that_goes_away_costs_only_time(stack, seen, member, bootstrap_servers, topic_prefix):
    reports = monthly_reports(1000)
    produce(bootstrap_servers, topic_prefix, reports)
    one = member()
    with running(one):
        wait_until(lambda: count_stored(one) > 200, every=0.01)
        run_stack("kill", "--name", stack["STACK_NAME"], "timescaledb")
        try:
            wait_until(lambda: one.registry.get_sample_value("planwatch_ingest_pauses_total") == 1)
        finally:
            run_stack("start", "--name", stack["STACK_NAME"], "--fast", "timescaledb")
        wait_until(stored(seen, reports))
    assert seen().readings == rows_of(reports)
    assert (seen().superseded, seen().rejects) == (set(), {})


def test_broker_that_goes_away_is_named_and_waited_for(stack, seen, member, bootstrap_servers, topic_prefix):
    reports = monthly_reports(50)
    produce(bootstrap_servers, topic_prefix, reports[:100])
    one = member()
    with running(one):
        wait_until(stored(seen, reports[:100]))
        run_stack("kill", "--name", stack["STACK_NAME"], "kafka")
        try:
            wait_until(lambda: one.member.fault)
        finally:
            run_stack("start", "--name", stack["STACK_NAME"], "--fast", "kafka")
        produce(bootstrap_servers, topic_prefix, reports[100:])
        wait_until(stored(seen, reports))
        wait_until(lambda: one.member.fault is None)
    assert seen().readings == rows_of(reports)


def test_producer_tells_of_a_broker_that_is_away():
    with pytest.raises(DeliveryFailed, match="Kafka"):
        ReportProducer(["127.0.0.1:1"], Topics.named("x."), patience_seconds=1).send_report(make_report())
    with pytest.raises(DeliveryFailed, match="does not answer"):
        existing_topics(["127.0.0.1:1"], {"bootstrap_timeout_ms": 500})


def test_waiting_for_a_broker_gathers_no_threads(database_dsn, topic_prefix):
    one = IngestThread(database_dsn, "127.0.0.1:1", topic_prefix, bootstrap_timeout_ms=100)
    before = threading.active_count()
    faults = []
    with running(one):
        wait_until(lambda: faults.append(one.member and one.member.fault) or len(faults) > 40)
        now = threading.active_count()
    assert "Kafka does not answer" in faults[-1]
    assert now - before < 12, "the member, its database pool, and no more"


@pytest.mark.parametrize(
    "code", [22, 25, 27, 15], ids=["illegal generation", "unknown member", "rebalancing", "no coordinator"]
)
def test_refused_offset_commits_change_nothing(seen, database_dsn, code):
    reports = monthly_reports(40)
    with MockBroker({"m.reports.v1": 2, "m.registry.v1": 1, "m.rejects.v1": 1}) as broker:
        client = {"api_version": (2, 3)}
        with ReportProducer([broker.servers], Topics.named("m."), client) as producer:
            for one in reports:
                producer.send_report(one)
        broker.fail_offset_commits(code, times=3)
        # The mock broker lets a member join again only after its old session is nearly over.
        one = IngestThread(database_dsn, broker.servers, "m.", **client, max_poll_records=20, session_timeout_ms=2000)
        with running(one):
            wait_until(stored(seen, reports))
            wait_until(lambda: sum(seen().offsets.values()) == len(reports))
    assert seen().readings == rows_of(reports)
    assert count_stored(one) == len(reports)
