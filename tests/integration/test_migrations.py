"""Migrations on a real server: once each, in order, whole or not at all, and never changed afterwards."""

import threading

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from planwatch.contract.errors import StorageError, StorageUnavailable
from planwatch.storage.migrate import migrate, migrations, pending


@pytest.fixture
def empty_dsn(stack, topic_prefix):
    """A database without our schema."""
    dsn, name = stack["PLANWATCH_DATABASE__DSN"], f"m_{topic_prefix[:-1]}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield make_conninfo(dsn, dbname=name)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def ask(dsn, sql):
    with psycopg.connect(dsn) as connection:
        return connection.execute(sql).fetchall()


def test_all_are_applied_once_in_order(empty_dsn):
    names = [migration.name for migration in migrations()]
    assert names == sorted(names)
    assert pending(empty_dsn) == names
    assert migrate(empty_dsn) == names
    assert migrate(empty_dsn) == []
    assert pending(empty_dsn) == []


def test_figures_and_judgements_are_hypertables(empty_dsn):
    migrate(empty_dsn)
    found = ask(empty_dsn, "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1")
    assert found == [("assessment",), ("reading",), ("reading_superseded",)]


def test_two_starts_at_once_apply_each_once(empty_dsn):
    applied, errors = [], []

    def start():
        try:
            applied.extend(migrate(empty_dsn))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(applied) == [migration.name for migration in migrations()]


def test_changed_file_is_refused_by_name(empty_dsn):
    migrate(empty_dsn)
    with psycopg.connect(empty_dsn) as connection:
        connection.execute("UPDATE public.planwatch_migration SET sha256 = 'other' WHERE number = 1")
    with pytest.raises(StorageError, match="was changed after"):
        migrate(empty_dsn)


def test_database_of_a_newer_version_is_refused(empty_dsn):
    migrate(empty_dsn)
    with psycopg.connect(empty_dsn) as connection:
        connection.execute("INSERT INTO public.planwatch_migration (number, name, sha256) VALUES (9999, 'future', '')")
    with pytest.raises(StorageError, match="upgrade"):
        migrate(empty_dsn)


def test_failing_migration_leaves_nothing_behind(empty_dsn):
    with psycopg.connect(empty_dsn) as connection:
        connection.execute("CREATE SCHEMA board")
        connection.execute("CREATE TABLE board.barometer ()")
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(empty_dsn)
    assert ask(empty_dsn, "SELECT count(*) FROM public.planwatch_migration") == [(2,)]
    assert ask(empty_dsn, "SELECT to_regclass('board.subject')") == [(None,)], "0003 is rolled back whole"


def test_no_server_is_said_so():
    with pytest.raises(StorageUnavailable):
        migrate("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
