"""Daily messages: what is discharged, by new and old codes; faulty values are told and do not spoil the others."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hj212_support import FACTORS, NOW, make_segment

from planwatch.gateway.daily import read_daily
from planwatch.gateway.segment import parse_segment


def read(cp, *, now=NOW, **over):
    segment = parse_segment(make_segment(cp, **over))
    return read_daily(segment, FACTORS.by_code(segment.st), now)


def values(found):
    return {one.factor: (one.cou, one.flag) for one in found.days}


def test_amounts_and_flags_are_read():
    found = read("DataTime=20250131000000;w01018-Cou=46.630,w01018-Min=1,w01018-Flag=N;w21003-Cou=6.93,w21003-Flag=T")
    assert found.faults == ()
    assert values(found) == {"w01018": (Decimal("46.630"), "N"), "w21003": (Decimal("6.93"), "T")}
    assert {(one.day, one.unit, one.qn) for one in found.days} == {(date(2025, 1, 31), "kg", "20250201003000123")}


def test_codes_of_2005_are_those_of_2017():
    found = read("DataTime=20250131000000;011-Cou=2.5,011-Min=1;B01-Cou=200", Flag=None, QN=None)
    assert values(found) == {"w01018": (Decimal("2.5"), ""), "w00000": (Decimal(200), "")}
    assert {one.unit for one in found.days} == {"kg", "m3"}
    assert {one.qn for one in found.days} == {"20250310120000000"}, "our clock, in local time, where there is no QN"


def test_flag_without_amount_is_no_zero():
    assert values(read("DataTime=20250131000000;w01018-Flag=D;w21003-Cou=-,w21003-Flag=B")) == {
        "w01018": (None, "D"),
        "w21003": (None, "B"),
    }


def test_unknown_codes_are_left_alone():
    found = read("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=N;x99999-Cou=7,x99999-Flag=N;w01001-Avg=7.1")
    assert list(values(found)) == ["w01018"] and found.faults == ()


def test_nmhc_is_not_voc():
    named = FACTORS.named()
    assert named["a24088"].indicator is None
    assert "emission.voc" not in {one.indicator for one in FACTORS.factors}


@pytest.mark.parametrize(
    ("cp", "path"),
    [
        pytest.param("w01018-Cou=1", "CP.DataTime", id="no DataTime"),
        pytest.param("DataTime=20250230000000;w01018-Cou=1", "CP.DataTime", id="30 February"),
        pytest.param("DataTime=20250131235959;w01018-Cou=1", "CP.DataTime", id="labelled by its end"),
        pytest.param("DataTime=20250310000000;w01018-Cou=1", "CP.DataTime", id="today"),
        pytest.param("DataTime=20260101000000;w01018-Cou=1", "CP.DataTime", id="next year"),
        pytest.param("DataTime=20250131000000;w01018-Avg=1", "CP", id="no amount"),
        pytest.param("DataTime=20250131000000;w01018-Cou=-1,w01018-Flag=N", "CP.w01018-Cou", id="negative"),
        pytest.param("DataTime=20250131000000;w01018-Cou=1e3,w01018-Flag=N", "CP.w01018-Cou", id="exponent"),
        pytest.param("DataTime=20250131000000;w01018-Cou=NaN,w01018-Flag=N", "CP.w01018-Cou", id="NaN as normal"),
        pytest.param("DataTime=20250131000000;w01018-Cou=,w01018-Flag=", "CP.w01018-Cou", id="nothing said"),
        pytest.param("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=X", "CP.w01018-Flag", id="unknown flag"),
        pytest.param("DataTime=20250131000000;w01018-Cou=١,w01018-Flag=N", "CP.w01018-Cou", id="other digits"),
    ],
)
def test_faulty_message_is_told_and_states_nothing(cp, path):
    found = read(cp)
    assert found.days == ()
    assert path in [fault.path for fault in found.faults]


def test_faulty_value_does_not_spoil_the_others():
    found = read("DataTime=20250131000000;w01018-Cou=x,w01018-Flag=N;w21003-Cou=2,w21003-Flag=N")
    assert list(values(found)) == ["w21003"]
    assert [fault.path for fault in found.faults] == ["CP.w01018-Cou"]


def test_new_and_old_code_must_agree():
    same = read("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=N;011-Cou=1,011-Flag=N")
    differing = read("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=N;011-Cou=2,011-Flag=N")
    assert same.faults == () and len(same.days) == 1
    assert [fault.path for fault in differing.faults] == ["CP.011"] and differing.days == ()


def test_amount_stated_twice_is_not_guessed():
    found = read("DataTime=20250131000000;w01018-Cou=1,w01018-Cou=2,w01018-Flag=N;w21003-Cou=2,w21003-Flag=N")
    assert list(values(found)) == ["w21003"]
    assert [fault.path for fault in found.faults] == ["CP.w01018-Cou", "CP.w01018-Cou"]


@pytest.mark.parametrize(("minutes", "taken"), [(-11, False), (-9, True)], ids=["11 before midnight", "9 before"])
def test_logger_may_be_a_little_ahead_of_midnight(minutes, taken):
    midnight = NOW.replace(hour=16, minute=0)  # of 11 March in Shanghai
    found = read("DataTime=20250310000000;w01018-Cou=1,w01018-Flag=N", now=midnight + timedelta(minutes=minutes))
    assert bool(found.days) is taken


def test_clock_a_day_ahead_is_refused():
    found = read("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=N", QN="20250312000000000")
    assert found.days == () and [fault.path for fault in found.faults] == ["QN"]
