"""What is said beside judgements: names, open findings and withdrawn figures, as they are now or were at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import dict_row

from planwatch.contract.period import Period
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("beside.sql")
Key = tuple[str, str, str]
"""Subject, target and yardstick of a judgement."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An open finding about a figure. ``indicator`` is «*» where it is about all that was stated for the period."""

    rule: str
    subject: str
    indicator: str
    period: Period
    outcome: str
    state: str
    message: str

    @property
    def holds(self) -> bool:
        """Whether it keeps its figure out of sums; otherwise the figure counts and is asked about."""
        return self.outcome in ("hold", "reject")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of subjects: their names, open findings about them, the figures they withdrew."""

    names: Mapping[str, str]
    doubts: tuple[Doubt, ...] = ()
    withdrawn: tuple[tuple[str, str, Period], ...] = ()


def beside_of(connection: Connection, subjects: Iterable[str], at: datetime | None) -> Beside:
    """What a transaction knows of subjects, now or at a time."""
    bound = {"subjects": sorted(set(subjects)), "at": at}
    names = {row[0]: row[1] for row in connection.execute(QUERIES.names, bound)}
    doubts = tuple(
        Doubt(row[0], row[1], row[2], Period.from_start(row[3], row[4]), *row[5:])
        for row in connection.execute(QUERIES.findings, bound)
    )
    withdrawn = tuple(
        (row[0], row[1], Period.from_start(row[2], row[3])) for row in connection.execute(QUERIES.withdrawn, bound)
    )
    return Beside(names, doubts, withdrawn)


class BesideStore:
    """The database as those who read judgements ask it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, subjects: Iterable[str], at: datetime | None) -> Beside:
        """What is known of subjects, now or at a time."""
        with self._database.transaction() as connection:
            return beside_of(connection, subjects, at)

    def queried(self, region: str | None, kind: str | None, at: datetime | None) -> dict[Key, int]:
        """How many figures each newest judgement rests on that have an open question; who has none is not in it."""
        query = QUERIES.queried if at is None else QUERIES.queried_as_of
        with self._database.transaction() as connection:
            rows = connection.execute(query, {"region": region, "kind": kind, "at": at})
            return {(row[0], row[1], row[2]): int(row[3]) for row in rows}

    def counts(self, at: datetime) -> dict[str, int | None]:
        """Figures, judgements, warnings, rejects and open duties to tell, at a time; what was not kept is None."""
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return dict(cursor.execute(QUERIES.counts, {"at": at}).fetchone() or {})
