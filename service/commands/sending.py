"""What commands that send to Kafka share: a producer made from the settings that says when the broker is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from planwatch.contract.errors import DeliveryFailed
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics
from planwatch.service.settings import Settings

LINGER_MS = 20
"""Bulk sending waits a little for fuller batches; nobody waits for a single message here."""
AWAY = "Kafka 没有应答，继续重试，至多再等 {left:.0f} 秒 (no answer yet, trying on): {seen}"
MEND = (
    "请启动 Kafka，或改正 PLANWATCH_KAFKA__BOOTSTRAP_SERVERS，再原样运行同一命令：重复发送不会重复入库"
    " (start Kafka or correct its address, then run the same command again: what is sent twice is stored once)"
)


@contextmanager
def opened_producer(settings: Settings, patience_seconds: float = 60.0) -> Iterator[ReportProducer]:
    """A producer that is flushed when the block is left without an error.

    Whoever waits for a broker that is away is told so on standard error; DeliveryFailed says how to mend it.
    """
    kafka, console = settings.kafka, Console(stderr=True)
    topics = Topics.named(kafka.topic_prefix)

    def away(seen: str, left: float) -> None:
        words = AWAY.format(seen=seen, left=left)
        console.print(words, style="yellow", markup=False, highlight=False, soft_wrap=True)

    try:
        with ReportProducer(
            kafka.servers, topics, kafka.client, linger_ms=LINGER_MS, patience_seconds=patience_seconds, on_away=away
        ) as producer:
            yield producer
    except DeliveryFailed as error:
        raise DeliveryFailed(f"{error}\n{MEND}", retry=error.retry) from error
