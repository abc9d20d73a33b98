"""`make stack`: planwatch itself beside the local servers, its programs started detached and told to Prometheus.

usage: stages.py start|stop|status [--name NAME]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from layout import REPOSITORY, stack_directory
from lock import only_one
from ports import is_free
from process import Command, Identity, is_alive, last_lines, send, start_detached, wait_until
from programs import PLANWATCH, PROGRAMS, Place, Program, place_for, prepared_files, targets

HERE = Path(__file__).resolve().parent
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Started:
    """A program as it was started last."""

    identity: Identity
    place: Place

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return is_alive(self.identity)

    def is_ready(self) -> bool:
        """Whether it runs and each of its stages says so."""
        return self.is_alive and all(
            answers(f"http://127.0.0.1:{port}/readyz") for port in self.place.observed.values()
        )


class Stages:
    """The programs of one instance of the local stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = stack_directory() / name
        self.note = self.folder / "stages.json"
        self.started = self.noted()

    def start(self) -> None:
        """Migrate, start what does not run, wait until all are ready."""
        settings = self.settings()
        with only_one(self.folder / "stages.lock", "starting or stopping planwatch"):
            self.started = self.noted()
            waiting = [one for one in PROGRAMS if not self.runs(one)]
            if waiting:
                self.bring_up(waiting, settings)
        for program in PROGRAMS:
            found = "ready" if program in waiting else "already running"
            say(f"{program.command}: {found}, {self.addresses(program)}")
        say(f"files: {self.folder / 'entrances'} (tokens.toml, hj212-stations.yaml; the local token is in token)")
        say(f"logs: {self.folder / 'logs'}/planwatch-*.log")

    def bring_up(self, waiting: list[Program], settings: dict[str, str]) -> None:
        """Start programs and wait for them; SystemExit with the end of the log of one that does not get ready."""
        environment = {**prepared_files(self.folder / "entrances"), **os.environ, **settings}
        migrated = subprocess.run([PLANWATCH, "migrate"], env=environment, check=False)
        if migrated.returncode:
            raise SystemExit(migrated.returncode)
        for program in waiting:
            self.launch(program, environment)
        self.tell_prometheus()
        for program in waiting:
            self.await_ready(program)

    def launch(self, program: Program, environment: dict[str, str]) -> None:
        """Start one on free ports and write down who it is."""
        taken = {port for one in self.started.values() if one.is_alive for port in one.place.all}
        place = place_for(program, int(environment.get(program.listens) or program.port), taken, is_free)
        ports = {"PLANWATCH_OBSERVE__PORT": str(next(iter(place.observed.values())))}
        ports |= {program.listens: str(place.own)} if program.listens else {}
        self.log(program).touch()
        command = Command([str(PLANWATCH), program.command], REPOSITORY, environment | ports)
        self.started[program.command] = Started(start_detached(command, self.log(program), None), place)
        self.write_down()

    def await_ready(self, program: Program) -> None:
        """Wait until it is ready or gone."""
        started = self.started[program.command]
        wait_until(lambda: started.is_ready() or not started.is_alive, PATIENCE_SECONDS)
        if not started.is_ready():
            raise SystemExit(f"{program.command} did not get ready:\n{last_lines(self.log(program))}")

    def stop(self) -> None:
        """End them and wait."""
        if not self.folder.is_dir():
            raise SystemExit(f"there is no instance {self.name!r}")
        with only_one(self.folder / "stages.lock", "starting or stopping planwatch"):
            self.started = self.noted()
            running = [one for one in PROGRAMS if self.runs(one)]
            for program in running:
                send(self.started[program.command].identity, signal.SIGTERM)
            for program in PROGRAMS:
                if program in running:
                    self.await_end(program)
                say(f"{program.command}: {'stopped' if program in running else 'not running'}")
            self.started = {}
            self.write_down()
            self.tell_prometheus()

    def await_end(self, program: Program) -> None:
        """Wait for the end of one that was asked to."""
        started = self.started[program.command]
        if not wait_until(lambda: not started.is_alive, PATIENCE_SECONDS):
            raise SystemExit(f"{program.command} does not end; see {self.log(program)}")

    def status(self) -> None:
        """Say of each whether it runs and is ready."""
        for program in PROGRAMS:
            if not self.runs(program):
                say(f"{program.command}: not running")
            else:
                ready = "ready" if self.started[program.command].is_ready() else "running, not ready"
                say(f"{program.command}: {ready}, {self.addresses(program)}")

    def runs(self, program: Program) -> bool:
        """Whether the one started last still runs."""
        return program.command in self.started and self.started[program.command].is_alive

    def addresses(self, program: Program) -> str:
        """Where it is found, for people."""
        place = self.started[program.command].place
        own = [f"{program.scheme}://127.0.0.1:{place.own}"] if program.listens else []
        return ", ".join(
            [*own, *(f"{stage} http://127.0.0.1:{port}/metrics" for stage, port in place.observed.items())]
        )

    def log(self, program: Program) -> Path:
        """Its log."""
        return self.folder / "logs" / f"planwatch-{program.command}.log"

    def noted(self) -> dict[str, Started]:
        """What was started last, by command."""
        if not self.note.is_file():
            return {}
        noted = json.loads(self.note.read_text("utf-8"))
        return {
            command: Started(Identity(**entry["identity"]), Place(**entry["place"])) for command, entry in noted.items()
        }

    def write_down(self) -> None:
        """Note who was started, for the next command."""
        self.note.write_text(json.dumps({name: asdict(one) for name, one in self.started.items()}, indent=2), "utf-8")

    def settings(self) -> dict[str, str]:
        """How to reach the servers."""
        words = [sys.executable, str(HERE / "stack.py"), "env", "--name", self.name, "--json"]
        done = subprocess.run(words, check=False, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(done.returncode)
        found: dict[str, str] = json.loads(done.stdout)
        return found

    def tell_prometheus(self) -> None:
        """Name what was started as targets."""
        file = self.folder / "prometheus" / "targets.json"
        if file.parent.is_dir():
            file.write_text(json.dumps(targets({name: one.place for name, one in self.started.items()})), "utf-8")


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


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
