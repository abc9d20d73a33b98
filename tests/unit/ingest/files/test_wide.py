"""The wide form: columns to readings, sums, scales, checks and balances."""

import pytest
from files_support import figures, load_rows, make_mapping, wide

from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowReason


def reading_of(folder, reading, header, row):
    """The one reading a row gives: (value, flag), or None where it is missing."""
    mapping = make_mapping({"readings": [reading, wide("other", indicator="energy.coke")]})
    reports, _, _ = load_rows(folder, mapping, f"id,month,other,{header}", f"u1,2025-03,1,{row}")
    return figures(reports[0]).get("energy.raw_coal")


@pytest.mark.parametrize(
    ("reading", "header", "row", "stated"),
    [
        (wide("a"), "a", "12.50", ("12.50", None)),
        (wide("a"), "a", "NA", None),
        (wide("a", scale="1000"), "a", "1.5", ("1500.0", None)),
        (wide("a", scale="0.001"), "a", "1", ("0.001", None)),
        (wide("a", "b"), "a,b", "1.5,2", ("3.5", None)),
        (wide("a", "b"), "a,b", "1.5,NA", ("1.5", Flag.SUSPECT)),
        (wide("a", "b"), "a,b", "NA,NA", None),
        (wide("a"), "a", "0", ("0", None)),
        (wide("a", checks={"zero_means_missing": True}), "a", "0.0", None),
        (wide("a"), "a", "-1", ("-1", Flag.HELD)),
        (wide("a", checks={"negative": "accept"}), "a", "-1", ("-1", None)),
        (wide("a", checks={"negative": "suspect"}), "a", "-1", ("-1", Flag.SUSPECT)),
        (wide("a", "b"), "a,b", "-5,90", ("85", Flag.HELD)),
        (wide("a", checks={"max": "10"}), "a", "10", ("10", None)),
        (wide("a", checks={"max": "10"}), "a", "10.1", ("10.1", Flag.HELD)),
        (wide("a", checks={"max": "10", "over_max": "suspect"}), "a", "11", ("11", Flag.SUSPECT)),
        (wide("a", checks={"positive_where": ["b"]}), "a,b", "0,5", ("0", Flag.SUSPECT)),
        (wide("a", checks={"positive_where": ["b"]}), "a,b", "1,5", ("1", None)),
        (wide("a", checks={"positive_where": ["b"]}), "a,b", "0,NA", ("0", None)),
        (wide("a", checks={"not_without": ["b"]}), "a,b", "1,0", ("1", Flag.SUSPECT)),
        (wide("a", checks={"not_without": ["b", "c"]}), "a,b,c", "1,0,2", ("1", None)),
        (wide("a", checks={"positive_where": ["b"]}), "a,b", "-1,5", ("-1", Flag.HELD)),
    ],
    ids=[
        "a column as it is",
        "missing",
        "scaled up",
        "scaled down",
        "sum",
        "sum with a missing part",
        "sum of missing parts",
        "zero is a figure",
        "zero means missing",
        "negative is held",
        "negative accepted",
        "negative suspect",
        "negative part held, though the sum is positive",
        "at the maximum",
        "over the maximum",
        "over the maximum, only suspect",
        "not positive where it should be",
        "positive where it should be",
        "other column missing",
        "positive without its partner",
        "positive with one of its partners",
        "held outweighs suspect",
    ],
)
def test_reading(tmp_path, reading, header, row, stated):
    assert reading_of(tmp_path, reading, header, row) == stated


@pytest.mark.parametrize(
    ("reading", "cell", "reason"),
    [
        (wide("a"), "1 234", RowReason.NOT_A_FIGURE),
        (wide("a"), "1e3", RowReason.NOT_A_FIGURE),
        (wide("a"), "see note", RowReason.NOT_A_FIGURE),
        (wide("a"), "0.1234567891", RowReason.NOT_A_FIGURE),
        (wide("a", scale="0.0000000001"), "1", RowReason.NOT_A_FIGURE),
        (wide("a", checks={"negative": "reject"}), "-1", RowReason.IMPOSSIBLE_FIGURE),
        (wide("a", checks={"max": "1", "over_max": "reject"}), "2", RowReason.IMPOSSIBLE_FIGURE),
    ],
    ids=["space", "exponent", "text", "ten decimals", "ten decimals by scale", "negative", "over the maximum"],
)
def test_row_is_rejected_with_its_reason(tmp_path, reading, cell, reason):
    mapping = make_mapping({"readings": [reading]})
    reports, account, rejected = load_rows(tmp_path, mapping, "id,month,a", f"u1,2025-03,{cell}", "u1,2025-04,0")
    assert [report.period for report in reports] == ["2025-04"]
    assert [(row.number, row.reason) for row in rejected] == [(2, reason)]
    assert rejected[0].advice
    assert rejected[0].cells["a"] == cell
    assert account.rows_rejected == {reason: 1}


def test_all_faults_of_a_row_are_said_at_once(tmp_path):
    mapping = make_mapping({"readings": [wide("a"), wide("b", indicator="energy.coke")]})
    _, _, rejected = load_rows(tmp_path, mapping, "id,month,a,b", "u1,2025-03,x,y")
    assert all(said in rejected[0].detail for said in ("「a」列读到「x」", "a is 'x'", "「b」列读到「y」", "b is 'y'"))


def test_marks_say_why(tmp_path):
    mapping = make_mapping({"readings": [wide("a", checks={"positive_where": ["b"]}, note="meter 7")]})
    reports, account, _ = load_rows(tmp_path, mapping, "id,month,a,b", "u1,2025-03,0,4")
    assert reports[0].readings[0].note == "a is not above 0 although b is; meter 7"
    assert account.marked == {("energy.raw_coal", "suspect", "a is not above # although b is"): 1}


BALANCE = {
    "inputs": ["made", "bought"],
    "outputs": ["sold"],
    "tolerance_percent": "5",
    "marks": ["electricity.sold"],
    "note": "more sold than there was",
}


@pytest.mark.parametrize(
    ("row", "flag"),
    [("100,0,105", None), ("100,0,105.1", Flag.SUSPECT), ("60,40,105", None), ("NA,NA,1", Flag.SUSPECT)],
    ids=["within the tolerance", "over it", "two inputs", "nothing to sell"],
)
def test_balance(tmp_path, row, flag):
    readings = [
        wide("made", indicator="output.electricity", unit="kWh"),
        wide("sold", indicator="electricity.sold", unit="kWh"),
    ]
    mapping = make_mapping({"readings": readings, "balances": [BALANCE]})
    reports, _, _ = load_rows(tmp_path, mapping, "id,month,made,bought,sold", f"u1,2025-03,{row}")
    stated = figures(reports[0])
    assert stated["electricity.sold"][1] == flag
    assert stated.get("output.electricity", ("", None))[1] is None


def test_row_without_any_figure_is_empty(tmp_path):
    reports, account, _ = load_rows(tmp_path, make_mapping(), "id,month,coal", "u1,2025-03,", "u1,2025-04,NA")
    assert (reports, account.rows_empty) == ([], 2)
    assert account.missing == {"energy.raw_coal": 2}


def test_exactness_survives_large_figures(tmp_path):
    mapping = make_mapping({"readings": [wide("a", "b")]})
    row = "123456789012345678,0.000000001"
    reports, _, _ = load_rows(tmp_path, mapping, "id,month,a,b", f"u1,2025-03,{row}")
    assert str(reports[0].readings[0].value) == "123456789012345678.000000001"
