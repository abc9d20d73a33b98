"""What registers say: the entries that stand, those that hold on a day, and who reports without being registered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from planwatch.contract.period import Period
from planwatch.contract.records import Records
from planwatch.contract.registry import AnyRegistryRecord, CalendarRecord, parse_record
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("registry.sql")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a register on a day."""

    subject: str
    kind: str
    name: str
    region: str | None
    two_high: bool
    valid_from: date
    valid_to: date | None
    industry: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Somebody whose figures are stored without a register entry: how many, about which months, since when known."""

    subject: str
    figures: int
    reports: int
    first_start: date
    last_end: date
    first_known_at: datetime
    last_known_at: datetime


class RegistryStore:
    """The database as those see it who keep registers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, kinds: Collection[str]) -> dict[tuple[str, date], AnyRegistryRecord]:
        """The entries of some kinds that stand, by id and first day."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.standing, {"kinds": sorted(kinds)})
            records = [parse_record(row[0].encode()) for row in rows]
        return {(record.id, record.valid_from): record for record in records}

    def region_codes(self) -> frozenset[str]:
        """All region codes that were ever registered."""
        with self._database.transaction() as connection:
            return frozenset(row[0] for row in connection.execute(QUERIES.region_codes))

    def circles(self, at: date) -> list[list[str]]:
        """Regions that lie in themselves over others on a day: what is in them is in no sum above."""
        with self._database.transaction() as connection:
            return [row[0] for row in connection.execute(QUERIES.circles, {"at": at})]

    def entries(
        self, at: date, *, kind: str | None = None, region: str | None = None, ended: bool = False
    ) -> list[Listed]:
        """The entries that hold on a day; with ``ended`` also those that ended before."""
        bound = {"at": at, "kind": kind, "region": region, "ended": ended}
        with self._database.transaction() as connection:
            return [Listed(*row) for row in connection.execute(QUERIES.entries, bound)]

    def versions(self, subject: str) -> list[tuple[AnyRegistryRecord, datetime]]:
        """All entries of a subject, oldest first, with when each was known."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.versions, {"subject": subject}).fetchall()
        return [(parse_record(row[0].encode()), row[1]) for row in rows]

    def find(self, text: str) -> list[tuple[str, str]]:
        """Subjects whose id is, or whose name contains, a text."""
        with self._database.transaction() as connection:
            return [(row[0], row[1]) for row in connection.execute(QUERIES.find, {"text": text})]

    def unknown(self) -> list[Unregistered]:
        """Who reports without being registered (columns of board.unregistered)."""
        with self._database.transaction() as connection:
            return [Unregistered(*row) for row in connection.execute(QUERIES.unknown)]

    def records(self) -> Records:
        """The whole register of subjects."""
        with self._database.transaction() as connection:
            return Records.of(parse_record(row[0].encode()) for row in connection.execute(QUERIES.all_records))

    def first_received(
        self, subjects: Collection[str], indicators: Collection[str], year: int
    ) -> dict[tuple[str, str], dict[Period, date]]:
        """The day on which each figure of a year was first received, by subject and indicator."""
        bound = {
            "subjects": sorted(subjects),
            "indicators": sorted(indicators),
            "first": date(year, 1, 1),
            "last": date(year, 12, 31),
        }
        found: dict[tuple[str, str], dict[Period, date]] = {}
        with self._database.transaction() as connection:
            for subject, indicator, start, months, day in connection.execute(QUERIES.first_received, bound):
                found.setdefault((subject, indicator), {})[Period.from_start(start, months)] = day
        return found

    def calendar_records(self) -> list[CalendarRecord]:
        """All registered duties and working years."""
        with self._database.transaction() as connection:
            return calendar_records(connection)


def calendar_records(connection: Connection) -> list[CalendarRecord]:
    """All registered duties and working years, as a transaction sees them."""
    found = (parse_record(row[0].encode()) for row in connection.execute(QUERIES.calendar_records))
    return [one for one in found if isinstance(one, CalendarRecord)]
