"""Dispatch on an outbox in memory; the integration tests run the same suite on the real one."""

import pytest
from alerts_dispatch_suite import UNITS, DispatchSuite
from alerts_outbox_support import Clock, Desk, FakeChannel, FakeOutbox
from alerts_support import story

from planwatch.alerts.repost import PAGE, Reposter


@pytest.fixture
def outbox_for():
    return lambda *receivers: FakeOutbox(receivers)


class TestDispatch(DispatchSuite):
    """See DispatchSuite."""


def test_dispatch_writes_down_each_request_right_after_it():
    outbox = FakeOutbox(["webhook"])
    outbox.add([story("01", unit)[0] for unit in UNITS[:3]])
    channel = FakeChannel()
    Desk(outbox, [channel]).dispatch_all()
    assert outbox.logs == channel.requests


def test_dispatch_times_each_request():
    outbox = FakeOutbox(["webhook"])
    outbox.add(story("01"))
    clock = Clock()
    desk = Desk(outbox, [FakeChannel(on_request=lambda: clock.move(0.25))], clock=clock)
    desk.dispatch_all()
    total = desk.registry.get_sample_value("planwatch_notify_delivery_seconds_sum", {"receiver": "webhook"})
    assert total == pytest.approx(0.25)


def test_dispatch_of_nothing_sends_nothing():
    channel = FakeChannel()
    assert Desk(FakeOutbox(["webhook"]), [channel]).dispatcher.dispatch() is False
    assert channel.requests == []


def test_reposter_goes_through_all_pages():
    outbox = FakeOutbox(["alertmanager"])
    outbox.add([story("01", f"unit:{number}")[0] for number in range(PAGE + 3)])
    channel = FakeChannel("alertmanager", most_at_once=PAGE)
    desk = Desk(outbox, [channel])
    desk.dispatch_all()
    channel.requests.clear()
    assert Reposter(outbox, channel).repost(desk.clock.now) == PAGE + 3
    assert [len(request) for request in channel.requests] == [PAGE, 3]
