"""Sends messages for somebody who waits for the answer: of each, where Kafka has put it, or that it has not."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from planwatch.ingest.client import closed, opened
from planwatch.ingest.producer import producer_options
from planwatch.ingest.topics import ClientOptions

logger = logging.getLogger(__name__)
NOT_SENT = "Kafka 暂不可用，未收下；请稍后原样重发 (Kafka does not answer: not accepted, send it again)"


class Message(Protocol):
    """What is to be sent."""

    @property
    def key(self) -> bytes:
        """The key."""

    @property
    def value(self) -> bytes:
        """The value."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """The headers."""


class AcknowledgedProducer:
    """A producer for several threads at once. ``patience_seconds`` is how long a caller waits at most, more or less.

    After a failure the connection is opened anew by the next call: what was given up here must not be delivered much
    later, behind newer messages of the same subject.
    """

    def __init__(
        self, servers: Sequence[str], client: ClientOptions | None = None, *, patience_seconds: float = 5.0
    ) -> None:
        patience_ms = round(patience_seconds * 1000)
        self._options: Mapping[str, Any] = {**producer_options(servers, patience_ms), "linger_ms": 2, **(client or {})}
        self._patience = patience_seconds
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()
        self.fault: str | None = None
        """Why the last call was not acknowledged in full; None once one was."""

    def send(self, topic: str, messages: Sequence[Message]) -> list[tuple[int, int] | str]:
        """Of each message, in order, the partition and offset acknowledged for it, or why there is none."""
        deadline = time.monotonic() + self._patience
        try:
            producer = self._opened()
        except KafkaError as error:
            self._failed(error)
            return [NOT_SENT] * len(messages)
        futures = []
        try:
            for one in messages:
                futures.append(producer.send(topic, key=one.key, value=one.value, headers=list(one.headers)))
        except KafkaError as error:
            # What follows the first failure is not tried, or a newer message could pass an older one.
            self._failed(error)
        answers = [self._answer(future, deadline) for future in futures]
        if len(answers) < len(messages) or any(isinstance(answer, str) for answer in answers):
            self._forget(producer)
        else:
            self.fault = None
        return answers + [NOT_SENT] * (len(messages) - len(answers))

    def close(self) -> None:
        """Let go of the connection."""
        if self._producer is not None:
            self._forget(self._producer)

    def _answer(self, future: Any, deadline: float) -> tuple[int, int] | str:
        try:
            placed = future.get(timeout=max(0.01, deadline - time.monotonic()))
        except KafkaError as error:
            self._failed(error)
            return NOT_SENT
        return placed.partition, placed.offset

    def _failed(self, error: KafkaError) -> None:
        self.fault = f"{type(error).__name__}: {error}"
        logger.warning("Kafka did not acknowledge", extra={"action": "send", "error": self.fault})

    def _opened(self) -> KafkaProducer:
        with self._lock:
            if self._producer is None:
                self._producer = opened(KafkaProducer, **self._options)
            return self._producer

    def _forget(self, producer: KafkaProducer) -> None:
        with self._lock:
            if self._producer is producer:
                self._producer = None
        closed(producer, timeout=0)
