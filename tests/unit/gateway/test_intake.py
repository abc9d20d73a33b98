"""What becomes of frames: stored, joined, not used, refused; and what the logger is answered."""

from datetime import date, timedelta

import pytest
from hj212_support import GAS_MN, MN, NOW, UNIT, make_frame, make_intake, make_segment, make_station
from hypothesis import given, settings
from hypothesis import strategies as st

from planwatch.gateway.frame import Broken, Frame, FrameReader, framed
from planwatch.gateway.intake import PART_PATIENCE, Outcome
from planwatch.gateway.refusal import rejected_of
from planwatch.gateway.segment import parse_segment

CP = "DataTime=20250131000000;w01018-Cou=1.5,w01018-Flag=N"


def answered(decision):
    """The answer's command, QN, MN, Flag and CP."""
    if decision.answer is None:
        return None
    (event,) = FrameReader(1024).feed(decision.answer)
    found = parse_segment(event.segment)
    assert (found.st, found.pw) == (91, "123456")
    return found.cn, found.qn, found.mn, found.flag, found.cp


def test_daily_message_is_stored_and_answered():
    decision = make_intake().decide(make_frame(CP), NOW)
    assert (decision.outcome, decision.unit, len(decision.days)) == (Outcome.STORED, UNIT, 1)
    assert answered(decision) == ("9014", "20250201003000123", MN, 4, "")


def test_no_answer_where_none_is_wanted():
    assert make_intake().decide(make_frame(CP, Flag=4), NOW).answer is None
    assert make_intake().decide(make_frame(CP, QN=None), NOW).answer is None


@pytest.mark.parametrize(
    ("over", "path", "code"),
    [
        pytest.param({"MN": "unknown"}, "MN", "4", id="unknown MN"),
        pytest.param({"ST": 31}, "ST", "5", id="known MN, other ST"),
        pytest.param({"Flag": 9}, "Flag", "6", id="edition of 2025"),
        pytest.param({"Flag": 13}, "Flag", "6", id="no known edition"),
        pytest.param({"QN": "20250401000000000"}, "QN", "7", id="clock ahead"),
    ],
)
def test_refused_message_is_kept_and_told(over, path, code):
    decision = make_intake().decide(make_frame(CP, **over), NOW)
    assert (decision.outcome, decision.days) == (Outcome.REFUSED, ())
    (refusal,) = decision.refusals
    assert refusal.raw == framed(make_segment(CP, **over))
    assert [fault.path for fault in refusal.faults] == [path]
    assert answered(decision)[0] == "9011" and answered(decision)[-1] == f"QnRtn={code}"


def test_edition_of_2025_says_what_to_do():
    (refusal,) = make_intake().decide(make_frame(CP, Flag=8), NOW).refusals
    assert "HJ 212-2025 is not supported" in refusal.faults[0].message


def test_password_is_looked_at_where_the_mapping_has_one():
    intake = make_intake(make_station(pw="secret"))
    assert intake.decide(make_frame(CP), NOW).outcome is Outcome.REFUSED
    assert intake.decide(make_frame(CP, PW="secret"), NOW).outcome is Outcome.STORED


def test_day_outside_the_points_service_is_refused():
    decision = make_intake(make_station(since=date(2025, 2, 1))).decide(make_frame(CP), NOW)
    assert decision.outcome is Outcome.REFUSED
    assert "from 2025-02-01 to now" in decision.refusals[0].faults[0].message


def test_message_with_one_faulty_value_is_stored_and_kept():
    decision = make_intake().decide(make_frame(CP + ";w21003-Cou=x,w21003-Flag=N"), NOW)
    assert decision.outcome is Outcome.STORED
    assert len(decision.days) == len(decision.refusals) == 1
    assert answered(decision)[0] == "9014"


@pytest.mark.parametrize(("command", "reply"), [(2011, "9014"), (2061, "9014"), (1013, "9013"), (9014, "9014")])
def test_other_commands_are_answered_and_not_used(command, reply):
    decision = make_intake().decide(make_frame(CP, CN=command), NOW)
    assert (decision.outcome, decision.writes) == (Outcome.UNUSED, False)
    assert answered(decision)[0] == reply


def test_broken_stretch_is_kept_and_padding_is_not():
    intake = make_intake()
    assert intake.decide(Broken(b"\r\n", "bytes between frames"), NOW).outcome is Outcome.BLANK
    decision = intake.decide(Broken(b"##xx", "no length"), NOW)
    assert decision.outcome is Outcome.REFUSED and decision.refusals[0].raw == b"##xx"


