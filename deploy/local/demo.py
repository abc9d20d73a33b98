"""`make demo`: the main job on real servers, with nothing to answer and nothing to install by hand.

Starts the servers, runs the three stages, sends five years of made-up monthly reports through Kafka in a few steps, and
shows what people would have been told by Alertmanager, the barometer, one level explained, and the rejects.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAME = "demo"
PLANWATCH = str(Path(sys.executable).with_name("planwatch"))
STEPS = (
    ("January 2020, the base year, to May 2023", "2020-01", "2023-05", "first-statements"),
    ("June 2023; Tianjin states its energy tenfold", "2023-06", "2023-06", "first-statements"),
    ("June 2023 again: Tianjin's correction", "2023-06", "2023-06", "corrections"),
    ("July 2023 to June 2024; Chongqing falls short", "2023-07", "2024-06", "reports"),
    ("the third quarter of 2024; Chongqing falls far short", "2024-07", "2024-09", "reports"),
    ("October 2024 to June 2025; Chongqing recovers", "2024-10", "2025-06", "reports"),
    ("the rest of 2025, with dirty messages among them", "2025-07", "2025-12", "reports"),
)
PATIENCE_SECONDS = 120
# In production messages are grouped for seconds to minutes; here each is to be seen when it happens.
ALERTMANAGER = """
route:
  receiver: person
  group_by: [warning]
  group_wait: 50ms
  group_interval: 100ms
  repeat_interval: 24h
receivers:
  - name: person
    webhook_configs:
      - {{url: "{url}", send_resolved: true}}
"""
VENV = Path(PLANWATCH).parent.relative_to(ROOT) if Path(PLANWATCH).is_relative_to(ROOT) else Path(PLANWATCH).parent


def say(text: str) -> None:
    """One line of the story."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def stack(*words: str) -> str:
    """Run the stack tool; what it prints on errors is for people."""
    done = subprocess.run(
        [sys.executable, str(HERE / "stack.py"), *words], stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SystemExit(done.returncode)
    return done.stdout


class Person:
    """Somebody behind Alertmanager: a webhook that notes each message the first time it comes."""

    def __init__(self) -> None:
        self.told: dict[tuple[str, str, str], str] = {}
        self.news = threading.Event()
        person = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                person.read(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silent: the demo prints the messages itself."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def read(self, post: dict[str, Any]) -> None:
        """Note what is new in a grouped message of Alertmanager."""
        for alert in post["alerts"]:
            key = (alert["fingerprint"], alert["status"], alert["startsAt"])
            if key not in self.told:
                self.told[key] = alert["annotations"].get("summary", "")
                self.news.set()
                mark = "解除" if alert["status"] == "resolved" else "预警"
                say(f"   ✉ [{mark}] {self.told[key]}")

    def hear_out(self, silence_seconds: float = 0.5) -> None:
        """Wait until no new message has come for a while: Alertmanager passes on what it is told a little later."""
        while self.news.wait(silence_seconds):
            self.news.clear()


class Planwatch:
    """The installed command with the demo's settings."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.environment = os.environ | settings
        self.stages: subprocess.Popen[bytes] | None = None

    def __call__(self, *words: str, quiet: bool = False) -> str:
        """Run a command; its output is printed unless quiet."""
        done = subprocess.run(
            [PLANWATCH, *words], env=self.environment, stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
        )
        if done.returncode:
            raise SystemExit(f"planwatch {' '.join(words)} ended with {done.returncode}\n{done.stdout}")
        if not quiet:
            say(done.stdout.rstrip())
        return done.stdout

    def start(self, log: Path) -> None:
        """Start the three stages under one command."""
        with log.open("wb") as sink:
            self.stages = subprocess.Popen([PLANWATCH, "run"], env=self.environment, stdout=sink, stderr=sink, cwd=ROOT)

    def stop(self) -> None:
        """End the stages."""
        if self.stages:
            self.stages.send_signal(signal.SIGTERM)
            self.stages.wait(30)


def settings_of(person: Person) -> dict[str, str]:
    """Start the servers and say how to reach them."""
    say("▸ starting TimescaleDB, Kafka, Alertmanager and Prometheus (the first time they are fetched) …")
    stack("remove", "--name", NAME)
    stack("install")
    config = ROOT / ".stack" / "demo-alertmanager.yml"
    config.write_text(ALERTMANAGER.format(url=person.url), "utf-8")
    stack("start", "--name", NAME, "--alertmanager-config", str(config))
    settings: dict[str, str] = json.loads(stack("env", "--name", NAME, "--json"))
    return settings | {
        "PLANWATCH_NOTIFY__SINCE": "2023-06",
        "PLANWATCH_OBSERVE__PORT": "0",
        "COLUMNS": os.environ.get("COLUMNS", "150"),
    }


def tell(planwatch: Planwatch, person: Person) -> None:
    """Send the reports step by step; each step is over when people have been told."""
    planwatch("simulate", "--only", "registry", "--kafka", quiet=True)
    for what, first, last, part in STEPS:
        say(f"▸ reports of {what} → Kafka")
        dirty = ("--dirty", "0.01") if last == "2025-12" else ()
        planwatch("simulate", "--only", part, "--from", first, "--to", last, "--kafka", *dirty, quiet=True)
        planwatch("status", "--wait", str(PATIENCE_SECONDS), quiet=True)
        person.hear_out()


def show(planwatch: Planwatch) -> None:
    """What a duty operator would look at."""
    say("\n▸ planwatch status")
    planwatch("status")
    say("\n▸ planwatch warnings")
    planwatch("warnings")
    say("\n▸ planwatch explain 重庆市 chongqing.energy-intensity --period 2025-06 --yardstick annual")
    planwatch("explain", "重庆市", "chongqing.energy-intensity", "--period", "2025-06", "--yardstick", "annual")
    say("\n▸ planwatch rejects list")
    planwatch("rejects", "list")


def main() -> None:
    """The whole demo."""
    person = Person()
    planwatch = Planwatch(settings_of(person))
    planwatch("migrate", quiet=True)
    log = ROOT / ".stack" / NAME / "logs" / "planwatch.log"
    planwatch.start(log)
    try:
        tell(planwatch, person)
        show(planwatch)
    finally:
        planwatch.stop()
    say(f"""
The servers keep running (stop them: python3 deploy/local/stack.py stop --name {NAME}). Look around:
  set -a; eval "$(python3 deploy/local/stack.py env --name {NAME})"; set +a
  {VENV}/planwatch explain 天津市            {VENV}/planwatch warnings --all
  {VENV}/planwatch plans show chongqing.energy-intensity
  {VENV}/planwatch history 重庆市            {VENV}/planwatch quality list
  {VENV}/planwatch outlook 重庆市 chongqing.energy-intensity --as-of-period 2025-06
  {VENV}/planwatch attribute 重庆市 chongqing.energy-intensity --period 2025-06
Log of the stages: {log.relative_to(ROOT)}""")


if __name__ == "__main__":
    main()
