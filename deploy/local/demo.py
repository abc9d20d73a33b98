"""`make demo`: the main job on real servers, with nothing to answer and nothing to install by hand.

Starts the servers, runs the three stages, sends five years of made-up monthly reports through Kafka in a few steps, and
shows what people would have been told by Alertmanager, the barometer, one level explained, and the rejects. Then one
plant sends its figures by every way in.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from demo_command import PLANWATCH, ROOT, Planwatch
from demo_person import ALERTMANAGER, Person, say
from demo_ways import every_way, settings_of_ways

HERE = Path(__file__).resolve().parent
NAME = "demo"
STEPS = (
    ("January 2020, the base year, to May 2023", "2020-01", "2023-05", "first-statements"),
    ("June 2023; Tianjin states a third too much energy", "2023-06", "2023-06", "first-statements"),
    ("June 2023 again: Tianjin's correction", "2023-06", "2023-06", "corrections"),
    ("July 2023 to June 2024; Chongqing falls short", "2023-07", "2024-06", "reports"),
    ("the third quarter of 2024; Chongqing falls far short", "2024-07", "2024-09", "reports"),
    ("October 2024 to June 2025; Chongqing recovers", "2024-10", "2025-06", "reports"),
    ("the rest of 2025, with dirty messages among them", "2025-07", "2025-12", "reports"),
)
PATIENCE_SECONDS = 120
VENV = Path(PLANWATCH).parent.relative_to(ROOT) if Path(PLANWATCH).is_relative_to(ROOT) else Path(PLANWATCH).parent


def stack(*words: str) -> str:
    """Run the stack tool; what it prints on errors is for people."""
    done = subprocess.run(
        [sys.executable, str(HERE / "stack.py"), *words], stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SystemExit(done.returncode)
    return done.stdout


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
        sent = planwatch("simulate", "--only", part, "--from", first, "--to", last, "--kafka", *dirty, quiet=True)
        say(f"   {sent}")
        planwatch("status", "--wait", str(PATIENCE_SECONDS), quiet=True)
        person.hear_out()


def show(planwatch: Planwatch) -> None:
    """What a duty operator would look at."""
    asked = (
        ("status",),
        ("warnings",),
        ("explain", "重庆市", "chongqing.energy-intensity", "--period", "2025-06", "--yardstick", "annual"),
        ("rejects", "list"),
    )
    for words in asked:
        planwatch.shown(*words)


def main() -> None:
    """The whole demo."""
    person = Person()
    folder = ROOT / ".stack" / NAME
    planwatch = Planwatch(settings_of(person) | settings_of_ways(folder), folder / "logs")
    planwatch("migrate", quiet=True)
    planwatch.start("run")
    try:
        tell(planwatch, person)
        for entrance in ("serve", "hj212"):  # they get ready while people look
            planwatch.start(entrance)
        show(planwatch)
        every_way(planwatch, person)
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
Logs: {planwatch.logs.relative_to(ROOT)}/planwatch-*.log""")


if __name__ == "__main__":
    main()
