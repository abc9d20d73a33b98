"""`make stack` beyond the servers: planwatch's own programs are started once, told to Prometheus, mended and stopped."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from ingest_servers import wait_until

from planwatch.gateway.client import exchange, frames_of

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / "deploy" / "local"


def tool(script, *words):
    """What a script of deploy/local says; it must succeed."""
    done = subprocess.run(
        [sys.executable, str(LOCAL / script), *words], capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, f"{script} {words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def name():
    """An instance of its own, gone afterwards."""
    name = f"test-stages-{uuid.uuid4().hex[:8]}"
    tool("stack.py", "start", "--name", name, "--fast")
    yield name
    tool("stages.py", "stop", "--name", name)
    tool("stack.py", "remove", "--name", name)


def said(text):
    """Each program's line: what it is, and its addresses."""
    found = re.findall(r"^(run|serve|hj212): (.*)$", text, re.MULTILINE)
    return dict(found)


def healths(settings):
    """What Prometheus says of each stage."""
    with urlopen(f"{settings['PLANWATCH_PROMETHEUS_URL']}/api/v1/targets") as answer:
        active = json.load(answer)["data"]["activeTargets"]
    return {one["labels"]["stage"]: one["health"] for one in active if "stage" in one["labels"]}


def test_programs_are_started_once_watched_mended_and_stopped(name):
    folder = Path(json.loads(tool("stack.py", "status", "--name", name, "--json"))["directory"])
    settings = json.loads(tool("stack.py", "env", "--name", name, "--json"))
    assert set(said(tool("stages.py", "status", "--name", name)).values()) == {"not running"}
    first = said(tool("stages.py", "start", "--name", name))
    assert list(first) == ["run", "serve", "hj212"]
    wait_until(lambda: set(healths(settings).values()) == {"up"}, every=0.5)
    assert set(healths(settings)) == {"ingest", "assess", "notify", "serve", "hj212"}

    # The token is for its owner only, and works; so does the example of the gateway.
    for file in (folder / "entrances" / "token", folder / "entrances" / "tokens.toml"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = (folder / "entrances" / "token").read_text("utf-8").strip()
    address = re.search(r"http://127\.0\.0\.1:\d+", first["serve"])[0]
    body = (ROOT / "docs/examples/http/report.json").read_bytes()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with urlopen(Request(f"{address}/reports", body, headers)) as answer:
        assert json.load(answer)["accepted"] == 1
    port = int(re.search(r"tcp://127\.0\.0\.1:(\d+)", first["hj212"])[1])
    frames = frames_of((ROOT / "docs/examples/hj212-daily.txt").read_bytes())[:1]
    assert b"CN=9014" in next(exchange("127.0.0.1", port, frames, 20)).answer

    # What runs is left alone; what has died is started again.
    assert {words.partition(",")[0] for words in said(tool("stages.py", "start", "--name", name)).values()} == {
        "already running"
    }
    noted = json.loads((folder / "stages.json").read_text("utf-8"))
    os.kill(noted["hj212"]["identity"]["pid"], signal.SIGKILL)
    wait_until(lambda: said(tool("stages.py", "status", "--name", name))["hj212"] == "not running")
    again = said(tool("stages.py", "start", "--name", name))
    assert [again[program].partition(",")[0] for program in first] == ["already running", "already running", "ready"]
    assert json.loads((folder / "stages.json").read_text("utf-8"))["serve"] == noted["serve"]

    assert set(said(tool("stages.py", "stop", "--name", name)).values()) == {"stopped"}
    assert set(said(tool("stages.py", "status", "--name", name)).values()) == {"not running"}
    wait_until(lambda: healths(settings) == {}, every=0.5)
