"""Every way in: one plant's figures by files, HTTP, somebody else's producer and HJ 212, and one of them wrong."""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from demo_command import ROOT, Planwatch
from demo_person import Person, say

EXAMPLES = "docs/examples"
PLANT, DISTRICT = "91110000000000001N", "500101"
TOKENS = {"plant": secrets.token_urlsafe(16), "district": secrets.token_urlsafe(16)}
PATIENCE_SECONDS = 120
SHANGHAI = ZoneInfo("Asia/Shanghai")
WAYS = (
    ("CSV, by the Chinese template", "energy.%", f"{PLANT}-%", "docs/howto/real-data.md, planwatch load --template"),
    (
        "XLSX of their own, with a mapping",
        "emission.%",
        f"{PLANT}-%",
        "docs/howto/real-data.md, planwatch load --rejects",
    ),
    ("HJ 212, 31 days over TCP", "%", "hj212:%", "docs/howto/hj212.md, planwatch rejects list --topic hj212"),
    ("Kafka, somebody else's producer", "%", "edge-2025-0_", "docs/howto/send-reports.md, planwatch rejects list"),
    ("HTTP", "%", "2025-%", "docs/howto/http.md, the answer itself"),
    ("NDJSON, a correction", "%", "edge-%-r1", "docs/howto/send-reports.md, planwatch quality list"),
)
_STORED = (
    "SELECT count(*), min(period_start), max(period_end - 1) FROM board.reading"
    " WHERE subject = %s AND indicator LIKE %s AND report_id LIKE %s"
)


def settings_of_ways(folder: Path) -> dict[str, str]:
    """What `planwatch serve`, `planwatch hj212` and the permit need; tokens for the plant and its district."""
    bound = {"plant": {"units": [PLANT]}, "district": {"regions": [DISTRICT]}}
    tokens = [
        {"name": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), **bound[name]}
        for name, secret in TOKENS.items()
    ]
    file = folder / "tokens.json"
    file.write_text(json.dumps({"token": tokens}), "utf-8")
    return {
        "PLANWATCH_API__TOKENS": str(file),
        "PLANWATCH_API__PORT": _free_port(),
        "PLANWATCH_HJ212__PORT": _free_port(),
        "PLANWATCH_HJ212__STATIONS": f"{EXAMPLES}/hj212-stations.yaml",
        "PLANWATCH_HJ212__POLL_SECONDS": "0.5",
        "PLANWATCH_PLANS__EXTRA_FOLDERS": json.dumps([f"{EXAMPLES}/permits"]),
    }


def every_way(planwatch: Planwatch, person: Person) -> None:
    """The chapters, one after the other."""
    say(f"\n━━ Every way in: the figures of 示例水泥厂 ({PLANT}), whom nobody has registered yet ━━")
    _files_loggers_and_producers(planwatch)
    _over_http(planwatch)
    _registered(planwatch, person)
    before = _gone_wrong(planwatch, person)
    _corrected(planwatch, person, before)
    _summary(planwatch)


def _files_loggers_and_producers(planwatch: Planwatch) -> None:
    """Three that need not wait for each other: they run at the same time, and are told one after the other."""
    table, load = f"{EXAMPLES}/load", ("load", f"{EXAMPLES}/load/monthly-zh.csv")
    mapped = ("load", f"{table}/discharge.xlsx", "--mapping", f"{table}/discharge.yaml")
    logged = ("hj212", "send", f"{EXAMPLES}/hj212-daily.txt")
    _wait(lambda: _listens(planwatch.environment["PLANWATCH_HJ212__PORT"]), "planwatch hj212")
    begun = [(words, planwatch.begin(*words)) for words in (load, mapped, logged)]
    for words, running in begun[:2]:
        say(f"\n▸ planwatch {' '.join(words)}")
        say(running.output())
    say(f"\n▸ planwatch {' '.join(logged)}   (days of January 2025, as a data logger sends them over TCP)")
    answers = begun[2][1].output().splitlines()
    say("\n".join(f"{line[:140]}…" if len(line) > 140 else line for line in answers[:2]))
    say(f"  … {answers[-1]}")
    _wait(lambda: bool(_stored(planwatch, "emission.cod", "hj212:%")[0]), "the month of the loggers")
    _produced(planwatch, "reports.ndjson")


