"""What channels post, and what they make of the answers. Real receivers are in the integration tests."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from alerts_outbox_support import FakeOutbox
from alerts_support import NOW, YELLOW, make_change, make_notification, story

from planwatch.alerts.channels.alertmanager import Alertmanager, AlertmanagerConfig, alerts_of, labels_of
from planwatch.alerts.channels.http import post
from planwatch.alerts.channels.topic import Topic
from planwatch.alerts.channels.webhook import Webhook, WebhookConfig
from planwatch.alerts.retry import TryLater
from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.warning import ChangeKind

CONFIG = AlertmanagerConfig("http://alertmanager.example:9093/", validity_seconds=900, link="https://board.example")


class Receiver:
    """Answers as it is told and keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.requests = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(200)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))

    @property
    def bodies(self) -> list[object]:
        return [json.loads(request.content) for request in self.requests]


def due_of(*notifications, receiver="webhook"):
    outbox = FakeOutbox([receiver])
    outbox.add(notifications)
    with outbox.claimed([receiver], 100, NOW) as claim:
        return claim.due


def failure_of(answer, now=NOW):
    receiver = Receiver(answer)
    with receiver.client as client, pytest.raises(DeliveryFailed) as failed:
        post(client, "http://receiver.example/hook", b"{}", {}, now)
    return failed.value


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_post_takes_every_2xx_for_delivered(status):
    receiver = Receiver(httpx.Response(status))
    with receiver.client as client:
        post(client, "http://receiver.example/hook", b"{}", {}, NOW)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 407, 408, 425, 429, 500, 502, 503, 504])
def test_post_can_be_repeated_after_what_passes_or_can_be_mended(status):
    failed = failure_of(httpx.Response(status, text="not now"))
    assert failed.retry
    assert f"{status}: not now" in str(failed)


@pytest.mark.parametrize("status", [301, 400, 409, 410, 413, 415, 422])
def test_post_is_refused_for_good_where_the_message_is_at_fault(status):
    assert not failure_of(httpx.Response(status)).retry


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")], ids=repr
)
def test_post_can_be_repeated_after_a_broken_connection(error):
    failed = failure_of(error)
    assert failed.retry
    assert type(error).__name__ in str(failed)


RETRY_AFTER = [
    ("seconds", "120", 120),
    ("date", "Sun, 20 Jul 2025 08:00:30 GMT", 30),
    ("date without zone", "Sun, 20 Jul 2025 08:00:30", 30),
    ("past date", "Sun, 20 Jul 2025 07:00:00 GMT", 0),
    ("a day", "86400", 3600),
]


@pytest.mark.parametrize(("text", "seconds"), [c[1:] for c in RETRY_AFTER], ids=[c[0] for c in RETRY_AFTER])
def test_post_honours_retry_after(text, seconds):
    failed = failure_of(httpx.Response(429, headers={"Retry-After": text}))
    assert isinstance(failed, TryLater)
    assert failed.after_seconds == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3"])
def test_post_passes_over_a_retry_after_that_says_nothing(text):
    assert not isinstance(failure_of(httpx.Response(503, headers={"Retry-After": text})), TryLater)


@pytest.mark.parametrize("url", ["http://receiver.example:port/", "receiver.example/hook"], ids=str)
def test_post_to_no_usable_address_says_so_and_can_be_repeated_once_mended(url):
    with httpx.Client() as client, pytest.raises(DeliveryFailed, match="receiver") as failed:
        post(client, url, b"{}", {}, NOW)
    assert failed.value.retry


def test_webhook_posts_the_whole_notification_with_its_key_and_event():
    told = make_notification(make_change(ChangeKind.ESCALATED, number=2))
    receiver = Receiver()
    with receiver.client as client:
        Webhook(WebhookConfig("http://receiver.example/hook", token="s3cret"), client).deliver(due_of(told), NOW)
    (request,) = receiver.requests
    assert (request.method, str(request.url)) == ("POST", "http://receiver.example/hook")
    assert request.headers["Idempotency-Key"] == "00000000deadbeef/2/webhook"
    assert request.headers["X-Planwatch-Event"] == "escalated"
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    (body,) = receiver.bodies
    assert body["change"]["after"]["severity"] == 3
    assert body["facts"] == told.facts


def test_webhook_without_token_sends_none():
    receiver = Receiver()
    with receiver.client as client:
        Webhook(WebhookConfig("http://receiver.example/hook"), client).deliver(
            due_of(make_notification(make_change())), NOW
        )
    assert "Authorization" not in receiver.requests[0].headers


def alerts(kind, at=NOW, **over):
    return alerts_of(make_notification(make_change(kind, **over)), CONFIG, at)


def severity_and_end(alert, now=NOW):
    return alert["labels"]["severity"], datetime.fromisoformat(alert["endsAt"]) - now


KEPT, OVER = timedelta(seconds=900), timedelta(0)
ALERTS = [
    (ChangeKind.RAISED, {}, [("1", KEPT)]),
    (ChangeKind.RAISED, {"before": None}, [("1", KEPT)]),
    (ChangeKind.ESCALATED, {}, [("3", KEPT), ("1", OVER)]),
    (ChangeKind.EASED, {}, [("1", KEPT), ("3", OVER)]),
    (ChangeKind.CLEARED, {}, [("1", OVER)]),
    (ChangeKind.CLEARED, {"after": None}, [("1", OVER)]),
    (ChangeKind.WITHDRAWN, {}, [("1", OVER)]),
]


