"""Webhook: the whole notification as JSON, by POST, once per change."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from planwatch.alerts.channels.channel import Due
from planwatch.alerts.channels.http import post


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """Where to post. ``token`` is sent as a bearer token."""

    url: str
    token: str | None = None


class Webhook:
    """See ``Channel``. Receivers drop repeats by the header Idempotency-Key: change id and receiver."""

    receiver = "webhook"
    most_at_once = 1

    def __init__(self, config: WebhookConfig, client: httpx.Client) -> None:
        self._config, self._client = config, client

    def deliver(self, batch: Sequence[Due], now: datetime) -> None:
        """POST each; DeliveryFailed says whether to try again."""
        for due in batch:
            post(self._client, self._config.url, _json(due), self._headers(due), now)

    def _headers(self, due: Due) -> dict[str, str]:
        change = due.notification.change
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": f"{change.id}/{due.receiver}",
            "X-Planwatch-Event": change.kind.value,
        }
        if self._config.token:
            headers["Authorization"] = f"Bearer {self._config.token}"
        return headers


def _json(due: Due) -> bytes:
    return json.dumps(due.body, ensure_ascii=False).encode()
