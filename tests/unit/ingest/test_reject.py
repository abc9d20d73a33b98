"""Rejects reach the reject topic once they are stored, whoever stored them."""

from datetime import timedelta

import pytest
from ingest_fakes import FakeSender
from ingest_store_fake import InMemoryIngestStore
from ingest_support import NOW, REPORTS, rejected

from planwatch.ingest.reject import LOOK_EVERY, RejectPublisher


@pytest.fixture
def store():
    made = InMemoryIngestStore()
    made.claim("me", 1, [REPORTS], NOW)
    return made


def keep(store, *rejects):
    store.store("me", {REPORTS: (1, rejects[0].offset, rejects[-1].offset + 1)}, readings=[], records=[], rejects=rejects,
                now=NOW)  # fmt: skip


def test_waiting_rejects_are_published_once(store):
    sender = FakeSender()
    keep(store, rejected(0), rejected(1))
    publisher = RejectPublisher(store, sender)
    assert publisher.publish_due(NOW, fresh=True) == 2
    assert publisher.publish_due(NOW, fresh=True) == 0
    assert [one.offset for one in sender.sent] == [0, 1]
    assert all(store().rejects.values())


def test_rejects_of_others_are_looked_for_at_the_start_and_now_and_then(store):
    sender = FakeSender()
    publisher = RejectPublisher(store, sender)
    keep(store, rejected(0))
    publisher.publish_due(NOW, fresh=False)
    keep(store, rejected(1))
    publisher.publish_due(NOW + LOOK_EVERY - timedelta(seconds=1), fresh=False)
    assert [one.offset for one in sender.sent] == [0]
    publisher.publish_due(NOW + LOOK_EVERY, fresh=False)
    assert [one.offset for one in sender.sent] == [0, 1]


def test_broker_that_is_away_leaves_them_waiting(store):
    sender = FakeSender()
    publisher = RejectPublisher(store, sender)
    keep(store, rejected(0))
    sender.away = True
    publisher.publish_due(NOW, fresh=True)
    assert store().rejects == {rejected(0).id: False}
    assert "the broker is away" in publisher.fault
    sender.away = False
    publisher.publish_due(NOW, fresh=True)
    assert not sender.sent, "a broker that was just away is left alone for a while"
    publisher.publish_due(NOW + LOOK_EVERY, fresh=False)
    assert (store().rejects, publisher.fault) == ({rejected(0).id: True}, None)


def test_reject_too_large_for_its_topic_goes_without_the_message(store):
    sender = FakeSender()
    sender.largest = 100
    keep(store, rejected(0).model_copy(update={"value": "A" * 200}))
    RejectPublisher(store, sender).publish_due(NOW, fresh=True)
    (sent,) = sender.sent
    assert (sent.value, sent.id) == (None, rejected(0).id)
    assert sent.faults[: len(rejected(0).faults)] == rejected(0).faults
    assert "planwatch rejects show" in sent.faults[-1].message
