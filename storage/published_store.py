"""Published barometers in the database: loaded whole, read as history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planwatch.contract.period import Period
from planwatch.contract.plan import Level
from planwatch.storage.database import Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("published.sql")


@dataclass(frozen=True, slots=True)
class Held:
    """One published level as it is held."""

    publication: str
    indicator: str
    yardstick: str
    region: str
    region_name: str
    level: Level
    period: Period
    document: str | None
    published_on: date | None
    complete: bool
    confidence: str
    source: str


class PublishedStore:
    """The database as whoever loads and reads published barometers sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
        """Hold these issues instead of what was held of them before, in one transaction."""
        publications = sorted({str(row["publication"]) for row in rows})
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.execute(QUERIES.drop, {"publications": publications})
            cursor.executemany(QUERIES.save, [{**row, "now": now} for row in rows])

    def levels(self) -> list[Held]:
        """Everything that is held, oldest issue first."""
        with self._database.transaction() as connection:
            return [_held(row) for row in connection.execute(QUERIES.levels)]


def _held(row: Sequence[Any]) -> Held:
    (publication, indicator, yardstick, region, name, severity, colour, label, start, months) = row[:10]
    level = Level(severity=severity, colour=colour, zh=label, en=label)
    document, published_on, complete, confidence, source = row[10:]
    period = Period.from_start(start, months)
    return Held(
        publication, indicator, yardstick, region, name, level, period, document, published_on, complete, confidence,
        source,
    )  # fmt: skip
