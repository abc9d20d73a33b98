"""One suite for the store of ingest: the real one on a database, and the one in memory that the unit tests use."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from ingest_support import (
    NOW,
    REPORTS,
    TOPICS,
    InMemoryIngestStore,
    SeenInDatabase,
    make_row,
    project,
    region,
    rejected,
    unit,
)

from planwatch.contract.errors import Fenced, StorageRefused, StorageUnavailable
from planwatch.contract.registry import ReductionProjectRecord
from planwatch.storage.database import Database, Listener
from planwatch.storage.ingest_store import IngestStore

OTHER = TOPICS.reports, 1
MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)


class Subject:
    """A store under test, with its offsets kept track of."""

    def __init__(self, store, seen):
        self.store, self.seen = store, seen
        self.offset = 0
        store.claim("me", 1, [REPORTS], NOW)

    def batch(self, *rows, records=(), rejects=(), now=NOW):
        """Store rows as the next batch."""
        self.offset += 1
        advances = {REPORTS: (1, self.offset - 1, self.offset)}
        return self.store.store("me", advances, readings=rows, records=records, rejects=rejects, now=now)

    def marks(self):
        """Marks that are new since the last look."""
        before, self._looked = getattr(self, "_looked", []), self.seen().marks
        new = list(self._looked)
        for mark in before:
            new.remove(mark)
        return new


@pytest.fixture(params=["memory", "database"])
def on(request):
    """The store under test."""
    if request.param == "memory":
        store = InMemoryIngestStore()
        yield Subject(store, store)
        return
    dsn = request.getfixturevalue("database_dsn")
    with Database(dsn, max_size=2) as database:
        yield Subject(IngestStore(database, "test"), SeenInDatabase(dsn))


# --- claims and the fence ---


def test_claim_starts_at_zero_and_raises_the_epoch_each_time(on):
    assert on.store.claim("me", 1, [OTHER], NOW) == {OTHER: (1, 0)}
    on.store.store("me", {OTHER: (1, 0, 7)}, readings=[], records=[], rejects=[], now=NOW)
    assert on.store.claim("you", 1, [OTHER], NOW) == {OTHER: (2, 7)}
    assert on.store.positions() == {REPORTS: 0, OTHER: 7}


def test_claim_of_an_older_generation_is_refused_whole(on):
    on.store.claim("new", 5, [OTHER], NOW)
    with pytest.raises(Fenced):
        on.store.claim("sleeper", 4, [REPORTS, OTHER], NOW + timedelta(seconds=59))
    assert on.store.claim("new", 5, [REPORTS, OTHER], NOW) == {REPORTS: (2, 0), OTHER: (2, 0)}


def test_generations_that_start_again_are_let_in_after_a_while(on):
    on.store.claim("old", 57, [OTHER], NOW)
    assert on.store.claim("new", 1, [OTHER], NOW + timedelta(seconds=61)) == {OTHER: (2, 0)}
    with pytest.raises(Fenced):
        on.store.claim("older still", 0, [OTHER], NOW + timedelta(seconds=62))


@pytest.mark.parametrize(
    ("owner", "advance"),
    [("me", (1, 5, 6)), ("me", (3, 5, 6)), ("you", (2, 5, 6)), ("me", (2, 3, 6))],
    ids=["older epoch", "epoch never given", "another owner", "stored already"],
)
def test_fence_refuses_the_whole_batch(on, owner, advance):
    on.store.claim("me", 1, [REPORTS], NOW)
    on.store.store("me", {REPORTS: (2, 0, 4)}, readings=[], records=[], rejects=[], now=NOW)
    with pytest.raises(Fenced):
        on.store.store(
            owner, {REPORTS: advance}, readings=[make_row()], records=[unit("A", "50")], rejects=[rejected(5)], now=NOW
        )
    seen = on.seen()
    assert (seen.readings, seen.registry, seen.rejects, seen.marks) == (set(), set(), {}, [])
    assert seen.offsets == {REPORTS: 4}


def test_fence_on_one_partition_holds_all_back(on):
    on.store.claim("me", 1, [OTHER], NOW)
    on.store.claim("you", 1, [OTHER], NOW)
    with pytest.raises(Fenced):
        on.store.store("me", {REPORTS: (1, 0, 1), OTHER: (1, 0, 1)}, readings=[], records=[], rejects=[], now=NOW)
    assert on.seen().offsets == {REPORTS: 0, OTHER: 0}


def test_offsets_may_have_gaps(on):
    on.store.store("me", {REPORTS: (1, 10, 20)}, readings=[], records=[], rejects=[], now=NOW)
    on.store.store("me", {REPORTS: (1, 25, 30)}, readings=[], records=[], rejects=[], now=NOW)
    assert on.seen().offsets == {REPORTS: 30}


def test_owner_may_move_back_and_nobody_else(on):
    on.store.store("me", {REPORTS: (1, 0, 9)}, readings=[], records=[], rejects=[], now=NOW)
    with pytest.raises(Fenced):
        on.store.move("you", {REPORTS: 1}, {REPORTS: 0})
    on.store.move("me", {REPORTS: 1}, {REPORTS: 2})
    assert on.seen().offsets == {REPORTS: 2}


# --- readings ---

FIRST = make_row()
CORRECTED = make_row(revision=1, value=Decimal(2), amount=Decimal(2000), report_id="r-2")


def test_new_readings_stand(on):
    diesel = make_row(indicator="energy.diesel", flag="held", note="negative", value=Decimal("-0.10"))
    assert on.batch(FIRST, diesel) == 2
    assert on.seen().readings == {FIRST, diesel}
    assert on.seen().superseded == set()


def test_higher_statement_replaces_and_the_old_one_is_kept(on):
    on.batch(FIRST)
    assert on.batch(CORRECTED) == 1
    assert (on.seen().readings, on.seen().superseded) == ({CORRECTED}, {FIRST})


def test_lower_statement_that_comes_late_is_kept_but_does_not_stand(on):
    on.batch(CORRECTED)
    assert on.batch(FIRST) == 0
    assert (on.seen().readings, on.seen().superseded) == ({CORRECTED}, {FIRST})


def test_replay_writes_nothing(on):
    on.batch(FIRST)
    on.batch(CORRECTED)
    before = on.seen()
    on.marks()
    assert on.batch(FIRST, CORRECTED, CORRECTED) == 0
    assert (on.seen().readings, on.seen().superseded) == (before.readings, before.superseded)
    assert on.marks() == []


def test_statements_of_one_figure_in_one_batch_are_ranked_too(on):
    assert on.batch(CORRECTED, FIRST, FIRST, CORRECTED) == 1
    assert (on.seen().readings, on.seen().superseded) == ({CORRECTED}, {FIRST})


def test_periods_of_different_length_are_different_figures(on):
    january, first_two_months = make_row(months=1), make_row(months=2)
    on.batch(january, first_two_months)
    assert on.seen().readings == {january, first_two_months}


STATEMENTS = (
    {"revision": 0, "report_id": "a", "value": Decimal(1)},
    {"revision": 1, "report_id": "B", "value": Decimal(9)},
    {"revision": 1, "report_id": "b", "value": Decimal("10.0")},
    {"revision": 1, "report_id": "b", "value": Decimal("9.99"), "submitted_at": NOW + timedelta(microseconds=1)},
)


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (1, 2, 3)], ids=["one batch", "1+3", "2+2", "four batches"])
def test_outcome_does_not_depend_on_the_order_of_arrival(on, cuts):
    wanted, standing = set(), set()
    for number, order in enumerate(permutations(STATEMENTS)):
        rows = [make_row(f"unit:{number}", **statement) for statement in order]
        for begin, end in zip((0, *cuts), (*cuts, 4), strict=True):
            on.batch(*rows[begin:end], *rows[:begin])  # and everything so far once more
        ours = {make_row(f"unit:{number}", **statement) for statement in STATEMENTS}
        wanted |= ours
        standing |= {make_row(f"unit:{number}", **STATEMENTS[3])}
    seen = on.seen()
    assert seen.readings == standing
    assert seen.superseded == wanted - standing


TIES = [
    ("unit", ["kg", "t", "吨"]),
    ("flag", [None, "final", "held"]),
    ("note", [None, "A", "a"]),
    ("source", ["Z", "a"]),
    ("amount", [Decimal(9), Decimal(10)]),
    ("report_id", ["A-1", "A.1", "a-1"]),
]


@pytest.mark.parametrize(("column", "values"), TIES, ids=[column for column, _ in TIES])
def test_ties_are_broken_the_same_way_within_a_batch_and_between_batches(on, column, values):
    for number, order in enumerate(permutations(values)):
        for value in order:
            on.batch(make_row(f"unit:one-by-one-{number}", **{column: value}))
        on.batch(*(make_row(f"unit:together-{number}", **{column: value}) for value in order))
    place = {"unit": 8, "flag": 10, "note": 11, "source": 12, "amount": 9, "report_id": 6}[column]
    assert {row[place] for row in on.seen().readings} == {values[-1]}


def test_content_the_database_refuses_is_told_apart(on):
    with pytest.raises(StorageRefused):
        on.batch(make_row(note="\x00"))
    on.offset -= 1
    assert on.seen().offsets == {REPORTS: 0}
    on.batch(FIRST)
    assert on.seen().readings == {FIRST}


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
        (who, MARCH, "registry", "region:500101") for who in ("region:50", "region:5001", "region:500101")
    ]


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
    on = Subject(IngestStore(database, "test"), SeenInDatabase(database_dsn))
    on.batch(rejects=[rejected(0), rejected(1)])
    with on.store.unpublished(1, NOW) as mine, on.store.unpublished(10, NOW) as theirs:
        assert ([one.offset for one in mine], [one.offset for one in theirs]) == ([0], [1])


def test_listeners_are_woken_by_marks_and_by_nothing_else(database, database_dsn):
    on = Subject(IngestStore(database, "test"), SeenInDatabase(database_dsn))
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


class Freezes(list):
    """Rejects whose reading takes until somebody else has got the partition."""

    def __init__(self, until):
        super().__init__([rejected(0)])
        self._until = until

    def __iter__(self):
        self._until()
        return super().__iter__()


def test_process_frozen_in_mid_transaction_does_not_keep_its_partitions(database, database_dsn):
    sleeper = IngestStore(database, "test", frozen_seconds=0.3)
    sleeper.claim("sleeper", 1, [REPORTS], NOW)

    def take_over():
        IngestStore(database, "test").claim("heir", 2, [REPORTS], NOW)

    with pytest.raises((Fenced, StorageUnavailable)):
        sleeper.store(
            "sleeper", {REPORTS: (1, 0, 9)}, readings=[FIRST], records=[], rejects=Freezes(take_over), now=NOW
        )
    seen = SeenInDatabase(database_dsn)()
    assert (seen.offsets, seen.readings) == ({REPORTS: 0}, set())


def test_groups_do_not_share_offsets(database):
    one, two = IngestStore(database, "one"), IngestStore(database, "two")
    one.claim("me", 1, [REPORTS], NOW)
    one.store("me", {REPORTS: (1, 0, 5)}, readings=[], records=[], rejects=[], now=NOW)
    assert (one.positions(), two.positions()) == ({REPORTS: 5}, {})
    assert two.claim("you", 1, [REPORTS], NOW) == {REPORTS: (1, 0)}


def test_superseded_figure_keeps_since_when_it_was_known(database, database_dsn):
    on = Subject(IngestStore(database, "test"), SeenInDatabase(database_dsn))
    later = NOW + timedelta(days=30)
    on.batch(FIRST, now=NOW)
    on.batch(FIRST, CORRECTED, now=later)
    on.batch(FIRST, now=later + timedelta(days=1))
    assert on.seen.rows("SELECT known_at, superseded_at FROM planwatch.reading_superseded") == [(NOW, later)]
    assert on.seen.rows("SELECT known_at FROM planwatch.reading") == [(later,)]
