"""planwatch in the demo: its commands, from one process that has everything imported already, and its stages."""

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from demo_person import say

ROOT = Path(__file__).resolve().parents[2]
PLANWATCH = str(Path(sys.executable).with_name("planwatch"))
USED = ("simulate", "status", "warnings", "explain", "rejects", "load", "hj212", "registry_group", "quality", "missing")
# A command takes half a second to import what it needs. There are some thirty of them: the fork server imports once.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", "demo_command", *(f"planwatch.service.commands.{name}" for name in USED)])


def _command(words: tuple[str, ...], environment: dict[str, str], printed: str) -> None:
    """In a process of its own: what the installed command does, with these settings, what it prints in a file."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sink = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(sink, sys.stdout.fileno())
    os.dup2(sink, sys.stderr.fileno())
    sys.argv = ["planwatch", *words]
    import_module("planwatch.service.__main__").main()


@dataclass
class Running:
    """A command that was started."""

    words: tuple[str, ...]
    process: ForkServerProcess
    printed: Path

    def output(self) -> str:
        """Wait for its end; what it printed. The demo ends where a command fails."""
        self.process.join()
        text = self.printed.read_text("utf-8").strip("\n") if self.printed.exists() else ""
        if self.process.exitcode:
            raise SystemExit(f"planwatch {' '.join(self.words)} ended with {self.process.exitcode}\n{text}")
        return text


class Planwatch:
    """The command with the demo's settings."""

    def __init__(self, settings: dict[str, str], logs: Path) -> None:
        self.environment = os.environ | settings
        self.logs = logs
        self._started: list[subprocess.Popen[bytes]] = []
        self._folder = TemporaryDirectory()
        self._count = 0

    def __call__(self, *words: str, quiet: bool = False) -> str:
        """Run a command; its output is printed unless quiet."""
        text = self.begin(*words).output()
        if not quiet:
            say(text)
        return text

    def shown(self, *words: str) -> str:
        """Run a command as somebody would type it: said first, then its output."""
        quoted = (f'"{word}"' if " " in word else word for word in words)
        say(f"\n▸ planwatch {' '.join(quoted)}")
        return self(*words)

    def begin(self, *words: str) -> Running:
        """Start a command beside others."""
        self._count += 1
        printed = Path(self._folder.name) / str(self._count)
        process = _FORKS.Process(target=_command, args=(words, self.environment, str(printed)))
        process.start()
        return Running(words, process, printed)

    def start(self, *words: str) -> None:
        """Start what runs until the demo ends; its log stands beside those of the servers."""
        with (self.logs / f"planwatch-{words[0]}.log").open("wb") as sink:
            command = [PLANWATCH, *words]
            self._started.append(subprocess.Popen(command, env=self.environment, stdout=sink, stderr=sink, cwd=ROOT))

    def stop(self) -> None:
        """End it."""
        for one in self._started:
            one.send_signal(signal.SIGTERM)
        for one in self._started:
            one.wait(30)
        self._folder.cleanup()
