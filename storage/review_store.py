"""What people ask on the command line: the barometer, one judgement in full, how much waits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row

from planwatch.contract.assessment import Assessment
from planwatch.contract.period import Period
from planwatch.contract.plan import Yardstick
from planwatch.storage.assess_store import Work
from planwatch.storage.database import Database
from planwatch.storage.queries import load_queries
from planwatch.storage.rows import WHOLE, assessment_of_row

QUERIES = load_queries("review.sql")


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with its number, cause and time, and what was behind the cause."""

    assessment: Assessment
    judgement: int
    cause: str
    judged_at: datetime
    caused_by: str = ""


class ReviewStore:
    """The database as readers see it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def looking(self, today: date) -> Iterator[Work]:
        """One READ ONLY transaction with what judging asks of the database: nothing can be written in it."""
        with self._database.transaction() as connection:
            connection.execute(QUERIES.read_only)
            yield Work(connection, (), today)

    def barometer(
        self, region: str | None = None, kind: str | None = None, *, at: datetime | None = None
    ) -> list[dict[str, Any]]:
        """The newest level of every target, subject and yardstick (columns of board.barometer), as known at a time."""
        query = QUERIES.barometer if at is None else QUERIES.barometer_as_of
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, {"region": region, "kind": kind, "at": at}).fetchall()

    def backlog(self) -> dict[str, Any]:
        """How much waits at each stage."""
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES.backlog).fetchone() or {}

    def counts(self) -> tuple[int, ...]:
        """Readings, superseded readings, standing assessments, active warnings, rejects."""
        with self._database.transaction() as connection:
            return tuple(connection.execute(QUERIES.counts).fetchone() or ())

    def assessments(
        self,
        subject: str,
        target: str,
        *,
        yardstick: str | None = None,
        period: Period | None = None,
        at: datetime | None = None,
    ) -> list[Judged]:
        """Judgements of a target for a subject that stand now, or stood at a time, newest period first."""
        start: date | None = period.start if period else None
        bound = {
            "subject": subject,
            "target": target,
            "yardstick": yardstick,
            "period_start": start,
            "months": period.months if period else None,
            "at": at,
        }
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.assessments_of, bound).fetchall()
        return [Judged(assessment_of_row(row), *row[WHOLE:]) for row in rows]

    def known(self, plan: str, year: int, yardsticks: Sequence[Yardstick], at: datetime) -> list[Judged]:
        """The judgements of a plan about the end of a year that stood at a time, by subject, target and yardstick."""
        bound = {"plan": plan, "year": year, "yardsticks": [one.value for one in yardsticks], "at": at}
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.known, bound).fetchall()
        return [Judged(assessment_of_row(row), *row[WHOLE:]) for row in rows]

    def changes(self, subject: str, target: str | None, at: datetime | None) -> list[dict[str, Any]]:
        """Changes of warnings of a subject until a time, oldest first."""
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES.changes_of, {"subject": subject, "target": target, "at": at}).fetchall()

    def find_subjects(self, text: str) -> list[tuple[str, str]]:
        """Registered subjects whose id or name contains a text: (subject, name)."""
        with self._database.transaction() as connection:
            return [(row[0], row[1]) for row in connection.execute(QUERIES.find_subjects, {"text": text})]

    def judged_targets(self, subject: str) -> list[str]:
        """Targets that were ever judged for a subject."""
        with self._database.transaction() as connection:
            return [row[0] for row in connection.execute(QUERIES.judged_targets, {"subject": subject})]

    def positions(self, group: str) -> dict[tuple[str, int], int]:
        """How far a consumer group has stored: (topic, partition) to the next offset."""
        with self._database.transaction() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(QUERIES.positions, {"group": group})}

    def stored_at(self, group: str) -> datetime | None:
        """When ingest last stored anything; None if it never did."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.stored_at, {"group": group}).fetchone()
        return row[0] if row else None

    def reporters(self, region: str | None = None, *, registered: bool = False) -> list[str]:
        """Everybody with figures, and the regions above them; with a region, that one and all below it.

        ``registered``: also those who are registered and have no figures.
        """
        bound = {"region": region, "registered": registered}
        with self._database.transaction() as connection:
            return [row[0] for row in connection.execute(QUERIES.reporters, bound)]
