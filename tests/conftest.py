"""What all tests share: the real servers of the local stack, and a fresh database and fresh topics for each test.

Nothing is ever skipped: a test that needs servers has them started through deploy/local/stack.py, which names what is
missing on the machine and the command that installs it.
"""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).resolve().parents[1]
STACK = [sys.executable, str(ROOT / "deploy" / "local" / "stack.py")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, so that with several processes none of them is alone at the end."""
    items.sort(key=lambda item: "acceptance" not in item.path.parts)


def run_stack(*words: str) -> str:
    """Run the stack tool; its own words are the error."""
    done = subprocess.run([*STACK, *words], capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, f"stack.py {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def stack() -> Iterator[dict[str, str]]:
    """The settings of a running test stack: TimescaleDB and Kafka, shared by all tests of the session."""
    # A session of its own, so that two test runs on one machine do not meet.
    name = f"test-{os.getpid()}"
    run_stack("start", "--name", name, "--fast", "timescaledb", "kafka")
    try:
        yield json.loads(run_stack("env", "--name", name, "--json")) | {"STACK_NAME": name}
    finally:
        run_stack("remove", "--name", name)


@pytest.fixture(scope="session")
def template_database(stack: dict[str, str]) -> str:
    """The name of a migrated database that each test gets a copy of."""
    from planwatch.storage.migrate import migrate

    dsn = stack["PLANWATCH_DATABASE__DSN"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE planwatch_template")
    migrate(make_conninfo(dsn, dbname="planwatch_template"))
    return "planwatch_template"


@pytest.fixture
def database_dsn(stack: dict[str, str], template_database: str) -> Iterator[str]:
    """A fresh migrated database."""
    dsn = stack["PLANWATCH_DATABASE__DSN"]
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    yield make_conninfo(dsn, dbname=name)
    _drop(dsn, name)


def _drop(dsn: str, name: str) -> None:
    """Drop a database; a background process of the server that is just in it (autovacuum) cannot be sent away."""
    deadline = time.monotonic() + 30
    with psycopg.connect(dsn, autocommit=True) as connection:
        while True:
            try:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                if time.monotonic() > deadline:
                    raise
            else:
                return


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that makes the topics of a test its own."""
    return f"t{uuid.uuid4().hex[:10]}."


@pytest.fixture
def bootstrap_servers(stack: dict[str, str]) -> str:
    """The broker of the test stack."""
    return stack["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"]


def database_name(dsn: str) -> str:
    """The database a DSN names."""
    return str(conninfo_to_dict(dsn)["dbname"])
