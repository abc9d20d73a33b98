"""Prometheus from Debian's packages."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from debian import Archive, architecture
from debian_sources import RELEASE
from layout import REPOSITORY, ServerUser, may_read
from prerequisites import APT, DPKG, Need
from process import Command, execute
from server import Run, answers
from software import Stamp

PACKAGES = ("prometheus", "promtool")
RULES = REPOSITORY / "deploy" / "prometheus" / "rules"


class Prometheus:
    """See `server.Server`."""

    name = "prometheus"
    ports: ClassVar[Mapping[str, str]] = {"main": "PLANWATCH_STACK_PROMETHEUS_PORT"}
    stop_signal = signal.SIGTERM

    def install_needs(self) -> Sequence[Need]:
        return (APT, DPKG)

    def run_needs(self) -> Sequence[Need]:
        return ()

    def stamp(self) -> Stamp:
        return {"recipe": 1, "release": RELEASE, "packages": list(PACKAGES)}

    def build(self, folder: Path, final: Path, archive: Archive) -> object:
        return {"architecture": architecture(), "packages": archive.unpack(self.name, PACKAGES, folder)}

    def finish(self, software: Path, user: ServerUser | None) -> None:
        execute(Command([str(software / "usr/bin/prometheus"), "--version"], software), user, 30)

    def prepare(self, run: Run) -> Command:
        run.folder.mkdir(exist_ok=True)
        targets = run.folder / "targets.json"
        if not targets.exists():
            targets.write_text("[]\n", "utf-8")
        targets.chmod(0o644)
        file = run.folder / "prometheus.yml"
        alertmanager = run.state.services["alertmanager"].port
        run.write(file, configuration(run.own.port, alertmanager, targets, _rules(run)), 0o644)
        # Here rather than in the log: it names the faulty rule file and line.
        promtool = str(self.tools(run.software)["promtool"])
        execute(Command([promtool, "check", "config", str(file)], run.folder), run.user, 30)
        options = {
            "config.file": file, "web.listen-address": f"127.0.0.1:{run.own.port}", "web.enable-lifecycle": None,
            "storage.tsdb.path": run.private_folder("data"), "storage.tsdb.retention.time": "7d",
            "web.console.templates": run.software / "etc/prometheus/consoles",
            "web.console.libraries": run.software / "etc/prometheus/console_libraries", "log.level": "warn",
        }  # fmt: skip
        arguments = [f"--{name}={value}" if value is not None else f"--{name}" for name, value in options.items()]
        return Command([str(run.software / "usr/bin/prometheus"), *arguments], run.folder)

    def is_ready(self, run: Run) -> bool:
        return answers(f"http://127.0.0.1:{run.own.port}/-/ready")

    def after_ready(self, run: Run) -> None:
        return

    def settings(self, run: Run) -> dict[str, str]:
        return {"PLANWATCH_PROMETHEUS_URL": f"http://127.0.0.1:{run.own.port}"}

    def tools(self, software: Path) -> dict[str, Path]:
        return {"promtool": software / "usr/bin/promtool"}


def configuration(port: int, alertmanager_port: int, targets: Path, rules: Path) -> str:
    """prometheus.yml; JSON is YAML, and quotes every path right."""

    def static(job: str, address: int) -> dict[str, object]:
        return {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{address}"]}]}

    planwatch = {"job_name": "planwatch", "file_sd_configs": [{"files": [str(targets)], "refresh_interval": "2s"}]}
    document = {
        "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "2s"},
        "rule_files": [str(rules / "*.yml")],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]}]},
        "scrape_configs": [planwatch, static("prometheus", port), static("alertmanager", alertmanager_port)],
    }
    return json.dumps(document, indent=2) + "\n"


def _rules(run: Run) -> Path:
    """The folder of the rules; a copy where the server's user cannot read the repository."""
    files = sorted(RULES.glob("*.yml"))
    if all(may_read(file, run.user) for file in files):
        return RULES
    copies = run.folder / "rules"
    copies.mkdir(exist_ok=True)
    for stale in copies.iterdir():
        stale.unlink()
    for file in files:
        run.write(copies / file.name, file.read_text("utf-8"), 0o644)
    return copies
