"""Dirty messages: each kind is there, and the consumer says of it what it is meant to say."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from planwatch.contract.rejected import RejectReason
from planwatch.contract.report import parse_report
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.plans.loader import load_catalogue
from planwatch.simulate import dirty

NOW = datetime(2024, 7, 1, tzinfo=UTC)
DECODER = Decoder(Topics.named("t."), load_catalogue(), "test")
ASKED_FOR = {
    "broken_json",
    "unknown_indicator",
    "wrong_unit",
    "number_not_text",
    "wrong_key",
    "month_13",
    "duplicate",
    "revision_2_early",
    "revision_1_late",
}


def test_every_kind_asked_for_is_there():
    assert set(dirty.KINDS) >= ASKED_FOR


@pytest.mark.parametrize("message", dirty.one_of_each(1), ids=lambda message: message.kind)
def test_decoder_gives_the_reason_that_is_meant(message):
    decoded = DECODER.decode(RawMessage("t.reports.v1", 0, 0, message.key, message.value), NOW)
    rejected = getattr(decoded, "rejected", None)
    assert (rejected.reason if rejected else None) == message.reason


def test_duplicate_is_the_same_message_again():
    by_kind = {message.kind: message for message in dirty.one_of_each(1)}
    assert by_kind["duplicate"].value == by_kind["first_statement"].value


def test_late_revision_comes_after_the_one_that_replaces_it():
    kinds = [message.kind for message in dirty.one_of_each(1)]
    by_kind = {message.kind: parse_report(message.value) for message in dirty.one_of_each(1) if not message.reason}
    assert kinds.index("revision_2_early") < kinds.index("revision_1_late")
    assert by_kind["revision_2_early"].revision > by_kind["revision_1_late"].revision


def test_same_seed_gives_the_same_dirt():
    assert dirty.one_of_each(5) == dirty.one_of_each(5)
    assert dirty.one_of_each(5) != dirty.one_of_each(6)


def test_later_turns_have_ids_of_their_own():
    two = list(islice(dirty.messages(1), 2 * len(dirty.KINDS)))
    first, second = two[: len(dirty.KINDS)], two[len(dirty.KINDS) :]
    ids = [{message.value for message in turn if message.value} for turn in (first, second)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("clean", "share", "dirty_messages"),
    [(1000, (1, 10), 111), (1000, (1, 2), 1000), (10, (1, 100), len(dirty.KINDS)), (0, (1, 10), len(dirty.KINDS))],
    ids=["a tenth of all", "half of all", "few messages: every kind once", "no clean message"],
)
def test_share_of_dirty_messages(clean, share, dirty_messages):
    mixed = list(dirty.mixed(((b"k", b"clean") for _ in range(clean)), 1, share))
    assert sum(value != b"clean" for _, value in mixed) == dirty_messages
    assert sum(value == b"clean" for _, value in mixed) == clean


def test_reasons_cover_all_that_the_wire_can_have():
    # A message without a value is nothing that can stand in a file.
    wire = set(RejectReason) - {RejectReason.REFUSED_BY_DATABASE, RejectReason.EMPTY}
    assert {message.reason for message in dirty.one_of_each(1)} >= wire
