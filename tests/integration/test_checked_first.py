"""No judgement rests on a figure that nobody has checked: whatever comes in meanwhile, whoever works beside."""

import pytest
from assess_support import Meanwhile, assess_by, feed, metrics, query
from quality_flow_support import LAW, NOW, RECORDS, coal, months

from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
SLIP = coal("A", "2023-07", "10213700", revision=1)  # kilograms called tonnes: far beyond what the region may use
REGION = "region:500000"


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(LAW, NOW)
        feed(opened, LAW, [*months("A"), *months("B")], RECORDS, now=NOW)
        assess_by(opened, LAW, now=NOW)
        yield opened


def assess_once_more(database, limit=50, store=None):
    return assess_once(store or AssessStore(database), LAW, NOW, limit, metrics())


def mark(database, subject):
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)"
            " VALUES (%s, '2023-01-01', 'figures', 'test', now())",
            [subject],
        )


def waiting(database):
    return {row[0] for row in query(database, "SELECT DISTINCT subject FROM planwatch.mark")}


def of_july(database):
    """Every judgement of the region for July and later, superseded ones too: what people may have been told."""
    return query(
        database,
        f"SELECT status, colour, actual, reason FROM planwatch.assessment WHERE subject = '{REGION}'"
        " AND period_start + make_interval(months => months) > '2023-07-01' AND period_start >= '2023-01-01'"
        " ORDER BY months, judgement",
    )


def test_what_is_stored_between_check_and_judgement_waits_for_the_next_pass(database):
    before = of_july(database)
    assert {row[0] for row in before} == {"rated"}
    mark(database, REGION)
    assess_once_more(database, store=Meanwhile(AssessStore(database), lambda: feed(database, LAW, [SLIP], now=NOW)))
    assert of_july(database) == before, "judged by what was checked"
    assert waiting(database) == {"unit:A", REGION}
    assess_by(database, LAW, now=NOW)
    after = [row for row in of_july(database) if row not in before]
    assert {row[0] for row in after} == {"not_rated"}
    assert all("待核不计" in row[3] for row in after)


def test_regions_wait_for_the_units_of_a_flood(database):
    before = of_july(database)
    feed(database, LAW, [SLIP, coal("B", "2023-11", "10410.5", revision=1)], now=NOW)
    assert assess_once_more(database, limit=1) == 1
    assert assess_once_more(database, limit=1) == 1
    assert waiting(database) == {REGION}
    assess_by(database, LAW, now=NOW)
    assert {row[0] for row in of_july(database) if row not in before} == {"not_rated"}


def test_region_is_judged_by_checked_figures_though_another_worker_has_the_unit(database):
    before = of_july(database)
    feed(database, LAW, [SLIP], now=NOW)
    with AssessStore(database).taken(1, NOW.date()) as other:
        assert [one.subject for one in other.marked] == ["unit:A"]
        assert assess_once_more(database) == 1, "the region"
        judged = of_july(database)
        assert {row[0] for row in judged if row not in before} == {"not_rated"}
        assert query(database, "SELECT rule FROM planwatch.finding WHERE rule = 'Q08'") == [], "theirs to write"
    # The other worker's transaction ended without a check: as if it had been another version of the program.
    mark(database, "unit:A")
    assess_by(database, LAW, now=NOW)
    assert query(database, "SELECT rule FROM planwatch.finding WHERE rule = 'Q08'") == [("Q08",)]
    assert of_july(database) == judged, "what the unit's own pass finds says the same"


def test_locks_are_given_back_when_a_pass_fails(database):
    feed(database, LAW, [SLIP], now=NOW)
    with pytest.raises(ZeroDivisionError):
        assess_once_more(database, store=Meanwhile(AssessStore(database), lambda: 1 / 0))
    assert waiting(database) == {"unit:A", REGION}
    with AssessStore(database).taken(9, NOW.date()) as work:
        assert [one.subject for one in work.marked] == [REGION, "unit:A"]
