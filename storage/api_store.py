"""What the HTTP endpoint asks of the registry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from planwatch.storage.database import Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("api.sql")


@dataclass(frozen=True, slots=True)
class RegisteredPlace:
    """All regions above a subject, nearest or not, and the unit a project belongs to."""

    regions: frozenset[str]
    unit: str | None


class PlaceStore:
    """Places in the registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def places(self, subjects: Collection[str], today: date) -> dict[str, RegisteredPlace]:
        """Where these subjects (unit:…, region:…, project:…) are registered by today; absent if they are not."""
        asked = {"subjects": sorted(subjects), "today": today}
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.places, asked).fetchall()
        return {subject: RegisteredPlace(frozenset(regions), unit) for subject, unit, regions in rows}
