"""Messages through the real store and the real judging, without a broker in between; and what Kafka holds."""

from datetime import UTC, datetime

from kafka import KafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry

from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.ingest_store import IngestStore

NOW = datetime(2026, 2, 1, tzinfo=UTC)
TOPICS = Topics.named("t.")
PARTITION = (TOPICS.reports, 0)


def feed(database, law, *, messages=(), records=()):
    """Store the reports of one delivery; they must all be accepted."""
    decoder = Decoder(TOPICS, law.catalogue, "test")
    raw = [RawMessage(TOPICS.reports, 0, i, key, value) for i, (key, value) in enumerate(messages)]
    rows = [row for message in raw for row in decoder.decode(message, NOW).readings]
    store = IngestStore(database, "test")
    epoch, at = store.claim("test", 1, [PARTITION], NOW)[PARTITION]
    store.store("test", {PARTITION: (epoch, at, at + 1)}, readings=rows, records=list(records), rejects=(), now=NOW)


def assess(database, law):
    """Judge until no mark is left."""
    metrics = AssessMetrics(CollectorRegistry())
    while assess_once(AssessStore(database), law, NOW, 200, metrics):
        pass


def query(database, sql):
    """All rows of a query."""
    with database.transaction() as connection:
        return connection.execute(sql).fetchall()


def messages_in(servers, topic):
    """All messages of a topic, partition by partition: (key, value)."""
    consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        wanted = sum(consumer.end_offsets(partitions).values())
        found = []
        while len(found) < wanted:
            for batch in consumer.poll(timeout_ms=1000).values():
                found += [(message.key, message.value) for message in batch]
        return found
    finally:
        consumer.close()
