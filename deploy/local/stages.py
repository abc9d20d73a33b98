"""`make stack`: planwatch's own stages beside the local servers, started detached and told to Prometheus.

usage: stages.py start|stop|status [--name NAME]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from layout import stack_directory
from process import Command, Identity, is_alive, last_lines, send, start_detached, wait_until

HERE = Path(__file__).resolve().parent
PLANWATCH = Path(sys.executable).with_name("planwatch")
STAGES = ("ingest", "assess", "notify")
PATIENCE_SECONDS = 60.0


class Stages:
    """The stages of one instance of the local stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = stack_directory() / name
        self.note = self.folder / "stages.json"
        self.log = self.folder / "logs" / "planwatch.log"

    def start(self) -> None:
        """Migrate, start `planwatch run`, wait until all three are ready."""
        if is_alive(self.identity()):
            say(f"stages: already running, {self.addresses()}")
            return
        environment = {**os.environ, **self.settings()}
        port = free_ports(len(STAGES))
        environment["PLANWATCH_OBSERVE__PORT"] = str(port)
        migrated = subprocess.run([PLANWATCH, "migrate"], env=environment, check=False)
        if migrated.returncode:
            raise SystemExit(migrated.returncode)
        self.log.touch()
        identity = start_detached(Command([str(PLANWATCH), "run"], HERE.parents[1], environment), self.log, None)
        self.note.write_text(
            json.dumps({"pid": identity.pid, "started": identity.started, "boot": identity.boot, "port": port})
        )
        self.tell_prometheus(port)
        if not wait_until(lambda: self.ready() or not is_alive(identity), PATIENCE_SECONDS) or not is_alive(identity):
            raise SystemExit(f"the stages did not get ready:\n{last_lines(self.log)}")
        say(f"stages: ready, {self.addresses()}\nlog: {self.log}")

    def stop(self) -> None:
        """End them and wait."""
        identity = self.identity()
        if identity is None or not is_alive(identity):
            say("stages: not running")
            return
        send(identity, signal.SIGTERM)
        if not wait_until(lambda: not is_alive(identity), PATIENCE_SECONDS):
            raise SystemExit(f"the stages do not end; see {self.log}")
        self.note.unlink()
        say("stages: stopped")

    def status(self) -> None:
        """Say whether they run and are ready."""
        alive = is_alive(self.identity())
        say(f"stages: {'ready' if alive and self.ready() else 'running, not ready' if alive else 'not running'}")

    def identity(self) -> Identity | None:
        """Who was started last."""
        if not self.note.is_file():
            return None
        noted = json.loads(self.note.read_text())
        return Identity(noted["pid"], noted["started"], noted["boot"])

    def ports(self) -> dict[str, int]:
        """Where each stage shows its metrics."""
        first = json.loads(self.note.read_text())["port"]
        return {stage: first + i for i, stage in enumerate(STAGES)}

    def addresses(self) -> str:
        """The same for people."""
        return ", ".join(f"{stage} http://127.0.0.1:{port}/metrics" for stage, port in self.ports().items())

    def ready(self) -> bool:
        """Whether each says so itself."""
        return all(answers(f"http://127.0.0.1:{port}/readyz") for port in self.ports().values())

    def settings(self) -> dict[str, str]:
        """How to reach the servers."""
        words = [sys.executable, str(HERE / "stack.py"), "env", "--name", self.name, "--json"]
        found: dict[str, str] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        return found

    def tell_prometheus(self, port: int) -> None:
        """Name the stages as targets."""
        file = self.folder / "prometheus" / "targets.json"
        if file.parent.is_dir():
            targets = [
                {"targets": [f"127.0.0.1:{port + i}"], "labels": {"stage": stage}} for i, stage in enumerate(STAGES)
            ]
            file.write_text(json.dumps(targets))


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_ports(count: int) -> int:
    """The first of ``count`` free ports in a row, from 9464 on."""
    first = 9464
    while not all(is_free(first + i) for i in range(count)):
        first += count
    return first


def is_free(port: int) -> bool:
    """Whether nobody listens there on loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def say(text: str) -> None:
    """One line for people."""
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("start", "stop", "status"))
    parser.add_argument("--name", default="local")
    words = parser.parse_args()
    getattr(Stages(words.name), words.what)()


if __name__ == "__main__":
    main()
