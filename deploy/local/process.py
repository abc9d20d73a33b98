"""Server processes: start them detached, know them again, signal and wait for them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layout import ServerUser
from report import StackError

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Identity:
    """A process id alone may be given to another process later; with its start time and boot it may not."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The identity of a living process."""
        fields = _stat_fields(pid)
        if fields is None or fields[0] in "ZX":
            return None
        return cls(pid, int(fields[19]), _boot_id())


@dataclass(frozen=True)
class Command:
    """What to execute, and where."""

    arguments: Sequence[str]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def start_detached(command: Command, log: Path, user: ServerUser | None) -> Identity:
    """Start a server in its own session, so that it outlives us and our terminal."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command.arguments), cwd=command.directory, env=clean_environment(command), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True, umask=0o077,
            user=user.uid if user else None, group=user.gid if user else None, extra_groups=[] if user else None,
        )  # fmt: skip
    identity = Identity.of(process.pid)
    if identity is None:
        raise StackError(f"{command.arguments[0]} ended at once.\n{last_lines(log)}")
    # Python would warn about a child it forgets; init inherits it when we end.
    process.returncode = 0
    return identity


def execute(command: Command, user: ServerUser | None, seconds: float, text: str | None = None) -> str:
    """Run a short command to its end; its output, or an error that shows it."""
    try:
        done = subprocess.run(
            list(command.arguments), cwd=command.directory, env=clean_environment(command), timeout=seconds,
            stdin=None if text is not None else subprocess.DEVNULL, input=text, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False, umask=0o077,
            user=user.uid if user else None, group=user.gid if user else None, extra_groups=[] if user else None,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StackError(f"{' '.join(command.arguments)}\ndid not end within {seconds:.0f} s.") from None
    except PermissionError as error:
        raise StackError(f"The servers' user may not run {error.filename}; it must be readable by everyone.") from None
    if done.returncode != 0:
        shown = "\n".join(done.stdout.splitlines()[-25:])
        raise StackError(f"{' '.join(command.arguments)}\nfailed with exit code {done.returncode}:\n{shown}")
    return done.stdout


def clean_environment(command: Command) -> dict[str, str]:
    """Servers get what they need, not the user's variables: those may hold secrets or change behaviour."""
    basic = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**basic, "HOME": str(command.directory), **command.environment}


def is_alive(identity: Identity | None) -> bool:
    """Whether exactly this process still runs (a zombie does not)."""
    return identity is not None and Identity.of(identity.pid) == identity


def send(identity: Identity, signal_number: signal.Signals) -> None:
    """Signal the process if it is still the one we started."""
    if is_alive(identity):
        try:
            os.kill(identity.pid, signal_number)
        except ProcessLookupError:
            return


def children_of(identity: Identity) -> list[Identity]:
    """The living direct children."""
    return [child for pid in _all_pids() if _parent(pid) == identity.pid and (child := Identity.of(pid))]


def processes_in(folder: Path) -> list[int]:
    """Processes whose current folder it is, as far as we may see."""
    return [pid for pid in _all_pids() if _current_folder(pid) == str(folder)]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition; False when the deadline passed first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log file, indented, for error messages."""
    if not log.exists():
        return f"  (no log at {log})"
    lines = log.read_text("utf-8", "replace").splitlines()[-count:]
    return "\n".join([f"last lines of {log}:", *(f"  {line}" for line in lines or ["(empty)"])])


def _stat_fields(pid: int) -> list[str] | None:
    """Fields 3 and on of /proc/PID/stat; the name before them may contain anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _current_folder(pid: int) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return None


def _parent(pid: int) -> int:
    fields = _stat_fields(pid)
    return int(fields[1]) if fields else 0


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
