"""What notify asks of the database: changes that are due, locked by warning; what became of them; what is active."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from planwatch.contract.notification import Delivery, DeliveryState, Notification
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick
from planwatch.contract.warning import Cause, Change, ChangeKind, EarlyWarning, EpisodeState, WarningKey
from planwatch.storage.database import Connection, Database, Listener, translated
from planwatch.storage.queries import load_queries

QUERIES = load_queries("notify.sql")
CHANNEL = "planwatch_outbox"
NOTIFICATION_SCHEMA = "planwatch.warning-change/1"


@dataclass(frozen=True, slots=True)
class Due:
    """A notification one receiver is to get: ``body`` is the JSON it was stored as."""

    receiver: str
    state: DeliveryState | None
    attempts: int
    created_at: datetime
    body: Mapping[str, Any]
    notification: Notification


class Claim:
    """Warnings nobody else works on, and what is due for them. Ends when its context does, or the connection breaks."""

    def __init__(self, connection: Connection, due: Sequence[Due], everybody: Sequence[str]) -> None:
        self._connection, self.due, self._everybody = connection, due, everybody

    def log(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """Write what became of deliveries, in a transaction of its own; changes nobody waits for any more are done.

        On the very connection that holds the locks: where they are lost, nothing more is written and nothing more sent.
        """
        settled = {
            "changes": [delivery.change_id for delivery in deliveries],
            "receivers": list(self._everybody),
            "now": now,
        }
        with translated(), self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.save_delivery, [_delivery_columns(delivery, now) for delivery in deliveries])
            cursor.execute(QUERIES.settle, settled)


@dataclass(frozen=True, slots=True)
class Page:
    """The newest told change of each warning of a page; ``last`` continues it, '' after the last page."""

    due: Sequence[Due]
    last: str


class NotifyStore:
    """The database as notify sees it. ``receivers`` are all that are configured: a change is done when all have it.

    Locks are of the session, so it has a connection of its own; it opens when it is first used and again after a loss.
    """

    def __init__(self, database: Database, receivers: Sequence[str]) -> None:
        self._database, self._receivers = database, list(receivers)
        self._session: Connection | None = None
        self._listener = Listener(database.dsn, CHANNEL)

    @contextmanager
    def claimed(self, receivers: Sequence[str], limit: int, now: datetime) -> Iterator[Claim]:
        """What is due for ``receivers``, of up to ``limit`` warnings, each locked against every other process."""
        bound = {"receivers": list(receivers), "limit": limit, "now": now}
        with self._locked() as connection:
            with translated():
                warnings = _first_column(connection, QUERIES.waiting_warnings, bound)
                warnings = _first_column(connection, QUERIES.lock_warnings, {"warnings": warnings, "limit": limit})
                rows = connection.execute(QUERIES.due, bound | {"warnings": warnings}).fetchall() if warnings else []
            yield Claim(connection, [_due_of_row(row) for row in rows], self._receivers)

    @contextmanager
    def active(self, receiver: str, after: str, limit: int) -> Iterator[Page]:
        """A page of active warnings the receiver was told of, locked so that none is ended under our hands."""
        with self._locked() as connection:
            with translated():
                page = _first_column(connection, QUERIES.active_warnings, {"after": after, "limit": limit})
                locked = _first_column(connection, QUERIES.lock_warnings, {"warnings": page, "limit": limit})
                bound = {"receiver": receiver, "warnings": locked}
                rows = connection.execute(QUERIES.newest_changes, bound).fetchall() if locked else []
            yield Page([_due_of_row(row) for row in rows], page[-1] if len(page) == limit else "")

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """The session; all its locks are let go at the end, by closing it if anything went wrong."""
        try:
            connection = self._connected()
            yield connection
            with translated():
                connection.execute(QUERIES.unlock_all)
        except BaseException:
            self.close()
            raise

    def _connected(self) -> Connection:
        if self._session is None or self._session.closed:
            with translated():
                self._session = psycopg.connect(
                    self._database.dsn,
                    autocommit=True,
                    connect_timeout=5,
                    application_name="planwatch-notify-locks",
                    options="-c search_path=planwatch,public",
                    # A server that lost us must let our locks go soon.
                    keepalives_idle=15,
                    keepalives_interval=5,
                    keepalives_count=3,
                )
        return self._session

    def settle(self, now: datetime) -> None:
        """Finish changes that wait for no configured receiver any more (one may have left the settings)."""
        with self._database.transaction() as connection:
            connection.execute(QUERIES.settle, {"changes": None, "receivers": self._receivers, "now": now})

    def backlog(self, now: datetime) -> tuple[int, float, dict[int, int]]:
        """Changes that wait, age of the oldest in seconds, and active warnings by severity."""
        with self._database.transaction() as connection:
            waiting, oldest = connection.execute(QUERIES.backlog, {"now": now}).fetchone() or (0, 0.0)
            return waiting, oldest, dict(connection.execute(QUERIES.count_active).fetchall())

    def wait(self, timeout_seconds: float) -> bool:
        """Whether new changes were announced before the time ran out."""
        return self._listener.wait(timeout_seconds)

    def close(self) -> None:
        """Let the session go, with all its locks."""
        self._listener.close()
        if self._session is not None:
            self._session.close()
            self._session = None


class WarningStore:
    """Warnings as readers see them: rows of the documented views."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def warnings(self, *, everything: bool = False, region: str | None = None) -> list[dict[str, Any]]:
        """Active warnings, or all there ever were; of a region and what is registered directly in it."""
        return self._rows(QUERIES.warnings, {"everything": everything, "region": region})

    def find(self, warning_id: str) -> list[dict[str, Any]]:
        """The warnings whose id begins so, at most two."""
        return self._rows(QUERIES.warning, {"warning_id": warning_id})

    def changes(self, warning_id: str) -> list[dict[str, Any]]:
        """All changes of a warning with what was said of them, in order."""
        return self._rows(QUERIES.changes_of, {"warning_id": warning_id})

    def deliveries(self, warning_id: str) -> list[dict[str, Any]]:
        """What became of each change of a warning for each receiver."""
        return self._rows(QUERIES.deliveries_of, {"warning_id": warning_id})

    def _rows(self, query: str, bound: Mapping[str, Any]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, bound).fetchall()


