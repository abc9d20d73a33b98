"""Registers in time: an entry takes effect on its day, and what was before a move stays where it was."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from assess_support import assess_by, feed, query
from factories import SUBMITTED
from ingest_support import region, unit
from rules_support import COAL, make_law, make_single

from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.storage.api_store import PlaceStore
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Database
from planwatch.storage.registry_store import RegistryStore

pytestmark = pytest.mark.services
SUMMER, DAY_BEFORE, NEW_YEAR = date(2024, 7, 1), date(2024, 12, 31), date(2025, 1, 1)
EAST, WEST = "500101", "500102"


def budget(name, **applies_to):
    return make_single(
        id=name, kind="level_max", value=D(1000), unit="tce", measure=COAL, basis="equivalent", applies_to=applies_to,
        **({"sum_of": "unit"} if applies_to["kind"] == "region" else {}),
    )  # fmt: skip


LAW = make_law(
    budget("east.coal", kind="region", region=EAST),
    budget("west.coal", kind="region", region=WEST),
    budget("city.coal", kind="region", region="500000"),
    budget("unit.coal", kind="unit", region=WEST),
)
REGIONS = (region("500000", name="重庆市"), region(EAST, "500000", name="东区"), region(WEST, "500000", name="西区"))


def coal(who, period, tonnes):
    return Report(
        report_id=f"{who}-{period}",
        subject=Subject(kind=SubjectKind.UNIT, id=who),
        period=period,
        submitted_at=SUBMITTED,
        readings=(Reading(indicator="energy.raw_coal", value=D(tonnes), unit="t"),),
    )


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        yield opened


def at(day):
    """Noon in Chongqing."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def begin(database, day):
    """What the assess process does when a day begins."""
    AssessStore(database).mark_due(day, at(day), lambda *_: False)


def marks(database):
    return {row[0] for row in query(database, "SELECT DISTINCT subject FROM planwatch.mark")}


def levels(database, target, subject):
    """Actual value of each standing judgement by its period's last month; the reason where there is none."""
    rows = query(
        database,
        "SELECT to_char(period_end - 1, 'YYYY-MM'), coalesce(actual::text, reason) FROM board.assessment"
        f" WHERE target = '{target}' AND subject = '{subject}'",
    )
    return dict(rows)


def test_move_takes_effect_on_its_day_and_leaves_earlier_months_with_the_former_region(database):
    stated = [coal("A", "2024-01", "100"), coal("B", "2024-01", "50"), coal("C", "2024-01", "10")]
    units = [unit("A", EAST), unit("B", WEST), unit("C", EAST)]
    moves = unit("A", WEST, valid_from=NEW_YEAR)
    feed(database, LAW, stated, [*REGIONS, *units, moves], now=at(SUMMER))
    begin(database, SUMMER)
    assess_by(database, LAW, now=at(SUMMER))
    assert levels(database, "east.coal", "region:500101") == {"2024-01": "78.573"}
    assert levels(database, "west.coal", "region:500102") == {"2024-01": "35.715"}
    assert levels(database, "unit.coal", "unit:A") == {}, "the target of the west does not bind it yet"

    begin(database, DAY_BEFORE)
    assert marks(database) == set()
    begin(database, NEW_YEAR)
    assert marks(database) == {"unit:A", "region:500101", "region:500102", "region:500000"}
    assert {row[0] for row in query(database, "SELECT cause FROM planwatch.mark")} == {"registry"}
    feed(database, LAW, [coal(who, "2025-01", "20") for who in "ABC"], now=at(date(2025, 2, 9)))
    assess_by(database, LAW, now=at(date(2025, 2, 9)))
    assert levels(database, "east.coal", "region:500101") == {"2024-01": "78.573", "2025-01": "14.286"}
    assert levels(database, "west.coal", "region:500102") == {"2024-01": "35.715", "2025-01": "28.572"}
    assert levels(database, "city.coal", "region:500000") == {"2024-01": "114.288", "2025-01": "42.858"}
    assert levels(database, "unit.coal", "unit:A") == {"2024-01": "71.43", "2025-01": "14.286"}
    begin(database, NEW_YEAR)
    assert marks(database) == set(), "a day is begun once"


def test_correction_of_a_month_before_a_move_changes_the_former_region(database):
    feed(database, LAW, [coal("A", "2024-01", "100"), coal("C", "2024-01", "10")], [*REGIONS, unit("C", EAST)])
    feed(database, LAW, records=[unit("A", EAST), unit("A", WEST, valid_from=date(2024, 7, 1))])
    assess_by(database, LAW)
    assert levels(database, "east.coal", "region:500101") == {"2024-01": "78.573"}
    corrected = coal("A", "2024-01", "50").model_copy(update={"revision": 1, "report_id": "again"})
    feed(database, LAW, [corrected])
    assess_by(database, LAW)
    assert levels(database, "east.coal", "region:500101") == {"2024-01": "42.858"}
    assert "不在本地区" in levels(database, "west.coal", "region:500102")["2024-01"]


def test_cumulative_figure_over_a_move_cannot_be_split_and_is_not_rated(database):
    months = [coal("A", "2024-01", "10"), coal("A", "2024-H1", "80"), coal("C", "2024-H1", "10")]
    feed(database, LAW, [*months, coal("C", "2024-01", "10")], [*REGIONS, unit("C", EAST), unit("A", EAST)])
    feed(database, LAW, records=[unit("A", WEST, valid_from=date(2024, 4, 1))])
    assess_by(database, LAW)
    found = levels(database, "east.coal", "region:500101")
    assert found["2024-01"] == "14.286"
    assert "unit:A 未报 energy.raw_coal" in found["2024-06"]


