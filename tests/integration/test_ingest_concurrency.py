"""Two processes that store at once: what one of them holds open, the other waits for, and both together come out right."""

import threading
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from ingest_servers import wait_until
from ingest_support import NOW, REPORTS, TOPICS, SeenInDatabase, make_row, rejected, unit

from planwatch.contract.errors import Fenced, StorageUnavailable
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore

OTHER = TOPICS.reports, 1
MARCH = date(2025, 3, 1)
FIRST = make_row()
CORRECTED = make_row(revision=1, value=Decimal(2), amount=Decimal(2000), report_id="r-2")


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as made:
        yield made


class Meanwhile(list):
    """Rejects whose reading, at the end of a transaction, takes until something else has happened."""

    def __init__(self, happens):
        super().__init__([rejected(0)])
        self._happens = happens

    def __iter__(self):
        self._happens()
        return super().__iter__()


def store_beside(database, dsn, first, second):
    """Store two batches of two partitions; the second begins, and has to wait, before the first has ended."""
    store = IngestStore(database, "test")
    store.claim("one", 1, [REPORTS], NOW)
    store.claim("two", 1, [OTHER], NOW)
    empty = {"readings": [], "records": [], "rejects": [], "now": NOW}
    beside = threading.Thread(target=lambda: store.store("two", {OTHER: (1, 0, 1)}, **empty | second))

    def begin_the_second():
        beside.start()
        with psycopg.connect(dsn, autocommit=True) as connection:
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            wait_until(lambda: connection.execute(waiting).fetchone())

    store.store("one", {REPORTS: (1, 0, 1)}, **empty | first | {"rejects": Meanwhile(begin_the_second)})
    beside.join(30)
    return SeenInDatabase(dsn)()


@pytest.mark.parametrize("rows", [(FIRST, CORRECTED), (CORRECTED, FIRST)], ids=["lower first", "higher first"])
def test_statements_of_one_figure_stored_at_once_are_ranked(database, database_dsn, rows):
    first, second = rows
    seen = store_beside(database, database_dsn, {"readings": [first]}, {"readings": [second]})
    assert (seen.readings, seen.superseded) == ({CORRECTED}, {FIRST})
    assert seen.offsets == {REPORTS: 1, OTHER: 1}


def test_same_statement_stored_at_once_is_stored_once(database, database_dsn):
    seen = store_beside(database, database_dsn, {"readings": [FIRST]}, {"readings": [FIRST]})
    assert (seen.readings, seen.superseded) == ({FIRST}, set())
    assert [mark[0] for mark in seen.marks] == ["unit:A"]


@pytest.mark.parametrize("record_first", [True, False], ids=["record first", "figure first"])
def test_figure_and_record_stored_at_once_mark_the_region_from_the_figures_month(database, database_dsn, record_first):
    record, figure = {"records": [unit("A", "50")]}, {"readings": [FIRST]}
    batches = (record, figure) if record_first else (figure, record)
    seen = store_beside(database, database_dsn, *batches)
    cause = "figures" if record_first else "registry"
    assert ("region:50", MARCH, cause) in {mark[:3] for mark in seen.marks}


def test_process_frozen_in_mid_transaction_does_not_keep_its_partitions(database, database_dsn):
    sleeper = IngestStore(database, "test", frozen_seconds=0.3)
    sleeper.claim("sleeper", 1, [REPORTS], NOW)

    def take_over():
        IngestStore(database, "test").claim("heir", 2, [REPORTS], NOW)

    with pytest.raises((Fenced, StorageUnavailable)):
        sleeper.store(
            "sleeper", {REPORTS: (1, 0, 9)}, readings=[FIRST], records=[], rejects=Meanwhile(take_over), now=NOW
        )
    seen = SeenInDatabase(database_dsn)()
    assert (seen.offsets, seen.readings) == ({REPORTS: 0}, set())
