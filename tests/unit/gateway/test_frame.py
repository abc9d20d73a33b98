"""Frames out of a stream: the CRC of the standard's example, any split, garbage, wrong lengths; no byte is lost."""

import pytest
from hj212_support import make_segment
from hypothesis import given, settings
from hypothesis import strategies as st

from planwatch.gateway.frame import Broken, Frame, FrameReader, crc16, framed

# The example of HJ 212-2017 as many public implementations test with it.
EXAMPLE = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
GOOD = framed(make_segment("DataTime=20250131000000;w01018-Cou=1.5,w01018-Flag=N"))
OTHER = framed(EXAMPLE)


def events(*received: bytes, most: int = 4096):
    reader = FrameReader(most)
    return [event for chunk in received for event in reader.feed(chunk)] + reader.close()


def good(found):
    return [event.raw for event in found if isinstance(event, Frame)]


def test_crc_is_that_of_the_standards_example():
    assert f"{crc16(EXAMPLE):04X}" == "1C80"
    assert framed(EXAMPLE) == b"##0101" + EXAMPLE + b"1C80\r\n"


def test_crc_is_not_plain_modbus():
    def modbus(segment):
        register = 0xFFFF
        for byte in segment:
            register ^= byte
            for _ in range(8):
                register = (register >> 1) ^ (0xA001 if register & 1 else 0)
        return register

    assert modbus(EXAMPLE) != 0x1C80


@pytest.mark.parametrize(
    ("received", "frames", "whys"),
    [
        pytest.param(GOOD + OTHER, [GOOD, OTHER], [], id="two glued"),
        pytest.param(OTHER.replace(b"1C80", b"1c80"), [OTHER.replace(b"1C80", b"1c80")], [], id="CRC in small letters"),
        pytest.param(b"hello" + GOOD, [GOOD], ["bytes between"], id="garbage before"),
        pytest.param(b"#" + GOOD, [GOOD], ["followed by four digits"], id="one # too many"),
        pytest.param(GOOD + b"\r\n\r\n" + OTHER, [GOOD, OTHER], ["bytes between"], id="blank lines between"),
        pytest.param(OTHER.replace(b"1C80", b"1C81") + GOOD, [GOOD], ["CRC is 1C81"], id="wrong CRC"),
        pytest.param(b"##0900" + OTHER[6:] + GOOD * 8, [GOOD] * 8, ["length says 900"], id="length too long"),
        pytest.param(b"##0010" + OTHER[6:] + GOOD, [GOOD], ["length says 10", "bytes between"], id="length too short"),
        pytest.param(b"##00x1" + OTHER[6:] + GOOD, [GOOD], ["four digits", "bytes between"], id="length no number"),
        pytest.param(GOOD[:-2] + OTHER, [OTHER], ["does not end in CRC"], id="no CR LF"),
        pytest.param(GOOD + OTHER[:40], [GOOD], ["connection ended"], id="ends inside"),
        pytest.param(GOOD[:30] + OTHER, [OTHER], ["connection ended"], id="begins anew inside"),
        pytest.param(b"##9999" + OTHER, [OTHER], ["has 9999 bytes"], id="over the limit"),
        pytest.param(b"", [], [], id="nothing"),
    ],
)  # fmt: skip
def test_stream_becomes_frames_and_reasons(received, frames, whys):
    found = events(received)
    assert good(found) == frames
    told = [event.why for event in found if isinstance(event, Broken)]
    assert len(told) == len(whys)
    assert all(why in said for why, said in zip(whys, told, strict=True))


def test_line_ends_between_frames_are_blank():
    blank = [event for event in events(GOOD + b"\r\n\x00 " + OTHER) if isinstance(event, Broken)]
    assert [event.is_blank for event in blank] == [True]


def test_head_on_the_edge_of_told_garbage_is_seen():
    assert good(events(b"x" * 63 + OTHER[:1], OTHER[1:], most=64)) == []
    assert good(events(b"x" * 127 + OTHER[:1], OTHER[1:], most=128)) == [OTHER]


def test_segment_over_the_length_field_is_not_framed():
    with pytest.raises(ValueError, match="at most 9999"):
        framed(b"x" * 10_000)


pieces = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([GOOD, OTHER, b"#", b"##", b"##0101", b"##0007abc##00", b"\r\n", GOOD[:50], GOOD[50:], OTHER[:-1]]),
    st.binary(max_size=30).map(framed),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=12).map(b"".join), st.data())
def test_any_bytes_come_out_whole_however_they_are_split(stream, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = events(*chunks, most=64)
    assert b"".join(event.raw for event in found) == stream
    assert found == events(stream, most=64)
    assert all(event.why for event in found if isinstance(event, Broken))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40).filter(lambda noise: b"#" not in noise), st.lists(st.binary(max_size=50), max_size=4))
def test_good_frames_are_found_behind_noise(noise, segments):
    frames = [framed(segment) for segment in segments if b"##" not in segment]
    assert good(events(noise + noise.join(frames))) == frames