@pytest.mark.parametrize(("kind", "over", "expected"), ALERTS, ids=[f"{a[0]} {a[1]}" for a in ALERTS])
def test_alerts_of_a_change_keep_the_new_level_and_end_the_old(kind, over, expected):
    assert [severity_and_end(alert) for alert in alerts(kind, **over)] == expected


def test_alert_is_identified_by_labels_that_routes_can_use():
    assert alerts(ChangeKind.RAISED)[0]["labels"] == {
        "alertname": "cq.energy-intensity",
        "plan": "chongqing-14fyp",
        "region": "重庆市",
        "subject": "region:500000",
        "yardstick": "annual",
        "severity": "1",
        "colour": "yellow",
        "warning": "00000000deadbeef",
    }


def test_alert_of_the_old_level_ends_the_very_alert_that_was_posted():
    posted = alerts(ChangeKind.RAISED)[0]
    ended = alerts(ChangeKind.ESCALATED, number=2)[1]
    assert ended["labels"] == posted["labels"]


def test_alert_without_region_has_no_such_label():
    told = make_notification(make_change())
    told = replace(told, facts=told.facts | {"region": ""})
    assert labels_of(told, YELLOW)["region"] == ""
    assert "region" not in alerts_of(told, CONFIG, NOW)[0]["labels"]


def test_alert_says_in_words_what_happened_with_formula_clause_and_link():
    said = alerts(ChangeKind.RAISED)[0]["annotations"]
    assert said["summary"] == "重庆市 单位地区生产总值能耗降低（年度）：二级（黄色）"
    assert "累计下降2.1%" in said["description"]
    assert "down 2.1 %" in said["description_en"]
    assert said["formula"] == "1 − (0.4895 ÷ 0.5) = 2.1%"
    assert said["clause"].startswith("《某市节能减排工作方案》某府发〔2022〕1号 二：到2025年")
    assert said["period"] == "2025年1—6月"
    assert said["link"].startswith("https://board.example/d/")
    assert alerts(ChangeKind.RAISED)[0]["generatorURL"] == said["link"]


@pytest.mark.parametrize(
    ("kind", "words"), [(ChangeKind.CLEARED, "预警解除"), (ChangeKind.WITHDRAWN, "此前通知已撤回")], ids=str
)
def test_alert_that_ends_says_why(kind, words):
    assert words in alerts(kind)[0]["annotations"]["description"]


def test_alert_without_an_address_for_links_has_none():
    alert = alerts_of(make_notification(make_change()), AlertmanagerConfig("http://a"), NOW)[0]
    assert "generatorURL" not in alert
    assert "link" not in alert["annotations"]


def test_alert_never_starts_after_it_ends():
    early = NOW - timedelta(seconds=5)
    for alert in alerts(ChangeKind.ESCALATED, at=early):
        assert alert["startsAt"] <= alert["endsAt"]


def test_alertmanager_posts_all_alerts_of_a_batch_in_one_request():
    told = [story("01", f"unit:{number}")[0] for number in range(3)]
    receiver = Receiver()
    with receiver.client as client:
        Alertmanager(CONFIG, client).deliver(due_of(*told, receiver="alertmanager"), NOW)
    assert str(receiver.requests[0].url) == "http://alertmanager.example:9093/api/v2/alerts"
    (body,) = receiver.bodies
    assert [alert["labels"]["subject"] for alert in body] == ["unit:0", "unit:1", "unit:2"]


def test_alertmanager_refresh_keeps_alive_and_ends_nothing():
    receiver = Receiver()
    later = NOW + timedelta(hours=1)
    with receiver.client as client:
        Alertmanager(CONFIG, client).refresh(due_of(make_notification(make_change(ChangeKind.ESCALATED))), later)
    (body,) = receiver.bodies
    assert [severity_and_end(alert, later) for alert in body] == [("3", KEPT)]
    assert datetime.fromisoformat(body[0]["startsAt"]) == NOW


def test_alertmanager_posts_again_three_times_within_the_validity():
    with Receiver().client as client:
        assert Alertmanager(CONFIG, client).refresh_seconds == 300


class Broker:
    """Takes messages or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.messages = error, []

    def __call__(self, messages):
        if self.error:
            raise self.error
        self.messages += messages


def test_topic_publishes_changes_keyed_by_subject_in_order():
    broker = Broker()
    told = [story("01", f"unit:{number}")[0] for number in range(2)]
    Topic(broker).deliver(due_of(*told, receiver="topic"), NOW)
    assert [key for key, _ in broker.messages] == [b"unit:0", b"unit:1"]
    assert [json.loads(value)["change"]["kind"] for _, value in broker.messages] == ["raised", "raised"]


@pytest.mark.parametrize(
    ("error", "retry"),
    [(OSError("no broker"), True), (DeliveryFailed("too large", retry=False), False)],
    ids=["client error", "our error"],
)
def test_topic_says_whether_publishing_can_be_repeated(error, retry):
    with pytest.raises(DeliveryFailed) as failed:
        Topic(Broker(error)).deliver(due_of(make_notification(make_change())), NOW)
    assert failed.value.retry is retry
