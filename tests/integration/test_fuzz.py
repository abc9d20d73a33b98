"""Fuzzed messages into a real database, and what once stopped ingest there."""

import json

import pytest
from fuzz.mutate import Fuzzer
from fuzz.stored import store_all
from ingest_support import CATALOGUE, TOPICS, make_decoder

from planwatch.ingest.message import RawMessage
from planwatch.storage.database import Database

pytestmark = pytest.mark.services


def test_no_fuzzed_message_is_lost(database_dsn):
    with Database(database_dsn, max_size=2) as database:
        fates = store_all(database, make_decoder(), TOPICS, Fuzzer(3, TOPICS, CATALOGUE).messages(3000))
    assert fates.total() == 3000


def test_record_the_database_cannot_take_is_rejected_alone(database_dsn):
    records = [
        {"kind": "unit", "id": f"U{number}", "name": name, "region": "500101", "valid_from": "2024-01-01"}
        for number, name in enumerate(["一厂", "a\x00b", "三厂"])
    ]
    messages = [
        RawMessage(TOPICS.registry, 0, number, f"unit:U{number}".encode(), json.dumps(record).encode())
        for number, record in enumerate(records)
    ]
    report = RawMessage(TOPICS.reports, 0, 0, b"unit:U0", json.dumps({
        "report_id": "r", "subject": {"kind": "unit", "id": "U0"}, "period": "2025-03",
        "submitted_at": "2025-04-10T08:00:00+08:00",
        "readings": [{"indicator": "energy.raw_coal", "value": "1", "unit": "t"}],
    }).encode())  # fmt: skip
    with Database(database_dsn, max_size=2) as database:
        fates = store_all(database, make_decoder(), TOPICS, [*messages, report])
    assert fates == {"accepted record": 2, "accepted report": 1, "rejected refused_by_database": 1}
