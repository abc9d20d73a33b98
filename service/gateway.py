"""The HJ 212 gateway as a process: settings become a server, a writer and a reporter, and run until stopped."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version

from planwatch.contract.errors import StorageUnavailable
from planwatch.contract.hj212 import FactorTable, Station, StationFile
from planwatch.contract.period import local_day
from planwatch.contract.rejected import Rejected
from planwatch.gateway.intake import Decision, Intake, Outcome, Refusal
from planwatch.gateway.join import Part
from planwatch.gateway.metrics import GatewayMetrics
from planwatch.gateway.month import MonthRules
from planwatch.gateway.refusal import rejected_of
from planwatch.gateway.reporting import Reporter
from planwatch.gateway.server import Gateway, Limits
from planwatch.gateway.silence import PATIENCE, in_service, listened_for, silent
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.reject import RejectPublisher
from planwatch.ingest.topics import Topics
from planwatch.plans.hj212_factors import load_factors
from planwatch.service.hj212_mapping import LivingMapping, mapping_files
from planwatch.service.metrics import reload_failures
from planwatch.service.observe import Health
from planwatch.service.settings import Hj212Settings
from planwatch.service.wiring import Stage, clock
from planwatch.storage.hj212_store import Hj212Store, StoredPart
from planwatch.storage.ingest_store import IngestStore

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0
STOP_LOOK_SECONDS = 0.1
LISTEN = timedelta(minutes=1)
"""How often it is looked who has fallen silent."""


@dataclass
class StoreWriter:
    """Writes what was decided about a frame, in one transaction."""

    store: Hj212Store
    version: str

    def __call__(self, decision: Decision, now: datetime) -> None:
        """Write it; StorageUnavailable while the database is away."""
        refused = [partial(self._rejected, refusal, now) for refusal in decision.refusals]
        keep = [_stored(decision.keep)] if decision.keep else []
        drop = [_stored(part) for part in decision.drop]
        self.store.write(decision.unit, decision.days, keep=keep, drop=drop, refused=refused, now=now)

    def _rejected(self, refusal: Refusal, now: datetime, number: int) -> Rejected:
        return rejected_of(refusal, number, now, self.version)


@dataclass
class HealthWatcher:
    """Counts what goes on, and tells health when the database is away."""

    metrics: GatewayMetrics
    health: Health

    def connected(self, count: int) -> None:
        """So many connections are open."""
        self.metrics.connected(count)

    def closed(self, reason: str) -> None:
        """A connection was closed by us."""
        self.metrics.closed(reason)

    def decided(self, outcome: Outcome) -> None:
        """A frame was dealt with."""
        self.metrics.decided(outcome)

    def database(self, fault: str | None) -> None:
        """The database is away (why), or there again."""
        _tell(self.health, "database", fault)


def _stored(part: Part) -> StoredPart:
    one = part.segment
    return StoredPart(one.mn, one.st, one.cn, one.pnum, one.pno, part.raw, part.received_at)


def rules_of(settings: Hj212Settings) -> MonthRules:
    """Which days count."""
    return MonthRules(settings.counted_flags, settings.count_unflagged, settings.min_share)


async def run_gateway(made: Stage, metrics: GatewayMetrics) -> None:
    """Serve and report until stopped. A database or broker that is away makes it not ready and is waited for."""
    settings, store, factors = made.settings.hj212, Hj212Store(made.database), load_factors()
    failed = reload_failures(made.registry).labels("stations").inc
    mapping = LivingMapping(mapping_files(settings, factors), store.adopt, clock(), failed=failed)
    intake = Intake(mapping.current, factors)
    if not await _taken_up(made, store, mapping, intake):
        return
    watcher = HealthWatcher(metrics, made.health)
    gateway = Gateway(intake, StoreWriter(store, version("planwatch")), watcher, clock, _limits(settings))
    await gateway.start(settings.host, settings.port)
    made.health.ok("start")
    kafka = made.settings.kafka
    topics = Topics.named(kafka.topic_prefix)
    try:
        with ReportProducer(kafka.servers, topics, kafka.client, patience_seconds=PATIENCE_SECONDS) as producer:
            reporter = Reporter(
                store,
                producer,
                mapping.current,
                factors,
                rules_of(settings),
                timedelta(seconds=settings.settle_seconds),
                metrics,
            )
            rejects = RejectPublisher(IngestStore(made.database, kafka.group), producer)
            await _report_until_stopped(made, gateway, mapping, _Pass(reporter, rejects, store, metrics))
    finally:
        await gateway.stop()


@dataclass
class _Pass:
    """One round of reporting, in a thread: months, rejects, how much waits, and who has fallen silent."""

    reporter: Reporter
    rejects: RejectPublisher
    store: Hj212Store
    metrics: GatewayMetrics
    listened: datetime | None = None

    def __call__(self) -> str | None:
        """Do what is due; why something cannot be sent, or None."""
        now = clock()
        while self.reporter.step(now):
            now = clock()
        self.rejects.publish_due(now, fresh=True)
        self.metrics.waiting(sum(self.store.waiting(now)))
        if self.listened is None or now - self.listened >= LISTEN:
            self.metrics.silent(len(silent_points(self.store, self.reporter.stations, self.reporter.factors, now)))
            self.listened = now
        return self.reporter.fault or self.rejects.fault


def silent_points(store: Hj212Store, stations: StationFile, factors: FactorTable, now: datetime) -> tuple[Station, ...]:
    """The points in service that stated neither yesterday nor the day before, by the days in the database."""
    today = local_day(now)
    asked = in_service(stations, today)
    return silent(asked, store.spoken(listened_for(asked, factors), today - PATIENCE))


async def _report_until_stopped(made: Stage, gateway: Gateway, mapping: LivingMapping, one_pass: _Pass) -> None:
    while not made.stop.requested:
        try:
            if await asyncio.to_thread(mapping.refresh, clock()):
                # Between two passes, and in the thread that decides about frames: nobody sees half a mapping.
                gateway.intake.take_up(mapping.current)
                one_pass.reporter.stations, one_pass.listened = mapping.current, None
            _tell(made.health, "kafka", await asyncio.to_thread(one_pass))
            await gateway.expire()
            made.health.ok("database")
        except StorageUnavailable as error:
            _tell(made.health, "database", str(error))
            logger.warning("database unavailable, waiting", extra={"action": "wait_database", "error": str(error)})
        await _pause(made, made.settings.hj212.poll_seconds)


async def _taken_up(made: Stage, store: Hj212Store, mapping: LivingMapping, intake: Intake) -> bool:
    """Take up the mapping and the parts that wait, as soon as the database can serve; False if stopped before."""
    while not made.stop.requested:
        try:
            if await asyncio.to_thread(mapping.refresh, clock()):
                intake.take_up(mapping.current)
            for raw, received_at in await asyncio.to_thread(store.parts):
                intake.reload(raw, received_at)
        except StorageUnavailable as error:
            _tell(made.health, "database", str(error))
            await _pause(made, 1.0)
            continue
        made.health.ok("database")
        return True
    return False


async def _pause(made: Stage, seconds: float) -> None:
    """Wait, but no longer than until the end is asked for: signals reach us between two looks."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not made.stop.requested and loop.time() < end:
        await asyncio.sleep(min(STOP_LOOK_SECONDS, max(0.0, end - loop.time())))


def _limits(settings: Hj212Settings) -> Limits:
    return Limits(
        connections=settings.connections,
        max_segment=settings.max_segment_bytes,
        silence_seconds=settings.silence_seconds,
        frame_seconds=settings.frame_seconds,
        broken_in_a_row=settings.broken_in_a_row,
    )


def _tell(health: Health, condition: str, fault: str | None) -> None:
    if fault:
        health.wrong(condition, fault)
    else:
        health.ok(condition)
