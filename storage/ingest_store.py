"""What ingest asks of the database: claims of partitions, and one transaction that stores a batch or nothing of it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from psycopg.errors import IdleInTransactionSessionTimeout
from psycopg.types.json import Json

from planwatch.contract.errors import Fenced
from planwatch.contract.registry import CALENDAR_KINDS, AnyRegistryRecord, counts_in, entry_name
from planwatch.contract.rejected import Rejected
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("ingest.sql")
GRACE_SECONDS = 60.0
"""How long a claim must have stood still before one of an older generation is let in."""
FROZEN_SECONDS = 60.0
"""How long a transaction may stand still before the server ends it, so that others get at the partitions."""

Partition = tuple[str, int]
Record = AnyRegistryRecord
ReadingRow = tuple[
    str, str, date, int, int, datetime, str, Decimal, str, Decimal, str | None, str | None, str
]  # fmt: skip
COLUMNS = (
    "subject", "indicator", "period_start", "months", "revision", "submitted_at", "report_id", "value", "unit",
    "amount", "flag", "note", "source",
)  # fmt: skip
_TYPES = (
    "text", "text", "date", "int2", "int4", "timestamptz", "text", "numeric", "text", "numeric", "text", "text", "text",
)  # fmt: skip
_key = itemgetter(0, 1, 2, 3)


def rank(row: ReadingRow) -> tuple[Any, ...]:
    """What decides which of two statements of one figure stands; the same order as in ingest.sql."""
    _, _, _, _, revision, submitted_at, report_id, value, unit, amount, flag, note, source = row
    return revision, submitted_at, report_id, value, amount, unit, source, flag or "", note or ""


def highest(rows: Sequence[ReadingRow]) -> tuple[list[ReadingRow], list[ReadingRow]]:
    """The highest statement of each figure, sorted by key, and the others that differ from it."""
    standing: list[ReadingRow] = []
    lower: list[ReadingRow] = []
    before = None
    for row in sorted(rows, key=_key):
        key = row[:4]
        if key != before:
            standing.append(row)
            before = key
        elif rank(row) > rank(standing[-1]):
            lower.append(standing[-1])
            standing[-1] = row
        elif rank(row) < rank(standing[-1]):
            lower.append(row)
    return standing, lower


class IngestStore:
    """The database as one consumer group sees it."""

    def __init__(
        self,
        database: Database,
        group: str,
        *,
        grace_seconds: float = GRACE_SECONDS,
        frozen_seconds: float = FROZEN_SECONDS,
    ) -> None:
        self._database, self._group, self._grace = database, group, grace_seconds
        self._frozen = f"{round(frozen_seconds * 1000)}ms"

    def positions(self) -> dict[Partition, int]:
        """The next offset of each partition the group ever claimed."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.positions, {"group": self._group})
            return {(row[0], row[1]): row[2] for row in rows}

    def claim(
        self, owner: str, generation: int, partitions: Collection[Partition], now: datetime
    ) -> dict[Partition, tuple[int, int]]:
        """Take partitions over, all or none: the epoch of the claim and the next offset of each.

        Fenced if a claim of a newer generation stands and is not stale (see the query).
        """
        bound = {"group": self._group, "owner": owner, "generation": generation, "now": now}
        with self._database.transaction() as connection:
            rows = connection.execute(
                QUERIES.claim, {**bound, **_partitions(sorted(partitions)), "grace_seconds": self._grace}
            )
            claimed = {(row[0], row[1]): (row[2], row[3]) for row in rows}
            if len(claimed) < len(partitions):
                raise Fenced(f"generation {generation} is older than that of the standing claims")
        return claimed

    def move(self, owner: str, epochs: Mapping[Partition, int], offsets: Mapping[Partition, int]) -> None:
        """Set the next offset of claimed partitions, backwards too; Fenced if one is not this owner's any more."""
        partitions = sorted(offsets)
        bound = {
            "group": self._group,
            "owner": owner,
            "epochs": [epochs[one] for one in partitions],
            "offsets": [offsets[one] for one in partitions],
        }
        with self._database.transaction() as connection:
            if connection.execute(QUERIES.move, bound | _partitions(partitions)).rowcount < len(partitions):
                raise Fenced(f"{owner} does not own all of {partitions} any more")

    def store(
        self,
        owner: str,
        advances: Mapping[Partition, tuple[int, int, int]],
        *,
        readings: Sequence[ReadingRow],
        records: Sequence[Record],
        rejects: Sequence[Rejected],
        now: datetime,
        sent: Callable[[], None] = lambda: None,
    ) -> int:
        """Store a batch in one transaction: the number of readings that now stand because of it.

        ``sent`` is called when the readings are with the server, and what is left is mostly its work.

        ``advances`` are (epoch, first offset, offset after the last) by partition. Fenced if one of them is not this
        owner's any more or stands further already; then nothing is stored.
        """
        with _not_frozen(), self._database.transaction() as connection:
            self._advance(connection, owner, advances, now)
            connection.execute(QUERIES.with_records if records else QUERIES.with_readings)
            connection.execute(QUERIES.make_staging)
            changed = save_records(connection, records, now) if records else 0
            staged = stage_readings(connection, readings) if readings else Staged(0, ())
            sent()
            stored = save_readings(connection, staged, now) if readings else 0
            if changed:
                connection.execute(QUERIES.note_records)
            # Not only where something new stands: a statement that is outranked may be a conflict.
            marked = connection.execute(QUERIES.mark, {"now": now}).rowcount if readings or changed else 0
            if changed and any(one.kind in CALENDAR_KINDS for one in records):
                marked += connection.execute(QUERIES.mark_calendar, {"now": now}).rowcount
            if marked:
                connection.execute(QUERIES.wake_assess)
            if rejects:
                save_rejects(connection, rejects)
        return stored

    @contextmanager
    def unpublished(self, limit: int, now: datetime) -> Iterator[list[Rejected]]:
        """Rejects nobody else is publishing, oldest first; marked as published when the block ends without an error."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.unpublished, {"limit": limit}).fetchall()
            yield [Rejected.model_validate_json(row[3]) for row in rows]
            places = {
                "topics": [r[0] for r in rows],
                "partitions": [r[1] for r in rows],
                "offsets": [r[2] for r in rows],
            }
            if rows:
                connection.execute(QUERIES.mark_published, {**places, "now": now})

    def _advance(
        self, connection: Connection, owner: str, advances: Mapping[Partition, tuple[int, int, int]], now: datetime
    ) -> None:
        partitions = sorted(advances)
        epochs, firsts, afters = (list(column) for column in zip(*(advances[one] for one in partitions), strict=True))
        bound = {"group": self._group, "owner": owner, "epochs": epochs, "firsts": firsts, "afters": afters, "now": now}
        connection.execute(QUERIES.bound_transaction, {"frozen": self._frozen})
        if connection.execute(QUERIES.advance, bound | _partitions(partitions)).rowcount < len(partitions):
            raise Fenced(f"{owner} does not own all of {partitions} any more, or they stand further already")


@contextmanager
def _not_frozen() -> Iterator[None]:
    """A process frozen in mid-transaction finds that the server ended it: whoever owns the partitions stores them."""
    try:
        yield
    except IdleInTransactionSessionTimeout as error:
        raise Fenced("this process stood still in mid-transaction for too long") from error


class Staged(NamedTuple):
    """Readings in the staging table: how many, and the statements outranked by another of their own batch."""

    figures: int
    lower: Sequence[ReadingRow]


def stage_readings(connection: Connection, readings: Sequence[ReadingRow]) -> Staged:
    """Send the highest statement of each figure to the server, sorted by key: sorted rows are written fastest."""
    standing, lower = highest(readings)
    with connection.cursor() as cursor, cursor.copy(QUERIES.stage_readings) as copy:
        copy.set_types(_TYPES)
        for row in standing:
            copy.write_row(row)
    return Staged(len(standing), lower)


def save_readings(connection: Connection, staged: Staged, now: datetime) -> int:
    """Upsert readings by rank, keep what is outranked, note what changed; the number that now stand because of it."""
    fresh = _number(connection, QUERIES.insert_new, now)
    replaced = _contest(connection, now) if fresh < staged.figures else 0
    lower = [dict(zip(COLUMNS, row, strict=True)) | {"now": now} for row in staged.lower]
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES.keep_lower, lower)
    return fresh + replaced


def _contest(connection: Connection, now: datetime) -> int:
    """Staged statements against standing ones: the higher stands, the other is kept as superseded."""
    connection.execute(QUERIES.drop_equal)
    if not connection.execute(QUERIES.lock_contested).rowcount:
        return 0
    connection.execute(QUERIES.decide)
    connection.execute(QUERIES.keep_standing, {"now": now})
    connection.execute(QUERIES.keep_outranked, {"now": now})
    connection.execute(QUERIES.note_corrections)
    return connection.execute(QUERIES.replace, {"now": now}).rowcount


def save_records(connection: Connection, records: Sequence[Record], now: datetime) -> int:
    """Upsert registry records, note what changed; the number of records that are new or say something new."""
    newest: dict[tuple[str, date], Record] = {}
    for record in records:
        at = entry_name(record), record.valid_from
        if at not in newest or record.revision >= newest[at].revision:
            newest[at] = record
    connection.execute(QUERIES.stage_records, _record_columns(list(newest.values())))
    connection.execute(QUERIES.drop_known_records)
    connection.execute(QUERIES.note_left_regions)
    connection.execute(QUERIES.note_moved_regions)
    return connection.execute(QUERIES.save_records, {"now": now}).rowcount


def save_rejects(connection: Connection, rejects: Sequence[Rejected]) -> None:
    """Keep rejects, to be published."""
    rows = [
        {
            "topic": one.topic,
            "partition": one.partition,
            "offset": one.offset,
            "reason": one.reason.value,
            "body": Json(one, dumps=Rejected.model_dump_json),
            "rejected_at": one.rejected_at,
        }
        for one in rejects
    ]
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES.save_reject, rows)


def _record_columns(records: Sequence[Record]) -> dict[str, Any]:
    return {
        "subjects": [entry_name(record) for record in records],
        "kinds": [record.kind for record in records],
        "revisions": [record.revision for record in records],
        "names": [record.name for record in records],
        "regions": [counts_in(record) for record in records],
        "two_highs": [getattr(record, "two_high", record.kind == "two_high_project") for record in records],
        "valid_froms": [record.valid_from for record in records],
        "valid_tos": [record.valid_to for record in records],
        "bodies": [record.model_dump_json() for record in records],
    }


def _partitions(partitions: Sequence[Partition]) -> dict[str, Any]:
    return {"topics": [topic for topic, _ in partitions], "partitions": [number for _, number in partitions]}


def _number(connection: Connection, query: str, now: datetime) -> int:
    row = connection.execute(query, {"now": now}).fetchone()
    assert row is not None
    return int(row[0])