def _produced(planwatch: Planwatch, file: str) -> None:
    """What a program does that has nothing of planwatch."""
    script, servers = f"{EXAMPLES}/kafka/send.py", planwatch.environment["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"]
    say(f"\n▸ python {script} {servers} {EXAMPLES}/kafka/{file}   (plain kafka-python, nothing of planwatch)")
    command = [sys.executable, script, servers, f"{EXAMPLES}/kafka/{file}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise SystemExit(done.stderr)
    say(done.stdout.rstrip())


def _over_http(planwatch: Planwatch) -> None:
    say(f"\n▸ curl --data-binary @{EXAMPLES}/http/one-at-fault.json $URL/reports   (two reports, one at fault)")
    _post(planwatch, "reports", "one-at-fault.json", "plant")


def _registered(planwatch: Planwatch, person: Person) -> None:
    """Who is not registered is kept and counts in no region; the district's record lets it in."""
    _settled(planwatch, person)
    planwatch.shown("registry", "unknown")
    say(f"\n▸ curl --data-binary @{EXAMPLES}/http/unit.json $URL/registry   (with the token of the district)")
    _post(planwatch, "registry", "unit.json", "district")
    _wait(lambda: "示例水泥厂" in _names(planwatch), "the registry record")
    _settled(planwatch, person)
    say("   It stands with its district now, and beside its permit of 7 t of COD a year:")
    planwatch.shown("status", "--region", DISTRICT, "--kind", "unit", "--all")


def _gone_wrong(planwatch: Planwatch, person: Person) -> str:
    """A figure of June in the wrong unit. Returns when the level was last the one before."""
    before = datetime.now(SHANGHAI)
    _produced(planwatch, "slip.ndjson")
    say("   1,086.1 t of COD in June: these are kg. Believed, it would be a red level on a wrong figure.")
    _wait(lambda: _stored(planwatch, "emission.cod", "edge-2025-06")[0] == 1, "the report of June")
    _settled(planwatch, person)
    planwatch.shown("quality", "list", "--subject", f"unit:{PLANT}", "--rule", "Q08")
    planwatch.shown("status", "--region", DISTRICT, "--kind", "unit", "--all")
    return before.strftime("%Y-%m-%d %H:%M:%S.%f")


def _corrected(planwatch: Planwatch, person: Person, before: str) -> None:
    planwatch.shown("load", f"{EXAMPLES}/correction.ndjson")
    _wait(lambda: _stored(planwatch, "emission.cod", "edge-2025-06-r1")[0] == 1, "the correction")
    _settled(planwatch, person)
    planwatch.shown("status", "--region", DISTRICT, "--kind", "unit", "--all")
    planwatch.shown("status", "--region", DISTRICT, "--kind", "unit", "--all", "--as-of", before)
    planwatch.shown("missing", "--region", DISTRICT, "--period", "2025-07")


def _settled(planwatch: Planwatch, person: Person) -> None:
    """Until everything is judged and told."""
    planwatch("status", "--wait", str(PATIENCE_SECONDS), quiet=True)
    person.hear_out()


def _post(planwatch: Planwatch, path: str, file: str, who: str) -> None:
    """Send a file over HTTP and print what the answer says of each message."""
    url = f"http://127.0.0.1:{planwatch.environment['PLANWATCH_API__PORT']}"
    _wait(lambda: _is_ready(url), "planwatch serve")
    body = (ROOT / EXAMPLES / "http" / file).read_bytes()
    headers = {"Authorization": f"Bearer {TOKENS[who]}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, answer = response.status, json.load(response)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"POST /{path}: {error.code} {error.read().decode()}") from error
    say(f"   HTTP {status}")
    for result in answer["results"]:
        say(_said(result))


def _said(result: dict[str, Any]) -> str:
    name = result.get("report_id") or result.get("subject")
    if result["status"] == "accepted":
        return f"   ✓ {name} → {result['topic']}/{result['partition']}/{result['offset']}"
    faults = "; ".join(f"{one['path']} {one['given']}: {one['message']}" for one in result["faults"])
    return f"   ✗ {name} {result['reason']}: {faults}"


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _summary(planwatch: Planwatch) -> None:
    """One line for each way in: what is stored of it, and where to read on."""
    say("\nway in                               arrived                            look at")
    for way, indicator, report_id, look in WAYS:
        count, first, last = _stored(planwatch, indicator, report_id)
        say(f"{way:<36} {count:>2} figures, {first:%Y-%m} to {last:%Y-%m}     {look}")


def _stored(planwatch: Planwatch, indicator: str, report_id: str) -> tuple[int, Any, Any]:
    """How many figures of the plant stand, and from which day to which."""
    with psycopg.connect(planwatch.environment["PLANWATCH_DATABASE__DSN"]) as connection:
        row = connection.execute(_STORED, (f"unit:{PLANT}", indicator, report_id)).fetchone()
    assert row is not None, "an aggregate has one row"
    return row[0], row[1], row[2]


def _names(planwatch: Planwatch) -> list[str]:
    with psycopg.connect(planwatch.environment["PLANWATCH_DATABASE__DSN"]) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM board.subject").fetchall()]


def _wait(until: Callable[[], bool], what: str) -> None:
    """Wait for a condition, or end the demo with what did not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come within {PATIENCE_SECONDS} s; the logs are in .stack/demo/logs")
        time.sleep(0.1)


def _listens(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
