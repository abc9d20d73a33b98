"""What ingest leaves behind for others: marks, registry records, rejects. The real store and the one in memory."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from ingest_store_fake import KINDS, StoreUnderTest, store_under_test
from ingest_support import NOW, REPORTS, SeenInDatabase, make_row, project, region, rejected, unit

from planwatch.contract.registry import ReductionProjectRecord
from planwatch.storage.database import Database, Listener
from planwatch.storage.ingest_store import IngestStore

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
FIRST = make_row()
CORRECTED = make_row(revision=1, value=Decimal(2), amount=Decimal(2000), report_id="r-2")


@pytest.fixture(params=KINDS)
def on(request):
    yield from store_under_test(request)


# --- marks ---


def test_new_figures_mark_the_subject_from_the_earliest_month(on):
    on.batch(make_row(period_start=APRIL), make_row(period_start=MARCH), make_row("unit:B", period_start=MAY))
    assert on.marks() == [("unit:A", MARCH, "figures", "r-1"), ("unit:B", MAY, "figures", "r-1")]


def test_correction_marks_from_the_month_it_changes(on):
    on.batch(make_row(period_start=MARCH), make_row(period_start=APRIL))
    on.marks()
    on.batch(make_row(period_start=MARCH), make_row(period_start=APRIL, revision=1, report_id="r-2"))
    assert on.marks() == [("unit:A", APRIL, "correction", "r-2")]


def test_figures_and_corrections_are_marked_apart(on):
    on.batch(FIRST)
    on.marks()
    on.batch(CORRECTED, make_row(period_start=MAY, report_id="r-3"))
    assert on.marks() == [("unit:A", MARCH, "correction", "r-2"), ("unit:A", MAY, "figures", "r-3")]


def test_statement_that_does_not_stand_marks_nobody(on):
    on.batch(CORRECTED)
    on.marks()
    on.batch(FIRST)
    assert on.marks() == []


def test_change_that_judging_does_not_see_marks_nobody(on):
    on.batch(FIRST)
    on.marks()
    assert on.batch(make_row(submitted_at=NOW + timedelta(days=1), note="sent again")) == 1
    assert on.marks() == []


def test_several_reports_are_counted(on):
    on.batch(*(make_row(report_id=f"r-{n}", indicator=f"energy.kind_{n}") for n in range(3)))
    assert on.marks() == [("unit:A", MARCH, "figures", "3 reports")]


REGIONS = (region("50"), region("5001", "50"), region("500101", "5001"), region("500102", "5001"))


def test_units_and_projects_mark_the_regions_above_them(on):
    on.batch(records=[*REGIONS, unit("A", "500101"), unit("B", "500102"), project("P", "500102")])
    on.marks()
    on.batch(make_row(period_start=APRIL), make_row("unit:B", report_id="r-2"), make_row("project:P", period_start=MAY))
    assert on.marks() == [
        ("project:P", MAY, "figures", "r-1"),
        ("region:50", MARCH, "figures", "3 reports"),
        ("region:5001", MARCH, "figures", "3 reports"),
        ("region:500101", APRIL, "figures", "r-1"),
        ("region:500102", MARCH, "figures", "2 reports"),
        ("unit:A", APRIL, "figures", "r-1"),
        ("unit:B", MARCH, "figures", "r-2"),
    ]


def test_figures_of_a_region_mark_that_region_alone(on):
    on.batch(records=REGIONS)
    on.marks()
    on.batch(make_row("region:500101"))
    assert on.marks() == [("region:500101", MARCH, "figures", "r-1")]


def test_figure_marks_every_region_its_subject_was_ever_in(on):
    moved = unit("A", "500102", valid_from=date(2024, 1, 1))
    on.batch(records=[unit("A", "500101"), moved])
    on.marks()
    on.batch(FIRST)
    assert [mark[0] for mark in on.marks()] == ["region:500101", "region:500102", "unit:A"]


def test_regions_that_contain_each_other_do_not_hang_it(on):
    on.batch(records=[region("50", "51"), region("51", "50"), unit("A", "50")])
    on.marks()
    on.batch(FIRST)
    assert [mark[0] for mark in on.marks()] == ["region:50", "region:51", "unit:A"]


# --- registry ---


def test_new_record_marks_its_subject_and_the_regions_above(on):
    on.batch(records=REGIONS)
    on.marks()
    on.batch(records=[unit("A", "500101", valid_from=date(2024, 5, 17))])
    start = date(2024, 5, 1)
    assert on.marks() == [
        ("region:50", start, "registry", "unit:A"),
        ("region:5001", start, "registry", "unit:A"),
        ("region:500101", start, "registry", "unit:A"),
        ("unit:A", start, "registry", "unit:A"),
    ]


def test_changed_record_marks_old_and_new_regions_from_the_earliest_reading(on):
    on.batch(make_row(period_start=APRIL), make_row(period_start=MARCH), records=[*REGIONS, unit("A", "500101")])
    on.marks()
    on.batch(records=[unit("A", "500102", revision=1)])
    assert on.marks() == [
        (who, MARCH, "registry", "unit:A") for who in ("region:50", "region:5001", "region:500101", "region:500102", "unit:A")
    ]  # fmt: skip


def test_record_in_the_batch_of_its_figures_takes_them_up(on):
    on.batch(FIRST, records=[region("50"), unit("A", "50")])
    assert ("region:50", MARCH, "figures", "r-1") in on.marks()


def test_changed_region_is_judged_from_the_earliest_figure_of_anybody(on):
    on.batch(FIRST, records=[*REGIONS, unit("A", "500101")])
    on.marks()
    on.batch(records=[region("500101", "50", revision=1)])
    assert on.marks() == [
        (who, MARCH, "registry", "region:500101") for who in ("region:50", "region:5001", "region:500101", "unit:A")
    ]  # what lies below a region that moved is bound by other targets


def test_renamed_region_does_not_touch_what_lies_below(on):
    on.batch(FIRST, records=[*REGIONS, unit("A", "500101")])
    on.marks()
    on.batch(records=[region("500101", "5001", revision=1, name="renamed")])
    assert on.marks() == [
        (who, MARCH, "registry", "region:500101") for who in ("region:50", "region:5001", "region:500101")
    ]


def test_merged_region_marks_its_successor_and_what_lies_below(on):
    on.batch(FIRST, records=[*REGIONS, unit("A", "500101")])
    on.marks()
    merged = {"merged_into": "500102", "valid_to": date(2025, 2, 28), "revision": 1}
    on.batch(records=[region("500101", "5001", **merged)])
    assert on.marks() == [
        (who, MARCH, "registry", "region:500101")
        for who in ("region:50", "region:5001", "region:500101", "region:500102", "unit:A")
    ]


def test_unit_registered_before_its_region_is_judged_when_the_region_is_known(on):
    on.batch(FIRST, records=[unit("A", "500101")])
    on.marks()
    on.batch(records=[region("500101", "5001")])
    assert ("unit:A", MARCH, "registry", "region:500101") in on.marks()


@pytest.mark.parametrize(
    ("second", "name"),
    [
        (unit("A", "50", revision=2, name="newer"), "newer"),
        (unit("A", "50", revision=1, name="edited"), "edited"),
        (unit("A", "50", revision=0, name="older"), "first"),
    ],
    ids=["higher revision", "same revision", "lower revision"],
)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_record_stands_by_revision_then_by_order(on, second, name, together):
    first = unit("A", "50", revision=1, name="first")
    for records in [[first, second]] if together else [[first], [second]]:
        on.batch(records=records)
    assert on.seen().registry == {("unit:A", date(2021, 1, 1), max(1, second.revision), name, "50")}


def test_replayed_record_marks_nobody(on):
    on.batch(records=[unit("A", "50")])
    on.marks()
    on.batch(records=[unit("A", "50"), unit("A", "50")])
    assert on.marks() == []


def test_records_of_other_days_stand_beside_each_other(on):
    on.batch(records=[unit("A", "50"), unit("A", "51", valid_from=date(2024, 1, 1))])
    assert {row[4] for row in on.seen().registry} == {"50", "51"}


def test_projects_of_both_kinds_are_kept_as_projects(on):
    ledger = ReductionProjectRecord(id="L", name="L", region="50", valid_from=date(2022, 1, 1))
    on.batch(records=[project("P", "50"), ledger])
    assert {row[0] for row in on.seen().registry} == {"project:P", "project:L"}


# --- rejects ---


def test_reject_is_kept_once_and_published_once(on):
    on.batch(rejects=[rejected(0)])
    on.store.move("me", {REPORTS: 1}, {REPORTS: 0})
    with on.store.unpublished(10, NOW) as waiting:
        assert [one.id for one in waiting] == [rejected(0).id]
        assert waiting[0] == rejected(0)
    on.offset = 0
    on.batch(rejects=[rejected(0)])
    assert on.seen().rejects == {rejected(0).id: True}


def test_reject_stays_waiting_when_publishing_fails(on):
    on.batch(rejects=[rejected(0)])
    with pytest.raises(RuntimeError), on.store.unpublished(10, NOW):
        raise RuntimeError
    assert on.seen().rejects == {rejected(0).id: False}


def test_another_message_at_the_same_place_is_another_reject(on):
    on.batch(rejects=[rejected(0)])
    with on.store.unpublished(10, NOW):
        pass
    on.batch(rejects=[rejected(0, key=b"another")])
    assert on.seen().rejects == {rejected(0).id: False}


# --- what only a real database has ---


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as made:
        yield made


def test_rejects_being_published_are_not_given_to_others(database, database_dsn):
    on = StoreUnderTest(IngestStore(database, "test"), SeenInDatabase(database_dsn))
    on.batch(rejects=[rejected(0), rejected(1)])
    with on.store.unpublished(1, NOW) as mine, on.store.unpublished(10, NOW) as theirs:
        assert ([one.offset for one in mine], [one.offset for one in theirs]) == ([0], [1])


def test_listeners_are_woken_by_marks_and_by_nothing_else(database, database_dsn):
    on = StoreUnderTest(IngestStore(database, "test"), SeenInDatabase(database_dsn))
    listener = Listener(database_dsn, "planwatch_mark")
    try:
        listener.wait(0)
        on.batch(FIRST)
        assert listener.wait(10)
        on.batch(FIRST)
        on.batch(rejects=[rejected(9)])
        assert not listener.wait(0)
    finally:
        listener.close()


def test_groups_do_not_share_offsets(database):
    one, two = IngestStore(database, "one"), IngestStore(database, "two")
    one.claim("me", 1, [REPORTS], NOW)
    one.store("me", {REPORTS: (1, 0, 5)}, readings=[], records=[], rejects=[], now=NOW)
    assert (one.positions(), two.positions()) == ({REPORTS: 5}, {})
    assert two.claim("you", 1, [REPORTS], NOW) == {REPORTS: (1, 0)}


def test_superseded_figure_keeps_since_when_it_was_known(database, database_dsn):
    on = StoreUnderTest(IngestStore(database, "test"), SeenInDatabase(database_dsn))
    later = NOW + timedelta(days=30)
    on.batch(FIRST, now=NOW)
    on.batch(FIRST, CORRECTED, now=later)
    on.batch(FIRST, now=later + timedelta(days=1))
    assert on.seen.rows("SELECT known_at, superseded_at FROM planwatch.reading_superseded") == [(NOW, later)]
    assert on.seen.rows("SELECT known_at FROM planwatch.reading") == [(later,)]
