"""Reports against what is stored: what is new, changed or known, and what a correction sends."""

from decimal import Decimal

import pytest
from factories import make_reading, make_report
from files_support import CATALOGUE

from planwatch.contract.errors import InvalidMessage, StorageUnavailable
from planwatch.contract.report import Flag
from planwatch.ingest.files.correcting import Compared, Comparing

COAL, DIESEL = make_reading(value=Decimal(7)), make_reading(indicator="energy.diesel", value=Decimal(3), unit="t")
REPORT = make_report(readings=(COAL, DIESEL))
SUBJECT, SPAN = str(REPORT.subject), REPORT.span


def spot(reading):
    return SUBJECT, reading.indicator, SPAN.start, SPAN.months


def stands(reading, revision=0, flag=None, **over):
    stated = reading.model_copy(update=over)
    return {spot(reading): (revision, CATALOGUE.amount(stated), flag)}


def compared(report, stored, *, correct):
    """What is let through, and the counts."""
    counts = Compared()

    def look_up(spots):
        return {one: stored[one] for one in spots if one in stored}

    found = Comparing(look_up, CATALOGUE, correct).against((one for one in [report]), counts)
    return list(found), counts


MORE = {"value": Decimal(9)}
CASES = {
    "first statement": ({}, ["energy.raw_coal", "energy.diesel"], 0, (2, 0, 0)),
    "all the same": ({**stands(COAL), **stands(DIESEL)}, [], None, (0, 0, 2)),
    "the same in another unit": (
        {**stands(COAL, value=COAL.value * 1000 if COAL.unit == "t" else COAL.value), **stands(DIESEL)}
        if COAL.unit == "kg"
        else {**stands(COAL), **stands(DIESEL)},
        [],
        None,
        (0, 0, 2),
    ),
    "one greater before": ({**stands(COAL, **MORE), **stands(DIESEL)}, ["energy.raw_coal"], 1, (0, 1, 1)),
    "corrected before": ({**stands(COAL, revision=4, **MORE), **stands(DIESEL)}, ["energy.raw_coal"], 5, (0, 1, 1)),
    "one new": (stands(COAL), ["energy.diesel"], 0, (1, 0, 1)),
    "mark differs": ({**stands(COAL, flag="withdrawn"), **stands(DIESEL)}, ["energy.raw_coal"], 1, (0, 1, 1)),
    "of two revisions": (
        {**stands(COAL, revision=2, **MORE), **stands(DIESEL, revision=7, **MORE)},
        ["energy.raw_coal", "energy.diesel"],
        8,
        (0, 2, 0),
    ),
}


@pytest.mark.parametrize(("stored", "sent", "revision", "counts"), CASES.values(), ids=CASES)
def test_correction_sends_only_what_differs_at_the_next_revision(stored, sent, revision, counts):
    found, counted = compared(REPORT, stored, correct=True)
    assert [[one.indicator for one in report.readings] for report in found] == ([sent] if sent else [])
    assert [report.revision for report in found] == ([revision] if sent else [])
    assert (counted.new, counted.changed, counted.known) == counts
    assert counted.reports == len(found)


@pytest.mark.parametrize(
    ("revision", "contested"), [(0, 1), (2, 1), (3, 0)], ids=["none stated", "the same", "a higher one"]
)
def test_without_correction_all_is_sent_and_what_is_contested_is_counted(revision, contested):
    report = REPORT.model_copy(update={"revision": revision})
    found, counted = compared(report, {**stands(COAL, revision=2, **MORE), **stands(DIESEL)}, correct=False)
    assert found == [report]
    assert (counted.changed, counted.known, counted.contested) == (1, 1, contested)


def test_revision_stated_in_the_file_is_kept_if_it_is_high_enough():
    (sent,), _ = compared(REPORT.model_copy(update={"revision": 9}), stands(COAL, revision=4, **MORE), correct=True)
    assert sent.revision == 9


def test_negative_figure_is_known_again_under_the_mark_it_got():
    reading = make_reading(value=Decimal(-7))
    found, counted = compared(make_report(readings=(reading,)), stands(reading, flag=Flag.HELD.value), correct=True)
    assert (found, counted.known) == ([], 1)


def test_last_revision_cannot_be_corrected():
    with pytest.raises(InvalidMessage, match="32767"):
        compared(REPORT, stands(COAL, revision=32767, **MORE), correct=True)


def away(spots):
    raise StorageUnavailable("away")


def test_database_that_goes_away_ends_the_comparison_and_not_the_load():
    counts = Compared()
    found = Comparing(away, CATALOGUE, correct=False).against((one for one in [REPORT] * 3), counts)
    assert list(found) == [REPORT] * 3
    assert counts.given_up


def test_correction_without_a_database_sends_nothing():
    found = Comparing(away, CATALOGUE, correct=True).against((one for one in [REPORT]), Compared())
    with pytest.raises(StorageUnavailable):
        list(found)
