"""Redriving on the real database: rows that somebody holds are waited for, never passed over as if there were none."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from acceptance_support import wait_until

from planwatch.contract.rejected import Rejected, RejectedFault, RejectReason, as_text
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import save_rejects
from planwatch.storage.reject_store import RejectFilter, RejectStore

NOW = datetime(2025, 7, 1, tzinfo=UTC)
REJECTED = Rejected(
    service_version="0",
    topic="t.reports.v1",
    partition=0,
    offset=7,
    timestamp=NOW,
    rejected_at=NOW,
    reason=RejectReason.BREAKS_CONTRACT,
    faults=(RejectedFault(path="period", message="wrong"),),
    key=as_text(b"unit:A"),
    value=as_text(b"{}"),
)


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=3) as opened:
        with opened.transaction() as connection:
            save_rejects(connection, [REJECTED])
        yield opened


def waiting(dsn):
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
        return row[0] > 0


def redrive_in_background(database, now):
    found = []

    def redrive():
        with RejectStore(database).redriving([], RejectFilter(reason="breaks_contract"), 10) as redriving:
            found.extend(redriving.rejects)
            redriving.mark(redriving.rejects, now)

    thread = threading.Thread(target=redrive)
    thread.start()
    return thread, found


def test_reject_that_is_just_being_published_is_waited_for(database, database_dsn):
    with database.transaction() as publishing:
        publishing.execute("SELECT FROM planwatch.reject FOR UPDATE")
        thread, found = redrive_in_background(database, NOW)
        wait_until(lambda: waiting(database_dsn), seconds=20, what="redrive to wait for the row")
    thread.join(20)
    assert [one.id for one in found] == [REJECTED.id]


def test_who_comes_second_finds_it_sent(database, database_dsn):
    with RejectStore(database).redriving([], RejectFilter(reason="breaks_contract"), 10) as ours:
        thread, found = redrive_in_background(database, NOW)
        wait_until(lambda: waiting(database_dsn), seconds=20, what="the second to wait")
        ours.mark(ours.rejects, NOW)
    thread.join(20)
    assert found == []


DAY = timedelta(days=1)
SEVERAL = [
    REJECTED.model_copy(update=over)
    for over in (
        {"offset": 1, "key": as_text(b"unit:A"), "rejected_at": NOW - 2 * DAY},
        {"offset": 2, "key": as_text(b"unit:B"), "reason": RejectReason.NOT_JSON},
        {"offset": 3, "key": as_text(b"nonsense\xff"), "value": as_text(b'{"subject":{"kind":"unit","id":"A"}'),
         "reason": RejectReason.WRONG_KEY},
        {"offset": 4, "key": None, "value": None, "topic": "t.registry.v1", "attempt": 2},
    )
]  # fmt: skip
FILTERS = {
    "all": (RejectFilter(), {1, 2, 3, 4}),
    "reason": (RejectFilter(reason="not_json"), {2}),
    "topic": (RejectFilter(topic="t.registry.v1"), {4}),
    "subject, by key or by value": (RejectFilter(subject="unit:A"), {1, 3}),
    "subject by its id": (RejectFilter(subject="B"), {2}),
    "since": (RejectFilter(since=NOW), {2, 3, 4}),
    "before": (RejectFilter(before=NOW), {1}),
    "several at once": (RejectFilter(reason="wrong_key", subject="A", since=NOW), {3}),
    "nobody": (RejectFilter(subject="unit:C"), set()),
}


@pytest.fixture
def several(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        with opened.transaction() as connection:
            save_rejects(connection, SEVERAL)
        yield RejectStore(opened)


@pytest.mark.parametrize(("meant", "offsets"), FILTERS.values(), ids=FILTERS)
def test_filter_means_the_same_in_every_query(several, meant, offsets):
    listed = {int(row["id"].rpartition("/")[2]) for row in several.rejects(meant)}
    with several.redriving([], meant, 100) as redriving:
        held = {one.offset for one in redriving.rejects}
    assert listed == held == offsets
    assert sum(row["rejects"] for row in several.counts(meant)) == len(offsets)


def test_what_was_sent_again_is_no_longer_pending(several):
    with several.redriving([], RejectFilter(reason="not_json"), 100) as redriving:
        redriving.mark(redriving.rejects, NOW)
    assert len(several.rejects(RejectFilter(pending=True))) == 3
    counts = {row["reason"]: (row["rejects"], row["pending"], row["repeated"]) for row in several.counts()}
    assert counts == {"not_json": (1, 0, 0), "breaks_contract": (2, 2, 1), "wrong_key": (1, 1, 0)}
