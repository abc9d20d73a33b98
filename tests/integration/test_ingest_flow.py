"""Ingest on a real broker and a real database: every message finds its place, and rejects can be read and sent again."""

import gc
import json

import pytest
from factories import make_reading, make_report
from ingest_servers import (
    IngestThread,
    monthly_reports,
    produce,
    rows_of,
    running,
    stored,
    topic_messages,
    wait_until,
)
from ingest_support import SeenInDatabase, region, unit
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from typer.testing import CliRunner

from planwatch.contract.rejected import Rejected
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.redrive import MAX_ATTEMPTS
from planwatch.ingest.topics import Topics, create_topics, existing_topics
from planwatch.service.commands.rejects import app as rejects_app

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


def test_reports_records_and_rejects_find_their_places(seen, member, bootstrap_servers, topic_prefix):
    topics = Topics.named(topic_prefix)
    reports = monthly_reports(20)
    produce(bootstrap_servers, topic_prefix, reports)
    with ReportProducer([bootstrap_servers], topics) as producer:
        for record in (region("50"), unit("U00000", "50")):
            producer.send_record(record)
        producer.send_raw(topics.registry, b"unit:gone", None)
        producer.send_raw(topics.reports, b"\xff", b'{"half": ', [("trace", b"\x00\xfe")])
    one = member()
    with running(one):
        wait_until(lambda: stored(seen, reports)() and len(seen().rejects) == 2 and len(seen().registry) == 2)
        wait_until(lambda: all(seen().rejects.values()))
        wait_until(lambda: one.member.lag == 0)
    assert seen().readings == rows_of(reports)
    assert {mark[0] for mark in seen().marks} == {f"unit:U{n:05}" for n in range(20)} | {"region:50"}
    assert_published_once(bootstrap_servers, topics, seen)
    assert_lag_tools_see_no_lag(bootstrap_servers, topics, seen)


def assert_published_once(bootstrap_servers, topics, seen):
    messages = {message.key.decode(): message for message in topic_messages(bootstrap_servers, topics.rejects)}
    found = {key: Rejected.model_validate_json(message.value) for key, message in messages.items()}
    assert sorted(found) == sorted(seen().rejects)
    assert all(key == rejected.id for key, rejected in found.items())
    emptied, rejected = sorted(found.values(), key=lambda one: one.reason.value)
    assert (emptied.reason, emptied.raw_key, emptied.raw_value) == ("empty", b"unit:gone", None)
    message = messages[rejected.id]
    assert (rejected.raw_key, rejected.raw_value, rejected.headers) == (b"\xff", b'{"half": ', (("trace", "AP4="),))
    assert dict(message.headers) == {"reason": b"not_json", "origin": rejected.id.encode()}


def assert_lag_tools_see_no_lag(bootstrap_servers, topics, seen):
    admin = KafkaAdminClient(bootstrap_servers=[bootstrap_servers])
    try:
        (committed,) = admin.list_group_offsets([f"{topics.reports}-group"]).values()
    finally:
        admin.close()
    told = {(where.topic, where.partition): one.offset for where, one in committed.items()}
    assert told == {where: offset for where, offset in seen().offsets.items() if offset}


def test_partitions_that_are_added_are_read_too(seen, member, bootstrap_servers, topic_prefix):
    reports, topic = monthly_reports(60), Topics.named(topic_prefix).reports
    produce(bootstrap_servers, topic_prefix, reports[:60], partitions=1)
    with running(member(metadata_max_age_ms=300)):
        wait_until(stored(seen, reports[:60]))
        admin = KafkaAdminClient(bootstrap_servers=[bootstrap_servers])
        admin.create_partitions({topic: 4})
        admin.close()
        wait_until(lambda: {number for name, number in seen().offsets if name == topic} == {0, 1, 2, 3})
        produce(bootstrap_servers, topic_prefix, reports[60:])
        wait_until(stored(seen, reports))


