"""Fuzzed messages through ingest into a real database: each is stored or its reject is, none is lost."""

import time
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from fuzz.outcome import NOW, fate_of, judged
from prometheus_client import CollectorRegistry

from planwatch.ingest.batch import Batch, Claim
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.storing import BatchWriter
from planwatch.ingest.topics import Topics
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore

BATCH = 500


def store_all(database: Database, decoder: Decoder, topics: Topics, messages: Iterable[RawMessage]) -> Counter[str]:
    """Store messages in batches and compare the database with what was sent; the counts by outcome."""
    store, fates = IngestStore(database, "fuzz"), Counter[str]()
    writer = BatchWriter(store, decoder, IngestMetrics(CollectorRegistry()), lambda: NOW, time.monotonic)
    partitions = [(topics.reports, 0), (topics.registry, 0)]
    claimed = store.claim("fuzz", 1, partitions, NOW)
    claim = Claim("fuzz", {where: epoch for where, (epoch, _) in claimed.items()})
    rejected: set[tuple[str, int]] = set()
    readings = sent = 0
    stream = iter(messages)
    while batch := tuple(judged(decoder, message) for message in islice(stream, BATCH)):
        stored = writer.write(Batch(claim, batch))
        assert len(stored) == len(batch)
        fates.update(map(fate_of, stored.outcomes))
        rejected |= {(one.topic, one.offset) for one in stored.rejects}
        readings += len(stored.readings)
        sent += len(batch)
    with database.transaction() as connection:
        kept = connection.execute("SELECT topic, message_offset FROM planwatch.reject").fetchall()
        (standing,) = connection.execute("SELECT count(*) FROM planwatch.reading").fetchone() or (0,)
    assert set(kept) == rejected, "every reject is in the database, and nothing else"
    assert sum(1 for fate in fates.elements() if fate.startswith("rejected")) == len(rejected)
    assert fates.total() == sent
    assert 0 < standing <= readings
    after = store.claim("fuzz", 2, partitions, NOW)
    assert sum(offset for _, offset in after.values()) == sent, "the stored position is behind every message"
    return fates
