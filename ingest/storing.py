"""Storing batches: one transaction each, split where the database refuses, beside the decoding of the next."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from threading import Event
from typing import Protocol

from planwatch.contract.errors import Fenced, StorageRefused, StorageUnavailable
from planwatch.contract.rejected import Rejected
from planwatch.ingest.batch import Advance, Batch
from planwatch.ingest.decode import Decoder, ReadingRow, Record, Refused
from planwatch.ingest.message import Partition
from planwatch.ingest.metrics import IngestMetrics

logger = logging.getLogger(__name__)


class Store(Protocol):
    """What storing asks of the database."""

    def store(
        self,
        owner: str,
        advances: Mapping[Partition, Advance],
        *,
        readings: Sequence[ReadingRow],
        records: Sequence[Record],
        rejects: Sequence[Rejected],
        now: datetime,
        sent: Callable[[], None],
    ) -> int:
        """Everything in one transaction or nothing; the number of readings that now stand because of it.

        ``sent`` is called when the readings are with the server.

        Fenced: a partition is another member's. StorageRefused: the content. StorageUnavailable: not now.
        """


class BatchWriter:
    """Writes a batch, and counts what is committed."""

    def __init__(
        self,
        store: Store,
        decoder: Decoder,
        metrics: IngestMetrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._store, self._decoder, self._metrics = store, decoder, metrics
        self._clock, self._monotonic = clock, monotonic

    def write(self, batch: Batch, sent: Callable[[], None] = lambda: None) -> Batch:
        """Store a batch; as it was stored, with what the database refused turned into rejects.

        ``sent`` is called when the batch is with the server.

        A refused batch is halved until the offending message alone is left; the parts are stored in order, each with
        its own advance of the offsets, so a crash or a fence between two of them loses and repeats nothing.
        """
        try:
            return self._whole(batch, sent)
        except StorageRefused as error:
            if len(batch) == 1:
                return self._refused(batch, error)
            left, right = batch.halves()
            return self.write(left) + self.write(right)
        except Fenced:
            self._metrics.fenced.inc()
            raise
        except StorageUnavailable:
            self._metrics.pauses.inc()
            raise

    def _refused(self, batch: Batch, error: StorageRefused) -> Batch:
        (outcome,) = batch.outcomes
        if isinstance(outcome, Refused):
            raise error  # not even its reject can be stored: a fault of ours, which must be seen
        message = outcome.message
        logger.warning(
            "the database refuses a message, rejecting it",
            extra={"action": "refused", "origin": f"{message.topic}/{message.partition}/{message.offset}"},
        )
        return self.write(batch.replaced(self._decoder.refused(message, str(error), self._clock())))

    def _whole(self, batch: Batch, sent: Callable[[], None]) -> Batch:
        stored = self._store.store(
            batch.claim.owner,
            batch.advances,
            readings=batch.readings,
            records=batch.records,
            rejects=batch.rejects,
            now=self._clock(),
            sent=sent,
        )
        metrics = self._metrics
        metrics.readings.inc(stored)
        metrics.reports.inc(batch.reports)
        metrics.records.inc(len(batch.records))
        for rejected in batch.rejects:
            metrics.rejected.labels(rejected.reason.value).inc()
        metrics.seconds.observe(self._monotonic() - batch.started)
        metrics.seen(batch.newest)
        return batch


class Storing:
    """Stores one batch at a time in another thread, so that the next is polled and decoded while the server works.

    At most one batch is on its way; the order of batches is the order they are handed over in. A batch is handed over
    when it is with the server: sending and decoding both need the interpreter, and side by side only slow each other.
    """

    def __init__(self, write: Callable[[Batch, Callable[[], None]], Batch], executor: Executor) -> None:
        self._write, self._executor = write, executor
        self._running: Future[Batch] | None = None

    @property
    def busy(self) -> bool:
        """Whether a batch is on its way."""
        return self._running is not None

    def finish(self) -> Batch | None:
        """Wait for the batch on its way; it as stored. Raises what storing it raised, and then it is forgotten."""
        running, self._running = self._running, None
        return running.result() if running else None

    def swap(self, batch: Batch | None) -> Batch | None:
        """Finish the batch on its way, then start on this one. If finishing raises, this one is not started."""
        done = self.finish()
        if batch is not None and len(batch):
            sent = Event()
            self._running = self._executor.submit(self._run, batch, sent)
            sent.wait()
        return done

    def _run(self, batch: Batch, sent: Event) -> Batch:
        try:
            return self._write(batch, sent.set)
        finally:
            sent.set()
