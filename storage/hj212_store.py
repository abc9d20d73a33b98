"""The day store of the HJ 212 gateway: days, parts of messages, rejects, and the monthly reports made of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from planwatch.contract.hj212 import DayValue, Station, StationFile
from planwatch.contract.period import Period, local_day
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Report, parse_report
from planwatch.storage.database import Connection, Database
from planwatch.storage.ingest_store import save_rejects
from planwatch.storage.queries import load_queries

QUERIES = load_queries("hj212.sql")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A packet of a split message: what it is known by, and its bytes."""

    mn: str
    st: int
    cn: str
    pnum: int
    pno: int
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: days that changed something."""

    days: int


class DueMonth:
    """A month held while it is looked at: its days, and the last report made of it."""

    def __init__(self, connection: Connection, unit: str, month: Period, changed_at: datetime) -> None:
        self._connection = connection
        self.unit, self.month, self.changed_at = unit, month, changed_at

    def days(self, stations: Sequence[Station]) -> list[DayValue]:
        """The days its points stated."""
        bound = {"mns": [one.mn for one in stations], "sts": [one.st for one in stations]}
        span = {"first": self.month.start, "after": self.month.after}
        return [DayValue(*row) for row in self._connection.execute(QUERIES.days_of, bound | span)]

    def last_report(self) -> Report | None:
        """The newest report made of it."""
        row = self._connection.execute(QUERIES.last_report, self._key()).fetchone()
        return parse_report(row[0].encode()) if row else None

    def settle(self, report: Report | None, now: datetime, *, waits: bool) -> None:
        """Note that it was looked at, and the report that came of it (to be sent)."""
        self._connection.execute(QUERIES.looked_at, self._key() | {"now": now, "waits": waits})
        if not waits:
            self._connection.execute(QUERIES.mark_unit, self._key() | {"now": now})
        if report is not None:
            made = {"revision": report.revision, "report_id": report.report_id, "body": report.to_json().decode()}
            self._connection.execute(QUERIES.save_report, self._key() | made | {"now": now})

    def _key(self) -> dict[str, Any]:
        return {"unit": self.unit, "month": self.month.start}


class Hj212Store:
    """The gateway's side of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        unit: str,
        days: Sequence[DayValue],
        *,
        keep: Sequence[StoredPart],
        drop: Sequence[StoredPart],
        refused: Sequence[Callable[[int], Rejected]],
        now: datetime,
    ) -> Written:
        """One frame in one transaction; writing it again changes nothing but the number of its rejects.

        ``refused`` make a reject for the number it gets.
        """
        with self._database.transaction() as connection:
            for part in keep:
                connection.execute(QUERIES.keep_part, _columns(part))
            for part in drop:
                connection.execute(QUERIES.drop_part, _columns(part))
            changed = _save_days(connection, unit, days, now)
            save_rejects(connection, [make(_next_number(connection)) for make in refused])
        return Written(changed)

    def parts(self) -> list[tuple[bytes, datetime]]:
        """Parts that wait for the rest of their message: bytes and when they came, oldest first."""
        with self._database.transaction() as connection:
            return [(bytes(row[0]), row[1]) for row in connection.execute(QUERIES.parts)]

    def adopt(self, mapping: StationFile, now: datetime) -> int:
        """Take the mapping up; months that a changed, new or removed point touches are marked. How many points."""
        with self._database.transaction() as connection:
            stored = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(QUERIES.stations)}
            wanted: dict[tuple[str, int], Station] = {(one.mn, one.st): one for one in mapping.stations}
            # A frame being written is either seen here or sees the new mapping.
            for mn in sorted({mn for mn, _ in _different(stored, wanted)}):
                connection.execute(QUERIES.lock_point, {"mn": mn})
            changed = 0
            for (mn, st), (unit, body) in stored.items():
                one = wanted.get((mn, st))
                if one is None or _body(one) != body:
                    connection.execute(QUERIES.mark_months_of, {"mn": mn, "st": st, "unit": unit, "now": now})
                    changed += 1
                if one is None:
                    connection.execute(QUERIES.drop_station, {"mn": mn, "st": st})
            for (mn, st), one in wanted.items():
                if (mn, st) in stored and stored[mn, st][1] == _body(one):
                    continue
                key = {"mn": mn, "st": st, "unit": one.unit, "now": now}
                connection.execute(QUERIES.save_station, key | {"body": Jsonb(_body(one))})
                connection.execute(QUERIES.mark_months_of, key)
                changed += (mn, st) not in stored
        return changed

    @contextmanager
    def due(self, now: datetime, settle: timedelta) -> Iterator[DueMonth | None]:
        """A month that is over and has to be looked at, held for the block; None where there is none."""
        with self._database.transaction() as connection:
            bound = {"this_month": _this_month(now), "settled": now - settle}
            row = connection.execute(QUERIES.due_month, bound).fetchone()
            yield DueMonth(connection, row[0], Period.from_start(row[1], 1), row[2]) if row else None

    @contextmanager
    def unsent(self, limit: int, now: datetime) -> Iterator[list[Report]]:
        """Reports nobody has sent, marked as sent when the block ends without an error."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.unsent, {"limit": limit}).fetchall()
            yield [parse_report(row[1].encode()) for row in rows]
            connection.execute(QUERIES.mark_sent, {"ids": [row[0] for row in rows], "now": now})

    def spoken(self, points: Sequence[tuple[str, int, str]], since: date) -> set[tuple[str, int]]:
        """Of points, given with the factors they are to report (codes of 2017), those that stated any since a day."""
        bound = {
            "mns": [mn for mn, _, _ in points],
            "sts": [st for _, st, _ in points],
            "factors": [factor for _, _, factor in points],
        }
        with self._database.transaction() as connection:
            return {(row[0], row[1]) for row in connection.execute(QUERIES.spoken, bound | {"since": since})}

    def waiting(self, now: datetime) -> tuple[int, int]:
        """Months that are over and not reported yet, and reports not sent yet."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.waiting, {"this_month": _this_month(now)}).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)