def test_note_that_the_database_refuses_is_rejected_alone(seen, member, bootstrap_servers, topic_prefix):
    good = monthly_reports(30)
    bad = [
        make_report(report_id=f"bad-{n}", period=f"2024-{n:02}", readings=(make_reading(note="\x00"),)) for n in (1, 2)
    ]
    produce(bootstrap_servers, topic_prefix, [*good[:90], bad[0], *good[90:], bad[1]], partitions=1)
    with running(member()):
        wait_until(lambda: stored(seen, good)() and sum(seen().rejects.values()) == 2)
    assert seen().readings == rows_of(good)
    assert seen.rows("SELECT DISTINCT reason FROM planwatch.reject") == [("refused_by_database",)]


@pytest.fixture
def rejects(database_dsn, bootstrap_servers, topic_prefix):
    """Runs `planwatch rejects …` on the servers of the test."""
    environment = {
        "PLANWATCH_DATABASE__DSN": database_dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
        "COLUMNS": "200",
    }

    def run(*words, code=0):
        done = CliRunner().invoke(rejects_app, words, env=environment)
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_reject_can_be_read_and_sent_again(seen, member, rejects, bootstrap_servers, topic_prefix):
    topics = Topics.named(topic_prefix)
    create_topics([bootstrap_servers], topics, 1, 1)
    raw = b'{"schema": "planwatch.report/1", "period": "2025-13", "colour": "\xe7\xba\xa2"}'
    with ReportProducer([bootstrap_servers], topics) as producer:
        producer.send_raw(topics.reports, b"unit:A", raw, [("trace", b"\xfe")])
    with running(member()):
        wait_until(lambda: len(seen().rejects) == 1)
        (listed,) = json.loads(rejects("list", "--json"))
        assert (listed["reason"], listed["attempt"]) == ("breaks_contract", 1)
        shown = rejects("show", listed["id"])
        assert all(word in shown for word in ("period", "colour", "report_id", "subject", "红", "unit:A", "重新发送"))
        assert "将重投 1 条" in rejects("redrive", "--reason", "breaks_contract", "--dry-run", "--unchecked")
        assert "仍会被拒收" in rejects("redrive", "--reason", "breaks_contract", code=1)
        for attempt in range(2, MAX_ATTEMPTS + 1):
            rejects("redrive", "--reason", "breaks_contract", "--unchecked")
            wait_until(lambda attempt=attempt: len(seen().rejects) == attempt)
        refused = rejects("redrive", "--reason", "breaks_contract", "--unchecked", code=1)
    assert "已重投 0 条, 略过 1 条" in refused
    newest = json.loads(rejects("list", "--json", "--limit", "1"))
    assert [one["attempt"] for one in newest] == [MAX_ATTEMPTS]
    again = topic_messages(bootstrap_servers, topics.reports)[-1]
    assert (again.key, again.value) == (b"unit:A", raw)
    assert dict(again.headers) == {
        "trace": b"\xfe", "planwatch-origin": listed["id"].encode(), "planwatch-attempt": b"4",
    }  # fmt: skip


def test_rejects_that_are_not_there_are_said_so(rejects):
    assert json.loads(rejects("list", "--json")) == []
    rejects("show", "t/0/0", code=1)
    rejects("show", "nonsense", code=2)
    rejects("redrive", code=2)
    assert "已重投 0 条" in rejects("redrive", "--reason", "not_json")


def test_topics_are_made_once_and_the_registry_is_compacted(bootstrap_servers, topic_prefix):
    topics = Topics.named(topic_prefix)
    assert set(create_topics([bootstrap_servers], topics, 3, 1)) == set(topics.all)
    assert create_topics([bootstrap_servers], topics, 5, 1) == []
    assert set(topics.all) <= existing_topics([bootstrap_servers])
    admin = KafkaAdminClient(bootstrap_servers=[bootstrap_servers])
    try:
        described = {one["name"]: len(one["partitions"]) for one in admin.describe_topics(list(topics.all))}
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in (topics.registry, topics.reports)]
        configs = admin.describe_configs(wanted)
    finally:
        admin.close()
    assert described == {topics.reports: 3, topics.registry: 3, topics.rejects: 1, topics.warnings: 1}
    policies = {name: one.get("cleanup.policy", {}).get("value") for name, one in configs["topic"].items()}
    assert policies == {topics.registry: "compact", topics.reports: None}
