"""One story, told by the installed commands on real servers: figures go in, people are told what they must be."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from acceptance_support import Planwatch, inbox, wait_until
from conftest import run_stack

from planwatch.contract.registry import RegionRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics

ALERTMANAGER = """
route:
  receiver: people
  group_by: [warning]
  group_wait: 100ms
  group_interval: 100ms
  repeat_interval: 24h
receivers:
  - name: people
    webhook_configs:
      - url: {url}
        send_resolved: true
"""
GDP = Decimal(2_500_000_000_000)
# Chongqing's annual task is 1 − (1 − 14 %)^(1/5) = 2.9714 %; short of it by up to a tenth is yellow, by more is red.
# MET is far enough ahead that the five-year progress stays green throughout.
MET, SHORT, FAR = Decimal("0.955"), Decimal("0.971"), Decimal("0.990")


@pytest.fixture(scope="module")
def people():
    with inbox() as received:
        yield received


@pytest.fixture(scope="module")
def planwatch(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("acceptance")
    (folder / "alertmanager.yml").write_text(ALERTMANAGER.format(url=people.url))
    name = f"accept-{os.getpid()}"
    run_stack("start", "--name", name, "--alertmanager-config", str(folder / "alertmanager.yml"),
              "timescaledb", "kafka", "alertmanager")  # fmt: skip
    settings = json.loads(run_stack("env", "--name", name, "--json"))
    installed = Planwatch(settings, folder)
    try:
        installed.command("migrate")
        for stage in ("ingest", "assess", "notify"):
            installed.start(stage)
        yield installed
        installed.check_all()
        installed.stop()
    finally:
        for child in installed.running.values():
            child.kill()
            child.wait()
        run_stack("remove", "--name", name)


@pytest.fixture(scope="module")
def producer(planwatch):
    servers = [planwatch.settings["PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"]]
    with ReportProducer(servers, Topics.named("planwatch.")) as made:
        made.send_record(RegionRecord(id="500000", name="重庆市", valid_from=datetime(2020, 1, 1, tzinfo=UTC).date()))
        yield made


def quarter(year, number, energy, revision=0):
    """Chongqing's figures from January to the end of a quarter; energy in tce."""
    return Report(
        report_id=f"cq-{year}-{number}-{revision}",
        subject=Subject(kind=SubjectKind.REGION, id="500000"),
        period=f"{year}-Q{number}",
        cumulative=True,
        revision=revision,
        submitted_at=datetime(year, min(12, 3 * number), 28, tzinfo=UTC),
        source="statistics",
        readings=(
            Reading(indicator="energy.total", value=Decimal(energy), unit="tce"),
            Reading(indicator="gdp", value=GDP * number / 4, unit="CNY"),
        ),
    )


FACTORS = {(2023, 1): SHORT, (2023, 2): FAR, (2023, 3): SHORT}
"""Energy against the same months of the year before, where it is not MET."""


def energy(year, number, factor=None):
    """Energy from January to the end of a quarter, tce; GDP is the same every year, so energy alone moves the intensity."""
    if year == 2020:
        return Decimal(90_000_000) * number / 4
    return (energy(year - 1, number) * (factor or FACTORS.get((year, number), MET))).quantize(Decimal("0.001"))


def send(producer, *reports):
    for report in reports:
        producer.send_report(report)
    producer.flush()


def told(people, planwatch, count):
    wait_until(lambda: len(people.notices) >= count, seconds=60, what=f"{count} notices, have {people.notices}",
               alive=planwatch.check_all)  # fmt: skip
    return people.notices


def test_people_are_told_exactly_what_changed(people, planwatch, producer):
    send(
        producer,
        *(quarter(year, number, energy(year, number)) for year in (2020, 2021, 2022) for number in (1, 2, 3, 4)),
    )
    planwatch.command("status", "--wait", "60")
    assert people.notices == [], "all is green: nobody is told anything"

    steps = [
        (2023, 1, [("1", "firing")]),  # raised
        (2023, 2, [("1", "resolved"), ("3", "firing")]),  # escalated
        (2023, 3, [("3", "resolved"), ("1", "firing")]),  # eased
        (2023, 4, [("1", "resolved")]),  # cleared
    ]
    expected = []
    for year, number, notices in steps:
        send(producer, quarter(year, number, energy(year, number)))
        expected += notices
        assert [notice[1:] for notice in told(people, planwatch, len(expected))] == expected
    planwatch.command("status", "--wait", "60")

    first = {notice[0] for notice in people.notices}
    assert len(first) == 1, "one warning, from its beginning to its end"
    story = planwatch.command("warnings", "show", first.pop())
    assert all(word in story for word in ("发出", "升级", "降级", "解除"))


def test_correction_withdraws_the_warning_and_those_told_are_told(people, planwatch, producer):
    before = len(people.notices)
    send(producer, quarter(2024, 1, energy(2024, 1, FAR)))
    assert told(people, planwatch, before + 1)[-1][1:] == ("3", "firing")
    send(producer, quarter(2024, 1, energy(2024, 1, MET), revision=1))
    assert told(people, planwatch, before + 2)[-1][1:] == ("3", "resolved")
    planwatch.command("status", "--wait", "60")
    with psycopg.connect(planwatch.settings["PLANWATCH_DATABASE__DSN"]) as connection:
        kinds = connection.execute(
            "SELECT kind, corrected FROM board.level_change WHERE period_start = '2024-01-01' ORDER BY changed_at"
        ).fetchall()
        superseded = connection.execute("SELECT count(*) FROM planwatch.reading_superseded").fetchone()
    assert kinds == [("raised", False), ("withdrawn", True)]
    assert superseded == (2,), "both figures of the first statement are kept"


def test_bad_message_is_rejected_with_every_fault_and_nothing_else_is_held_up(planwatch, producer):
    producer.send_raw("planwatch.reports.v1", b"region:500000", b'{"schema":"planwatch.report/1","period":"2024-13"}')
    send(producer, quarter(2024, 2, energy(2024, 2)))
    planwatch.command("status", "--wait", "60")
    rejected = json.loads(planwatch.command("rejects", "list", "--json"))
    assert [one["reason"] for one in rejected] == ["breaks_contract"]
    shown = planwatch.command("rejects", "show", rejected[0]["id"])
    assert all(field in shown for field in ("report_id", "subject", "period", "readings", "submitted_at"))


def test_every_stage_shows_metrics_and_is_ready(planwatch):
    for stage in ("ingest", "assess", "notify"):
        planwatch.wait_ready(stage)
    assert 'planwatch_ingest_rejected_total{reason="breaks_contract"} 1.0' in planwatch.metrics("ingest")
    assert 'planwatch_assess_level_changes_total{kind="withdrawn"} 1.0' in planwatch.metrics("assess")
    assert "planwatch_notify_outbox_count 0.0" in planwatch.metrics("notify")


def test_explain_gives_figures_formula_and_clause(planwatch):
    text = planwatch.command(
        "explain", "重庆市", "chongqing.energy-intensity", "--period", "2023-06", "--yardstick", "annual"
    )
    assert "到2025年" in text, "the clause is quoted"
    assert "cq-2023-2-0" in text, "the reports are named"
    assert "一级" in text