def _different(
    stored: Mapping[tuple[str, int], tuple[str, dict[str, Any]]], wanted: Mapping[tuple[str, int], Station]
) -> set[tuple[str, int]]:
    """Points that are new, changed or gone."""
    same = {key for key, one in wanted.items() if key in stored and stored[key][1] == _body(one)}
    return (stored.keys() | wanted.keys()) - same


def _save_days(connection: Connection, unit: str, days: Sequence[DayValue], now: datetime) -> int:
    changed: set[tuple[str, int, date]] = set()
    for mn in sorted({one.mn for one in days}):
        connection.execute(QUERIES.lock_point, {"mn": mn})
    for one in days:
        bound = {name: getattr(one, name) for name in DayValue.__slots__}
        connection.execute(QUERIES.keep_outranked, bound)
        if connection.execute(QUERIES.save_day, bound).fetchone():
            changed.add((one.mn, one.st, one.day))
        else:
            connection.execute(QUERIES.keep_late, bound)
    for mn, st, month in sorted({(mn, st, day.replace(day=1)) for mn, st, day in changed}):
        bound = {"unit": unit, "month": month, "now": now}
        connection.execute(QUERIES.mark_month, bound)
        connection.execute(QUERIES.mark_month_elsewhere, bound | {"mn": mn, "st": st})
    return len({day for _, _, day in changed})


def _next_number(connection: Connection) -> int:
    row = connection.execute(QUERIES.next_reject).fetchone()
    assert row is not None
    return int(row[0])


def _columns(part: StoredPart) -> dict[str, Any]:
    return {name: getattr(part, name) for name in StoredPart.__slots__}


def _body(station: Station) -> dict[str, Any]:
    """What of a point decides its months; its password does not, and is not written down."""
    return station.model_dump(mode="json", exclude={"pw"})


def _this_month(now: datetime) -> date:
    return local_day(now).replace(day=1)
