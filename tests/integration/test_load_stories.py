"""The stories through the real database and the real rules: exactly the changes that are told, and no others."""

import pytest
from assess_support import query
from load_support import NOW, assess, feed

from planwatch.contract.period import Period
from planwatch.plans.loader import load_law
from planwatch.simulate import scenario
from planwatch.simulate.expected import EXPECTED_CHANGES, NOT_RATED_AT_THE_END
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_law()
CHANGES = (
    "SELECT subject, target, yardstick, kind, extract(year FROM period_start)::int, extract(month FROM period_start)::int,"
    " months FROM planwatch.level_change"
)


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(LAW, NOW)
        yield opened


def told(database):
    return {
        (subject, target, yardstick, kind, Period(year, first, first + months - 1).label)
        for subject, target, yardstick, kind, year, first, months in query(database, CHANGES)
    }


def test_stories_are_told_exactly(database):
    feed(database, LAW, records=scenario.registry(1, 0))
    for delivery in scenario.deliveries(1, 0, scenario.FIRST, scenario.LAST):
        feed(database, LAW, messages=delivery.messages)
        assess(database, LAW)
    assert told(database) == {tuple(change) for change in EXPECTED_CHANGES}
    newest = query(database, "SELECT subject, target FROM board.barometer WHERE status = 'not_rated'")
    assert set(newest) == set(NOT_RATED_AT_THE_END)


def test_all_at_once_ends_the_same_without_the_warning_that_was_withdrawn(database):
    feed(database, LAW, records=scenario.registry(1, 0))
    feed(database, LAW, messages=scenario.messages(1, 0, scenario.FIRST, scenario.LAST))
    assess(database, LAW)
    withdrawn = {tuple(change) for change in EXPECTED_CHANGES if change.subject == "region:120000"}
    assert told(database) == {tuple(change) for change in EXPECTED_CHANGES} - withdrawn
