"""What is stored of figures that somebody is about to state."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import psycopg

from planwatch.storage.database import Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("standing.sql")
Spot = tuple[str, str, date, int]
"""Of which figure: subject, indicator, first day, months."""


def answers(dsn: str, *, timeout_seconds: int = 2) -> bool:
    """Whether a database with our tables answers at once; a pool would go on trying."""
    try:
        with psycopg.connect(dsn, connect_timeout=timeout_seconds) as connection:
            connection.execute(QUERIES.ready)
    except psycopg.Error:
        return False
    return True


class StandingStore:
    """The database as whoever compares figures with it sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, spots: Collection[Spot]) -> dict[Spot, tuple[int, Decimal, str | None]]:
        """Of each figure that is stored: its revision, its amount in the canonical unit, and its mark."""
        asked = sorted(set(spots))
        with self._database.transaction() as connection:
            rows = connection.execute(
                QUERIES.standing,
                {
                    "subjects": [one[0] for one in asked],
                    "indicators": [one[1] for one in asked],
                    "starts": [one[2] for one in asked],
                    "months": [one[3] for one in asked],
                },
            )
            return {(row[0], row[1], row[2], row[3]): (row[4], row[5], row[6]) for row in rows}
