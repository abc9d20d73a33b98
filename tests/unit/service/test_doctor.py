"""What `planwatch doctor` says to do about servers that do not answer."""

from datetime import UTC, datetime, timedelta

import pytest

from planwatch.contract.errors import DeliveryFailed, InvalidDocument, StorageUnavailable
from planwatch.service.commands.doctor import _look, looked_at, registry_found, waiting_found
from planwatch.service.finding import Finding
from planwatch.service.settings import Settings


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (DeliveryFailed("away", retry=True), ("start Kafka", "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS")),
        (StorageUnavailable("away"), ("start the database", "PLANWATCH_DATABASE__DSN")),
        (InvalidDocument("a.yaml", ((3, "wrong"),)), ("file named",)),
    ],
    ids=["broker", "database", "file"],
)
def test_each_error_has_the_advice_that_mends_it(error, advice):
    def check(settings):
        raise error

    found = _look("one", check, Settings())
    assert not found.right
    assert all(words in found.mend for words in advice)


NOW = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("messages", "ago", "right", "seen"),
    [
        (0, 86_400, True, "all that is in Kafka is stored"),
        (1500, 5, True, "1,500 messages wait in Kafka; the last were stored 2025-07-01 07:59:55"),
        (1500, 3600, False, "the last were stored 2025-07-01 07:00:00"),
        (3, None, False, "none was ever stored"),
    ],
)
def test_messages_that_wait_while_nothing_is_stored_are_a_fault(messages, ago, right, seen):
    found = waiting_found(messages, None if ago is None else NOW - timedelta(seconds=ago), NOW)
    assert found.right is right
    assert seen in found.seen
    assert "REJECT_MINIMUM" in found.mend or right


def test_regions_in_a_circle_are_named_with_what_to_correct():
    found = registry_found([["10", "30", "20"]])
    assert not found.right
    assert "10 → 30 → 20 → 10" in found.seen
    assert "correct the parent" in found.mend
    assert registry_found([]).right


def test_check_is_not_made_where_what_it_rests_on_is_wrong():
    right, wrong = (lambda name: lambda _: Finding(name, True, "")), (lambda name: lambda _: Finding(name, False, "x"))
    asked = {
        "database": wrong("database"),
        "schema": right("schema"),
        "kafka": right("kafka"),
        "ingest": right("ingest"),
    }
    found = {one.name: one for one in looked_at(asked, None)}
    assert [one.right for one in found.values()] == [False, False, True, False]
    assert found["schema"].seen == "not looked at: first mend database"
    assert found["ingest"].seen == "not looked at: first mend schema"
