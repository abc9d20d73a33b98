"""A reject printed for people: what is long is cut, and it says how much and where the whole is."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from planwatch.contract.rejected import Rejected, RejectedFault, RejectReason, as_text
from planwatch.service.commands.rejects_words import LONG, MEND, SHOWN, WORDS, print_one
from planwatch.storage.reject_store import StoredReject

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def printed(**over):
    rejected = Rejected(
        service_version="1", topic="t", partition=6, offset=18995, timestamp=NOW, rejected_at=NOW,
        reason=RejectReason.BREAKS_CONTRACT, faults=(RejectedFault(path="period", message="wrong"),),
        key=as_text(b"unit:A"), value=as_text(b'{"period": "x"}'),
    ).model_copy(update=over)  # fmt: skip
    out = io.StringIO()
    print_one(Console(file=out, width=100), StoredReject(rejected, None, None))
    return out.getvalue()


def test_usual_message_is_shown_whole():
    text = printed(headers=(("trace", "YWJj"),))
    assert '{"period": "x"}' in text
    assert "trace (base64) YWJj" in text
    assert "省略" not in text
    assert "--json" not in text


@pytest.mark.parametrize(
    "over",
    [
        {"headers": (("huge", "YQ==" * 70_000),)},
        {"headers": (("h" * 200_000, "YQ=="),)},
        {"key": as_text(b"k" * 200_000)},
        {"value": as_text(b"v" * 900_000)},
        {"headers": tuple((f"h{i}", "YQ==") for i in range(10_000))},
        {"faults": tuple(RejectedFault(path=f"readings.{i}", message="wrong") for i in range(10_000))},
        {"faults": (RejectedFault(path="p" * 200_000, message="m" * 200_000),)},
    ],
    ids=["header", "header's name", "key", "value", "many headers", "many faults", "long fault"],
)
def test_long_message_is_cut_and_says_where_the_whole_is(over):
    text = printed(**over)
    assert len(text) < LONG * 2 + SHOWN * 100
    assert "planwatch rejects show t/6/18995 --json" in text


def test_every_reason_has_its_words():
    assert set(WORDS) == set(MEND) == {reason.value for reason in RejectReason}
