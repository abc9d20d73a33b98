"""Starting the installed `planwatch` commands as a person would, and a web server that people are told through."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

COMMAND = str(Path(sys.executable).with_name("planwatch"))


def wait_until(
    condition: Callable[[], Any], *, seconds: float, what: str, alive: Callable[[], None] = lambda: None
) -> Any:
    """The first true answer of ``condition``; fails with words when the time is over or ``alive`` complains."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        alive()
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        threading.Event().wait(0.02)


@dataclass
class Inbox:
    """A web server behind Alertmanager (or the webhook channel): everything it was sent, in order."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def notices(self) -> list[tuple[str, str, str]]:
        """(warning id, severity, status) of each alert the first time it had that status, in order."""
        seen: dict[tuple[str, str, str, str], None] = {}
        for post in self.posts:
            for alert in sorted(post["alerts"], key=lambda alert: alert["status"] != "resolved"):
                labels = alert["labels"]
                seen[labels["warning"], labels["severity"], alert["status"], alert["startsAt"]] = None
        return [key[:3] for key in seen]


@contextmanager
def inbox() -> Iterator[Inbox]:
    """Serve an inbox on a free loopback port."""
    received = Inbox()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.posts.append(body)
            received.headers.append(dict(self.headers.items()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    received.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()


class Planwatch:
    """The commands of one installation: settings by environment, stages as processes, logs in a folder."""

    def __init__(self, settings: dict[str, str], logs: Path) -> None:
        self.settings = {name: value for name, value in settings.items() if name.startswith("PLANWATCH_")}
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}
        self._earlier_starts: dict[str, int] = {}

    def command(self, *words: str, expect: int = 0) -> str:
        """Run a command to its end; its output."""
        done = subprocess.run(
            [COMMAND, *words], env=self._environment(), capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == expect, (
            f"planwatch {' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
        return done.stdout

    def start(self, stage: str) -> None:
        """Start a stage and wait until it is ready; `assess-2` is a second process of the stage `assess`."""
        log = self.logs / f"{stage}.log"
        with log.open("ab") as sink:
            self.running[stage] = subprocess.Popen(
                [COMMAND, stage.partition("-")[0]],
                env=self._environment() | {"PLANWATCH_OBSERVE__PORT": "0"},
                stdout=sink,
                stderr=sink,
            )
        self.ports[stage] = wait_until(
            lambda: self._port(stage), seconds=60, what=f"{stage} to say its port", alive=lambda: self.check(stage)
        )

    def wait_ready(self, stage: str, seconds: float = 60) -> None:
        """Wait until /readyz says so."""
        wait_until(
            lambda: self._is_ready(stage), seconds=seconds, what=f"{stage} ready", alive=lambda: self.check(stage)
        )

    def _is_ready(self, stage: str) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[stage]}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def _port(self, stage: str) -> int | None:
        lines = (self.logs / f"{stage}.log").read_text("utf-8", "replace").splitlines()
        ports = [json.loads(line)["port"] for line in lines if '"action": "observe"' in line]
        return ports[-1] if len(ports) > self._earlier_starts.get(stage, 0) else None

    def metrics(self, stage: str) -> str:
        """What /metrics says."""
        return httpx.get(f"http://127.0.0.1:{self.ports[stage]}/metrics", timeout=10).text

    def check(self, stage: str) -> None:
        """Fail if a stage has ended by itself."""
        code = self.running[stage].poll()
        if code is not None:
            tail = "\n".join((self.logs / f"{stage}.log").read_text("utf-8", "replace").splitlines()[-30:])
            raise AssertionError(f"{stage} ended with {code}:\n{tail}")

    def check_all(self) -> None:
        """Fail if any stage has ended by itself."""
        for stage in self.running:
            self.check(stage)

    def kill(self, stage: str) -> None:
        """SIGKILL."""
        self.running[stage].kill()
        self.running[stage].wait()
        self._earlier_starts[stage] = self._earlier_starts.get(stage, 0) + 1

    def stop(self) -> None:
        """End all stages politely; they must end by themselves."""
        for child in self.running.values():
            child.terminate()
        for stage, child in self.running.items():
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                raise AssertionError(f"{stage} did not end on SIGTERM") from None
        self.running.clear()

    def end(self) -> None:
        """Whatever still runs, at once: a test that failed leaves nothing behind."""
        for child in self.running.values():
            child.kill()
            child.wait()
        self.running.clear()

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLANWATCH_")}
        return clean | self.settings
