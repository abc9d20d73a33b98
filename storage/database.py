"""The connection pool and the one door through which database errors leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from planwatch.contract.errors import StorageRefused, StorageUnavailable

UNAVAILABLE_CLASSES = frozenset({"08", "40", "53", "57", "58", "55"})
"""SQLSTATE classes of a database that cannot serve now: connection, rollback, resources, operator, system, in use."""
REFUSED_CLASSES = frozenset({"22", "23"})
"""SQLSTATE classes of content that the database refuses: data exception, integrity violation."""

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def translated() -> Iterator[None]:
    """Tell errors apart by SQLSTATE: sick database, refused content, or a fault of ours (re-raised as it is)."""
    try:
        yield
    except PoolTimeout as error:
        raise StorageUnavailable(f"no database connection became free in time: {error}") from error
    except psycopg.Error as error:
        kind = (error.sqlstate or "")[:2]
        # psycopg itself refuses what it cannot send, such as a NUL in a text; such an error has no SQLSTATE.
        if kind in REFUSED_CLASSES or (not kind and isinstance(error, psycopg.DataError)):
            raise StorageRefused(f"{error.sqlstate or 'content'}: {_first_line(error)}") from error
        if kind in UNAVAILABLE_CLASSES or (not kind and isinstance(error, psycopg.OperationalError)):
            raise StorageUnavailable(f"{error.sqlstate or 'connection'}: {_first_line(error)}") from error
        raise


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


class Database:
    """A pool of connections to one database. Opening it does not wait for the server; the first use does."""

    def __init__(self, dsn: str, *, max_size: int = 4, timeout_seconds: float = 5.0, name: str = "planwatch") -> None:
        self._pool = ConnectionPool(
            dsn,
            min_size=1,
            max_size=max_size,
            timeout=timeout_seconds,
            open=False,
            kwargs={"application_name": name, "connect_timeout": 5, "options": "-c search_path=planwatch,public"},
            check=ConnectionPool.check_connection,
            # The pool itself must not give up while the database is away: stages retry for as long as it takes.
            reconnect_timeout=30.0,
        )
        self.dsn = dsn

    def __enter__(self) -> Self:
        self._pool.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection for several transactions in a row, each opened by the caller. Errors are translated."""
        with translated(), self._pool.connection() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises. Errors are translated."""
        with self.session() as connection, connection.transaction():
            yield connection


class Listener:
    """Waits for NOTIFY on one channel, on a connection of its own; falls back to the time-out when it is cut off."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn, self._channel = dsn, channel
        self._connection: Connection | None = None

    def wait(self, timeout_seconds: float) -> bool:
        """Whether somebody notified before the time ran out; raises StorageUnavailable when the server is away."""
        with translated():
            try:
                connection = self._connected()
                for _ in connection.notifies(timeout=timeout_seconds, stop_after=1):
                    return True
            except psycopg.Error:
                self.close()
                raise
        return False

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
            self._connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(self._channel)))
        return self._connection

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
