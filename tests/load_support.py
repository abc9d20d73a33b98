"""Messages through the real store and the real judging, without a broker in between; and what Kafka holds."""

from datetime import UTC, datetime

from ingest_servers import topic_messages
from prometheus_client import CollectorRegistry

from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics, create_topics
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


def make_topics(servers, prefix):
    """The topics of a test, in three partitions each."""
    made = Topics.named(prefix)
    create_topics([servers], made, 3, 1)
    return made


def messages_in(servers, topic):
    """All messages of a topic, partition by partition: (key, value)."""
    return [(one.key, one.value) for one in topic_messages(servers, topic)]
