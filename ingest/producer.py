"""Sends reports, registry records, rejects and redriven messages to Kafka."""

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Report
from planwatch.ingest.client import closed, opened
from planwatch.ingest.decode import Record, record_key
from planwatch.ingest.reject import TooLarge
from planwatch.ingest.topics import ClientOptions, Topics

logger = logging.getLogger(__name__)
UNFLUSHED_BYTES = 16 * 2**20
"""kafka-python 3 buffers without limit; this much unacknowledged is enough to keep a broker busy."""
FIRST_TRY_SECONDS, TRY_SECONDS = 1.0, 3.0
"""How long one try to reach the broker may take before somebody who waits is told."""
PAUSE_SECONDS = 0.5
MESSAGE_BYTES = 1_000_000
"""What a topic takes by default (1 MiB, headers and framing included)."""


class ReportProducer:
    """A producer that waits for all replicas. Errors of delivery are raised by ``flush`` (and by a full buffer).

    ``patience_seconds`` is how long a message may take before it counts as failed. The connection is opened by the
    first message, so that a broker that is away stops nobody before there is something to send. ``on_away`` is told,
    every few seconds, that the broker does not answer and for how many seconds it is waited for.
    """

    def __init__(
        self,
        servers: Sequence[str],
        topics: Topics,
        client: ClientOptions | None = None,
        *,
        patience_seconds: float = 60.0,
        linger_ms: int = 5,
        on_away: Callable[[str, float], None] | None = None,
    ) -> None:
        self.topics = topics
        self._servers, self._patience, self._on_away = ", ".join(servers), patience_seconds, on_away
        self._options = producer_options(servers, round(patience_seconds * 1000)) | {
            "linger_ms": linger_ms,
            **(client or {}),
        }
        self._producer: KafkaProducer | None = None
        self._unflushed = 0
        self._failures: list[BaseException] = []

    def send_report(self, report: Report) -> None:
        """Send a report, keyed by its subject."""
        self.send_raw(self.topics.reports, report.key, report.to_json())

    def send_record(self, record: Record) -> None:
        """Send a registry record, keyed by kind and id."""
        body = record.model_dump_json(exclude_none=True).encode()
        self.send_raw(self.topics.registry, record_key(record), body)

    def send_reject(self, rejected: Rejected) -> None:
        """Send a reject, keyed by where the message stood; TooLarge if its topic cannot take it."""
        body = rejected.model_dump_json().encode()
        if len(body) > MESSAGE_BYTES:
            raise TooLarge(f"the reject of {rejected.id} has {len(body)} bytes", retry=False)
        headers = {"reason": rejected.reason.value, "origin": rejected.id}
        self.send_raw(self.topics.rejects, rejected.id.encode(), body, [(n, v.encode()) for n, v in headers.items()])

    def send_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """Send bytes as they are."""
        try:
            sent = self._opened().send(topic, key=key, value=value, headers=list(headers))
        except KafkaError as error:
            raise DeliveryFailed(
                f"Kafka at {self._servers} does not take messages now: {type(error).__name__}: {error}", retry=True
            ) from error
        sent.add_errback(self._failures.append)
        self._unflushed += len(value or b"")
        if self._unflushed >= UNFLUSHED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Wait until everything sent is acknowledged; DeliveryFailed says how much was not, and why."""
        self._unflushed = 0
        if self._producer is not None:
            self._flushed(self._producer)
        failures, self._failures = self._failures, []
        if failures:
            first = failures[0]
            raise DeliveryFailed(
                f"{len(failures)} messages were not acknowledged; the first: {type(first).__name__}: {first}",
                retry=True,
            ) from first

    def connect(self) -> None:
        """Open the connection now; DeliveryFailed if no broker answers in time."""
        try:
            self._opened()
        except KafkaError as error:
            raise DeliveryFailed(
                f"Kafka at {self._servers} was not reached in {self._patience:.0f} s: {error}", retry=True
            ) from error

    def close(self) -> None:
        """Let go of the connection. What is not flushed may be lost: flush first."""
        if self._producer is not None:
            closed(self._producer, timeout=5)
            self._producer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def _opened(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = opened(KafkaProducer, **self._options) if self._on_away is None else self._waited_for()
        return self._producer

    def _waited_for(self) -> KafkaProducer:
        """The connection, tried for until patience ends, with a word at every failed try; KafkaError at last."""
        deadline, longest = time.monotonic() + self._patience, FIRST_TRY_SECONDS
        while True:
            left = deadline - time.monotonic()
            trying = {"bootstrap_timeout_ms": round(1000 * max(0.1, min(longest, left)))}
            longest = TRY_SECONDS
            try:
                return opened(KafkaProducer, **{**self._options, **trying})
            except KafkaError as error:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise
                self._away(error, left)
                time.sleep(min(PAUSE_SECONDS, left))

    def _flushed(self, producer: KafkaProducer) -> None:
        """Wait for all acknowledgements. It ends by itself: no message is tried for longer than patience."""
        if self._on_away is None:
            producer.flush()
            return
        deadline = time.monotonic() + self._patience
        while True:
            try:
                producer.flush(timeout=TRY_SECONDS)
                break
            except KafkaTimeoutError as error:
                self._away(error, deadline - time.monotonic())

    def _away(self, error: KafkaError, left: float) -> None:
        if self._on_away is not None:
            self._on_away(f"{self._servers}: {error}", max(0.0, left))


def producer_options(servers: Sequence[str], patience_ms: int) -> dict[str, Any]:
    """What every producer of ours is opened with: all replicas acknowledge, and nobody waits beyond ``patience_ms``."""
    return {
        "bootstrap_servers": list(servers),
        "acks": "all",
        "compression_type": "lz4",
        "batch_size": 256 * 1024,
        "max_request_size": 32 * 2**20,  # the broker judges the compressed size
        "delivery_timeout_ms": patience_ms,
        "request_timeout_ms": max(1000, patience_ms // 2),
        "max_block_ms": patience_ms,
        "bootstrap_timeout_ms": patience_ms,
        "reconnect_backoff_max_ms": 2000,
        "allow_auto_create_topics": False,
    }
