"""One suite for the store of ingest: the real one on a database, and the one in memory that the unit tests use."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from ingest_store_fake import KINDS, store_under_test
from ingest_support import NOW, REPORTS, TOPICS, make_row, rejected, unit

from planwatch.contract.errors import Fenced, StorageRefused

OTHER = TOPICS.reports, 1
MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)


@pytest.fixture(params=KINDS)
def on(request):
    yield from store_under_test(request)


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
    place, seen = {"unit": 8, "flag": 10, "note": 11, "source": 12, "amount": 9, "report_id": 6}[column], on.seen()
    assert {row[place] for row in seen.readings} == {values[-1]}
    kept = {(subject, value) for subject in {row[0] for row in seen.readings} for value in values[:-1]}
    assert {(row[0], row[place]) for row in seen.superseded} == kept, "no statement is taken for another's replay"


def test_content_the_database_refuses_is_told_apart(on):
    with pytest.raises(StorageRefused):
        on.batch(make_row(note="\x00"))
    on.offset -= 1
    assert on.seen().offsets == {REPORTS: 0}
    on.batch(FIRST)
    assert on.seen().readings == {FIRST}
