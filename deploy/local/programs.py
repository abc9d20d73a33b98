"""What `make stack` starts of planwatch itself, and the files that takes: a token, and monitoring points to try."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from layout import REPOSITORY
from state import write_private

PLANWATCH = Path(sys.executable).with_name("planwatch")
OBSERVED_FROM = 9464
UNIT, REGION = "91110000000000001N", "500101"
"""Whom the local token speaks for: those of docs/examples/http."""


@dataclass(frozen=True)
class Program:
    """A command to keep running.

    ``stages`` show /metrics on ports in a row; ``listens`` is the setting of its own port, ``port`` the first tried.
    """

    command: str
    stages: tuple[str, ...]
    listens: str = ""
    port: int = 0
    scheme: str = ""


PROGRAMS = (
    Program("run", ("ingest", "assess", "notify")),
    Program("serve", ("serve",), "PLANWATCH_API__PORT", 8080, "http"),
    Program("hj212", ("hj212",), "PLANWATCH_HJ212__PORT", 8212, "tcp"),
)


@dataclass(frozen=True)
class Place:
    """Where a program is found: the ports of its stages, and its own (0 where it has none)."""

    observed: Mapping[str, int]
    own: int = 0

    @property
    def all(self) -> set[int]:
        """Every port it holds."""
        return {*self.observed.values(), self.own} - {0}


def place_for(program: Program, first: int, taken: Collection[int], is_free: Callable[[int], bool]) -> Place:
    """Free ports, for stages in a row as `planwatch run` counts them; for its own, the first from ``first`` on."""

    def usable(port: int) -> bool:
        return port not in taken and is_free(port)

    start, count = OBSERVED_FROM, len(program.stages)
    while not all(usable(start + i) for i in range(count)):
        start += 1
    row = range(start, start + count)
    while program.listens and (first in row or not usable(first)):
        first += 1
    return Place(dict(zip(program.stages, row, strict=True)), first if program.listens else 0)


def prepared_files(folder: Path) -> dict[str, str]:
    """The settings that name the local files, which are made once; what was changed in them stays."""
    folder.mkdir(mode=0o700, exist_ok=True)
    tokens, stations = folder / "tokens.toml", folder / "hj212-stations.yaml"
    if not tokens.exists():
        words = ["tokens", "new", "--name", "local", "--unit", UNIT, "--region", REGION]
        done = subprocess.run([PLANWATCH, *words], check=True, capture_output=True, text=True)
        secret, _, entry = done.stdout.partition("\n")
        write_private(folder / "token", f"{secret}\n")
        write_private(tokens, entry)
    if not stations.exists():
        shutil.copyfile(REPOSITORY / "docs" / "examples" / "hj212-stations.yaml", stations)
    return {"PLANWATCH_API__TOKENS": str(tokens), "PLANWATCH_HJ212__STATIONS": str(stations)}


def targets(places: Mapping[str, Place]) -> list[dict[str, object]]:
    """Every stage as Prometheus is to scrape it, with the label it has in deploy/prometheus/prometheus.yml too."""
    return [
        {"targets": [f"127.0.0.1:{port}"], "labels": {"stage": stage}}
        for place in places.values()
        for stage, port in place.observed.items()
    ]
