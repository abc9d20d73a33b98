"""Whatever the order, the batches, the repeats and the crashes: the end state is the pure function of all facts."""

from datetime import timedelta

import pytest
from confluence_facts import FACTS, FIRST, LAST, LATER, NOW
from confluence_machine import Machine
from confluence_support import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planwatch.contract.report import Report
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services

LAW_FIRST, TAKE_IN = [("law", 1, False)], [("ingest", 30, False), ("assess", 30, False), ("assess", 30, False)]
# Where the law changes or the day begins last, that alone has much judged again: mostly they come first.
FIRST_STEPS = st.sampled_from([[], [*LAW_FIRST, *TAKE_IN], [*LAW_FIRST, ("day", 1, False), *TAKE_IN]])
MORE_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ingest", "ingest", "assess", "assess", "meanwhile", "law", "repeat", "day"]),
        st.sampled_from([1, 1, 2, 5, 30]),
        st.sampled_from([False, False, 0, 1, 2, 3, 4]),
    ),
    max_size=16,
)
STEPS = st.tuples(FIRST_STEPS, MORE_STEPS).map(lambda both: both[0] + both[1])


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        with opened.transaction(), opened.transaction():
            pass  # the pool is full: while it fills it uses random, which Hypothesis takes for ours
        yield opened


def empty(database):
    with database.transaction() as connection:
        tables = connection.execute(
            "SELECT string_agg(format('planwatch.%I', tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'planwatch' AND tablename <> 'migration'"
        ).fetchone()[0]
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    LawStore(database).make_live(FIRST, NOW - timedelta(days=1))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(facts=FACTS, steps=STEPS, data=st.data())
def test_any_order_any_batches_and_crashes_end_in_the_state_of_all_facts(database, facts, steps, data):
    empty(database)
    machine, left = Machine(database), data.draw(st.permutations(facts))
    seen = []
    for name, count, crash in steps:
        if name in ("ingest", "meanwhile") and left:
            batch, left = left[:count], left[count:]
            if name == "ingest":
                machine.ingest(batch, crash)
            elif not machine.assess_while(count, batch):
                machine.ingest(batch, False)
            seen += batch
        elif name == "repeat" and (again := [one for one in seen[-count:] if isinstance(one, Report)]):
            machine.ingest(again, crash)
        elif name == "law":
            machine.change_law()
        elif name == "day":
            machine.begin_day(LATER)
        elif name == "assess":
            machine.assess(count, crash)
    if left:
        machine.ingest(left, False)
    machine.finish()
    world = World(LAST, [one for one in facts if isinstance(one, Report)], _records(seen + left), LATER)
    assert machine.assessments() == world.assessments()
    assert machine.warnings() == world.warnings()
    assert machine.untold() == []
    assert machine.told_otherwise() == []
    assert machine.findings() == {(one.rule, one.subject, one.indicator, one.period) for one in world.findings}


def _records(in_order):
    """Records in the order they came: of two with one revision the later one stands."""
    return [one for one in in_order if not isinstance(one, Report)]
