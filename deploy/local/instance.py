"""Start, stop or kill the servers of one instance of the stack."""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ports
import process
import state as memory
from installation import RESERVED, SERVERS, Stack, in_parallel
from lock import only_one
from report import StackError, say
from server import Run, Server

START_SECONDS, STOP_SECONDS, ORPHAN_SECONDS = 90.0, 60.0, 5.0
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


class Instance:
    """One set of servers with its own data and ports."""

    def __init__(self, stack: Stack, name: str) -> None:
        if not _NAME.fullmatch(name) or name in RESERVED:
            raise StackError(f"{name!r} is not a name for an instance; use small letters, digits, '-' and '_'.")
        self.stack = stack
        self.directory = stack.directory / name
        self.lock_file = stack.directory / "locks" / f"{name}.lock"
        self.state = memory.load(self.directory)

    def start(self, names: Sequence[str], fast: bool, alertmanager_config: Path | None) -> None:
        """Bring up what is not running, and wait until it serves."""
        self.stack.install(names)
        with only_one(self.lock_file, "starting or stopping this instance"):
            self._open(fast)
            self._configure_alertmanager(names, alertmanager_config)
            try:
                in_parallel(names, self._start)
            finally:
                memory.write_private(self.directory / "env", settings_text(self.settings()))

    def stop(self, names: Sequence[str]) -> None:
        """End servers cleanly; by force when they do not listen."""
        self._end(names, self._stop)

    def kill(self, names: Sequence[str]) -> None:
        """End servers as a power cut would."""
        self._end(names, self._kill)

    def remove(self) -> None:
        """Stop everything and delete the data."""
        self.stop(list(SERVERS))
        with only_one(self.lock_file, "starting or stopping this instance"):
            if self.directory.exists():
                shutil.rmtree(self.directory)
            self.lock_file.unlink(missing_ok=True)

    def is_running(self, name: str) -> bool:
        """Whether the process we started is still there."""
        service = self.state.services.get(name)
        return service is not None and process.is_alive(service.process)

    def condition(self, name: str) -> str:
        """For people: running, stopped, died or never started."""
        service = self.state.services.get(name)
        if service is None or not self.run(name).folder.exists():
            return "never started"
        if self.is_running(name):
            return "running"
        return "died" if service.process else "stopped"

    def settings(self) -> dict[str, str]:
        """Environment variables for our own programs: of every server ever started here."""
        if not self.state.services:
            return {}
        started = [name for name in SERVERS if self.run(name).folder.exists()]
        return {key: value for name in started for key, value in SERVERS[name].settings(self.run(name)).items()}

    def run(self, name: str) -> Run:
        """One of the servers, as its service sees it."""
        return Run(name, self.state, self.stack.software(name), self.stack.user)

    def _open(self, fast: bool) -> None:
        """Make the folder; decide ports and passwords once."""
        logs = self.directory / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        for folder in (self.directory, logs):
            folder.chmod(0o755)
        # Another run may have started something while we waited for the lock.
        self.state = memory.load(self.directory)
        for role in ("planwatch", "postgres"):
            self.state.passwords.setdefault(role, secrets.token_hex(16))
        with only_one(self.stack.directory / "locks" / "ports.lock", "choosing ports"):
            self._choose_ports()
            self._choose_speed(fast)
            self.state.save()

    def _choose_ports(self) -> None:
        taken = memory.reserved_ports(self.stack.directory)
        for name, service in SERVERS.items():
            log = str(self.directory / "logs" / f"{name}.log")
            own = self.state.services.setdefault(name, memory.ServiceState({}, log))
            if self.is_running(name):
                continue
            for purpose, variable in service.ports.items():
                port = ports.chosen_port(variable) or own.ports.get(purpose) or ports.free_port(taken)
                own.ports[purpose] = port
                taken.add(port)

    def _choose_speed(self, fast: bool) -> None:
        if not self.is_running("timescaledb"):
            self.state.fast = fast
        elif self.state.fast != fast:
            kind = "without" if self.state.fast else "with"
            say("timescaledb", f"keeps running {kind} durable writes; stop it first to change that")

    def _configure_alertmanager(self, names: Sequence[str], given: Path | None) -> None:
        if given is None or "alertmanager" not in names:
            return
        if not given.is_file():
            raise StackError(f"There is no file {given} (from --alertmanager-config).")
        before, self.state.alertmanager_config = self.state.alertmanager_config, str(given.resolve())
        if self.is_running("alertmanager"):
            SERVERS["alertmanager"].prepare(self.run("alertmanager"))
            if before == self.state.alertmanager_config:
                self._signal("alertmanager", signal.SIGHUP)
            else:
                self._stop("alertmanager")
        self.state.save()

    def _start(self, name: str) -> None:
        run, server, begun = self.run(name), SERVERS[name], time.monotonic()
        was_running = self.is_running(name)
        if not was_running:
            self._check_ports(name)
            run.own.process = process.start_detached(server.prepare(run), Path(run.own.log), self.stack.user)
            self.state.save()
        # Also for what runs already: an interrupted start may have left it half-way.
        self._wait_until_ready(run, server)
        server.after_ready(run)
        if not was_running:
            say(name, f"ready after {time.monotonic() - begun:.1f} s")

    def _wait_until_ready(self, run: Run, server: Server) -> None:
        def is_ready_or_gone() -> bool:
            return not process.is_alive(run.own.process) or server.is_ready(run)

        in_time, log = process.wait_until(is_ready_or_gone, START_SECONDS), Path(run.own.log)
        if not in_time:
            self._kill(run.service)
            raise StackError(f"{run.service} did not serve within {START_SECONDS:.0f} s; {process.last_lines(log)}")
        if not process.is_alive(run.own.process):
            run.own.process = None
            self.state.save()
            raise StackError(f"{run.service} ended while starting; {process.last_lines(log)}")

    def _check_ports(self, name: str) -> None:
        for purpose, port in self.state.services[name].ports.items():
            if not ports.is_free(port):
                raise StackError(
                    f"Port {port} of {name} is in use by another program (`ss -ltnp` names it). End that program, "
                    f"or choose another port: {SERVERS[name].ports[purpose]}=NUMBER."
                )

    def _end(self, names: Sequence[str], how: Callable[[str], None]) -> None:
        if not self.directory.exists():
            return
        with only_one(self.lock_file, "starting or stopping this instance"):
            self.state = memory.load(self.directory)
            in_parallel([name for name in names if name in self.state.services], how)

    def _stop(self, name: str) -> None:
        own = self.state.services[name]
        if process.is_alive(own.process):
            self._signal(name, SERVERS[name].stop_signal)
            if not process.wait_until(lambda: not process.is_alive(own.process), STOP_SECONDS):
                say(name, f"did not stop within {STOP_SECONDS:.0f} s and is killed")
                self._kill(name)
            say(name, "stopped")
        own.process = None
        self.state.save()

    def _kill(self, name: str) -> None:
        own = self.state.services[name]
        family = process.children_of(own.process) if own.process and process.is_alive(own.process) else []
        self._signal(name, signal.SIGKILL)
        # PostgreSQL's children notice that their parent is gone; one that is busy may take its time.
        process.wait_until(lambda: not any(map(process.is_alive, [own.process, *family])), ORPHAN_SECONDS)
        for orphan in family:
            process.send(orphan, signal.SIGKILL)
        if not process.wait_until(lambda: not any(map(process.is_alive, [own.process, *family])), ORPHAN_SECONDS):
            raise StackError(f"{name} (process {own.process}) survives SIGKILL; the kernel holds it, see dmesg.")
        own.process = None
        self.state.save()

    def _signal(self, name: str, signal_number: signal.Signals) -> None:
        own = self.state.services[name].process
        if own is not None:
            try:
                process.send(own, signal_number)
            except PermissionError:
                raise StackError(f"{name} was started by another user; run this command as that user.") from None


def settings_text(settings: dict[str, str]) -> str:
    """KEY=VALUE lines, as a shell, systemd and dotenv read them; no value needs quoting."""
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def existing(stack: Stack, name: str) -> Instance:
    """An instance that has been started before."""
    instance = Instance(stack, name)
    if not instance.state.services:
        option = "" if name == "local" else f" --name {name}"
        raise StackError(f"There is no instance {name!r} yet; start it: python3 deploy/local/stack.py start{option}")
    return instance
