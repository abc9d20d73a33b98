"""An instance of the stack as remembered in its stack.json."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from process import Identity
from report import StackError

_saving = threading.Lock()


@dataclass
class ServiceState:
    """Ports stay for good; the process is the last one started."""

    ports: dict[str, int]
    log: str
    process: Identity | None = None

    @property
    def port(self) -> int:
        """The port clients talk to."""
        return self.ports["main"]


@dataclass
class State:
    """Everything `start` decided that a later command must know."""

    name: str
    directory: Path
    passwords: dict[str, str] = field(default_factory=dict)
    services: dict[str, ServiceState] = field(default_factory=dict)
    alertmanager_config: str | None = None
    fast: bool = False

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self.directory / "stack.json"

    def save(self) -> None:
        """Write it whole or not at all; several services start at the same time."""
        with _saving:
            document = {**asdict(self), "directory": str(self.directory), "version": 1}
            for name, service in self.services.items():
                document["services"][name].update(port=service.port, pid=service.process and service.process.pid)
            write_private(self.file, json.dumps(document, indent=2) + "\n")


def load(directory: Path) -> State:
    """The remembered state, or a new one."""
    file = directory / "stack.json"
    if not file.exists():
        return State(directory.name, directory)
    try:
        document = json.loads(file.read_text("utf-8"))
        services = {name: _service(entry) for name, entry in document["services"].items()}
        return State(
            document["name"], directory, document["passwords"], services, document["alertmanager_config"],
            document["fast"],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(f"{file} is damaged ({error!r}). Delete the folder {directory} and start again.") from None


def reserved_ports(stack: Path) -> set[int]:
    """Ports that instances of this stack keep, running or not."""
    ports: set[int] = set()
    for file in stack.glob("*/stack.json"):
        # An instance may be removed while we look, and a damaged one must not stop the others.
        with suppress(FileNotFoundError, StackError):
            ports.update(port for service in load(file.parent).services.values() for port in service.ports.values())
    return ports


def write_private(file: Path, text: str) -> None:
    """Replace a file that holds secrets: never readable by others, never half-written."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)
    new.replace(file)


def _service(entry: dict[str, Any]) -> ServiceState:
    process = entry["process"]
    return ServiceState(entry["ports"], entry["log"], Identity(**process) if process else None)
