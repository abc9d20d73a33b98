"""Public American figures, as published, through mapping, real database and views: what is stored is what was published."""

from decimal import Decimal

import pytest
from assess_support import query
from files_support import CASES, CATALOGUE, MAPPINGS
from files_support import load as load_file
from load_support import NOW, feed

from planwatch.ingest.files.records import RecordLoading
from planwatch.plans.loader import load_law
from planwatch.service.commands.load import read_mapping
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_law()


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(LAW, NOW)
        yield opened


def load(database, table, mapping):
    """Load an extract; every row of it is accounted for, none is rejected."""
    reports, _, rejected = load_file(CASES / table, read_mapping(MAPPINGS / mapping, CATALOGUE))
    assert rejected == []
    feed(database, LAW, messages=[(report.key, report.to_json()) for report in reports])
    return reports


def test_states_are_stored_in_canonical_units(database):
    mapping = read_mapping(MAPPINGS / "us-states-registry.yaml", CATALOGUE)
    feed(database, LAW, records=RecordLoading(CASES / "states_monthly.csv", mapping).records())
    load(database, "states_monthly.csv", "us-states.yaml")
    found = query(
        database,
        "SELECT subject_name, value, unit, amount, flag FROM board.reading"
        " WHERE subject = 'region:US-CT' AND indicator = 'energy.fuel_heat' AND period_start = '2014-01-01'",
    )
    heat = Decimal("12225940.0")
    assert found == [("US CT", heat, "MMBtu", heat * Decimal("1.05505585262"), None)], "in GJ"


def test_marks_of_the_mapping_are_stored_with_the_reason(database):
    load(database, "states_monthly.csv", "us-states.yaml")
    found = query(database, "SELECT DISTINCT subject, flag, note FROM board.reading WHERE flag IS NOT NULL")
    assert found == [("region:US-RI", "suspect", "without PEL: not reported")]


def test_month_with_days_missing_is_held(database):
    load(database, "areas_daily.csv", "us-areas-daily.yaml")
    found = query(
        database,
        "SELECT period_start::text, value, flag, note FROM board.reading"
        " WHERE indicator = 'emission.nox' ORDER BY period_start",
    )
    assert [(start, flag, note) for start, _, flag, note in found] == [
        ("2009-01-01", None, "sum of 31 of 31 days"),
        ("2009-02-01", None, "sum of 28 of 28 days"),
        ("2009-03-01", "held", "sum of 10 of 31 days"),
    ]
    assert found[0][1] == Decimal("462.556")


def test_loading_a_file_twice_changes_nothing(database):
    load(database, "states_monthly.csv", "us-states.yaml")
    before = query(database, "SELECT * FROM planwatch.reading ORDER BY subject, indicator, period_start")
    load(database, "states_monthly.csv", "us-states.yaml")
    assert query(database, "SELECT * FROM planwatch.reading ORDER BY subject, indicator, period_start") == before
    assert query(database, "SELECT count(*) FROM planwatch.reading_superseded") == [(0,)]