def notification_to_json(change: Change, warning: EarlyWarning, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A notification as it is kept, posted to webhooks and published."""
    return {
        "schema": NOTIFICATION_SCHEMA,
        "change": {
            "id": change.id,
            "warning_id": change.warning_id,
            "number": change.number,
            **_key_to_json(change.key),
            "kind": change.kind.value,
            "period": _period_to_json(change.period),
            "before": change.before.model_dump() if change.before else None,
            "after": change.after.model_dump() if change.after else None,
            "cause": change.cause.value,
            "corrected": change.corrected,
            "at": change.at.isoformat(),
        },
        "warning": {
            "id": warning.id,
            **_key_to_json(warning.key),
            "state": warning.state.value,
            "first": _period_to_json(warning.first),
            "last": _period_to_json(warning.last),
            "level": warning.level.model_dump(),
            "peak": warning.peak,
            "changes": warning.changes,
            "cleared_at": _period_to_json(warning.cleared_at) if warning.cleared_at else None,
        },
        "facts": dict(facts),
    }


def notification_from_json(body: Mapping[str, Any]) -> Notification:
    """The inverse of notification_to_json."""
    change, warning = body["change"], body["warning"]
    return Notification(
        Change(
            change["warning_id"],
            change["number"],
            _key_from_json(change),
            ChangeKind(change["kind"]),
            _period_from_json(change["period"]),
            Level(**change["before"]) if change["before"] else None,
            Level(**change["after"]) if change["after"] else None,
            Cause(change["cause"]),
            change["corrected"],
            datetime.fromisoformat(change["at"]),
        ),
        EarlyWarning(
            warning["id"],
            _key_from_json(warning),
            EpisodeState(warning["state"]),
            _period_from_json(warning["first"]),
            _period_from_json(warning["last"]),
            Level(**warning["level"]),
            warning["peak"],
            warning["changes"],
            _period_from_json(warning["cleared_at"]) if warning["cleared_at"] else None,
        ),
        dict(body["facts"]),
    )


def _key_to_json(key: WarningKey) -> dict[str, str]:
    return {"plan": key.plan, "target": key.target, "subject": key.subject, "yardstick": key.yardstick.value}


def _key_from_json(entry: Mapping[str, Any]) -> WarningKey:
    return WarningKey(entry["plan"], entry["target"], entry["subject"], Yardstick(entry["yardstick"]))


def _period_to_json(period: Period) -> dict[str, Any]:
    return {"label": period.label, "year": period.year, "first": period.first, "last": period.last}


def _period_from_json(entry: Mapping[str, Any]) -> Period:
    return Period(entry["year"], entry["first"], entry["last"])


def _first_column(connection: Connection, query: str, bound: Mapping[str, Any]) -> list[str]:
    return [row[0] for row in connection.execute(query, bound)]


def _due_of_row(row: Sequence[Any]) -> Due:
    receiver, state, attempts, created_at, body = row
    return Due(
        receiver, DeliveryState(state) if state else None, attempts, created_at, body, notification_from_json(body)
    )


def _delivery_columns(delivery: Delivery, now: datetime) -> dict[str, Any]:
    return {
        "change_id": delivery.change_id,
        "receiver": delivery.receiver,
        "state": delivery.state.value,
        "reason": delivery.reason.value,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "delivered_at": now if delivery.state is DeliveryState.DELIVERED else None,
        "error": delivery.error,
    }
