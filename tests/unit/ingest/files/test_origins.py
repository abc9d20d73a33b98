"""What a row says about whom, when and since when."""

import pytest

from planwatch.contract.mapping_origins import PeriodFrom, SubmittedAt, TextFrom
from planwatch.contract.period import Period
from planwatch.ingest.files.account import RowFault, RowReason
from planwatch.ingest.files.origins import holds, period_of, submitted_at, text_of, yes_or_no

TEXT = PeriodFrom(form="YYYY-MM", column="p")
DATE = PeriodFrom(form="YYYY-MM-DD", column="p")
TWO = PeriodFrom(form="year+month", year="y", month="m")
JULY = PeriodFrom(form="fiscal-stage", fiscal_year="y", stage="m", first_month=7)
CALENDAR = PeriodFrom(form="fiscal-stage", fiscal_year="y", stage="m", first_month=1)


@pytest.mark.parametrize(
    ("origin", "cells", "period"),
    [
        (TEXT, {"p": "2025-03"}, "2025-03"),
        (TEXT, {"p": " 2025-Q1 "}, "2025-Q1"),
        (TEXT, {"p": "2025"}, "2025"),
        (TEXT, {"p": "2025-03-01"}, "2025-03"),
        (DATE, {"p": "2025-03-17"}, "2025-03"),
        (DATE, {"p": "2025-03-17T12:00:00"}, "2025-03"),
        (TWO, {"y": "2025", "m": "3"}, "2025-03"),
        (TWO, {"y": "2025", "m": "03"}, "2025-03"),
        (TWO, {"y": "2025", "m": "11月"}, "2025-11"),
        (TWO, {"y": "2025", "m": "September"}, "2025-09"),
        (TWO, {"y": "2025", "m": "sept."}, "2025-09"),
        (JULY, {"y": "2016", "m": "01"}, "2015-07"),
        (JULY, {"y": "2016", "m": "06"}, "2015-12"),
        (JULY, {"y": "2016", "m": "07"}, "2016-01"),
        (JULY, {"y": "16", "m": "12"}, "2016-06"),
        (CALENDAR, {"y": "2016", "m": "12"}, "2016-12"),
    ],
    ids=str,
)
def test_period_is_read(origin, cells, period):
    assert period_of(origin, cells) == period


@pytest.mark.parametrize(
    ("origin", "cells", "said"),
    [
        (TEXT, {"p": "2025-13"}, "2025-13"),
        (TEXT, {"p": ""}, "不是报告期"),
        (DATE, {"p": "2025-02-30"}, "day is out of range"),
        (TWO, {"y": "2025", "m": "UNKNOWN"}, "'UNKNOWN' is no month"),
        (TWO, {"y": "2025.0", "m": "3"}, "is no year"),
        (JULY, {"y": "2021", "m": "30"}, "stage 30 is no month"),
        (JULY, {"y": "", "m": "3"}, "is no fiscal year"),
    ],
    ids=str,
)
def test_unknown_period_is_rejected_with_what_was_given(origin, cells, said):
    with pytest.raises(RowFault, match=said) as caught:
        period_of(origin, cells)
    assert caught.value.reason is RowReason.UNKNOWN_PERIOD
    assert "given:" in caught.value.detail


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (TextFrom(constant="unit"), "unit"),
        (TextFrom(column="a"), "x"),
        (TextFrom(column="none", default="z"), "z"),
        (TextFrom(column="none"), ""),
        (TextFrom(template="ak-{a}-{b}"), "ak-x-y"),
        (TextFrom(template="ak-{a}-{none}"), ""),
        (TextFrom(template="ak-{none}", default="z"), "z"),
        (TextFrom(column="a", rename={"x": "ours"}), "ours"),
        (TextFrom(template="{a}{b}", rename={"xy": "ours"}), "ours"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_text_comes_from_where_the_mapping_says(origin, text):
    assert text_of(origin, {"a": " x ", "b": "y", "none": "NA"}, ["", "NA"]) == text


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"a": "x"}, True),
        ({"a": ("w", "x")}, True),
        ({"a": "x", "b": "x"}, False),
        ({"a": "w"}, False),
        ({"c": "fuel:*"}, True),
        ({"c": ("w", "*|m=12")}, True),
        ({"c": "fuel*m=1"}, False),
        ({"c": "f.el*"}, False),
        ({"d": "*"}, True),
    ],
    ids=str,
)
def test_conditions(when, fits):
    assert holds(when, {"a": " x ", "b": "y", "c": "fuel:DFO|m=12", "d": "*"}) is fits


MARCH = Period.month(2025, 3)


@pytest.mark.parametrize(
    ("origin", "cell", "moment"),
    [
        (SubmittedAt(column="at"), "2025-04-12T09:00:00+00:00", "2025-04-12T09:00:00+00:00"),
        (SubmittedAt(column="at"), "2025-04-12 09:00", "2025-04-12T09:00:00+08:00"),
        (SubmittedAt(column="at"), "2025-04-12", "2025-04-12T00:00:00+08:00"),
        (SubmittedAt(column="at", days_after=10), "", "2025-04-11T00:00:00+08:00"),
        (SubmittedAt(days_after=0), "", "2025-04-01T00:00:00+08:00"),
    ],
    ids=["as given", "without a zone: Shanghai", "a day", "empty: days after", "days after"],
)
def test_time_of_handing_in(origin, cell, moment):
    assert submitted_at(origin, {"at": cell}, MARCH, [""]) == moment


@pytest.mark.parametrize("cell", ["", "12/4/2025"], ids=["empty", "no date"])
def test_unknown_time_is_rejected(cell):
    with pytest.raises(RowFault) as caught:
        submitted_at(SubmittedAt(column="at"), {"at": cell}, MARCH, [""])
    assert caught.value.reason is RowReason.UNKNOWN_TIME


@pytest.mark.parametrize(("text", "said"), [("是", True), ("TRUE", True), ("0", False), ("", False)])
def test_truth_values(text, said):
    assert yes_or_no(text) is said


def test_other_words_are_no_truth_value():
    with pytest.raises(RowFault, match="allowed: true, false"):
        yes_or_no("maybe")
