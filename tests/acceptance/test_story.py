"""One story, told by the installed commands on real servers: figures go in, people are told what they must be."""

import json
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from acceptance_support import Planwatch, inbox, wait_until
from conftest import run_stack

from planwatch.contract.metrics import BY_NAME
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
        installed.end()
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


@dataclass
class Seen:
    """What was seen while the story was told, step by step, in the one order it has."""

    while_green: list = field(default_factory=list)
    after_each_quarter: list = field(default_factory=list)
    after_misstatement: list = field(default_factory=list)
    after_correction: list = field(default_factory=list)


QUARTERS = [
    (1, [("1", "firing")]),  # raised
    (2, [("1", "resolved"), ("3", "firing")]),  # escalated
    (3, [("3", "resolved"), ("1", "firing")]),  # eased
    (4, [("1", "resolved")]),  # cleared
]
"""The quarters of 2023 and the notices each must bring: severity and status."""


@pytest.fixture(scope="module")
def seen(people, planwatch, producer):
    """Tell the story; each step is over when people have been told."""
    seen, expected = Seen(), 0
    send(producer, *(quarter(y, q, energy(y, q)) for y in (2020, 2021, 2022) for q in (1, 2, 3, 4)))
    planwatch.command("status", "--wait", "60")
    seen.while_green = list(people.notices)
    for number, notices in QUARTERS:
        send(producer, quarter(2023, number, energy(2023, number)))
        expected += len(notices)
        seen.after_each_quarter.append(list(told(people, planwatch, expected)))
    send(producer, quarter(2024, 1, energy(2024, 1, FAR)))
    seen.after_misstatement = list(told(people, planwatch, expected + 1))
    send(producer, quarter(2024, 1, energy(2024, 1, MET), revision=1))
    seen.after_correction = list(told(people, planwatch, expected + 2))
    producer.send_raw("planwatch.reports.v1", b"region:500000", b'{"schema":"planwatch.report/1","period":"2024-13"}')
    send(producer, quarter(2024, 2, energy(2024, 2)))
    planwatch.command("status", "--wait", "60")
    return seen


def query(planwatch, sql):
    with psycopg.connect(planwatch.settings["PLANWATCH_DATABASE__DSN"]) as connection:
        return connection.execute(sql).fetchall()


def test_nobody_is_told_anything_while_all_is_green(seen):
    assert seen.while_green == []


def test_people_are_told_exactly_what_changed(seen):
    expected = []
    for (_, notices), notified in zip(QUARTERS, seen.after_each_quarter, strict=True):
        expected += notices
        assert [notice[1:] for notice in notified] == expected
    assert len({notice[0] for notice in seen.after_each_quarter[-1]}) == 1, "one warning from beginning to end"


def test_the_story_of_the_warning_can_be_read(seen, planwatch):
    story = planwatch.command("warnings", "show", seen.after_each_quarter[0][0][0])
    assert all(word in story for word in ("发出", "升级", "降级", "解除"))


def test_correction_withdraws_the_warning_and_those_told_are_told(seen, planwatch):
    raised, withdrawn = seen.after_misstatement[-1], seen.after_correction[-1]
    assert (raised[1:], withdrawn[1:]) == (("3", "firing"), ("3", "resolved"))
    assert raised[0] == withdrawn[0] != seen.after_each_quarter[0][0][0], "a recurrence is a warning of its own"
    kinds = query(
        planwatch,
        "SELECT kind, corrected FROM board.level_change WHERE period_start = '2024-01-01' ORDER BY changed_at",
    )
    assert kinds == [("raised", False), ("withdrawn", True)]
    superseded = query(planwatch, "SELECT count(*) FROM planwatch.reading_superseded")
    assert superseded == [(2,)], "both figures of the first statement are kept"


def test_no_notice_comes_twice(seen, people):
    # Alertmanager repeats unchanged alerts of a group beside changed ones; each post must bring something new.
    news = [{(a["fingerprint"], a["status"], a["startsAt"]) for a in post["alerts"]} for post in people.posts]
    told_before = set()
    for post in news:
        assert post - told_before
        told_before |= post


def test_bad_message_is_rejected_with_every_fault_and_holds_nothing_up(seen, planwatch):
    rejected = json.loads(planwatch.command("rejects", "list", "--json"))
    assert [one["reason"] for one in rejected] == ["breaks_contract"]
    shown = planwatch.command("rejects", "show", rejected[0]["id"])
    assert all(field in shown for field in ("report_id", "subject", "period", "readings", "submitted_at"))
    assert query(planwatch, "SELECT count(*) FROM planwatch.reading WHERE report_id = 'cq-2024-2-0'") == [(2,)]


def test_every_stage_is_ready_and_shows_metrics(seen, planwatch):
    for stage in ("ingest", "assess", "notify"):
        planwatch.wait_ready(stage)
    assert 'planwatch_ingest_rejected_total{reason="breaks_contract"} 1.0' in planwatch.metrics("ingest")
    assert 'planwatch_assess_level_changes_total{kind="withdrawn"} 1.0' in planwatch.metrics("assess")
    assert "planwatch_notify_outbox_count 0.0" in planwatch.metrics("notify")


def test_metrics_are_those_that_are_described(seen, planwatch):
    for stage in ("ingest", "assess", "notify"):
        exposed = re.findall(r"^# TYPE (planwatch_\w+) (\w+)$", planwatch.metrics(stage), re.MULTILINE)
        # The client adds a gauge with the time each counter and histogram was made.
        names = {name for name, _ in exposed if not name.endswith("_created")}
        assert names <= set(BY_NAME), f"{stage} shows metrics nobody described"
        assert any(name.startswith(f"planwatch_{stage}_") for name in names)


def test_explain_gives_figures_formula_and_clause(seen, planwatch):
    text = planwatch.command(
        "explain", "重庆市", "chongqing.energy-intensity", "--period", "2023-06", "--yardstick", "annual"
    )
    assert "到2025年" in text, "the clause is quoted"
    assert "cq-2023-2-0" in text, "the reports are named"
    assert "一级" in text
