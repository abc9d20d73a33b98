"""The local stack itself: its command line starts, kills, repairs and stops real servers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.services

STACK = Path(__file__).resolve().parents[2] / "deploy" / "local" / "stack.py"


def stack_command(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(STACK), *words], env={**os.environ, **variables}, capture_output=True, text=True,
        check=False, timeout=280,
    )  # fmt: skip


def succeed(*words: str, **variables: str) -> str:
    done = stack_command(*words, **variables)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def status(name: str, **variables: str) -> dict:
    return json.loads(succeed("status", "--name", name, "--json", **variables))


def settings(name: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in succeed("env", "--name", name).splitlines())


@pytest.fixture
def name() -> Iterator[str]:
    """An instance of its own, gone afterwards."""
    name = f"test-stack-{uuid.uuid4().hex[:8]}"
    yield name
    succeed("remove", "--name", name)


@pytest.fixture
def other_place() -> Iterator[dict[str, str]]:
    """Another stack folder, which the servers' user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="planwatch-stack-"))
    folder.chmod(0o755)
    variables = {"PLANWATCH_STACK_DIR": str(folder)}
    yield variables
    succeed("remove", "--name", "test-repair", **variables)
    shutil.rmtree(folder)


def process_fields(pid: int) -> list[str]:
    """State, parent and so on; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_gone(pid: int) -> bool:
    """Ended, or a zombie that only its parent has not yet noticed."""
    return not process_fields(pid) or process_fields(pid)[0] == "Z"


def children_of(*parents: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if process_fields(pid)[1:2] in [[str(parent)] for parent in parents]]


def test_second_start_changes_nothing_and_stop_leaves_no_process(name):
    succeed("start", "--name", name, "--fast", "alertmanager", "timescaledb")
    first = status(name)["services"]
    pids = [first[service]["pid"] for service in ("alertmanager", "timescaledb")]
    children = children_of(*pids)
    succeed("start", "--name", name, "--fast", "alertmanager", "timescaledb")
    assert status(name)["services"] == first
    assert first["kafka"]["state"] == "never started"
    succeed("stop", "--name", name)
    assert children
    assert all(map(is_gone, [*pids, *children]))
    stopped = status(name)["services"]
    assert {stopped[service]["state"] for service in ("alertmanager", "timescaledb")} == {"stopped"}


def test_killed_database_starts_again_with_port_and_data(name):
    succeed("start", "--name", name, "timescaledb")
    before = status(name)["services"]["timescaledb"]
    children = children_of(before["pid"])
    dsn = settings(name)["PLANWATCH_DATABASE__DSN"]
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    succeed("kill", "--name", name, "timescaledb")
    assert children
    assert all(map(is_gone, [before["pid"], *children]))
    succeed("start", "--name", name, "timescaledb")
    after = status(name)["services"]["timescaledb"]
    assert after["port"] == before["port"]
    assert after["pid"] != before["pid"]
    assert settings(name)["PLANWATCH_DATABASE__DSN"] == dsn
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(7,)]


def test_database_that_died_by_itself_is_seen_and_started_again(name):
    succeed("start", "--name", name, "--fast", "timescaledb")
    before = status(name)["services"]["timescaledb"]
    os.kill(before["pid"], signal.SIGKILL)
    while not is_gone(before["pid"]):
        time.sleep(0.01)
    assert status(name)["services"]["timescaledb"]["state"] == "died"
    succeed("start", "--name", name, "--fast", "timescaledb")
    after = status(name)["services"]["timescaledb"]
    assert (after["state"], after["port"]) == ("running", before["port"])


def test_database_role_may_make_databases_that_have_the_extension(name):
    succeed("start", "--name", name, "--fast", "timescaledb")
    dsn = settings(name)["PLANWATCH_DATABASE__DSN"]
    extension = "SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'"
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(extension).fetchone() == (1,)
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        connection.execute("CREATE DATABASE fresh")
        connection.execute("CREATE ROLE reader")
    with psycopg.connect(dsn.removesuffix("planwatch") + "fresh", autocommit=True) as connection:
        assert connection.execute(extension).fetchone() == (1,)
        connection.execute("CREATE TABLE reading (at timestamptz NOT NULL, value numeric)")
        connection.execute("SELECT create_hypertable('reading', by_range('at'))")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE copied TEMPLATE fresh")
    with psycopg.connect(settings(name)["PLANWATCH_STACK_ADMIN_DSN"]) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,)


def test_settings_are_private_and_complete_and_tools_work(name):
    succeed("start", "--name", name, "--fast")
    described = status(name)
    file = Path(described["directory"]) / "env"
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(settings(name)) == {
        "PLANWATCH_DATABASE__DSN", "PLANWATCH_STACK_ADMIN_DSN", "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS",
        "PLANWATCH_NOTIFY__ALERTMANAGER_URL", "PLANWATCH_PROMETHEUS_URL",
    }  # fmt: skip
    assert file.read_text("utf-8").strip() == succeed("env", "--name", name).strip()
    assert json.loads(succeed("env", "--name", name, "--json")) == settings(name)
    for tool in ("promtool", "amtool", "psql"):
        assert subprocess.run([described["tools"][tool], "--version"], capture_output=True, check=False).returncode == 0


# kafka-python reads its schemas through a deprecated function of the standard library.
@pytest.mark.filterwarnings("ignore:.*is deprecated. Use files:DeprecationWarning")
def test_killed_broker_starts_again_with_its_topics(name):
    from kafka.admin import KafkaAdminClient

    succeed("start", "--name", name, "kafka")
    servers = settings(name)["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"]
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics({"kept": {"num_partitions": 3, "replication_factor": 1}})
    admin.close()
    succeed("kill", "--name", name, "kafka")
    succeed("start", "--name", name, "kafka")
    assert settings(name)["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"] == servers
    admin = KafkaAdminClient(bootstrap_servers=servers)
    assert "kept" in admin.list_topics()
    admin.close()


def test_given_alertmanager_configuration_is_checked_and_used(name, tmp_path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("route: {receiver: nobody-there}\nreceivers: []\n", "utf-8")
    refused = stack_command("start", "--name", name, "--alertmanager-config", str(wrong), "alertmanager")
    assert refused.returncode == 1
    assert "nobody-there" in refused.stderr
    right = STACK.parents[1] / "alertmanager" / "alertmanager.yml"
    succeed("start", "--name", name, "--alertmanager-config", str(right), "alertmanager")
    amtool = status(name)["tools"]["amtool"]
    url = settings(name)["PLANWATCH_NOTIFY__ALERTMANAGER_URL"]
    words = [amtool, "config", "show", f"--alertmanager.url={url}"]
    assert "duty-desk" in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_port_in_use_is_named_with_the_way_out(name):
    succeed("start", "--name", name, "alertmanager")
    port = str(status(name)["services"]["alertmanager"]["port"])
    other = f"{name}-b"
    try:
        refused = stack_command("start", "--name", other, "prometheus", PLANWATCH_STACK_PROMETHEUS_PORT=port)
        assert refused.returncode == 1
        assert f"Port {port} of prometheus is in use" in refused.stderr
        assert "PLANWATCH_STACK_PROMETHEUS_PORT" in refused.stderr
    finally:
        succeed("remove", "--name", other)


def test_half_made_software_is_repaired(other_place):
    succeed("start", "--name", "test-repair", "alertmanager", **other_place)
    succeed("stop", "--name", "test-repair", **other_place)
    software = Path(other_place["PLANWATCH_STACK_DIR"]) / "software"
    (software / "alertmanager" / "usr" / "bin" / "prometheus-alertmanager").write_bytes(b"half")
    (software / "alertmanager.partial").mkdir()
    succeed("start", "--name", "test-repair", "alertmanager", **other_place)
    assert status("test-repair", **other_place)["services"]["alertmanager"]["state"] == "running"
    assert not list(software.glob("*.partial*"))


def test_missing_programs_are_named_all_at_once(other_place):
    refused = stack_command("install", PATH="", JAVA_HOME="", **other_place)
    assert refused.returncode == 1
    for missing in ("apt-get", "dpkg-deb", "mvn", "Java"):
        assert missing in refused.stderr
    assert "apt-get install -y apt default-jre-headless dpkg maven" in refused.stderr
    assert not list((Path(other_place["PLANWATCH_STACK_DIR"]) / "software").iterdir())
