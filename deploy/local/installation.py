"""Install the servers' programs, once for all instances."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import prerequisites
import software
from debian import Archive
from layout import ServerUser, server_user, stack_directory
from lock import only_one
from report import StackError
from server import Server
from server_alertmanager import Alertmanager
from server_kafka import Kafka
from server_prometheus import Prometheus
from server_timescaledb import TimescaleDB
from software import Stamp

SERVERS: dict[str, Server] = {server.name: server for server in (TimescaleDB(), Kafka(), Alertmanager(), Prometheus())}
RESERVED = frozenset({"software", "locks"})


@dataclass(frozen=True)
class Stack:
    """The folder with the software and all instances."""

    directory: Path
    user: ServerUser | None

    @classmethod
    def find(cls) -> Stack:
        """The one this checkout, or the environment, names."""
        directory = stack_directory()
        for name in sorted(RESERVED):
            (directory / name).mkdir(exist_ok=True)
        return cls(directory, server_user())

    def software(self, service: str) -> Path:
        """Where a service's programs are installed."""
        return self.directory / "software" / service

    def missing(self, names: Sequence[str]) -> list[str]:
        """Services whose software is not completely installed."""
        return [name for name in names if not software.is_complete(self.software(name), self._stamp(name))]

    def install(self, names: Sequence[str]) -> None:
        """Install what is missing, several services at a time."""
        wanted = [need for name in self.missing(names) for need in SERVERS[name].install_needs()]
        prerequisites.check([*wanted, *(need for name in names for need in SERVERS[name].run_needs())])
        if not self.missing(names):
            return
        with only_one(self.directory / "locks" / "software.lock", "installing software"):
            for left_over in (self.directory / "software").glob(".apt-*"):
                shutil.rmtree(left_over, ignore_errors=True)
            archive = Archive(self.directory / "software" / f".apt-{os.getpid()}")
            try:
                in_parallel(self.missing(names), lambda name: self._install(name, archive))
            finally:
                archive.close()

    def _install(self, name: str, archive: Archive) -> None:
        folder, service = self.software(name), SERVERS[name]
        software.install(name, folder, self._stamp(name), lambda partial: service.build(partial, folder, archive))
        try:
            service.finish(folder, self.user)
        except StackError:
            (folder / software.MARKER).unlink(missing_ok=True)
            raise

    def _stamp(self, name: str) -> Stamp:
        # The programs are bound to their place: a moved folder must be installed again.
        return {**SERVERS[name].stamp(), "place": str(self.software(name))}


def in_parallel(names: Sequence[str], work: Callable[[str], None]) -> None:
    """Do the work for every name at the same time; all errors together at the end."""
    failures: list[str] = []
    failing = threading.Lock()

    def guarded(name: str) -> None:
        try:
            work(name)
        except (StackError, OSError) as error:
            with failing:
                failures.append(str(error))

    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        list(pool.map(guarded, names))
    if failures:
        raise StackError("\n\n".join(failures))
