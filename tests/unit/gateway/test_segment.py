"""Data segments: head fields, the bits of Flag, the fields of CP, and every fault named."""

import pytest
from hj212_support import MN, make_segment
from hypothesis import given, settings
from hypothesis import strategies as st

from planwatch.contract.errors import InvalidMessage
from planwatch.gateway.segment import Edition, Segment, parse_cp, parse_segment


def test_head_fields_are_read():
    found = parse_segment(make_segment("DataTime=20250131000000", Flag=7, PNUM=2, PNO=1))
    assert found == Segment("20250201003000123", 32, "2031", "123456", MN, 7, 2, 1, "DataTime=20250131000000")


@pytest.mark.parametrize(
    ("flag", "wants", "edition"),
    [
        pytest.param(0, False, Edition.HJT_2005, id="2005"),
        pytest.param(1, True, Edition.HJT_2005, id="2005 answer"),
        pytest.param(4, False, Edition.HJ_2017, id="2017"),
        pytest.param(5, True, Edition.HJ_2017, id="2017 answer"),
        pytest.param(8, False, Edition.HJ_2025, id="2025"),
        pytest.param(9, True, Edition.HJ_2025, id="2025 answer"),
        pytest.param(12, False, Edition.UNKNOWN, id="none known"),
        pytest.param(None, False, Edition.HJT_2005, id="left out, as in 2005"),
    ],
)
def test_flag_bits_say_answer_and_edition(flag, wants, edition):
    found = parse_segment(make_segment("DataTime=20250131000000", Flag=flag))
    assert (found.wants_answer, found.edition, found.is_part) == (wants, edition, False)


def test_part_bit_with_one_packet_is_a_whole_message():
    assert not parse_segment(make_segment("", Flag=6, PNUM=1, PNO=1)).is_part
    assert parse_segment(make_segment("", Flag=6, PNUM=2, PNO=2)).is_part


@pytest.mark.parametrize(
    ("over", "path"),
    [
        pytest.param({"QN": "2025020100300012"}, "QN", id="QN too short"),
        pytest.param({"QN": "20251301003000123"}, "QN", id="month 13"),
        pytest.param({"ST": "x"}, "ST", id="ST no number"),
        pytest.param({"ST": None}, "ST", id="no ST"),
        pytest.param({"CN": "31"}, "CN", id="CN too short"),
        pytest.param({"MN": None}, "MN", id="no MN"),
        pytest.param({"MN": "x" * 25}, "MN", id="MN too long"),
        pytest.param({"MN": "a b"}, "MN", id="MN with a blank"),
        pytest.param({"Flag": 256}, "Flag", id="Flag over 255"),
        pytest.param({"Flag": 7}, "PNO", id="part without number"),
        pytest.param({"Flag": 7, "PNUM": 2, "PNO": 3}, "PNO", id="part 3 of 2"),
        pytest.param({"Flag": "5;Flag=5"}, "Flag", id="twice"),
        pytest.param({"PW": "1;oops"}, "oops", id="no field"),
    ],
)
def test_faulty_head_field_is_named(over, path):
    with pytest.raises(InvalidMessage) as refused:
        parse_segment(make_segment("DataTime=20250131000000", **over))
    assert [fault.path for fault in refused.value.faults] == [path]


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidMessage) as refused:
        parse_segment(make_segment("", QN="x", ST=0, CN="", MN=None))
    assert [fault.path for fault in refused.value.faults] == ["QN", "ST", "CN", "MN"]


@pytest.mark.parametrize(
    "raw", [b"", b"ST=32", b"ST=32;CP=&&x", b"\xff\xfe"], ids=["empty", "no CP", "open", "no text"]
)
def test_segment_without_form_is_refused(raw):
    with pytest.raises(InvalidMessage):
        parse_segment(raw)


def test_fields_of_cp_are_read_whatever_parts_them():
    fields, faults = parse_cp("DataTime=20250131000000;w01018-Cou=1,w01018-Flag=N;;w21003-Cou=2,")
    assert fields == {"DataTime": "20250131000000", "w01018-Cou": "1", "w01018-Flag": "N", "w21003-Cou": "2"}
    assert faults == ()


def test_field_of_cp_twice_with_different_values_is_a_fault():
    fields, faults = parse_cp("w01018-Cou=1;w01018-Cou=2;DataTime=x;DataTime=x;loose")
    assert fields == {"DataTime": "x"}
    assert [fault.path for fault in faults] == ["CP.w01018-Cou", "CP.loose"]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: make_segment(text))))
def test_any_segment_is_read_or_refused_with_reasons(raw):
    try:
        parse_cp(parse_segment(raw).cp)
    except InvalidMessage as refused:
        assert refused.faults
