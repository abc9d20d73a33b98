"""The parts of the local stack that need no servers: processes, ports, locks, what is remembered, the command line."""

import os
import signal
import sys
import threading
from pathlib import Path

import layout
import lock
import ports
import process
import pytest
import stack
import state
from report import StackError, table


def test_process_is_known_by_more_than_its_number():
    own = process.Identity.of(os.getpid())
    assert own is not None
    assert process.is_alive(own)
    assert not process.is_alive(process.Identity(own.pid, own.started + 1, own.boot))
    assert not process.is_alive(process.Identity(own.pid, own.started, "another boot"))


def test_server_outlives_no_signal_and_gets_no_variables_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("PLANWATCH_SECRET", "hidden")
    script = "import os, time; print(sorted(os.environ), os.getsid(0) == os.getpid(), flush=True); time.sleep(60)"
    log = tmp_path / "log"
    identity = process.start_detached(process.Command([sys.executable, "-c", script], tmp_path), log, None)
    assert process.wait_until(lambda: "\n" in log.read_text("utf-8"), 10)
    process.send(identity, signal.SIGKILL)
    assert process.wait_until(lambda: not process.is_alive(identity), 10)
    assert "PLANWATCH_SECRET" not in log.read_text("utf-8")
    assert "True" in log.read_text("utf-8")
    os.waitpid(identity.pid, 0)


def test_failing_command_shows_its_output(tmp_path):
    with pytest.raises(StackError, match=r"exit code 3:\nbecause"):
        process.execute(process.Command([sys.executable, "-c", "print('because'); exit(3)"], tmp_path), None, 30)


def test_log_end_is_shown(tmp_path):
    (tmp_path / "log").write_text("".join(f"line {number}\n" for number in range(100)), "utf-8")
    shown = process.last_lines(tmp_path / "log", 2)
    assert shown.splitlines()[1:] == ["  line 98", "  line 99"]


def test_free_port_avoids_what_is_taken():
    port = ports.free_port(())
    assert ports.LOWEST <= port < ports.HIGHEST
    with pytest.raises(StackError, match="No free port"):
        ports.free_port(range(ports.LOWEST, ports.HIGHEST))


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_wrong_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PLANWATCH_STACK_KAFKA_PORT", text)
    with pytest.raises(StackError, match="PLANWATCH_STACK_KAFKA_PORT"):
        ports.chosen_port("PLANWATCH_STACK_KAFKA_PORT")


def test_lock_keeps_two_apart(tmp_path):
    order: list[str] = []
    started = threading.Event()

    def second():
        started.set()
        with lock.only_one(tmp_path / "lock", "testing"):
            order.append("second")

    thread = threading.Thread(target=second)
    with lock.only_one(tmp_path / "lock", "testing"):
        thread.start()
        started.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def make_state(directory):
    own = process.Identity(12, 34, "boot")
    services = {"kafka": state.ServiceState({"main": 20_001, "controller": 20_002}, "/log", own)}
    return state.State("x", directory, {"planwatch": "p"}, services, "/alertmanager.yml", fast=True)


def test_state_is_remembered_and_private(tmp_path):
    remembered = make_state(tmp_path / "x")
    remembered.directory.mkdir()
    remembered.save()
    assert state.load(remembered.directory) == remembered
    assert remembered.file.stat().st_mode & 0o777 == 0o600
    assert state.reserved_ports(tmp_path) == {20_001, 20_002}


def test_damaged_state_says_what_to_do_and_stops_no_other_instance(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "stack.json").write_text("{", "utf-8")
    with pytest.raises(StackError, match="Delete the folder"):
        state.load(tmp_path / "x")
    assert state.reserved_ports(tmp_path) == set()


def test_closed_folder_cannot_be_entered_by_the_servers(tmp_path):
    stranger = layout.ServerUser(uid=os.getuid() + 54_321, gid=os.getgid() + 54_321, home=Path("/"))
    closed, opened = tmp_path / "closed", Path("/var/tmp")
    closed.mkdir(mode=0o700)
    assert not layout.may_enter(closed, stranger)
    assert layout.may_enter(opened, stranger)


def test_table_aligns_columns():
    assert table(("A", "B"), [("long", "x")]) == "A     B\nlong  x"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["start", "postgres"], "there are timescaledb, kafka, alertmanager, prometheus"),
        (["start", "--name", "../up"], "is not a name for an instance"),
        (["start", "--name", "software"], "is not a name for an instance"),
        (["env", "--name", "never"], "start --name never"),
        (["kill", "--name", "never", "kafka"], "There is no instance 'never' yet"),
    ],
)
def test_mistake_is_explained(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.setenv("PLANWATCH_STACK_DIR", str(tmp_path / "stack"))
    monkeypatch.setattr(layout, "server_user", lambda: None)
    assert stack.main(words) == 1
    assert message in capsys.readouterr().err
