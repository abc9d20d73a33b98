"""`planwatch run`: ingest, assess and notify as three processes under one command."""

import os
import subprocess
import sys
import time

import typer
from rich.console import Console

from planwatch.service.process import Stop
from planwatch.service.settings import read_settings

STAGES = ("ingest", "assess", "notify")
GRACE_SECONDS = 20.0


def run() -> None:
    """Run all three stages until stopped; if one ends, the others are ended too and its exit code is ours."""
    settings, console, stop = read_settings(), Console(stderr=True), Stop()
    stop.on_signals()
    children = {stage: _start(stage, i, settings.observe.port) for i, stage in enumerate(STAGES)}
    console.print(" · ".join(f"{stage} pid {child.pid}" for stage, child in children.items()))
    failed = _watch(children, stop)
    for child in children.values():
        child.terminate()
    for child in children.values():
        _end(child)
    if failed:
        stage, code = failed
        console.print(f"[red]{stage} ended by itself with exit code {code}[/red]; its log is above")
        raise typer.Exit(code or 1)


def _start(stage: str, i: int, port: int) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"PLANWATCH_OBSERVE__PORT": str(port + i if port else 0)}
    return subprocess.Popen([sys.executable, "-m", "planwatch.service", stage], env=environment)


def _watch(children: dict[str, "subprocess.Popen[bytes]"], stop: Stop) -> tuple[str, int] | None:
    while not stop.wait(0.2):
        for stage, child in children.items():
            if child.poll() is not None:
                return stage, child.returncode
    return None


def _end(child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
