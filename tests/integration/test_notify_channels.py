"""One suite for every channel: the fake one, a webhook that listens, a real Alertmanager with a webhook behind it."""

import json
import os
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alerts_hook_support import Answer, Hook
from alerts_outbox_support import STEADY, Clock, Crash, Desk, FakeChannel, FakeOutbox
from alerts_support import make_change, make_notification, story
from conftest import run_stack

from planwatch.alerts.channels.alertmanager import Alertmanager, AlertmanagerConfig
from planwatch.alerts.channels.http import http_client
from planwatch.alerts.channels.reach import reachable
from planwatch.alerts.channels.webhook import Webhook, WebhookConfig
from planwatch.alerts.dispatch import DispatchPolicy
from planwatch.alerts.repost import Reposter
from planwatch.contract.notification import DeliveryState
from planwatch.contract.warning import ChangeKind

pytestmark = pytest.mark.services
_ALERTMANAGER = {
    # One message per alert, at once.
    "route": {
        "receiver": "hook",
        "group_by": ["..."],
        "group_wait": "0s",
        "group_interval": "100ms",
        "repeat_interval": "24h",
    },
}
ENDS = (ChangeKind.CLEARED, ChangeKind.WITHDRAWN)


@pytest.fixture
def hook():
    with Hook() as hook:
        yield hook


@pytest.fixture(scope="module")
def people():
    """Whoever is behind Alertmanager; shared, because Alertmanager is."""
    with Hook() as hook:
        yield hook


@pytest.fixture(scope="module")
def alertmanager_url(people, tmp_path_factory):
    file = tmp_path_factory.mktemp("alertmanager") / "alertmanager.yml"
    receivers = [{"name": "hook", "webhook_configs": [{"url": people.url, "send_resolved": True}]}]
    file.write_text(json.dumps(_ALERTMANAGER | {"receivers": receivers}), "utf-8")
    name = f"alerts-{os.getpid()}"
    run_stack("start", "--name", name, "--alertmanager-config", str(file), "alertmanager")
    try:
        yield json.loads(run_stack("env", "--name", name, "--json"))["PLANWATCH_NOTIFY__ALERTMANAGER_URL"]
    finally:
        run_stack("remove", "--name", name)


@pytest.fixture
def client():
    with closing(http_client(10)) as client:
        yield client


class FakeLine:
    """A fake channel; what it took is what people hear."""

    def __init__(self):
        self.channel = FakeChannel("fake")

    def hear(self, subject, count):
        return list(self.channel.taken)

    def meaning(self, notification):
        return [notification.change.id]


class WebhookLine:
    """A webhook that listens."""

    def __init__(self, hook, client):
        self.hook = hook
        self.channel = Webhook(WebhookConfig(f"{hook.url}/planwatch"), client)

    def hear(self, subject, count):
        self.hook.wait_until(lambda heard: len(heard) >= count)
        return [one.headers["Idempotency-Key"].removesuffix("/webhook") for one in self.hook.heard]

    def meaning(self, notification):
        return [notification.change.id]


class AlertmanagerLine:
    """What people hear from Alertmanager: alerts of each severity that fire and that are over."""

    def __init__(self, people, url, client):
        self.people = people
        self.channel = Alertmanager(AlertmanagerConfig(url), client)

    def hear(self, subject, count):
        self.people.wait_until(lambda heard: len(self._alerts(heard, subject)) >= count)
        return [
            f"{alert['labels']['severity']} {alert['status']}" for alert in self._alerts(self.people.heard, subject)
        ]

    def _alerts(self, heard, subject):
        alerts = [alert for one in heard for alert in one.body["alerts"]]
        return [alert for alert in alerts if alert["labels"]["subject"] == subject]

    def meaning(self, notification):
        change = notification.change
        over = [f"{change.before.severity} resolved"] if change.before and change.before.severity else []
        return over if change.kind in ENDS else [f"{change.after.severity} firing", *over]


@pytest.fixture(params=["fake", "webhook", "alertmanager"])
def line(request):
    if request.param == "fake":
        return FakeLine()
    client = request.getfixturevalue("client")
    if request.param == "webhook":
        return WebhookLine(request.getfixturevalue("hook"), client)
    people = request.getfixturevalue("people")
    return AlertmanagerLine(people, request.getfixturevalue("alertmanager_url"), client)


class RealClock(Clock):
    """The time it is: a real Alertmanager goes by it."""

    def __call__(self):
        return datetime.now(UTC)


def desk_for(line, outbox):
    return Desk(outbox, [line.channel], clock=RealClock())


def told_step_by_step(line, told, outbox, before=()):
    """Tell one change after the other, each heard before the next, with a repost in between; what was heard."""
    desk = desk_for(line, outbox)
    subject, expected, heard = told[0].change.key.subject, list(before), []
    for notification in told:
        outbox.add([notification])
        desk.dispatch_all()
        expected += line.meaning(notification)
        heard = line.hear(subject, len(expected))
        if hasattr(line.channel, "refresh"):
            Reposter(outbox, line.channel).repost(desk.clock())
    return expected, heard


