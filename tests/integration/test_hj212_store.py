"""The day store on the real database: statements in any order end in the same state, and marks are never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import psycopg
import pytest
from hj212_support import MN, UNIT, make_day, make_station
from ingest_servers import wait_until

from planwatch.contract.hj212 import StationFile
from planwatch.storage.database import Database
from planwatch.storage.hj212_store import QUERIES, Hj212Store

NOW = datetime(2025, 3, 1, tzinfo=UTC)
DAY = date(2025, 1, 31)
STATEMENTS = (
    make_day(DAY, "1", qn="20250201000000000"),
    make_day(DAY, None, flag="D", qn="20250202000000000"),
    make_day(DAY, "3", qn="20250203000000000"),
    make_day(DAY, "4", qn="20250203000000000"),
)


@pytest.fixture
def store(database_dsn):
    with Database(database_dsn, max_size=2) as database:
        yield Hj212Store(database)


def write(store, *days, unit=UNIT, now=NOW):
    store.write(unit, days, keep=(), drop=(), refused=(), now=now)


def rows(dsn, query):
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def test_statements_in_any_order_end_in_the_same_state(store, database_dsn):
    orders = list(permutations(STATEMENTS))
    for number, order in enumerate(orders):
        for one in (*order, *order):  # each of them twice
            write(
                store,
                make_day(one.day, None if one.cou is None else str(one.cou), flag=one.flag, qn=one.qn, mn=f"M{number}"),
            )
    standing = rows(database_dsn, "SELECT DISTINCT cou, flag FROM planwatch.hj212_day")
    kept = rows(database_dsn, "SELECT cou, flag, count(*) FROM planwatch.hj212_day_superseded GROUP BY 1, 2 ORDER BY 1")
    assert standing == [(4, "N")]
    assert kept == [(1, "N", len(orders)), (3, "N", len(orders)), (None, "D", len(orders))]


def test_month_is_due_when_over_and_held_by_one_reporter_at_a_time(store):
    write(store, STATEMENTS[0], now=datetime(2025, 1, 31, 12, tzinfo=UTC))
    with store.due(datetime(2025, 1, 31, 15, 59, tzinfo=UTC), timedelta(0)) as due:
        assert due is None, "the month is not over in Shanghai"
    with store.due(NOW, timedelta(0)) as due, store.due(NOW, timedelta(0)) as second:
        assert (due.unit, str(due.month)) == (UNIT, "2025-01") and second is None
        assert [one.cou for one in due.days([make_station()])] == [1]


def test_month_looked_at_in_vain_is_due_again_when_changed_or_settled(store):
    settle = timedelta(hours=12)

    def look(now):
        with store.due(now, settle) as due:
            if due is not None:
                due.settle(None, now, waits=True)
            return due is not None

    write(store, STATEMENTS[0], now=NOW)
    assert look(NOW) and not look(NOW + timedelta(hours=1))
    write(store, STATEMENTS[2], now=NOW + timedelta(hours=2))
    assert look(NOW + timedelta(hours=2)) and not look(NOW + timedelta(hours=13))
    assert look(NOW + timedelta(hours=14))


def test_statement_that_says_nothing_new_marks_nothing(store):
    write(store, STATEMENTS[0])
    with store.due(NOW, timedelta(0)) as due:
        due.settle(None, NOW, waits=False)
    write(store, STATEMENTS[0], now=NOW + timedelta(hours=1))
    with store.due(NOW + timedelta(days=1), timedelta(0)) as due:
        assert due is None


def test_mapping_marks_only_months_of_points_that_changed(store, database_dsn):
    points = make_station(), make_station(mn="OTHER", unit="B")
    assert store.adopt(StationFile(stations=points), NOW) == 2
    write(store, STATEMENTS[0], make_day(DAY, mn="OTHER"))
    with psycopg.connect(database_dsn) as connection:
        connection.execute("UPDATE planwatch.hj212_month SET waits = false")
    assert store.adopt(StationFile(stations=points), NOW) == 0
    assert rows(database_dsn, "SELECT unit_id FROM planwatch.hj212_month WHERE waits") == []
    assert store.adopt(StationFile(stations=(points[0], make_station(mn="OTHER", unit="C"))), NOW) == 1
    assert rows(database_dsn, "SELECT unit_id FROM planwatch.hj212_month WHERE waits ORDER BY 1") == [("B",), ("C",)]
    stored = rows(database_dsn, f"SELECT body FROM planwatch.hj212_station WHERE mn = '{MN}'")
    assert "pw" not in stored[0][0]


def test_day_written_after_its_point_moved_is_of_the_new_unit_too(store, database_dsn):
    """A frame read by the old mapping, and written when the new one had been taken up."""
    store.adopt(StationFile(stations=(make_station(), make_station(mn="OTHER", unit="B"))), NOW)
    store.adopt(StationFile(stations=(make_station(unit="C"), make_station(mn="OTHER", unit="B"))), NOW)
    write(store, STATEMENTS[0], unit=UNIT)
    waiting = rows(database_dsn, "SELECT unit_id, month FROM planwatch.hj212_month WHERE waits ORDER BY 1")
    assert waiting == [(UNIT, date(2025, 1, 1)), ("C", date(2025, 1, 1))]


def test_mapping_is_taken_up_after_the_frame_that_is_being_written(store, database_dsn):
    """Adopting waits for a writer of the point: else the day would be seen by neither."""
    store.adopt(StationFile(stations=(make_station(),)), NOW)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_dsn) as writer:
        writer.execute(QUERIES.lock_point, {"mn": MN})
        adopting = pool.submit(store.adopt, StationFile(stations=(make_station(unit="C"),)), NOW)
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: rows(database_dsn, waits)[0][0] > 0)
        columns = {name: getattr(STATEMENTS[0], name) for name in STATEMENTS[0].__slots__}
        writer.execute(QUERIES.save_day, columns)
        writer.commit()
        assert adopting.result(20) == 1
    assert rows(database_dsn, "SELECT unit_id FROM planwatch.hj212_month WHERE waits ORDER BY 1") == [(UNIT,), ("C",)]


def test_points_that_spoke_are_those_with_a_day_of_a_listed_factor(store):
    write(
        store, make_day(DAY), make_day(DAY - timedelta(days=3), mn="EARLY"), make_day(DAY, mn="FLOW", factor="w00000")
    )
    asked = [(mn, 32, "w01018") for mn in (MN, "EARLY", "FLOW", "NEVER")] + [(MN, 31, "a21002")]
    assert store.spoken(asked, DAY - timedelta(days=2)) == {(MN, 32)}
    assert store.spoken(asked, DAY - timedelta(days=3)) == {(MN, 32), ("EARLY", 32)}
    assert store.spoken([], DAY) == set()
