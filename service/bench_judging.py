"""What judging costs: re-judging five years after one correction."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter

from prometheus_client import CollectorRegistry

from planwatch.contract.plan import Law
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.plans.merged import load_merged
from planwatch.service.bench_report import Measured
from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.bench_store import BenchStore
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore
from planwatch.storage.law_store import LawStore

NOW = datetime(2026, 1, 15, tzinfo=UTC)
REGION = "500000"


def judging(database: Database, counts: BenchStore, measured: Measured) -> None:
    """Seconds from one correction of January 2021 to all later judgements of a region written again."""
    law = load_merged()
    LawStore(database).make_live(law, NOW)
    _store(database, law, list(_five_years()))
    _drain(database, law)
    before = counts.judgements()
    _store(database, law, [_month(2021, 1, 1, Decimal(99))])
    began = perf_counter()
    _drain(database, law)
    seconds = perf_counter() - began
    rewritten = counts.judgements() - before
    measured.add("re-judging five years of a region after one correction", f"{seconds * 1000:.0f} ms")
    measured.add("judgements written again by it", f"{rewritten}")


def _five_years() -> Iterator[Report]:
    for year in range(2020, 2026):
        for month in range(1, 13):
            yield _month(year, month, 0, Decimal(100))


def _month(year: int, month: int, revision: int, energy: Decimal) -> Report:
    stated = (
        ("energy.total", energy, "万tce"),
        ("gdp", Decimal(200 + 10 * (year - 2020)), "亿元"),
        ("energy.industrial", energy / 2, "万tce"),
        ("value_added.industrial", Decimal(90 + 5 * (year - 2020)), "亿元"),
    )
    return Report(
        report_id=f"bench-{REGION}-{year}-{month}-{revision}",
        subject=Subject(kind=SubjectKind.REGION, id=REGION),
        period=f"{year}-{month:02}",
        revision=revision,
        submitted_at=NOW,
        readings=tuple(Reading(indicator=name, value=value, unit=unit) for name, value, unit in stated),
    )


def _store(database: Database, law: Law, reports: list[Report]) -> None:
    decoder = Decoder(Topics.named("bench."), law.catalogue, "bench")
    messages = [RawMessage("bench.reports.v1", 0, i, one.key, one.to_json()) for i, one in enumerate(reports)]
    outcomes = [decoder.decode(message, NOW) for message in messages]
    rows = [row for outcome in outcomes for row in getattr(outcome, "readings", ())]
    store, partition = IngestStore(database, "bench-judging"), ("bench.judging.v1", 0)
    epoch, at = store.claim("bench", 1, [partition], NOW)[partition]
    store.store("bench", {partition: (epoch, at, at + len(rows))}, readings=rows, records=(), rejects=(), now=NOW)


def _drain(database: Database, law: Law) -> None:
    store, metrics = AssessStore(database), AssessMetrics(CollectorRegistry())
    while assess_once(store, law, NOW, 100, metrics):
        pass
