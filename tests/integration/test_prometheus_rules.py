"""The alert rules through promtool itself: that Prometheus accepts them, and that each fires when it should."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dashboards_support import ROOT, RULE_FILES, RULES

STACK = [sys.executable, str(ROOT / "deploy" / "local" / "stack.py")]
EXAMPLES = ROOT / "deploy" / "prometheus" / "tests" / "planwatch.yml"


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def promtool() -> str:
    """The promtool of the local stack, installed when it is not there yet."""
    _run(*STACK, "install", "prometheus")
    return str(json.loads(_run(*STACK, "status", "--json"))["tools"]["promtool"])


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_prometheus_accepts_every_rule(promtool: str, file: Path):
    count = sum(len(group["rules"]) for group in yaml.safe_load(file.read_text("utf-8"))["groups"])
    assert f"SUCCESS: {count} rules found" in _run(promtool, "check", "rules", "--lint=all", "--lint-fatal", str(file))


def test_every_example_of_an_alert_comes_true(promtool: str):
    files = [str(file) for file in sorted(EXAMPLES.parent.glob("*.yml"))]
    assert _run(promtool, "test", "rules", *files).count("SUCCESS") == len(files) > 1


def test_an_example_that_does_not_come_true_is_noticed(promtool: str, tmp_path: Path):
    """That the run above can fail: with the threshold of the outbox raised, its example must break."""
    rules = RULES.read_text("utf-8")
    assert "planwatch_notify_oldest_outbox_seconds) > 300" in rules
    changed = rules.replace(
        "planwatch_notify_oldest_outbox_seconds) > 300", "planwatch_notify_oldest_outbox_seconds) > 9999"
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules" / RULES.name).write_text(changed, "utf-8")
    examples = tmp_path / "tests" / EXAMPLES.name
    examples.write_text(EXAMPLES.read_text("utf-8"), "utf-8")
    done = subprocess.run([promtool, "test", "rules", str(examples)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "PlanwatchOutboxOld" in done.stdout + done.stderr
