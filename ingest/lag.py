"""Where the topics end, to be compared with how far the database has come."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from planwatch.contract.errors import DeliveryFailed
from planwatch.ingest.client import closed, opened


def end_offsets(
    servers: Sequence[str], topics: Sequence[str], client: Mapping[str, Any] | None = None
) -> dict[tuple[str, int], int]:
    """The offset after the last message of each partition of the topics that exist; DeliveryFailed without a broker."""
    try:
        return _end_offsets(servers, topics, client)
    except KafkaError as error:
        raise DeliveryFailed(f"Kafka at {', '.join(servers)} does not answer: {error}", retry=True) from error


def _end_offsets(
    servers: Sequence[str], topics: Sequence[str], client: Mapping[str, Any] | None
) -> dict[tuple[str, int], int]:
    consumer = opened(KafkaConsumer, bootstrap_servers=list(servers), group_id=None, **(client or {}))
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        ends = consumer.end_offsets(partitions) if partitions else {}
        return {(partition.topic, partition.partition): int(end) for partition, end in ends.items()}
    finally:
        closed(consumer)


def lag(ends: Mapping[tuple[str, int], int], positions: Mapping[tuple[str, int], int]) -> int:
    """How many messages lie between the stored positions and the ends. A partition never stored lags from its start."""
    return sum(max(0, end - positions.get(where, 0)) for where, end in ends.items())
