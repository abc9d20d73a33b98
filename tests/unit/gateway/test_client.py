"""The example file operators try the gateway with: what its lines become, and that they are taken or refused as it says."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from planwatch.contract.period import Period
from planwatch.contract.report import Flag
from planwatch.gateway.client import frames_of
from planwatch.gateway.frame import FrameReader, framed
from planwatch.gateway.intake import Intake
from planwatch.gateway.month import MonthRules, gather
from planwatch.plans.hj212_factors import load_factors, load_stations

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
NOW = datetime(2025, 3, 1, tzinfo=UTC)


def decided():
    factors = load_factors()
    intake = Intake(load_stations(EXAMPLES / "hj212-stations.yaml", factors), factors)
    reader = FrameReader(4096)
    frames = frames_of((EXAMPLES / "hj212-daily.txt").read_bytes())
    return [intake.decide(event, NOW) for frame in frames for event in reader.feed(frame)]


def test_example_is_taken_and_refused_as_it_says():
    found = decided()
    assert Counter(one.outcome.value for one in found) == {"stored": 34, "refused": 3}
    assert [one.refusals[0].faults[0].path for one in found[-3:]] == ["MN", "Flag", "frame"]


def test_example_month_is_whole_once_its_faulty_day_is_restated():
    factors = load_factors()
    stations = load_stations(EXAMPLES / "hj212-stations.yaml", factors).stations
    stated = sorted((day for one in decided() for day in one.days), key=lambda day: day.qn)
    days = list({(day.mn, day.factor, day.day): day for day in stated}.values())
    first = [day for day in days if day.qn < "202502070"]
    before = gather(Period.month(2025, 1), stations, first, factors, MonthRules())
    after = gather(Period.month(2025, 1), stations, days, factors, MonthRules())
    assert {one.indicator: one.flag for one in before.readings}["emission.cod"] is Flag.SUSPECT
    assert {one.indicator: one.flag for one in after.readings} == {
        "emission.cod": None, "emission.nh3n": None, "emission.nox": None, "emission.so2": None,
    }  # fmt: skip
    assert after.is_complete


def test_lines_are_comments_segments_or_frames():
    text = b"# words\n\nST=32;CP=&&&&\n##0001xABCD\r\n"
    assert frames_of(text) == [framed(b"ST=32;CP=&&&&"), b"##0001xABCD\r\n"]
