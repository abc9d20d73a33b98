"""Register entries: what holds on a day, and what lies above whom before and after a merger."""

from datetime import date

import pytest
from ingest_support import region, unit

from planwatch.contract.records import Records
from planwatch.contract.registry import RegionRecord, counts_in, parent_region

LAST = date(2023, 12, 31)
BEFORE, AFTER = date(2023, 6, 1), date(2024, 6, 1)
RECORDS = Records.of(
    [
        region("50"),
        region("5001", "50", merged_into="5002", valid_to=LAST),
        region("5002", "50"),
        region("500101", "5001"),
        unit("A", "500101"),
        unit("B", "5001"),
    ]
)


@pytest.mark.parametrize(
    ("subject", "day", "above"),
    [
        ("unit:A", BEFORE, ("500101", "5001", "50")),
        ("unit:A", AFTER, ("500101", "5001", "5002", "50")),
        ("unit:B", LAST, ("5001", "50")),
        ("unit:B", AFTER, ("5001", "5002", "50")),
        ("region:500101", AFTER, ("5001", "5002", "50")),
        ("region:5001", BEFORE, ("50",)),
        ("region:5001", AFTER, ()),  # it is no region any more
    ],
)
def test_what_lies_in_a_merged_region_lies_in_its_successor(subject, day, above):
    assert RECORDS.regions_above(subject, day) == above


def test_regions_merged_into_each_other_do_not_run_in_circles():
    records = Records.of(
        [
            region("5001", merged_into="5002", valid_to=LAST),
            region("5002", merged_into="5001", valid_to=LAST),
            unit("A", "5001"),
        ]
    )
    assert records.regions_above("unit:A", AFTER) == ("5001", "5002")


def test_a_region_that_just_ended_has_no_successor():
    records = Records.of([region("5001", "50", valid_to=LAST), region("50"), unit("A", "5001")])
    assert records.regions_above("unit:A", AFTER) == ("5001",)
    assert records.merged_into("5001", AFTER) is None


def test_merged_region_keeps_its_parent_and_counts_in_its_successor():
    (merged,) = RECORDS.versions("region:5001")
    assert (parent_region(merged), counts_in(merged)) == ("50", "5002")


@pytest.mark.parametrize(
    ("over", "words"),
    [({"merged_into": "5002"}, "needs valid_to"), ({"merged_into": "5001", "valid_to": LAST}, "into itself")],
)
def test_merger_needs_a_day_and_another_region(over, words):
    with pytest.raises(ValueError, match=words):
        RegionRecord(id="5001", name="x", valid_from=date(2020, 1, 1), **over)


@pytest.mark.parametrize("make", [region, unit])
def test_entry_that_never_holds_is_refused(make):
    with pytest.raises(ValueError, match="would never hold"):
        make("5001", "50", valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1))


def test_days_between_two_entries_are_a_gap_and_those_of_entries_that_meet_are_none():
    entries = [
        unit("A", "5002", valid_from=date(2020, 1, 1), valid_to=date(2020, 6, 30)),
        unit("A", "5002", valid_from=date(2020, 7, 1), valid_to=date(2021, 2, 28)),
        unit("A", "5002", valid_from=date(2021, 5, 1)),
    ]
    assert list(Records.of(entries).gaps("unit:A")) == [(date(2021, 3, 1), date(2021, 4, 30))]


def test_entry_to_come_does_not_undo_a_merger_before_its_day():
    again = region("5001", "50", valid_from=date(2025, 1, 1))
    merged = region("5001", "50", merged_into="5002", valid_to=LAST)
    records = Records.of([region("50"), region("5002", "50"), merged, again, unit("A", "5001")])
    assert records.regions_above("unit:A", AFTER) == ("5001", "5002", "50")
    assert records.regions_above("unit:A", date(2025, 1, 1)) == ("5001", "50")
