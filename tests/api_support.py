"""The HTTP application over fakes: a registry and a Kafka in memory, tokens, a clock that stands still."""

import asyncio
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
from ingest_support import CATALOGUE
from prometheus_client import CollectorRegistry

from planwatch.api.app import Parts, make_app
from planwatch.api.checking import check_record, report_check
from planwatch.api.door import Door
from planwatch.api.limits import Limits
from planwatch.api.metrics import ApiMetrics
from planwatch.api.tokens import Token, Tokens, digest
from planwatch.contract.errors import StorageUnavailable

NOW = datetime(2025, 4, 12, 8, tzinfo=UTC)
UNIT, OTHER = "91500000MA5U00000X", "91500000MA5U00000Y"
UNIT_SECRET, REGION_SECRET, OLD_SECRET = "pwt_unit", "pwt_region", "pwt_old"
TOKENS = Tokens.of(
    [
        Token(name="一厂", sha256=digest(UNIT_SECRET), units=(UNIT,)),
        Token(name="区统计局", sha256=digest(REGION_SECRET), regions=("500101",)),
        Token(name="旧令牌", sha256=digest(OLD_SECRET), units=(UNIT,), expires=NOW.date().replace(day=11)),
    ]
)


class FakeSender:
    """Kafka in memory; the messages whose number is in ``failing`` are not acknowledged."""

    def __init__(self):
        self.sent, self.failing = [], set()

    def send(self, topic, messages):
        answers = []
        for one in messages:
            if len(answers) in self.failing:
                answers.append("away")
                continue
            self.sent.append((topic, one.key, one.value, dict(one.headers)))
            answers.append((0, len(self.sent) - 1))
        return answers


class FakeRegistry:
    """Who is registered where; ``away`` makes it refuse to answer."""

    def __init__(self, places=None):
        self.known, self.away, self.asked = places or {}, False, []

    def places(self, subjects, today):
        self.asked.append(set(subjects))
        if self.away:
            raise StorageUnavailable("connection: refused")
        return {subject: self.known[subject] for subject in subjects if subject in self.known}


def place(*regions, unit=None):
    """A place in the registry."""
    return SimpleNamespace(regions=frozenset(regions), unit=unit)


class Endpoint:
    """The application, and what it is made of."""

    def __init__(self, places=None, check=None, **limits):
        self.sender, self.registry, self.metrics = FakeSender(), FakeRegistry(places), CollectorRegistry()
        self.faults, self.seconds = {}, 0.0
        reports = Door("reports.v1", lambda: check or report_check(CATALOGUE, lambda: NOW), self.registry, self.sender)
        registry = Door("registry.v1", lambda: check_record, self.registry, self.sender)
        self.app = make_app(
            Parts(
                reports=reports,
                registry=registry,
                tokens=lambda: TOKENS,
                faults=lambda: self.faults,
                limits=Limits(**limits),
                metrics=ApiMetrics(self.metrics),
                clock=lambda: NOW,
                monotonic=lambda: self.seconds,
                version="0",
            )
        )

    def post(self, body, path="/reports", secret=UNIT_SECRET, kind="application/json", **headers):
        """Send a body; a list or dictionary as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": kind} | ({"Authorization": f"Bearer {secret}"} if secret else {}) | headers
        return self.ask("POST", path, content=content, headers=given)

    def ask(self, method, path, **request):
        """Any request, answered by the application without a network."""

        async def asked():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://planwatch") as client:
                return await client.request(method, path, **request)

        return asyncio.run(asked())

    def count(self, metric, **labels):
        """The value of a metric."""
        return self.metrics.get_sample_value(metric, labels)


def body_of(report_id="r-1", unit=UNIT, **over):
    """A unit's report as it is sent."""
    return {
        "schema": "planwatch.report/1",
        "report_id": report_id,
        "subject": {"kind": "unit", "id": unit},
        "period": "2025-03",
        "submitted_at": "2025-04-10T08:00:00+08:00",
        "readings": [{"indicator": "energy.raw_coal", "value": "12.5", "unit": "t"}],
    } | over


def record_of(unit=UNIT, region="500101", **over):
    """A unit's registry record as it is sent."""
    return {"kind": "unit", "id": unit, "name": "一厂", "region": region, "valid_from": "2024-01-01"} | over


def statuses(response):
    """What became of each message of a request, in its order."""
    return [result["status"] for result in response.json()["results"]]
