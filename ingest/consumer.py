"""The member of the consumer group: which partitions it may advance, where it reads on, what it tells Kafka.

The database, not Kafka, knows how far a partition is stored. So there is one way in, and the same way back from any
failure: claim the assigned partitions in the database and read on from the offsets stored there.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from planwatch.contract.errors import Fenced
from planwatch.ingest.batch import Advance, Claim
from planwatch.ingest.client import closed
from planwatch.ingest.message import Partition, RawMessage

logger = logging.getLogger(__name__)
WAIT_MS, BUSY_WAIT_MS, JOINING_WAIT_MS = 200, 10, 1000
JOIN_SECONDS = 20.0
"""How long joining the group may take before it is begun anew.

kafka-python 3.0.12 forgets a join that it began because the topics' partitions changed if poll's time runs out between
the answers to JoinGroup and SyncGroup: the member then has no partitions, sends no heartbeats, and never joins again.
The longer wait makes that rare, beginning anew mends it.
"""
JOINED = "<stable>"
PROBE_SECONDS = 5.0
PROBE_TIMEOUT_MS = 2000


class Store(Protocol):
    """What the member asks of the database."""

    def claim(
        self, owner: str, generation: int, partitions: Collection[Partition], now: datetime
    ) -> Mapping[Partition, tuple[int, int]]:
        """Take partitions over: the epoch of the claim and the next offset of each; Fenced if a newer one stands."""

    def move(self, owner: str, epochs: Mapping[Partition, int], offsets: Mapping[Partition, int]) -> None:
        """Set the next offset of claimed partitions."""


class Assignments(ConsumerRebalanceListener):
    """Remembers that the assignment changed. It runs on Kafka's IO thread, where nothing may block."""

    def __init__(self) -> None:
        self.changed = False

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Called inside poll."""
        self.changed = True

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Called inside poll."""
        self.changed = True

    def on_partitions_lost(self, lost: Collection[TopicPartition]) -> None:
        """Called inside poll when the group went on without us."""
        self.changed = True


