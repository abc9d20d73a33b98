"""The wire contract: what it accepts, and that every fault of a message is told at once."""

import json
from decimal import Decimal

import pytest
from factories import make_report
from hypothesis import given
from hypothesis import strategies as st

from planwatch.contract.errors import InvalidMessage
from planwatch.contract.report import parse_report


def spoiled(**over):
    return json.dumps(json.loads(make_report().to_json()) | over).encode()


def test_report_survives_the_wire():
    report = make_report()
    assert parse_report(report.to_json()) == report


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**17), max_value=10**17))
def test_figure_keeps_every_digit(value):
    text = format(value, "f")
    message = spoiled(readings=[{"indicator": "gdp", "value": text, "unit": "CNY"}])
    assert parse_report(message).readings[0].value == Decimal(text)


@pytest.mark.parametrize("value", [1.5, 10, True, None, "1,000", "1e3", "NaN", "Infinity", "", " 5", "１２", "1" * 19])
def test_figure_is_refused_if_it_is_not_plain_decimal_text(value):
    with pytest.raises(InvalidMessage, match=r"readings\.0\.value"):
        parse_report(spoiled(readings=[{"indicator": "gdp", "value": value, "unit": "CNY"}]))


def test_all_faults_are_told_at_once():
    message = spoiled(period="2025-13", revision=-1, subject={"kind": "town", "id": ""}, extra=1)
    with pytest.raises(InvalidMessage) as caught:
        parse_report(message)
    assert {fault.path for fault in caught.value.faults} >= {
        "period",
        "revision",
        "subject.kind",
        "subject.id",
        "extra",
    }


def test_indicator_stated_twice_is_refused():
    twice = [{"indicator": "gdp", "value": "1", "unit": "CNY"}] * 2
    with pytest.raises(InvalidMessage, match="more than once"):
        parse_report(spoiled(readings=twice))


@pytest.mark.parametrize("submitted_at", ["2025-04-10T08:00:00", 1744243200, "yesterday"])
def test_time_without_zone_is_refused(submitted_at):
    with pytest.raises(InvalidMessage, match="submitted_at"):
        parse_report(spoiled(submitted_at=submitted_at))


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused_in_words(raw):
    try:
        parse_report(raw)
    except InvalidMessage as error:
        assert error.faults
