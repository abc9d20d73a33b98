"""Killed without warning in the middle of a load, every process and server comes back to the very same tables."""

import json
import os
import threading
from contextlib import ExitStack

import psycopg
import pytest
from acceptance_support import Planwatch, inbox, wait_until
from compare_support import differences, rows
from conftest import run_stack
from psycopg.conninfo import make_conninfo

from planwatch.contract.period import Period
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics
from planwatch.simulate import scenario

UNITS = 760
FIRST, LAST = Period.month(2020, 1), Period.month(2025, 12)
SERVERS = ("timescaledb", "kafka")


@pytest.fixture(scope="module")
def name():
    """A stack of its own, with fsync on: what is killed here must survive."""
    name = f"kill-{os.getpid()}"
    run_stack("start", "--name", name, *SERVERS)
    yield name
    run_stack("remove", "--name", name)


@pytest.fixture(scope="module")
def messages():
    """The whole load as bytes: (topic, key, value). Project ledgers come first, because a region's sum over them is judged
    as often as a part of it arrives; all else reports for itself alone, so that what people are told must be the same."""
    topics = Topics.named("x.")
    registry = list(scenario.registry(1, UNITS))
    ledgers, others = [], []
    for delivery in scenario.deliveries(1, UNITS, FIRST, LAST):
        if delivery.corrections:
            continue
        for key, value in delivery.messages:
            (ledgers if b'"reduction.' in value else others).append((topics.reports, key, value))
    assert len(others) > 50_000
    return registry, ledgers, others


class Side:
    """One installation on the shared servers: a database and topics of its own."""

    def __init__(self, label, stack_name, tmp_path, people):
        settings = json.loads(run_stack("env", "--name", stack_name, "--json"))
        dsn = settings["PLANWATCH_DATABASE__DSN"]
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{label}"')
        (tmp_path / label).mkdir()
        self.dsn = make_conninfo(dsn, dbname=label)
        self.topics = Topics.named(f"{label}.")
        self.planwatch = Planwatch(
            settings
            | {
                "PLANWATCH_DATABASE__DSN": self.dsn,
                "PLANWATCH_KAFKA__TOPIC_PREFIX": f"{label}.",
                "PLANWATCH_KAFKA__GROUP": f"{label}-ingest",
                "PLANWATCH_KAFKA__SESSION_TIMEOUT_MS": "6000",
                "PLANWATCH_KAFKA__MAX_POLL_RECORDS": "500",
                "PLANWATCH_NOTIFY__WEBHOOK_URL": people.url,
            },
            tmp_path / label,
        )
        self.planwatch.command("migrate")
        self.servers = [settings["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"]]

    def send(self, messages):
        with ReportProducer(self.servers, self.topics, patience_seconds=120) as producer:
            for _, key, value in messages:
                producer.send_raw(self.topics.reports, key, value)

    def send_registry(self, records):
        with ReportProducer(self.servers, self.topics) as producer:
            for record in records:
                producer.send_record(record)

    def start(self):
        for stage in ("ingest", "assess", "notify"):
            self.planwatch.start(stage)

    def drain(self):
        self.planwatch.command("status", "--wait", "200")

    def readings(self):
        with psycopg.connect(self.dsn) as connection:
            return connection.execute("SELECT count(*) FROM planwatch.reading").fetchone()[0]


def prepared(side, messages):
    registry, ledgers, _ = messages
    side.send_registry(registry)
    side.start()
    side.drain()
    # One ledger after the other: two projects book for one region, and what it is told of half a month depends on timing.
    for key in sorted({key for _, key, _ in ledgers}):
        side.send([message for message in ledgers if message[1] == key])
        side.drain()


@pytest.mark.timeout(600)
def test_tables_after_kills_equal_those_of_an_undisturbed_run(name, messages, tmp_path):
    with inbox() as calm_people, inbox() as shaken_people, ExitStack() as at_the_end:
        calm = Side("calm", name, tmp_path, calm_people)
        at_the_end.callback(calm.planwatch.end)
        prepared(calm, messages)
        calm.send(messages[2])
        calm.drain()
        calm.planwatch.stop()

        shaken = Side("shaken", name, tmp_path, shaken_people)
        at_the_end.callback(shaken.planwatch.end)
        prepared(shaken, messages)
        shake(shaken, name, messages[2])
        shaken.drain()
        shaken.planwatch.check_all()
        shaken.planwatch.stop()

        undisturbed = rows(calm.dsn)
        assert undisturbed["broken history"] == []
        assert differences(undisturbed, rows(shaken.dsn)) == {}
        assert_told_alike(calm_people, shaken_people)


def shake(side, name, messages):
    """Send a load in parts, and while each but the last is on its way kill a process or a server and bring it back.

    Two processes judge: whatever they share out between them must come to what one comes to.
    """
    side.planwatch.start("assess-2")
    victims = ("ingest", "assess", "notify", "kafka", "timescaledb")
    size = len(messages) // (len(victims) + 1)
    for i, victim in enumerate(victims):
        before = side.readings()
        sender = threading.Thread(target=side.send, args=(messages[i * size : (i + 1) * size],))
        sender.start()
        wait_until(
            lambda before=before: side.readings() > before,
            seconds=120,
            what=f"readings of part {i + 1}",
            alive=side.planwatch.check_all,
        )
        if victim in SERVERS:
            run_stack("kill", "--name", name, victim)
            run_stack("start", "--name", name, victim)
        else:
            side.planwatch.kill(victim)
            side.planwatch.start(victim)
        sender.join(180)
        assert not sender.is_alive()
    side.planwatch.check_all()
    side.send(messages[len(victims) * size :])


def assert_told_alike(calm, shaken):
    """Each change is told once; a kill may repeat no more than the request that was in flight."""
    keys = [[headers["Idempotency-Key"] for headers in people.headers] for people in (calm, shaken)]
    assert len(set(keys[0])) == len(keys[0]), "undisturbed, nobody is told twice"
    assert set(keys[1]) == set(keys[0])
    assert len(keys[1]) <= len(keys[0]) + 3, (
        "ingest, assess and the servers repeat nothing; notify at most what was in flight"
    )