@pytest.mark.parametrize("levels", ["01210", "03", "0123210"])
def test_changes_arrive_exactly_once_each(line, levels):
    told = story(levels, f"unit:once-{levels}")
    outbox = FakeOutbox([line.channel.receiver])
    expected, heard = told_step_by_step(line, told, outbox)
    assert Counter(heard) == Counter(expected)
    assert outbox.open_changes() == []


def test_withdrawn_warning_is_over_for_people(line):
    told = story("01", "unit:withdrawn")
    first = told[0].change
    withdrawn = make_change(
        ChangeKind.WITHDRAWN, warning_id=first.warning_id, number=2, key=first.key, corrected=True, at=first.at
    )
    expected, heard = told_step_by_step(
        line, [*told, make_notification(withdrawn)], FakeOutbox([line.channel.receiver])
    )
    assert heard == expected


def test_crash_between_sending_and_writing_down_is_made_up_for(line):
    told = story("012", "unit:crash")
    outbox = FakeOutbox([line.channel.receiver])
    outbox.add(told[:1])
    send = line.channel.deliver

    def send_and_crash(batch, now):
        send(batch, now)
        raise Crash

    line.channel.deliver = send_and_crash
    with pytest.raises(Crash):
        desk_for(line, outbox).dispatch_all()
    line.channel.deliver = send
    line.hear("unit:crash", 1)
    # Alertmanager knows the alert already; the others get the one request that was in flight again.
    times = 1 if line.channel.receiver == "alertmanager" else 2
    desk_for(line, outbox).dispatch_all()
    expected, heard = told_step_by_step(line, told[1:], outbox, before=line.meaning(told[0]) * times)
    assert Counter(heard) == Counter(expected)
    assert outbox.open_changes() == []


def test_alertmanager_tells_people_labels_and_words(people, alertmanager_url, client):
    line = AlertmanagerLine(people, alertmanager_url, client)
    (told,) = story("03", "unit:words")
    told_step_by_step(line, [told], FakeOutbox(["alertmanager"]))
    (alert,) = line._alerts(people.heard, "unit:words")
    assert alert["labels"] == {
        "alertname": told.change.key.target,
        "plan": told.change.key.plan,
        "region": told.facts["region"],
        "subject": "unit:words",
        "yardstick": "annual",
        "severity": "3",
        "colour": "red",
        "warning": told.change.warning_id,
    }
    assert alert["annotations"]["description"] == told.facts["text"]["zh"]


def test_alertmanager_refuses_what_it_cannot_read_for_good(alertmanager_url, client):
    told = story("01", "unit:refused")
    outbox = FakeOutbox(["alertmanager"])
    outbox.add(told)
    told[0].facts["title"]["zh"] = 5  # annotations must be text
    line = AlertmanagerLine(None, alertmanager_url, client)
    desk_for(line, outbox).dispatch_all()
    failed = outbox.delivery(told[0].change.id, "alertmanager")
    assert failed.state is DeliveryState.FAILED
    assert "answered 4" in failed.error


def test_webhook_that_asks_for_patience_gets_the_change_later_and_in_order(hook, client):
    line = WebhookLine(hook, client)
    hook.answers = [Answer(429, {"Retry-After": "120"}), Answer(503)]
    told = story("012", "unit:patience")
    outbox = FakeOutbox(["webhook"])
    outbox.add(told)
    desk = Desk(outbox, [line.channel], DispatchPolicy(retry=STEADY, rest=STEADY))
    for seconds in (0, 119):
        desk.clock.move(seconds)
        desk.dispatch_all()
    assert len(hook.heard) == 1
    for seconds in (1, 30):
        desk.clock.move(seconds)
        desk.dispatch_all()
    first, second = (notification.change.id for notification in told)
    assert line.hear("unit:patience", 4) == [first, first, first, second]
    assert [one.headers["X-Planwatch-Event"] for one in hook.heard] == ["raised"] * 3 + ["escalated"]


def test_webhook_that_listens_not_at_all_is_tried_again(client):
    with Hook() as hook:
        url = hook.url
    told = story("01", "unit:silence")
    outbox = FakeOutbox(["webhook"])
    outbox.add(told)
    Desk(outbox, [Webhook(WebhookConfig(url), client)]).dispatch_all()
    waiting = outbox.delivery(told[0].change.id, "webhook")
    assert waiting.state is DeliveryState.PENDING
    assert "ConnectError" in waiting.error


def test_address_is_reachable_only_while_somebody_listens():
    with Hook() as hook:
        url = hook.url
        assert reachable(url)
    assert not reachable(url)
    assert not reachable("not an address")
