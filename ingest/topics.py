"""The topics planwatch uses, their names, and how they are made where they are missing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from planwatch.contract.errors import DeliveryFailed
from planwatch.ingest.client import opened

ClientOptions = Mapping[str, Any]
"""Further kafka-python options (security, api_version, …), the same for every client."""
_PATIENCE = {"bootstrap_timeout_ms": 10_000, "request_timeout_ms": 10_000}


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of the topics. Reports and registry are read by ingest, rejects and warnings are written for others."""

    reports: str
    registry: str
    rejects: str
    warnings: str

    @classmethod
    def named(cls, prefix: str) -> "Topics":
        """The topics under a prefix, ``planwatch.`` for the usual names."""
        return cls(f"{prefix}reports.v1", f"{prefix}registry.v1", f"{prefix}rejects.v1", f"{prefix}warnings.v1")

    @property
    def all(self) -> tuple[str, str, str, str]:
        """Every topic."""
        return self.reports, self.registry, self.rejects, self.warnings

    @property
    def read(self) -> tuple[str, str]:
        """The topics ingest reads."""
        return self.reports, self.registry


def create_topics(
    servers: Sequence[str], topics: Topics, partitions: int, replication: int, client: ClientOptions | None = None
) -> list[str]:
    """Create the topics that are missing; their names. What exists is left as it is, whatever its partitions.

    The registry is compacted: its newest record of each key is kept for ever. Rejects and warnings get one partition,
    because they are few and their order is worth more than their throughput.
    """
    wanted = {
        topics.reports: _settings(partitions, replication),
        topics.registry: _settings(partitions, replication, {"cleanup.policy": "compact"}),
        topics.rejects: _settings(1, replication),
        topics.warnings: _settings(1, replication),
    }
    with _admin(servers, client) as admin:
        there = set(admin.list_topics())
        return [name for name, settings in wanted.items() if name not in there and _create(admin, name, settings)]


def existing_topics(servers: Sequence[str], client: ClientOptions | None = None) -> set[str]:
    """The topics the broker has; DeliveryFailed if it does not answer."""
    with _admin(servers, client) as admin:
        return set(admin.list_topics())


@contextmanager
def _admin(servers: Sequence[str], client: ClientOptions | None) -> Iterator[KafkaAdminClient]:
    try:
        options = {"bootstrap_servers": list(servers), **_PATIENCE, **(client or {})}
        with closing(opened(KafkaAdminClient, **options)) as admin:
            yield admin
    except KafkaError as error:
        raise DeliveryFailed(f"Kafka at {', '.join(servers)} does not answer: {error}", retry=True) from error


def _settings(partitions: int, replication: int, configs: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"num_partitions": partitions, "replication_factor": replication, "configs": dict(configs or {})}


def _create(admin: KafkaAdminClient, name: str, settings: Mapping[str, Any]) -> bool:
    try:
        admin.create_topics({name: settings})
    except TopicAlreadyExistsError:  # another process was faster
        return False
    return True
