"""Monthly figures: which days count, what a figure is worth, and when a restated month is a new report."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hj212_support import FACTORS, NOW, UNIT, make_day, make_station

from planwatch.contract.period import Period
from planwatch.contract.report import Flag, Source
from planwatch.gateway.month import MonthRules, gather, report_id, report_of

JANUARY = Period.month(2025, 1)
COD_ONLY = make_station(factors=("w01018",))


def days(valid, *, flag="N", cou="1.5", first=1, **over):
    return [make_day(date(2025, 1, number), cou, flag=flag, **over) for number in range(first, first + valid)]


def figures(stated, *stations, rules=None):
    return gather(JANUARY, stations or (COD_ONLY,), stated, FACTORS, rules or MonthRules())


def only(found):
    (reading,) = found.readings
    return reading


def test_month_of_normal_days_is_their_sum():
    found = figures(days(31))
    reading = only(found)
    assert (reading.indicator, reading.value, reading.unit, reading.flag) == (
        "emission.cod",
        Decimal("46.5"),
        "kg",
        None,
    )
    assert found.is_complete
    assert "应有31日,有效31日(100.0%)" in reading.note


@pytest.mark.parametrize(
    ("stated", "value", "flag"),
    [
        pytest.param(days(30), "45.0", Flag.SUSPECT, id="a day missing"),
        pytest.param(days(24), "36.0", Flag.SUSPECT, id="24 of 31: 77 %"),
        pytest.param(days(23), "34.5", Flag.HELD, id="23 of 31: 74 %"),
        pytest.param(days(30) + days(1, first=31, flag="D", cou="999"), "45.0", Flag.SUSPECT, id="a fault day"),
        pytest.param(days(30) + days(1, first=31, flag="B", cou=None), "45.0", Flag.SUSPECT, id="no communication"),
        pytest.param(days(30) + days(1, first=31, flag="T", cou="99"), "45.0", Flag.SUSPECT, id="over range"),
        pytest.param(days(30) + days(1, first=31, flag="", cou="99"), "45.0", Flag.SUSPECT, id="no flag"),
        pytest.param(days(20) + days(11, first=21, flag="D", cou="0"), "30.0", Flag.HELD, id="11 fault days"),
    ],
)
def test_days_that_are_not_normal_stay_out_and_mark_the_figure(stated, value, flag):
    reading = only(figures(stated))
    assert (reading.value, reading.flag) == (Decimal(value), flag)


def test_note_says_what_is_left_out():
    stated = days(27) + days(2, first=28, flag="D", cou=None) + days(1, first=30, flag="")
    note = only(figures(stated)).note
    assert "有效27日(87.1%)" in note and "D2日" in note and "无标记1日" in note and "缺1日" in note


@pytest.mark.parametrize(
    ("rules", "flag"),
    [(MonthRules(counted_flags="NT"), "T"), (MonthRules(count_unflagged=True), "")],
    ids=["over range by rule", "without flag by rule"],
)
def test_days_may_count_by_rule_and_then_the_figure_is_estimated(rules, flag):
    reading = only(figures(days(30) + days(1, first=31, flag=flag, cou="10"), rules=rules))
    assert (reading.value, reading.flag) == (Decimal("55.0"), Flag.ESTIMATED)


def test_share_that_holds_is_a_rule():
    assert only(figures(days(16), rules=MonthRules(min_share=Decimal("0.5")))).flag is Flag.SUSPECT


@pytest.mark.parametrize(
    "stated", [[], days(31, flag="D", cou="7"), days(31, flag="B", cou=None)], ids=["silence", "faults", "no values"]
)
def test_no_valid_day_is_no_figure_and_not_zero(stated):
    assert figures(stated).readings == ()


def test_unit_is_the_sum_of_its_points():
    second = make_station(mn="M2", factors=("011",))
    assert only(figures(days(31) + days(31, mn="M2", cou="2"), COD_ONLY, second)).value == Decimal("108.5")


def test_silent_point_holds_the_figure():
    second = make_station(mn="M2", factors=("w01018",))
    found = figures(days(31), COD_ONLY, second)
    assert only(found).flag is Flag.HELD and not found.is_complete


def test_point_is_due_only_while_in_service():
    second = make_station(mn="M2", factors=("w01018",), until=date(2025, 1, 10))
    gone = make_station(mn="M3", factors=("w01018",), until=date(2024, 12, 31))
    found = figures(days(31) + days(10, mn="M2"), COD_ONLY, second, gone)
    assert only(found).flag is None and found.is_complete
    assert "2个监测点,应有41日" in only(found).note


def test_factor_that_is_not_listed_counts_too():
    extra = days(31, factor="w21003", cou="0.1")
    assert {one.indicator for one in figures(days(31) + extra).readings} == {"emission.cod", "emission.nh3n"}


def test_listed_factor_that_never_comes_keeps_the_month_incomplete():
    assert not figures(days(31), make_station()).is_complete


def test_factor_without_indicator_is_in_no_report():
    assert figures(days(31, factor="w21011"), make_station(factors=("w21011",))).readings == ()


def test_discharge_without_flow_is_suspect():
    dry = days(1, factor="w00000", unit="m3", cou="0")
    reading = only(figures(days(31) + dry))
    assert reading.flag is Flag.SUSPECT and "流量为零而排放不为零1日" in reading.note


def test_note_fits_the_contract_with_many_points():
    stations = [make_station(mn=f"M{number}", factors=("w01018",)) for number in range(60)]
    assert len(only(figures(days(5, mn="M1"), *stations)).note) <= 500


def test_first_report_has_revision_0_and_says_where_it_comes_from():
    report = report_of(UNIT, JANUARY, figures(days(31)).readings, None, NOW)
    assert (report.revision, report.period, str(report.subject)) == (0, "2025-01", f"unit:{UNIT}")
    assert report.source is Source.METER and report.report_id == report_id(UNIT, JANUARY, 0)


def test_month_that_says_the_same_is_no_new_report():
    readings = figures(days(31)).readings
    before = report_of(UNIT, JANUARY, readings, None, NOW)
    assert report_of(UNIT, JANUARY, readings, before, NOW + timedelta(days=1)) is None


def test_restated_month_has_the_next_revision():
    before = report_of(UNIT, JANUARY, figures(days(31)).readings, None, NOW)
    after = report_of(UNIT, JANUARY, figures(days(31, cou="2")).readings, before, NOW)
    assert (after.revision, only(after).value) == (1, Decimal("62"))
    assert after.report_id != before.report_id


def test_figure_whose_days_all_became_invalid_is_withdrawn_once():
    before = report_of(UNIT, JANUARY, figures(days(31)).readings, None, NOW)
    after = report_of(UNIT, JANUARY, figures(days(31, flag="D")).readings, before, NOW)
    assert (only(after).flag, after.revision) == (Flag.WITHDRAWN, 1)
    assert report_of(UNIT, JANUARY, (), after, NOW) is None


def test_nothing_to_say_is_no_report():
    assert report_of(UNIT, JANUARY, (), None, NOW) is None


def test_report_ids_fit_whatever_the_units_id():
    assert len(report_id("U" * 64, JANUARY, 32767)) <= 64