def parts(*cps, qn="20250201003000123", flag=7):
    return [make_frame(cp, Flag=flag, PNUM=len(cps), PNO=number, QN=qn) for number, cp in enumerate(cps, 1)]


SPLIT = (CP, "DataTime=20250131000000;w21003-Cou=2,w21003-Flag=N")


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 0, 1)], ids=["in order", "turned round", "one repeated"])
def test_split_message_is_joined(order):
    intake, frames = make_intake(), parts(*SPLIT)
    *first, last = [intake.decide(frames[number], NOW) for number in order]
    assert {one.outcome for one in first} == {Outcome.PART}
    assert all(one.keep and answered(one)[0] == "9014" for one in first)
    assert last.outcome is Outcome.STORED and answered(last)[0] == "9014"
    assert {one.factor for one in last.days} == {"w01018", "w21003"}
    assert len(last.drop) == 2


def test_part_of_an_earlier_message_is_not_joined_with_a_later_one():
    intake = make_intake()
    lost, later = parts(*SPLIT)[1], parts(*SPLIT, qn="20250202003000123")
    intake.decide(lost, NOW)
    decision = intake.decide(later[0], NOW)
    assert decision.outcome is Outcome.PART and decision.refusals[0].raw == lost.raw
    assert intake.decide(later[1], NOW).outcome is Outcome.STORED


def test_message_that_never_becomes_whole_is_kept_as_refused():
    intake, frame = make_intake(), parts(*SPLIT)[0]
    intake.decide(frame, NOW)
    assert intake.expire(NOW + PART_PATIENCE) is None
    given_up = intake.expire(NOW + PART_PATIENCE + timedelta(seconds=1))
    assert [refusal.raw for refusal in given_up.refusals] == [frame.raw]
    assert intake.decide(parts(*SPLIT)[1], NOW).outcome is Outcome.PART, "the first part is forgotten"


def test_parts_survive_a_restart():
    first, second = parts(*SPLIT)
    kept = make_intake().decide(first, NOW).keep
    again = make_intake()
    again.reload(kept.raw, kept.received_at)
    assert again.decide(second, NOW).outcome is Outcome.STORED


def test_too_many_split_messages_give_up_the_oldest():
    intake = make_intake(*(make_station(mn=f"M{number}") for number in range(3)))
    intake.joiner.max_messages = 2
    decisions = [intake.decide(make_frame(CP, MN=f"M{number}", Flag=7, PNUM=2, PNO=1), NOW) for number in range(3)]
    assert [len(one.refusals) for one in decisions] == [0, 0, 1]
    assert decisions[2].refusals[0].mn == "M0"


def test_reject_carries_the_bytes_and_every_fault():
    (refusal,) = make_intake().decide(make_frame(CP, MN="x"), NOW).refusals
    rejected = rejected_of(refusal, 7, NOW, "0.0-test")
    assert rejected.id == "hj212/0/7"
    assert rejected.raw_value == refusal.raw and rejected.raw_key == b"x"
    assert [fault.path for fault in rejected.faults] == ["MN"]


chunks = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([framed(make_segment(CP)), framed(make_segment(CP, MN=GAS_MN)), framed(make_segment(CP, Flag=9))]),
    st.builds(
        lambda cp, flag, cn, pno: framed(make_segment(cp, Flag=flag, CN=cn, PNUM=2, PNO=pno)),
        st.sampled_from([CP, "", "DataTime=x", "w01018-Cou=\x00", "DataTime=20250131000000;w01018-Cou=-5"]),
        st.integers(0, 20),
        st.sampled_from([2031, 2011, 9999, 1013]),
        st.integers(0, 3),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(chunks, max_size=10).map(b"".join))
def test_any_stream_is_accepted_or_refused_with_a_reason(stream):
    intake, reader = make_intake(), FrameReader(2048)
    for event in reader.feed(stream) + reader.close():
        decision = intake.decide(event, NOW)
        assert isinstance(event, Frame) or decision.outcome in (Outcome.REFUSED, Outcome.BLANK)
        if decision.outcome is Outcome.REFUSED:
            assert decision.refusals and all(refusal.faults and refusal.raw for refusal in decision.refusals)
        if decision.outcome is Outcome.STORED:
            assert decision.days and decision.unit
        for refusal in decision.refusals:
            assert "\x00" not in rejected_of(refusal, 1, NOW, "0").model_dump_json(exclude={"value"}).replace(
                "\\u0000", "\x00"
            )
