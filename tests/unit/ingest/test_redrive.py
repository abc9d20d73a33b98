"""Which rejected messages are worth sending again, and how they travel."""

import pytest
from factories import make_report
from ingest_support import NOW, make_decoder, make_message

from planwatch.contract.errors import Fault
from planwatch.contract.rejected import RejectReason
from planwatch.ingest.message import ATTEMPT_HEADER
from planwatch.ingest.redrive import MAX_ATTEMPTS, ORIGIN_HEADER, redriven, still_refused, why_not_redrive
from planwatch.ingest.reject import reject


def rejected(message, reason=RejectReason.UNFIT_UNIT, **over):
    made = reject(message, reason, [Fault("readings.0.unit", "does not fit")], now=NOW, version="0")
    return made.model_copy(update=over)


def test_message_that_fits_by_now_is_worth_sending():
    one = rejected(make_message(make_report()))
    assert why_not_redrive(one) is None
    assert still_refused(one, make_decoder()) is None


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (make_message(b"{"), "message"),
        (make_message(make_report(), key=b"unit:other"), "key"),
        (make_message(make_report(readings=(make_report().readings[0].model_copy(update={"unit": "kWh"}),))),
         "readings.0.unit"),
    ],
    ids=["no JSON", "wrong key", "unit that still does not fit"],
)  # fmt: skip
def test_message_that_would_be_rejected_at_once_is_not(message, path):
    assert still_refused(rejected(message), make_decoder()).startswith(f"{path}:")


@pytest.mark.parametrize(("attempt", "sent"), [(1, True), (MAX_ATTEMPTS - 1, True), (MAX_ATTEMPTS, False)])
def test_message_is_not_sent_for_ever(attempt, sent):
    assert (why_not_redrive(rejected(make_message(make_report()), attempt=attempt)) is None) is sent


def test_first_place_and_attempts_stay_with_the_message():
    first = rejected(make_message(make_report(), headers=(("trace", b"\xfe"),)))
    again = redriven(first)
    assert dict(again.headers) == {"trace": b"\xfe", ORIGIN_HEADER: first.id.encode(), ATTEMPT_HEADER: b"1"}
    second = rejected(make_message(again.value, key=again.key, offset=99, headers=again.headers))
    assert second.attempt == 2
    assert dict(redriven(second).headers)[ORIGIN_HEADER] == first.id.encode()
