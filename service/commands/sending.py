"""What `planwatch load` and `planwatch simulate` share: a producer made from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics
from planwatch.service.settings import Settings

LINGER_MS = 20
"""Bulk sending waits a little for fuller batches; nobody waits for a single message here."""


@contextmanager
def opened_producer(settings: Settings) -> Iterator[ReportProducer]:
    """A producer that is flushed when the block is left without an error; DeliveryFailed if something was not taken."""
    kafka = settings.kafka
    topics = Topics.named(kafka.topic_prefix)
    with ReportProducer(kafka.servers, topics, kafka.client, linger_ms=LINGER_MS) as producer:
        yield producer
