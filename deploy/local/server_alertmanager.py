"""Alertmanager from Debian's packages, made to run from its own folder."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from debian import Archive, architecture
from debian_sources import RELEASE
from layout import ServerUser, may_read
from prerequisites import APT, DPKG, Need
from process import Command, execute
from report import StackError
from server import Run, answers
from software import Stamp

PACKAGES = ("prometheus-alertmanager",)
COMPILED_IN = b"/usr/share/prometheus/alertmanager"
NOBODY_LISTENS = "http://127.0.0.1:9/"


class Alertmanager:
    """See `server.Server`."""

    name = "alertmanager"
    ports: ClassVar[Mapping[str, str]] = {"main": "PLANWATCH_STACK_ALERTMANAGER_PORT"}
    stop_signal = signal.SIGTERM

    def install_needs(self) -> Sequence[Need]:
        return (APT, DPKG)

    def run_needs(self) -> Sequence[Need]:
        return ()

    def stamp(self) -> Stamp:
        return {"recipe": 1, "release": RELEASE, "packages": list(PACKAGES)}

    def build(self, folder: Path, final: Path, archive: Archive) -> object:
        contains = archive.unpack(self.name, PACKAGES, folder)
        program = folder / "usr/bin/prometheus-alertmanager"
        program.write_bytes(relocated(program.read_bytes()))
        return {"architecture": architecture(), "packages": contains}

    def finish(self, software: Path, user: ServerUser | None) -> None:
        execute(Command([str(software / "usr/bin/prometheus-alertmanager"), "--version"], software), user, 30)

    def prepare(self, run: Run) -> Command:
        run.private_folder()
        file = _configuration_file(run)
        amtool = Command([str(run.software / "usr/bin/amtool"), "check-config", str(file)], run.folder)
        execute(amtool, run.user, 30)
        program = run.software / "usr/bin/prometheus-alertmanager"
        arguments = [
            f"--config.file={file}", f"--storage.path={run.private_folder('data')}", "--log.level=warn",
            f"--web.listen-address=127.0.0.1:{run.own.port}", "--cluster.listen-address=",
        ]  # fmt: skip
        # The patched program looks for its templates in the current folder.
        return Command([str(program), *arguments], run.software / COMPILED_IN.decode().lstrip("/"))

    def is_ready(self, run: Run) -> bool:
        return answers(f"http://127.0.0.1:{run.own.port}/-/ready")

    def after_ready(self, run: Run) -> None:
        return

    def settings(self, run: Run) -> dict[str, str]:
        return {"PLANWATCH_NOTIFY__ALERTMANAGER_URL": f"http://127.0.0.1:{run.own.port}"}

    def tools(self, software: Path) -> dict[str, Path]:
        return {"amtool": software / "usr/bin/amtool"}


def relocated(program: bytes) -> bytes:
    """Turn the compiled-in folder of the templates into the current folder.

    Go counts the bytes of its strings, so the replacement must be exactly as long: `././…`.
    """
    if COMPILED_IN not in program:
        raise StackError("Debian's Alertmanager has changed: it no longer names the folder of its templates.")
    return program.replace(COMPILED_IN, b"./" * (len(COMPILED_IN) // 2))


def configuration(webhook: str) -> str:
    """For local use: one receiver, and no waiting."""
    document = {
        "route": {
            "receiver": "webhook", "group_by": ["alertname", "region"],
            "group_wait": "1s", "group_interval": "1s", "repeat_interval": "24h",
        },
        "receivers": [{"name": "webhook", "webhook_configs": [{"url": webhook, "send_resolved": True}]}],
    }  # fmt: skip
    return json.dumps(document, indent=2) + "\n"


def _configuration_file(run: Run) -> Path:
    """The given file; a copy where the server's user cannot read it; a generated one when none was given."""
    own = run.folder / "alertmanager.yml"
    if run.state.alertmanager_config is None:
        return run.write(own, configuration(os.environ.get("PLANWATCH_STACK_WEBHOOK_URL") or NOBODY_LISTENS))
    given = Path(run.state.alertmanager_config)
    if may_read(given, run.user):
        return given
    return run.write(own, given.read_text("utf-8"))
