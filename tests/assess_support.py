"""Feeding reports and records into a real database and judging them by a law, without processes."""

from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.ingest_store import IngestStore

NOW = datetime(2025, 7, 1, tzinfo=UTC)


def feed(database, law, reports=(), records=(), now=NOW):
    """Store reports and records as ingest does, after whatever was stored before.

    What is stated to have been handed in after ``now`` is taken all the same: here the clock does not move by itself.
    """
    decoder = Decoder(Topics.named("t."), law.catalogue, "test")
    messages = [RawMessage("t.reports.v1", 0, i, report.key, report.to_json()) for i, report in enumerate(reports)]
    came = max([now, *(report.submitted_at for report in reports)])
    rows = [row for message in messages for row in decoder.decode(message, came).readings]
    store, partition = IngestStore(database, "test"), ("t.reports.v1", 0)
    epoch, at = store.claim("test", 1, [partition], now)[partition]
    store.store("test", {partition: (epoch, at, at + 1)}, readings=rows, records=records, rejects=(), now=now)


def metrics():
    """Fresh collectors."""
    return AssessMetrics(CollectorRegistry())


def assess_by(database, law, limit=50, rounds=20, now=NOW):
    """Judge until no mark is left; the number of subjects judged."""
    judged = 0
    for _ in range(rounds):
        found = assess_once(AssessStore(database), law, now, limit, metrics())
        judged += found
        if not found:
            return judged
    raise AssertionError("marks never run out")


def query(database, sql):
    """All rows of a query."""
    with database.transaction() as connection:
        return connection.execute(sql).fetchall()


class Meanwhile:
    """The store of assess; once the figures of a pass are checked, before they are judged, something comes in."""

    def __init__(self, store, happens):
        self.store, self.happens = store, happens

    @contextmanager
    def taken(self, *words):
        with self.store.taken(*words) as work:
            who = work.who

            def meanwhile(subjects):
                self.happens()
                return who(subjects)

            work.who = meanwhile
            yield work
