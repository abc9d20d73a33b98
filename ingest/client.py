"""Opening and closing kafka-python's clients, so that nothing stays behind and nothing false is logged."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient

logger = logging.getLogger(__name__)
Client = TypeVar("Client")
FORCED_SECONDS = 1.0
"""How long to wait for a producer's thread that was told to drop everything; it ends by itself later."""


def opened(client: Callable[..., Client], **options: Any) -> Client:
    """A KafkaConsumer, KafkaProducer or KafkaAdminClient; KafkaError if no broker answers in time.

    kafka-python 3.0.12 starts a thread and opens sockets before it looks for a broker, and keeps them when its
    constructor then fails: a process that waits for a broker would gather them until it dies.
    """
    begun: list[KafkaNetClient] = []

    def network(**settings: Any) -> KafkaNetClient:
        begun.append(KafkaNetClient(**settings))
        return begun[-1]

    try:
        return client(kafka_client=network, **options)
    except BaseException:
        for one in begun:
            one.close()
        raise


def closed(client: Any, **options: Any) -> None:
    """Close a client. Its IO thread calls it an error that the socket is gone which close has just taken away.

    A producer that cannot deliver what it still holds drops it: kafka-python 3.0.12 flushes before it closes and, where
    that fails, raises and leaves its thread sending, so that what was given up would be delivered much later.
    """
    noisy = logging.getLogger("kafka.net.transport")
    before = noisy.level
    noisy.setLevel(logging.CRITICAL)
    try:
        client.close(**options)
    except KafkaTimeoutError as error:
        logger.warning("messages dropped", extra={"action": "close", "error": str(error)})
        client._sender.force_close()
        client._sender.join(FORCED_SECONDS)
        client._closed = True  # or it would be closed, and flushed, once more when it is forgotten
    finally:
        noisy.setLevel(before)


def connect(
    servers: Sequence[str], topics: Sequence[str], group: str, options: Mapping[str, Any], listener: Any
) -> KafkaConsumer:
    """A consumer subscribed to the topics. ``options`` are further kafka-python options; they win."""
    consumer = opened(
        KafkaConsumer,
        **{
            "bootstrap_servers": list(servers),
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": 5000,
            "request_timeout_ms": 15_000,
            "reconnect_backoff_max_ms": 2000,
            "fetch_max_wait_ms": 100,
            # Together these bound what one poll can bring, in bytes: partitions × 1 MiB.
            "fetch_max_bytes": 8 * 2**20,
            "max_partition_fetch_bytes": 2**20,
            **options,
        },
    )
    consumer.subscribe(list(topics), listener=listener)
    return consumer
