"""What people ask about rejects, and the note of what was sent again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from planwatch.contract.rejected import Rejected
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("reject.sql")


@dataclass(frozen=True, slots=True)
class StoredReject:
    """A reject and what became of it."""

    rejected: Rejected
    published_at: datetime | None
    redriven_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectFilter:
    """Which rejects are meant; None means any.

    ``subject`` is «unit:91…» or an id alone; times are when a message was rejected, ``before`` is not included.
    """

    reason: str | None = None
    topic: str | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    pending: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it means all rejects."""
        return self == RejectFilter()

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters of the queries."""
        subject_id = self.subject.rpartition(":")[2] if self.subject else None
        return asdict(self) | {"subject_id": subject_id}


def place_of(reject_id: str) -> dict[str, Any]:
    """Topic, partition and offset of an id such as «planwatch.reports.v1/3/1024»; ValueError if it is none."""
    try:
        topic, partition, offset = reject_id.rsplit("/", 2)
        return {"topic": topic, "partition": int(partition), "offset": int(offset)}
    except ValueError as error:
        raise ValueError(f"{reject_id!r} is no reject's id; write TOPIC/PARTITION/OFFSET as listed") from error


ALL = RejectFilter()


class RejectStore:
    """The rejects in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rejects(self, meant: RejectFilter = ALL, *, limit: int = 50) -> list[dict[str, Any]]:
        """Rejects, newest first (columns of the query)."""
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES.rejects, meant.asked | {"limit": limit}).fetchall()

    def counts(self, meant: RejectFilter = ALL) -> list[dict[str, Any]]:
        """How many rejects there are of each reason (columns of the query)."""
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES.count_rejects, meant.asked).fetchall()

    def reject(self, reject_id: str) -> StoredReject | None:
        """One reject in full; ValueError if the id has not the form of one."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.reject_at, place_of(reject_id)).fetchone()
        return StoredReject(Rejected.model_validate_json(row[0]), row[1], row[2]) if row else None

    @contextmanager
    def redriving(self, ids: Sequence[str], meant: RejectFilter, limit: int) -> Iterator["Redriving"]:
        """The rejects of these ids (even if redriven before) or of a filter (not redriven yet), held for the block.

        ValueError if an id has not the form of one.
        """
        with self._database.transaction() as connection:
            yield Redriving(connection, _named(connection, ids) if ids else _of_filter(connection, meant, limit))


class Redriving:
    """Rejects held while they are sent again."""

    def __init__(self, connection: Connection, rejects: Sequence[Rejected]) -> None:
        self._connection, self.rejects = connection, rejects

    def mark(self, sent: Sequence[Rejected], now: datetime) -> None:
        """Note which were sent again."""
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.mark_redriven, [place_of(one.id) | {"now": now} for one in sent])


def _named(connection: Connection, ids: Sequence[str]) -> list[Rejected]:
    found = (connection.execute(QUERIES.to_redrive_at, place_of(one)).fetchone() for one in ids)
    return [Rejected.model_validate_json(row[0]) for row in found if row]


def _of_filter(connection: Connection, meant: RejectFilter, limit: int) -> list[Rejected]:
    rows = connection.execute(QUERIES.to_redrive, meant.asked | {"limit": limit}).fetchall()
    return [Rejected.model_validate_json(row[0]) for row in rows]
