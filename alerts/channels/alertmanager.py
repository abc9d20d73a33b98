"""Alertmanager: one alert per active warning, kept alive by posting it again, resolved when the warning ends.

A level is part of an alert's identity (label ``severity``), so that routes and inhibitions can go by it: when it
changes, the alert of the new level and the end of the old one travel in one request.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from planwatch.alerts.channels.channel import Due
from planwatch.alerts.channels.http import post
from planwatch.alerts.words import level_en, level_zh
from planwatch.contract.notification import Notification
from planwatch.contract.plan import Level

_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class AlertmanagerConfig:
    """``url`` of Alertmanager; ``validity_seconds`` until an alert that is not posted again is taken for resolved.

    ``link`` stands before the path of a notification's link, e.g. the address of Grafana.
    """

    url: str
    validity_seconds: float = 900.0
    link: str = ""


class Alertmanager:
    """See ``Refreshing``."""

    receiver = "alertmanager"
    most_at_once = 200

    def __init__(self, config: AlertmanagerConfig, client: httpx.Client) -> None:
        self._config, self._client = config, client
        self._url = config.url.rstrip("/") + "/api/v2/alerts"

    @property
    def refresh_seconds(self) -> float:
        """A third of the validity: two posts may get lost before an alert lapses."""
        return self._config.validity_seconds / 3

    def deliver(self, batch: Sequence[Due], now: datetime) -> None:
        """Post what each change means; DeliveryFailed if Alertmanager does not take all of it."""
        self._post([alert for due in batch for alert in alerts_of(due.notification, self._config, now)], now)

    def refresh(self, batch: Sequence[Due], now: datetime) -> None:
        """Post what is active again; nothing is resolved by it."""
        self._post([alert for due in batch for alert in alerts_of(due.notification, self._config, now)[:1]], now)

    def _post(self, alerts: Sequence[dict[str, Any]], now: datetime) -> None:
        post(self._client, self._url, json.dumps(alerts, ensure_ascii=False).encode(), _HEADERS, now)


def alerts_of(notification: Notification, config: AlertmanagerConfig, now: datetime) -> list[dict[str, Any]]:
    """The alerts to post for a change: the one that is active from now on first, then the one that ends."""
    change = notification.change
    alerts: list[dict[str, Any]] = []
    if change.kind == "restated" and (level := change.after or change.before):
        ends_at = now + timedelta(seconds=config.validity_seconds)
        # An alert of its own: Alertmanager says nothing when only the words of a known one change.
        restated = _alert(notification, level, config, now, ends_at)
        restated["labels"]["restated"] = str(change.number)
        return [restated]
    goes_on = change.kind in ("raised", "escalated", "eased")
    if goes_on and change.after:
        ends_at = now + timedelta(seconds=config.validity_seconds)
        alerts.append(_alert(notification, change.after, config, now, ends_at))
    if change.before and change.before.severity:
        alerts.append(_alert(notification, change.before, config, now, now, replaced=goes_on))
    return alerts


def labels_of(notification: Notification, level: Level) -> dict[str, str]:
    """What makes an alert that alert, and what routes, groups and inhibitions go by."""
    change = notification.change
    return {
        "alertname": change.key.target,
        "plan": change.key.plan,
        "region": str(notification.facts.get("region_code") or notification.facts.get("region") or ""),
        "subject": change.key.subject,
        "yardstick": change.key.yardstick.value,
        "severity": str(level.severity),
        "colour": level.colour,
        "warning": change.warning_id,
    }


def _alert(
    notification: Notification,
    level: Level,
    config: AlertmanagerConfig,
    now: datetime,
    ends_at: datetime,
    *,
    replaced: bool = False,
) -> dict[str, Any]:
    labels = {name: value for name, value in labels_of(notification, level).items() if value}
    alert = {
        "labels": labels,
        "annotations": _annotations(notification, config) | (_replaced(notification, level) if replaced else {}),
        # Clocks differ between machines; an alert that starts after it ends would be refused.
        "startsAt": min(notification.change.at, now).isoformat(),
        "endsAt": ends_at.isoformat(),
    }
    link = _link(notification, config)
    return alert | {"generatorURL": link} if link else alert


def _replaced(notification: Notification, level: Level) -> dict[str, str]:
    """What is said of the alert that ends because another level has taken its place: it is not an all-clear."""
    title = notification.facts["title"]
    return {
        "summary": title["zh"].replace("：", f"：原{level_zh(level)}结束，", 1),
        "summary_en": title["en"].replace(": ", f": no longer {level_en(level)}, ", 1),
    }


def _annotations(notification: Notification, config: AlertmanagerConfig) -> dict[str, str]:
    facts = notification.facts
    clause = facts["clause"]
    said = {
        "summary": facts["title"]["zh"],
        "summary_en": facts["title"]["en"],
        "description": facts["text"]["zh"],
        "description_en": facts["text"]["en"],
        "formula": facts["formula"],
        "better": facts["better"],
        "clause": f"《{clause['document']}》{clause['number'] or ''} {clause['section']}：{clause['quote']}",
        "period": facts["period"]["zh"],
        "cause": facts["cause"]["zh"],
        "region": str(facts.get("region") or ""),
        "change": notification.change.id,
        "link": _link(notification, config),
    }
    return {name: text for name, text in said.items() if text}


def _link(notification: Notification, config: AlertmanagerConfig) -> str:
    return f"{config.link.rstrip('/')}{notification.facts['link']}" if config.link else ""
