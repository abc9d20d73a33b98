"""Redriving on the real database: rows that somebody holds are waited for, never passed over as if there were none."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from acceptance_support import wait_until

from planwatch.contract.rejected import Rejected, RejectedFault, RejectReason, as_text
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import save_rejects
from planwatch.storage.reject_store import RejectStore

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
        with RejectStore(database).redriving([], "breaks_contract", 10) as redriving:
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
    with RejectStore(database).redriving([], "breaks_contract", 10) as ours:
        thread, found = redrive_in_background(database, NOW)
        wait_until(lambda: waiting(database_dsn), seconds=20, what="the second to wait")
        ours.mark(ours.rejects, NOW)
    thread.join(20)
    assert found == []
