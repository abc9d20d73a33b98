"""`planwatch notify` as a process: told once and in order, through kills, twins and outages."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import closing

import pytest
from alerts_database_support import RealOutbox
from alerts_dispatch_suite import UNITS, ids
from alerts_hook_support import Answer, Hook
from alerts_support import story
from kafka import KafkaConsumer

from planwatch.ingest.topics import Topics, create_topics
from planwatch.storage.database import Database

pytestmark = pytest.mark.services
COMMAND = [sys.executable, "-m", "planwatch.service", "notify"]
PATIENCE_SECONDS = 60


class Process:
    """`planwatch notify`, its log read as it comes."""

    def __init__(self, **settings):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLANWATCH_")}
        environment |= {"PLANWATCH_OBSERVE__PORT": "0", "PLANWATCH_NOTIFY__POLL_SECONDS": "0.2"} | settings
        self._child = subprocess.Popen(COMMAND, env=environment, stderr=subprocess.PIPE, text=True)
        self.log = []
        self._serves = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with self._child.stderr as lines:
            for line in lines:
                self.log.append(line)
                if '"action": "observe"' in line:
                    self._serves.set()

    @property
    def port(self):
        assert self._serves.wait(PATIENCE_SECONDS), self.log
        return next(json.loads(line)["port"] for line in self.log if '"action": "observe"' in line)

    def end(self, number=signal.SIGTERM):
        """Send a signal and wait for the end; its exit code."""
        if self._child.poll() is None:
            self._child.send_signal(number)
        code = self._child.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code


@pytest.fixture
def hook():
    with Hook() as hook:
        yield hook


@pytest.fixture
def outbox(database_dsn):
    with Database(database_dsn) as database, closing(RealOutbox(database, ["webhook"])) as outbox:
        yield outbox


@pytest.fixture
def start(database_dsn, hook):
    started = []

    def make(**settings):
        told = {"PLANWATCH_NOTIFY__WEBHOOK_URL": hook.url, "PLANWATCH_DATABASE__DSN": database_dsn}
        started.append(Process(**(told | settings)))
        return started[-1]

    yield make
    for process in started:
        process.end(signal.SIGKILL)


def keys(heard):
    return [one.headers["Idempotency-Key"].removesuffix("/webhook") for one in heard]


def test_kill_during_a_request_repeats_that_request_and_no_other(outbox, hook, start):
    stories = [story("0120", unit) for unit in UNITS[:3]]
    outbox.add([told for one in stories for told in one])
    let_go = threading.Event()
    hook.answers = [Answer()] * 4 + [Answer(hold=let_go)]
    first = start()
    hook.wait_until(lambda heard: len(heard) == 5)
    first.end(signal.SIGKILL)
    let_go.set()
    second = start()
    hook.wait_until(lambda heard: len(set(keys(heard))) == 9)
    assert second.end() == 0
    told = keys(hook.heard)
    assert {change: count for change, count in Counter(told).items() if count > 1} == {told[4]: 2}
    for one in stories:
        assert [change for change in dict.fromkeys(told) if change in ids(one)] == ids(one)
    assert outbox.open_changes() == []


def test_processes_side_by_side_tell_each_change_once(outbox, hook, start):
    processes = [start(), start()]
    stories = [story("0123210", unit) for unit in UNITS[:10]]
    for one in stories:
        outbox.add(one)
    hook.wait_until(lambda heard: len(set(keys(heard))) == 60)
    assert [process.end() for process in processes] == [0, 0]
    assert sorted(keys(hook.heard)) == sorted(change for one in stories for change in ids(one))
    for one in stories:
        assert [change for change in keys(hook.heard) if change in ids(one)] == ids(one)


def test_receiver_that_comes_back_is_told(outbox, hook, start):
    hook.answers = [Answer(503)] * 2
    told = story("012")
    outbox.add(told)
    process = start()
    hook.wait_until(lambda heard: len(heard) == 4)
    assert process.end() == 0
    assert keys(hook.heard) == [*ids(told)[:1] * 3, *ids(told)[1:]]
    assert outbox.delivery(told[0].change.id, "webhook").attempts == 3


def test_changes_before_go_live_are_not_told(outbox, hook, start):
    told = story("0123")
    outbox.add(told)
    process = start(PLANWATCH_NOTIFY__SINCE="2025-04")
    hook.wait_until(lambda heard: len(heard) == 1)
    assert process.end() == 0
    assert keys(hook.heard) == ids(told)[2:]
    assert outbox.open_changes() == []


def test_metrics_say_what_waits_and_what_is_active(outbox, hook, start):
    let_go = threading.Event()
    hook.answers = [Answer(hold=let_go)]
    outbox.add([*story("012"), *story("01", UNITS[0])])
    process = start()
    hook.wait_until(lambda heard: len(heard) == 1)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{process.port}/metrics", timeout=PATIENCE_SECONDS) as answer:
            metrics = answer.read().decode()
    finally:
        let_go.set()
    assert "planwatch_notify_outbox_count 3.0" in metrics
    assert 'planwatch_notify_active_warnings_count{severity="2"} 1.0' in metrics
    assert 'planwatch_notify_deliveries_total{outcome="failed",receiver="webhook"} 0.0' in metrics


def test_changes_are_published_in_order_too(outbox, start, hook, bootstrap_servers, topic_prefix):
    topics = Topics.named(topic_prefix)
    create_topics([bootstrap_servers], topics, 1, 1)
    told = story("0120", UNITS[0])
    outbox.add(told)
    kafka = {
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
    }
    process = start(**kafka)
    seen = []
    with closing(KafkaConsumer(topics.warnings, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest",
                               consumer_timeout_ms=PATIENCE_SECONDS * 1000)) as consumer:  # fmt: skip
        for message in consumer:
            seen.append((message.key.decode(), json.loads(message.value)["change"]["id"]))
            if len(seen) == len(told):
                break
    hook.wait_until(lambda heard: len(heard) == len(told))
    assert process.end() == 0
    assert seen == [(UNITS[0], change) for change in ids(told)]
    assert outbox.delivery(told[0].change.id, "topic").state == "delivered"


def test_process_that_would_tell_nobody_says_which_setting_is_missing(start, database_dsn):
    process = start(PLANWATCH_NOTIFY__WEBHOOK_URL="")
    assert process.end(0) == 2
    assert "PLANWATCH_NOTIFY__ALERTMANAGER_URL" in "".join(process.log)
