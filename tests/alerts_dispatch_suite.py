"""What dispatch must do on any outbox: run by the unit tests on the one in memory, by the integration tests on the real."""

from datetime import timedelta

import pytest
from alerts_outbox_support import IMPATIENT, STEADY, Clock, Crash, CrashingChannel, Desk, FakeChannel
from alerts_support import NOW, make_change, make_notification, story, to_date

from planwatch.alerts.dispatch import DispatchPolicy
from planwatch.alerts.repost import Reposter
from planwatch.alerts.retry import TryLater
from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.notification import DeliveryState, NotifyReason
from planwatch.contract.period import Period

UNITS = [f"unit:9150000000000000{n:02}" for n in range(20)]


def away():
    return DeliveryFailed("answered 503", retry=True)


def refused():
    return DeliveryFailed("answered 400", retry=False)


def ids(notifications):
    return [notification.change.id for notification in notifications]


class DispatchSuite:
    """Subclasses have a fixture ``outbox_for`` that makes an outbox for some receivers."""

    def test_each_change_reaches_each_receiver_once_and_in_order(self, outbox_for):
        outbox = outbox_for("alertmanager", "webhook")
        told = story("0123210")
        outbox.add(told)
        alertmanager, webhook = FakeChannel("alertmanager", most_at_once=10), FakeChannel("webhook")
        desk = Desk(outbox, [alertmanager, webhook])
        desk.dispatch_all()
        assert alertmanager.taken == webhook.taken == ids(told)
        assert outbox.open_changes() == []
        assert desk.counted("webhook", "delivered") == 6
        reasons = [outbox.delivery(change, "webhook").reason for change in ids(told)]
        assert reasons == ["raised", "escalated", "escalated", "eased", "eased", "cleared"]

    def test_request_carries_many_warnings_but_one_change_of_each(self, outbox_for):
        outbox = outbox_for("alertmanager")
        stories = [story("01230", unit) for unit in UNITS]
        outbox.add([told for one in stories for told in one])
        channel = FakeChannel("alertmanager", most_at_once=15)
        Desk(outbox, [channel]).dispatch_all()
        assert [len(request) for request in channel.requests] == [15, 5] * 4
        assert channel.requests[0] == ids(one[0] for one in stories[:15])
        assert sorted(channel.taken) == sorted(change for one in stories for change in ids(one))
        assert outbox.open_changes() == []

    def test_failed_delivery_is_tried_again_in_due_time_and_later_changes_wait(self, outbox_for):
        outbox = outbox_for("webhook")
        told = story("012")
        outbox.add(told)
        channel = FakeChannel(answers=[away(), away()])
        desk = Desk(outbox, [channel])
        desk.dispatch_all()
        waiting = outbox.delivery(told[0].change.id, "webhook")
        assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 1)
        assert waiting.next_attempt_at == NOW + timedelta(seconds=10)
        assert "503" in waiting.error
        desk.clock.move(9)
        desk.dispatch_all()
        assert len(channel.requests) == 1
        desk.clock.move(1)
        desk.dispatch_all()
        assert outbox.delivery(told[0].change.id, "webhook").next_attempt_at == desk.clock.now + timedelta(seconds=30)
        desk.clock.move(30)
        desk.dispatch_all()
        assert channel.requests == [ids(told)[:1]] * 3 + [ids(told)[1:]]
        assert (desk.counted("webhook", "retried"), desk.counted("webhook", "delivered")) == (2, 2)
        assert outbox.delivery(told[0].change.id, "webhook").attempts == 3

    def test_receiver_that_is_away_does_not_hold_up_the_others(self, outbox_for):
        outbox = outbox_for("alertmanager", "webhook")
        told = story("012")
        outbox.add(told)
        alertmanager, webhook = FakeChannel("alertmanager"), FakeChannel("webhook", answers=[away()])
        desk = Desk(outbox, [webhook, alertmanager])
        desk.dispatch_all()
        assert alertmanager.taken == ids(told)
        assert len(webhook.requests) == 1
        desk.clock.move(10)
        desk.dispatch_all()
        assert webhook.taken == ids(told)
        assert outbox.open_changes() == []

    @pytest.mark.parametrize("at_once", [1, 5], ids=["singly", "in batches"])
    def test_receiver_that_is_away_is_not_tried_for_every_change(self, outbox_for, at_once):
        outbox = outbox_for("webhook")
        outbox.add([told for unit in UNITS for told in story("01", unit)])
        channel = FakeChannel(most_at_once=at_once, answers=[away()])
        desk = Desk(outbox, [channel])
        for seconds in (0, 0, 9):
            desk.clock.move(seconds)
            desk.dispatch_all()
        assert [len(request) for request in channel.requests] == [at_once]
        desk.clock.move(1)
        desk.dispatch_all()
        assert len(channel.taken) == len(UNITS)

    def test_receiver_that_stays_away_is_left_alone_longer_and_longer_until_it_is_back(self, outbox_for):
        outbox = outbox_for("webhook")
        outbox.add([told for unit in UNITS for told in story("01", unit)])
        channel = FakeChannel(answers=[away(), away(), None, away(), None])
        desk = Desk(outbox, [channel])
        tried = []
        for seconds in (0, 10, 29, 1, 10):
            desk.clock.move(seconds)
            desk.dispatch_all()
            tried.append(len(channel.requests))
        # Away, away again after 10 seconds, left alone for 30; then back, and away once more for only 10.
        assert tried == [1, 2, 2, 4, 4 + len(UNITS) - 1]

    def test_receiver_that_asks_to_wait_is_left_alone_so_long(self, outbox_for):
        outbox = outbox_for("webhook")
        told = story("01")
        outbox.add(told)
        channel = FakeChannel(answers=[TryLater("answered 429", after_seconds=100)])
        desk = Desk(outbox, [channel])
        for seconds in (0, 99):
            desk.clock.move(seconds)
            desk.dispatch_all()
        assert len(channel.requests) == 1
        desk.clock.move(1)
        desk.dispatch_all()
        assert channel.taken == ids(told)

    def test_refused_change_is_given_up_at_once_and_stays_visible(self, outbox_for):
        outbox = outbox_for("webhook")
        told = story("012")
        outbox.add(told)
        desk = Desk(outbox, [FakeChannel(answers=[refused()])])
        desk.dispatch_all()
        failed = outbox.delivery(told[0].change.id, "webhook")
        assert (failed.state, failed.attempts, failed.error) == (DeliveryState.FAILED, 1, "answered 400")
        assert outbox.delivery(told[1].change.id, "webhook").state is DeliveryState.DELIVERED
        assert outbox.open_changes() == []
        assert desk.counted("webhook", "failed") == 1

    def test_refused_request_is_split_so_that_only_the_offender_is_given_up(self, outbox_for):
        outbox = outbox_for("alertmanager")
        told = [story("01", unit)[0] for unit in UNITS[:3]]
        outbox.add(told)
        channel = FakeChannel("alertmanager", most_at_once=10, answers=[refused(), None, refused(), None])
        Desk(outbox, [channel]).dispatch_all()
        assert channel.requests == [ids(told), *([change] for change in ids(told))]
        states = [outbox.delivery(change, "alertmanager").state for change in ids(told)]
        assert states == [DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.DELIVERED]

    def test_change_is_given_up_after_enough_attempts_and_the_next_follows(self, outbox_for):
        outbox = outbox_for("webhook")
        told = story("012")
        outbox.add(told)
        channel = FakeChannel(answers=[away(), away()])
        desk = Desk(outbox, [channel], DispatchPolicy(retry=IMPATIENT, rest=STEADY))
        for seconds in (0, 10, 30):
            desk.clock.move(seconds)
            desk.dispatch_all()
        assert outbox.delivery(told[0].change.id, "webhook").state is DeliveryState.FAILED
        assert channel.taken == ids(told)[1:]
        assert (desk.counted("webhook", "retried"), desk.counted("webhook", "failed")) == (1, 1)

    def test_changes_about_periods_before_go_live_are_recorded_not_sent(self, outbox_for):
        outbox = outbox_for("webhook")
        told = story("0123")
        outbox.add(told)
        channel = FakeChannel()
        desk = Desk(outbox, [channel], DispatchPolicy(since=Period.parse("2025-04")))
        desk.dispatch_all()
        assert channel.taken == ids(told)[2:]
        spared = outbox.delivery(told[0].change.id, "webhook")
        assert (spared.state, spared.reason) == (DeliveryState.SUPPRESSED, NotifyReason.BEFORE_GO_LIVE)
        assert desk.counted("webhook", "suppressed") == 2
        assert outbox.open_changes() == []

    def test_crash_after_sending_repeats_only_the_request_in_flight(self, outbox_for):
        outbox = outbox_for("webhook")
        told = [*story("012"), *story("02", UNITS[0])]
        outbox.add(told)
        channel = CrashingChannel(answers=[], crashes=1)
        with pytest.raises(Crash):
            Desk(outbox, [channel]).dispatch_all()
        assert outbox.delivery(told[0].change.id, "webhook") is None
        Desk(outbox, [channel]).dispatch_all()
        assert sorted(channel.taken) == sorted([*ids(told), told[0].change.id])
        assert outbox.open_changes() == []

    def test_crash_between_requests_repeats_nothing_that_was_logged(self, outbox_for):
        outbox = outbox_for("webhook")
        told = [story("01", unit)[0] for unit in UNITS[:3]]
        outbox.add(told)
        channel = FakeChannel(answers=[None, Crash()])
        with pytest.raises(Crash):
            Desk(outbox, [channel]).dispatch_all()
        Desk(outbox, [channel]).dispatch_all()
        assert channel.taken == ids(told)

    def test_receiver_that_is_slow_has_its_turn_and_no_more(self, outbox_for):
        outbox = outbox_for("alertmanager", "webhook")
        outbox.add([story("01", unit)[0] for unit in UNITS])
        clock = Clock()
        slow = FakeChannel("webhook", on_request=lambda: clock.move(0.6))
        quick = FakeChannel("alertmanager", most_at_once=100)
        desk = Desk(outbox, [slow, quick], clock=clock)
        assert desk.dispatcher.dispatch()
        assert (len(slow.taken), len(quick.taken)) == (2, len(UNITS))

    def test_two_dispatchers_never_hold_one_change_at_once(self, outbox_for):
        outbox = outbox_for("webhook")
        told = [*story("012"), *story("02", UNITS[0])]
        outbox.add(told)
        other = FakeChannel()
        elsewhere = Desk(outbox.twin(), [other])
        channel = FakeChannel(on_request=elsewhere.dispatcher.dispatch)
        Desk(outbox, [channel]).dispatch_all()
        elsewhere.dispatch_all()
        assert sorted([*channel.taken, *other.taken]) == sorted(ids(told))

    def test_reposter_posts_what_is_active_at_the_start_and_then_in_good_time(self, outbox_for):
        outbox = outbox_for("alertmanager")
        active, cleared, held = story("012"), story("010", UNITS[0]), story("01", UNITS[1])
        outbox.add([*active, *cleared])
        Desk(outbox, [FakeChannel("alertmanager")]).dispatch_all()
        outbox.add(held)
        channel = FakeChannel("alertmanager")
        reposter = Reposter(outbox, channel)
        assert [reposter.repost(NOW + timedelta(seconds=at)) for at in (0, 299, 300)] == [1, 0, 1]
        assert channel.requests == [ids(active)[-1:]] * 2

    def test_reposter_leaves_alone_what_was_before_go_live(self, outbox_for):
        outbox = outbox_for("alertmanager")
        outbox.add([make_notification(make_change(period=to_date(6)))])
        policy = DispatchPolicy(since=Period.parse("2025-07"))
        Desk(outbox, [FakeChannel("alertmanager")], policy).dispatch_all()
        channel = FakeChannel("alertmanager")
        assert Reposter(outbox, channel).repost(NOW) == 0
        assert channel.requests == []

    def test_reposter_tries_a_receiver_that_is_away_again_soon(self, outbox_for):
        outbox = outbox_for("alertmanager")
        outbox.add(story("01"))
        Desk(outbox, [FakeChannel("alertmanager")]).dispatch_all()
        channel = FakeChannel("alertmanager", answers=[away()])
        reposter = Reposter(outbox, channel)
        assert [reposter.repost(NOW + timedelta(seconds=at)) for at in (0, 4, 5)] == [0, 0, 1]
