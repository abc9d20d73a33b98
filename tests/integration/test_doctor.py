"""`planwatch doctor` where it is needed: before anything is set up, and with servers that are away."""

import psycopg
import pytest
from hj212_servers import free_port
from psycopg.conninfo import make_conninfo
from typer import Typer
from typer.testing import CliRunner

from planwatch.service.commands.doctor import doctor

pytestmark = pytest.mark.services


@pytest.fixture
def empty_dsn(stack):
    """A database without our schema."""
    dsn, name = stack["PLANWATCH_DATABASE__DSN"], "doctor_looks_here"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield make_conninfo(dsn, dbname=name)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def looked(dsn, servers):
    """What doctor prints; it must say that something is wrong, and not fall over it."""
    app = Typer()
    app.command()(doctor)
    environment = {
        "PLANWATCH_DATABASE__DSN": dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": servers,
        "COLUMNS": "300",
        "NO_COLOR": "1",
    }
    found = CliRunner().invoke(app, [], env=environment)
    assert found.exit_code == 1
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.stdout


def test_schema_that_is_missing_is_said_with_the_command_that_makes_it(empty_dsn, bootstrap_servers):
    said = looked(empty_dsn, bootstrap_servers)
    assert "✗ schema" in said
    assert "planwatch migrate" in said
    assert "not looked at: first mend schema" in said


def test_servers_that_are_away_are_each_said_once(database_dsn):
    said = looked(database_dsn, f"127.0.0.1:{free_port()}")
    assert "✓ registry" in said
    assert "✗ kafka" in said
    assert "ingest        not looked at: first mend kafka" in said
    said = looked(make_conninfo(database_dsn, port=free_port()), f"127.0.0.1:{free_port()}")
    assert "✗ database" in said
    assert "schema        not looked at: first mend database" in said
