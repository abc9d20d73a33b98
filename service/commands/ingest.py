"""`planwatch ingest`: take reports and registry records in from Kafka, as a process."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version

from planwatch.contract.errors import Fenced, InvalidDocument, StorageUnavailable
from planwatch.contract.plan import Law
from planwatch.ingest.client import connect
from planwatch.ingest.consumer import Member
from planwatch.ingest.decode import Decoder
from planwatch.ingest.limit import RejectLimit, RejectLimitState
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.reject import RejectPublisher
from planwatch.ingest.storing import BatchWriter, Storing
from planwatch.ingest.topics import Topics
from planwatch.service.pipeline import ingest_once
from planwatch.service.process import hand_over_quickly, monotonic, run_until_stopped, settle_memory
from planwatch.service.settings import IngestSettings, KafkaSettings
from planwatch.service.watched import Watched
from planwatch.service.wiring import Stage, clock, plan_files, stage
from planwatch.storage.ingest_store import IngestStore

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0


def ingest() -> None:
    """Store reports and registry records from Kafka, mark what must be judged again, until stopped."""
    with stage("ingest") as made:
        run_ingest(made, IngestMetrics(made.registry))


def run_ingest(made: Stage, metrics: IngestMetrics) -> None:
    """The loop of the stage. A broker that is away makes it not ready and is waited for."""
    kafka = made.settings.kafka
    topics, store = Topics.named(kafka.topic_prefix), IngestStore(made.database, kafka.group)
    plans = plan_files(made.settings)
    law = plans.look(clock())
    assert law is not None, "the first look always has something to say"
    decoder = Decoder(topics, law.catalogue, version("planwatch"))
    member = Member(partial(connect, kafka.servers, topics.read, kafka.group, _options(kafka)), store, monotonic)
    limit = RejectLimitState(_limit(made.settings.ingest))
    writer = BatchWriter(store, decoder, metrics, clock, monotonic)
    producer = ReportProducer(kafka.servers, topics, kafka.client, patience_seconds=PATIENCE_SECONDS)
    publisher = RejectPublisher(store, producer)
    settle_memory()
    hand_over_quickly()
    # The executor is left last: the batch on its way is finished whatever ends the loop.
    with ThreadPoolExecutor(1, "storing") as executor, producer:
        storing = Storing(writer.write, executor)

        def step() -> bool:
            if plans.is_due(clock()):
                _adopt(decoder, plans)
            worked = ingest_once(member, decoder, limit, storing, publisher=publisher, now=clock())
            metrics.lag.set(member.lag)
            _tell(made, member.fault)
            if member.fault and not worked:
                made.stop.wait(0.2)
            return worked

        _tell(made, member.fault)
        try:
            run_until_stopped(step, made.stop, made.health)
            if done := storing.finish():
                member.commit(done.advances)
        except (Fenced, StorageUnavailable):
            logger.info("last batch not stored; it will be read again", extra={"action": "stop"})
        finally:
            member.close()


def _adopt(decoder: Decoder, plans: Watched[Law]) -> None:
    """Take up indicators and units of changed plan files; files at fault change nothing (assess counts and tells)."""
    try:
        if law := plans.look(clock()):
            decoder.adopt(law.catalogue)
            logger.info("indicators taken up", extra={"action": "law", "indicators": len(law.catalogue.indicators)})
    except InvalidDocument as error:
        logger.error("plan files cannot be used", extra={"action": "law", "error": str(error)})


def _tell(made: Stage, fault: str | None) -> None:
    if fault:
        made.health.wrong("kafka", fault)
    else:
        made.health.ok("kafka")


def _limit(settings: IngestSettings) -> RejectLimit:
    return RejectLimit(settings.reject_share_limit, settings.reject_window, settings.reject_minimum)


def _options(settings: KafkaSettings) -> dict[str, str | int | float | bool]:
    return {
        "max_poll_records": settings.max_poll_records,
        "session_timeout_ms": settings.session_timeout_ms,
        "heartbeat_interval_ms": settings.session_timeout_ms // 15,
        "max_poll_interval_ms": settings.max_poll_interval_ms,
        **settings.client,
    }
