"""What each server tells the stack about itself."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from debian import Archive
from layout import ServerUser, give
from prerequisites import Need
from process import Command
from software import Stamp
from state import ServiceState, State


@dataclass(frozen=True)
class Run:
    """One server in one instance."""

    service: str
    state: State
    software: Path
    user: ServerUser | None

    @property
    def own(self) -> ServiceState:
        """Ports, log and process of this server."""
        return self.state.services[self.service]

    @property
    def folder(self) -> Path:
        """Where its data and configuration are."""
        return self.state.directory / self.service

    def private_folder(self, name: str = "") -> Path:
        """A folder only the server may look into."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return give(folder, self.user, 0o700)

    def write(self, file: Path, text: str, mode: int = 0o600) -> Path:
        """A file for the server, replaced in one step."""
        new = file.with_name(f"{file.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
            output.write(text)
        give(new, self.user, mode)
        return new.replace(file)


class Server(Protocol):
    """A kind of server. Implementations keep nothing between calls."""

    @property
    def name(self) -> str:
        """As on the command line; also the name of its folders."""

    @property
    def ports(self) -> Mapping[str, str]:
        """Port name to the environment variable that sets it; `main` is the one clients use."""

    @property
    def stop_signal(self) -> signal.Signals:
        """What asks it to end cleanly."""

    def install_needs(self) -> Sequence[Need]:
        """What installing needs of the machine."""

    def run_needs(self) -> Sequence[Need]:
        """What running needs of the machine."""

    def stamp(self) -> Stamp:
        """Changes when the software must be installed anew."""

    def build(self, folder: Path, final: Path, archive: Archive) -> object:
        """Fill `folder`, which will be renamed to `final`; what it contains, for the record."""

    def finish(self, software: Path, user: ServerUser | None) -> None:
        """Optional work on the installed software in its final place."""

    def prepare(self, run: Run) -> Command:
        """Write configuration, make data folders; how to start it."""

    def is_ready(self, run: Run) -> bool:
        """Whether it serves."""

    def after_ready(self, run: Run) -> None:
        """First-time work that needs the running server."""

    def settings(self, run: Run) -> dict[str, str]:
        """What others need to reach it."""

    def tools(self, software: Path) -> dict[str, Path]:
        """Programs that come with it and are useful by hand or in tests."""


def answers(url: str) -> bool:
    """Whether an HTTP server says 200 there; never through a proxy, these are our own loopback servers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