def test_unit_that_begins_later_is_awaited_by_no_sum_before_its_day(database):
    feed(
        database,
        LAW,
        [coal("A", "2024-01", "100")],
        [*REGIONS, unit("A", EAST), unit("N", EAST, name="新厂", valid_from=NEW_YEAR)],
        now=at(SUMMER),
    )
    begin(database, SUMMER)
    assess_by(database, LAW, now=at(SUMMER))
    assert levels(database, "east.coal", "region:500101") == {"2024-01": "71.43"}
    begin(database, NEW_YEAR)
    assert "unit:N" in marks(database)
    feed(database, LAW, [coal("A", "2025-01", "100")], now=at(NEW_YEAR))
    assess_by(database, LAW, now=at(NEW_YEAR))
    assert "unit:N reports no energy" in levels(database, "east.coal", "region:500101")["2025-01"]


def test_unit_closed_between_two_entries_counts_and_is_awaited_in_neither(database):
    """Its figures of the months between are kept and count in no sum; without them the region is whole all the same."""
    before = unit("A", EAST, valid_from=date(2024, 1, 1), valid_to=date(2024, 2, 29))
    again = unit("A", EAST, valid_from=date(2024, 5, 1))
    figures = [coal("A", f"2024-{month:02d}", "100") for month in (1, 2, 3, 5)]
    feed(database, LAW, figures, [*REGIONS, before, again], now=at(SUMMER))
    assess_by(database, LAW, now=at(SUMMER))
    found = levels(database, "east.coal", "region:500101")
    assert (found["2024-02"], found["2024-03"], found["2024-05"]) == ("142.86", "142.86", "214.29")


def test_regions_that_lie_in_each_other_are_named_once_until_they_are_corrected(database):
    """Each record is sound by itself; only together they say what cannot be."""
    feed(
        database,
        LAW,
        records=[*REGIONS, region("10", "30"), region("20", "10"), region("30", "20"), region("40", "40")],
    )
    store = RegistryStore(database)
    assert store.circles(SUMMER) == [["10", "30", "20"], ["40"]]
    feed(database, LAW, records=[region("30", "500000", revision=1), region("40", "500000", revision=1)])
    assert store.circles(SUMMER) == []


def test_merger_moves_units_when_its_last_day_has_passed(database):
    merged = region(EAST, "500000", merged_into=WEST, valid_to=DAY_BEFORE, revision=1)
    feed(database, LAW, [coal("A", "2024-01", "100")], [*REGIONS, unit("A", EAST)], now=at(SUMMER))
    feed(database, LAW, records=[merged], now=at(SUMMER))
    begin(database, SUMMER)
    assess_by(database, LAW, now=at(SUMMER))
    assert levels(database, "unit.coal", "unit:A") == {}
    assert levels(database, "west.coal", "region:500102") == {}
    assert PlaceStore(database).places(["unit:A"], DAY_BEFORE)["unit:A"].regions == {EAST, "500000"}
    begin(database, DAY_BEFORE)
    assert marks(database) == set()
    begin(database, NEW_YEAR)
    assert {"unit:A", "region:500101", "region:500102", "region:500000"} <= marks(database)
    assess_by(database, LAW, now=at(NEW_YEAR))
    assert levels(database, "unit.coal", "unit:A") == {"2024-01": "71.43"}
    assert levels(database, "west.coal", "region:500102") == {"2024-01": "71.43"}
    assert PlaceStore(database).places(["unit:A"], NEW_YEAR)["unit:A"].regions == {EAST, WEST, "500000"}


def test_process_whose_clock_is_behind_judges_by_the_day_that_another_one_began(database):
    moves = unit("A", WEST, valid_from=NEW_YEAR)
    feed(database, LAW, [coal("A", "2024-01", "100")], [*REGIONS, unit("A", EAST), moves], now=at(SUMMER))
    begin(database, SUMMER)
    assess_by(database, LAW, now=at(SUMMER))
    begin(database, NEW_YEAR)
    assess_by(database, LAW, now=at(DAY_BEFORE))
    assert levels(database, "unit.coal", "unit:A") == {"2024-01": "71.43"}


def test_views_show_the_entry_that_has_begun(database):
    today = query(database, "SELECT planwatch.local_day(now())")[0][0]
    later = unit("A", WEST, name="新名", valid_from=today + timedelta(days=2))
    feed(database, LAW, [coal("N", "2024-01", "1")], [*REGIONS, unit("A", EAST, name="旧名"), later])
    feed(database, LAW, records=[unit("N", EAST, valid_from=today + timedelta(days=2))])
    shown = "SELECT name, region FROM board.subject WHERE subject = 'unit:A'"
    assert query(database, shown) == [("旧名", EAST)]
    for days, name in ((1, "旧名"), (3, "新名")):
        moment = datetime.now(UTC) + timedelta(days=days)
        of = f"SELECT name FROM board.subject_as_of('{moment.isoformat()}') WHERE subject = 'unit:A'"
        assert query(database, of) == [(name,)]
    assert [one.subject for one in RegistryStore(database).unknown()] == ["unit:N"], "its entry has not begun"


def test_stored_points_of_a_unit_are_found_by_an_index(database):
    found = query(database, "SELECT indexdef FROM pg_indexes WHERE tablename = 'hj212_station'")
    assert any("(unit_id)" in row[0] for row in found)
