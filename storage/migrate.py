"""Numbered SQL migrations: applied once each, in order, one transaction a file, under an advisory lock."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from planwatch.contract.errors import StorageError
from planwatch.storage.database import translated

_LOCK = 0x706C616E  # «plan», so that two starts at once do not race
_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Hash of its text: an applied file must never change."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this version, in order."""
    found = []
    for file in (files("planwatch.storage") / "migrations").iterdir():
        if name := _NAME.fullmatch(file.name):
            found.append(Migration(int(name["number"]), file.name, file.read_text("utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def migrate(dsn: str) -> list[str]:
    """Bring the schema up to this version; the names applied now. Raises StorageError with what to do."""
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.planwatch_migration (number int PRIMARY KEY, name text NOT NULL,"
            " sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done: dict[int, str] = dict(
            connection.execute("SELECT number, sha256 FROM public.planwatch_migration").fetchall()
        )
        _refuse_the_future(done)
        return [migration.name for migration in migrations() if _apply(connection, migration, done)]


def _apply(connection: psycopg.Connection[tuple[object, ...]], migration: Migration, done: dict[int, str]) -> bool:
    if migration.number in done:
        if done[migration.number] != migration.sha256:
            raise StorageError(f"{migration.name} was changed after it was applied; restore it and add a new migration")
        return False
    with connection.transaction():
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO public.planwatch_migration (number, name, sha256) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.sha256),
        )
    return True


def _refuse_the_future(done: dict[int, str]) -> None:
    newest = max(migration.number for migration in migrations())
    if done and max(done) > newest:
        raise StorageError(
            f"the database is at migration {max(done)}, newer than this planwatch ({newest}): upgrade it"
        )


def pending(dsn: str) -> list[str]:
    """The migrations not yet applied, without applying any."""
    with translated(), psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        exists = connection.execute("SELECT to_regclass('public.planwatch_migration')").fetchone()
        if exists is None or exists[0] is None:
            return [migration.name for migration in migrations()]
        done = {row[0] for row in connection.execute("SELECT number FROM public.planwatch_migration").fetchall()}
        return [migration.name for migration in migrations() if migration.number not in done]
