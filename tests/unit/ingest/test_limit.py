"""The limit on the share of rejects."""

import pytest

from planwatch.contract.errors import TooManyRejects
from planwatch.contract.rejected import RejectReason
from planwatch.ingest.limit import RejectLimit, RejectLimitState

BAD, GOOD = RejectReason.NOT_JSON, None
LIMIT = RejectLimit(share=0.5, window=10, minimum=4)


@pytest.mark.parametrize(
    ("reasons", "stops"),
    [
        ([], False),
        ([BAD] * 3, False),
        ([BAD] * 4, True),
        ([GOOD, GOOD, GOOD, BAD, BAD], False),
        ([GOOD, GOOD, GOOD, BAD, BAD, BAD], True),
        ([BAD, GOOD, GOOD, BAD], True),
        ([BAD] * 3 + [GOOD] * 10 + [BAD] * 4, False),
        ([GOOD] * 100 + [BAD] * 4, False),
        ([GOOD] * 100 + [BAD] * 5, True),
        ([GOOD] * 100 + [BAD] * 5 + [GOOD] * 100, True),
    ],
    ids=[
        "nothing", "too few seen", "all bad", "less than half", "half", "half of the least", "old ones forgotten",
        "fewer than half of the window", "half of the window", "over in the middle",
    ],
)  # fmt: skip
def test_limit_stops_at_its_share_of_the_last_messages(reasons, stops):
    state = RejectLimitState(LIMIT)
    if stops:
        with pytest.raises(TooManyRejects):
            state.note(reasons)
    else:
        state.note(reasons)


def test_limit_is_the_same_however_messages_are_batched():
    state = RejectLimitState(LIMIT)
    with pytest.raises(TooManyRejects):
        for reason in [GOOD] * 5 + [BAD] * 5:
            state.note([reason])


def test_minimum_above_the_window_switches_the_limit_off():
    RejectLimitState(RejectLimit(share=0.5, window=10, minimum=11)).note([BAD] * 100)


def test_message_tells_what_was_seen_and_what_to_do():
    with pytest.raises(TooManyRejects) as stopped:
        RejectLimitState(LIMIT).note([RejectReason.UNFIT_UNIT, BAD, BAD, BAD])
    told = str(stopped.value)
    for part in ("4 of the last 4", "3 not_json, 1 unfit_unit", "rejects list", "PLANWATCH_INGEST__REJECT_MINIMUM=11"):
        assert part in told
