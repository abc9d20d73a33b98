"""`make bench`: throughput as a share of the bare database, latency, memory; printed and written to docs/benchmarks.md.

Figures are ratios within one run or measured side by side in it; the machine's own speed cancels out of the shares.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import quantiles

from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics
from planwatch.plans.merged import load_merged
from planwatch.service.bench_checking import checking
from planwatch.service.bench_judging import judging
from planwatch.service.bench_report import Measured
from planwatch.service.settings import Settings, read_settings
from planwatch.storage.bench_store import BenchStore
from planwatch.storage.database import Database

REPORTS = 20_000
BATCH = 10_000
CHECKED_REPORTS = 1_200
LATENCY_REPORTS, LATENCY_PER_SECOND = 2_000, 200
TONNES = (
    "raw_coal", "washed_coal", "middlings", "slime", "briquette", "coke", "coal_tar", "crude_oil", "fuel_oil",
    "gasoline", "kerosene", "diesel", "lpg", "refinery_gas",
)  # fmt: skip
CUBIC_METRES = ("natural_gas", "coke_oven_gas", "blast_furnace_gas", "other_gas", "producer_gas", "water_gas")
KINDS = tuple((f"energy.{kind}", "t") for kind in TONNES) + tuple((f"energy.{kind}", "万m3") for kind in CUBIC_METRES)
"""Twenty figures a report: the shape of a national month close in the design."""
READINGS_PER_REPORT = len(KINDS)


def reports(first: int, count: int) -> Iterator[Report]:
    """Monthly reports of units that differ in every figure."""
    for i in range(first, first + count):
        unit, month = divmod(i, 12)
        yield Report(
            report_id=f"bench-{i}",
            subject=Subject(kind=SubjectKind.UNIT, id=f"B{unit:017}"),
            period=f"2024-{month + 1:02}",
            submitted_at=datetime(2025, 1, 1, tzinfo=UTC),
            readings=tuple(
                Reading(indicator=kind, value=Decimal(1000 + (i * 7 + n * 13) % 9000) / 10, unit=unit_of_measure)
                for n, (kind, unit_of_measure) in enumerate(KINDS)
            ),
        )


@contextmanager
def running(*stages: str) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """The named stages as processes."""
    environment = os.environ | {"PLANWATCH_OBSERVE__PORT": "0", "PLANWATCH_OBSERVE__LOG_LEVEL": "WARNING"}
    children = {
        stage: subprocess.Popen([sys.executable, "-m", "planwatch.service", stage], env=environment) for stage in stages
    }
    try:
        yield children
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            child.wait(30)


def peak_megabytes(pid: int) -> float:
    """Most memory a process has held so far, MB (resident)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def wait_for(store: BenchStore, messages: int, seconds: float = 300) -> tuple[float, int]:
    """Seconds from the first visible message to the last, and how many of them came after the first look."""
    deadline = time.monotonic() + seconds
    while not (first := store.messages()):
        _pause(deadline)
    started = time.perf_counter()
    while store.messages() < messages:
        _pause(deadline)
    return time.perf_counter() - started, messages - first


def _pause(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise SystemExit("the benchmark's reports were not stored in time; see the messages of ingest above")
    time.sleep(0.005)  # polling interval of a measurement


def throughput(settings: Settings, store: BenchStore, measured: Measured) -> None:
    """Readings/s from Kafka to stored, and the share of the bare database."""
    topics = Topics.named(settings.kafka.topic_prefix)
    with ReportProducer(settings.kafka.servers, topics, settings.kafka.client) as producer:
        for report in reports(0, REPORTS):
            producer.send_report(report)
    with running("ingest") as children:
        seconds, counted = wait_for(store, REPORTS)
        memory = peak_megabytes(children["ingest"].pid)
    rate = counted * READINGS_PER_REPORT / seconds
    rows = store.stored_rows()
    bare = len(rows) / store.bare_seconds(rows, BATCH)
    measured.add("Kafka to stored, readings/s (one ingest process)", f"{rate:,.0f}")
    measured.add("bare COPY + upsert of the same rows, readings/s", f"{bare:,.0f}")
    measured.add("share of the bare rate", f"{rate / bare:.0%}", "≥ 60 %")
    measured.add("ingest, most memory", f"{memory:.0f} MB", "≤ 250 MB")
    measured.add("bytes on disk per reading with indexes, not compressed", f"{store.bytes_per_reading():.0f}", "≤ 100")


def latency(settings: Settings, store: BenchStore, measured: Measured) -> None:
    """Seconds from produce to visible at a steady rate, and memory of all stages."""
    topics = Topics.named(settings.kafka.topic_prefix)
    with running("ingest", "assess", "notify") as children:
        with ReportProducer(settings.kafka.servers, topics, settings.kafka.client, linger_ms=0) as producer:
            warm = list(reports(REPORTS, 100))
            _produce_and_watch(producer, store, warm)
            waits = _produce_and_watch(producer, store, list(reports(REPORTS + 100, LATENCY_REPORTS)))
        for stage, child in children.items():
            measured.add(f"{stage}, most memory under steady load", f"{peak_megabytes(child.pid):.0f} MB", "≤ 250 MB")
    cuts = quantiles(waits, n=100)
    measured.add(f"produce to visible at {LATENCY_PER_SECOND} reports/s, p50", f"{cuts[49] * 1000:.0f} ms")
    measured.add(f"produce to visible at {LATENCY_PER_SECOND} reports/s, p99", f"{cuts[98] * 1000:.0f} ms", "≤ 500 ms")


def _produce_and_watch(producer: ReportProducer, store: BenchStore, todo: Sequence[Report]) -> list[float]:
    sent: dict[str, float] = {}
    subjects = {report.report_id: str(report.subject) for report in todo}
    waits: list[float] = []
    begun, i = time.perf_counter(), 0
    deadline = time.monotonic() + 120
    while i < len(todo) or sent:
        while i < len(todo) and time.perf_counter() - begun >= i / LATENCY_PER_SECOND:
            sent[todo[i].report_id] = time.perf_counter()
            producer.send_report(todo[i])
            i += 1
        waiting = {report_id: subjects[report_id] for report_id in sent}
        for seen in store.seen_reports(waiting, KINDS[0][0]):
            waits.append(time.perf_counter() - sent.pop(seen))
        _pause(deadline)
    return waits


def main() -> None:
    """Run everything against the stack named in the environment; `make bench` starts one of its own."""
    settings, measured = read_settings(), Measured()
    with Database(settings.database.url, max_size=2) as database:
        store = BenchStore(database)
        # First on an empty database: what was stored before would be in the planner's statistics.
        throughput(settings, store, measured)
        latency(settings, store, measured)
        law = load_merged()
        assert law.quality is not None, "the shipped law has quality rules"
        subjects = sorted({str(report.subject) for report in reports(0, CHECKED_REPORTS)})
        checking(database, subjects, law.catalogue, law.quality, measured)
        judging(database, store, measured)
    measured.write(Path("docs/benchmarks.md"))


if __name__ == "__main__":
    main()
