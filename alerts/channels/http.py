"""The HTTP client of the channels, one POST, and what its failure means: try again, again later, or never."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from planwatch.alerts.retry import TryLater
from planwatch.contract.errors import DeliveryFailed

PASSING = frozenset({408, 425, 429})
"""Answers of the 4xx class that pass: time-out, too early, too many."""
MENDABLE = frozenset({401, 403, 404, 407})
"""Answers that tell of a wrong address or token, not of a wrong message: to be tried until the settings are mended."""
_LONGEST_WAIT_SECONDS = 3600.0
_SHOWN = 200


def http_client(timeout_seconds: float) -> httpx.Client:
    """A client for all channels; close it at the end. Redirects are not followed: a POST would lose its body."""
    return httpx.Client(timeout=timeout_seconds)


def post(client: httpx.Client, url: str, content: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """POST; returns on 2xx. DeliveryFailed otherwise, with ``retry`` where another try can help."""
    try:
        response = client.post(url, content=content, headers=dict(headers))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DeliveryFailed(f"{type(error).__name__}: {error} ({url})", retry=True) from error
    if response.is_success:
        return
    words = f"{url} answered {response.status_code}: {response.text[:_SHOWN]}"
    if response.status_code not in PASSING | MENDABLE and response.status_code < 500:
        raise DeliveryFailed(words, retry=False)
    asked = _asked_seconds(response, now)
    if asked is not None:
        raise TryLater(words, after_seconds=asked)
    raise DeliveryFailed(words, retry=True)


def _asked_seconds(response: httpx.Response, now: datetime) -> float | None:
    """What Retry-After asks for, in seconds or as a date; never more than an hour."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), _LONGEST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT_SECONDS)