class Member:
    """One member of the consumer group. Not for several threads."""

    def __init__(self, connect: Callable[[Assignments], Any], store: Store, monotonic: Callable[[], float]) -> None:
        self._connect, self._store, self._monotonic = connect, store, monotonic
        self._assignments = Assignments()
        self._consumer: Any = None
        self._claim: Claim | None = None
        self._stored: dict[Partition, int] = {}
        self._probed = monotonic()
        self._joining_since: float | None = None
        self.fault: str | None = "not connected to Kafka yet"

    @property
    def claimed(self) -> Claim | None:
        """What may be advanced now; None when the partitions must be claimed first."""
        return self._claim

    def poll(self, *, busy: bool = False) -> list[RawMessage]:
        """The next messages of the claimed partitions, in the order of each partition.

        A broker that is away gives none and is named in ``fault``. After a change of the assignment there are none
        and ``claimed`` is None: what the poll brought may already be another member's.
        """
        try:
            joined = self._has_joined()
            wait_ms = JOINING_WAIT_MS if not joined else BUSY_WAIT_MS if busy else WAIT_MS
            records = self._connected().poll(timeout_ms=wait_ms)
            self._watch_broker(found=bool(records), busy=busy)
        except KafkaError as error:
            self._broker_fault(error)
            return []
        if self._assignments.changed:
            self._assignments.changed = False
            self.lose()
        if self._claim is None:
            return []
        return [_raw(record) for of_partition in records.values() for record in of_partition]

    def claim(self, now: datetime) -> bool:
        """Claim what is assigned and go to the stored offsets; False if that must be tried again after a poll."""
        if self._consumer is None:
            return False
        member = self._consumer.group_metadata()
        assigned = {(where.topic, where.partition) for where in self._consumer.assignment()}
        try:
            claimed = self._store.claim(member.member_id, member.generation_id, assigned, now) if assigned else {}
            claim = Claim(member.member_id, {where: epoch for where, (epoch, _) in claimed.items()})
            self._go_to(claim, {where: offset for where, (_, offset) in claimed.items()})
        except Fenced as error:
            logger.info("claim refused", extra={"action": "claim", "error": str(error)})
            return False
        except KafkaError as error:
            self._broker_fault(error)
            return False
        self._claim, self.fault = claim, None
        logger.info(
            "partitions claimed",
            extra={"action": "claim", "generation": member.generation_id, "positions": _words(self._stored)},
        )
        return True

    def lose(self) -> None:
        """Stop reading until the partitions are claimed again. Polling goes on, so that the group keeps us."""
        self._claim = None
        if self._consumer is not None:
            self._consumer.pause(*self._consumer.assignment())

    def commit(self, advances: Mapping[Partition, Advance]) -> None:
        """Tell Kafka how far we are. Only lag tools read it, so a failure is not one of ours.

        Kafka accepts offsets of partitions that are no longer ours, which would show a wrong lag: they are left out.
        """
        self._stored |= {where: advance.after for where, advance in advances.items() if where in self._stored}
        ours = self._consumer.assignment()
        offsets = {
            TopicPartition(*where): OffsetAndMetadata(advance.after, "", -1)
            for where, advance in advances.items()
            if TopicPartition(*where) in ours
        }
        try:
            if offsets:
                self._consumer.commit_async(offsets, callback=_committed)
        except KafkaError as error:
            _committed(offsets, error)

    @property
    def lag(self) -> int:
        """Messages between the stored positions and the ends last heard of."""
        ends = {where: self._consumer.highwater(TopicPartition(*where)) for where in self._held()}
        return sum(max(0, end - self._stored[where]) for where, end in ends.items() if end is not None)

    def close(self) -> None:
        """Leave the group, so that the others need not wait for us."""
        if self._consumer is not None:
            closed(self._consumer, autocommit=False, timeout_ms=5000)
            self._consumer = None

    def _held(self) -> list[Partition]:
        """Partitions that are both claimed and still assigned."""
        if self._claim is None or self._consumer is None:
            return []
        assigned = self._consumer.assignment()
        return [where for where in self._stored if TopicPartition(*where) in assigned]

    def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = self._connect(self._assignments)
            self._joining_since = self._monotonic()
        return self._consumer

    def _has_joined(self) -> bool:
        """Whether the group has taken us in; a consumer that waits for that too long is replaced."""
        if self._connected().group_metadata().state == JOINED:
            self._joining_since = None
            return True
        if self._joining_since is None:
            self._joining_since = self._monotonic()
        if self._monotonic() - self._joining_since > JOIN_SECONDS:
            logger.warning("joining the consumer group took too long, beginning anew", extra={"action": "join"})
            self.lose()
            self.close()
            self._connected()
        return False

    def _go_to(self, claim: Claim, stored: Mapping[Partition, int]) -> None:
        """Seek explicitly: positions outlive a rebalance, and Kafka's own offsets are not what is stored."""
        where = {partition: TopicPartition(*partition) for partition in stored}
        ends = self._consumer.end_offsets(list(where.values()), timeout_ms=PROBE_TIMEOUT_MS) if where else {}
        begins = self._consumer.beginning_offsets(list(where.values()), timeout_ms=PROBE_TIMEOUT_MS) if where else {}
        self._stored = {}
        for partition, offset in stored.items():
            begin, end = begins[where[partition]], ends[where[partition]]
            if offset > end:
                self._start_again(claim, partition, offset, begin)
            elif 0 < offset < begin:
                _log_expired(partition, offset, begin)
            self._stored[partition] = begin if offset > end else max(offset, begin)
            self._consumer.seek(where[partition], self._stored[partition])
        self._consumer.resume(*where.values())

    def _start_again(self, claim: Claim, partition: Partition, offset: int, begin: int) -> None:
        """The topic was made anew or lost its end: read it from its start, which at most repeats what is stored."""
        logger.error(
            "stored position is beyond the end of the topic; reading it again from its start",
            extra={"action": "start_again", "partition": _name(partition), "stored": offset, "start": begin},
        )
        self._store.move(claim.owner, claim.epochs, {partition: begin})

    def _watch_broker(self, *, found: bool, busy: bool) -> None:
        """Ask for the ends now and then: a poll says nothing of a broker that is away."""
        due = self._monotonic() - self._probed >= PROBE_SECONDS
        if found or (due and not busy):
            self._probed = self._monotonic()
            assigned = list(self._consumer.assignment())
            if assigned and not found:
                self._consumer.end_offsets(assigned, timeout_ms=PROBE_TIMEOUT_MS)
            # A member beyond the number of partitions has nothing to do, which is no fault.
            joined = assigned or self._consumer.group_metadata().state == JOINED
            self.fault = None if joined else "has not joined the consumer group yet"

    def _broker_fault(self, error: KafkaError) -> None:
        if self.fault is None:
            logger.warning("Kafka does not answer, retrying", extra={"action": "wait_kafka", "error": str(error)})
        self.fault = f"Kafka does not answer: {error}"


def _raw(record: Any) -> RawMessage:
    return RawMessage(
        record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers), record.timestamp
    )


def _committed(offsets: Mapping[TopicPartition, OffsetAndMetadata], response: Any) -> None:
    if isinstance(response, Exception):
        logger.debug("offsets not committed to Kafka", extra={"action": "commit", "error": str(response)})


def _log_expired(partition: Partition, offset: int, begin: int) -> None:
    logger.error(
        "messages expired before they were read; ask the senders for them again",
        extra={"action": "expired", "partition": _name(partition), "messages": begin - offset},
    )


def _name(partition: Partition) -> str:
    return f"{partition[0]}/{partition[1]}"


def _words(positions: Mapping[Partition, int]) -> str:
    return ", ".join(f"{_name(where)}@{offset}" for where, offset in sorted(positions.items()))
