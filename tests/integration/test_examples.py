"""The example files for each way in agree with each other, and the one figure that is wrong is found, held and mended."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from assess_support import assess_by, feed, query
from ingest_servers import topic_messages

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.period import Period
from planwatch.contract.registry import parse_record
from planwatch.contract.report import parse_report
from planwatch.gateway.client import frames_of
from planwatch.gateway.frame import FrameReader
from planwatch.gateway.intake import Intake
from planwatch.gateway.month import MonthRules, gather, report_of
from planwatch.ingest.files.lines import LineLoading
from planwatch.ingest.files.loading import Loading
from planwatch.ingest.topics import Topics, create_topics
from planwatch.plans.hj212_factors import load_factors, load_stations
from planwatch.plans.merged import load_merged
from planwatch.service.commands.load import read_mapping, template_of
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
NOW = datetime(2025, 7, 12, tzinfo=UTC)
LAW = load_merged(None, [EXAMPLES / "permits"])
PLANT = "unit:91110000000000001N"


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(LAW, NOW)
        yield opened


def table(name, mapping=None):
    """The reports of a table, all of whose rows must be taken."""
    catalogue: Catalogue = LAW.catalogue
    path = EXAMPLES / "load" / name
    meant = read_mapping(EXAMPLES / "load" / mapping, catalogue) if mapping else template_of(path, catalogue)
    loading = Loading(path, meant, catalogue)
    found = list(loading.reports())
    assert not loading.account.rows_rejected
    return found


def lines(name):
    loading = LineLoading(EXAMPLES / name, LAW.catalogue)
    found = list(loading.messages())
    assert not loading.account.rows_rejected
    return found


def over_http():
    """What the endpoint accepts of the examples: all but the report that is at fault."""
    texts = [(EXAMPLES / "http" / "report.json").read_bytes()]
    texts.append(json.dumps(json.loads((EXAMPLES / "http" / "one-at-fault.json").read_text("utf-8"))[1]).encode())
    return [*map(parse_report, texts), *lines("http/reports.ndjson")]


def of_loggers():
    """The month the gateway makes of the days."""
    factors = load_factors()
    mapping, reader = load_stations(EXAMPLES / "hj212-stations.yaml", factors), FrameReader(4096)
    intake = Intake(mapping, factors)
    frames = frames_of((EXAMPLES / "hj212-daily.txt").read_bytes())
    days = [day for frame in frames for event in reader.feed(frame) for day in intake.decide(event, NOW).days]
    latest = list({(day.mn, day.factor, day.day): day for day in sorted(days, key=lambda day: day.qn)}.values())
    figures = gather(Period.month(2025, 1), mapping.stations, latest, factors, MonthRules())
    return report_of(mapping.stations[0].unit, Period.month(2025, 1), figures.readings, None, NOW)


def findings(database):
    """What the checks found in the figures; what is not there yet is not their fault."""
    return query(
        database,
        "SELECT rule, indicator, to_char(period_start, 'YYYY-MM'), state FROM board.finding"
        f" WHERE subject = '{PLANT}' AND rule <> 'Q01' ORDER BY 1, 2, 3",
    )


def unregistered(database):
    return query(database, "SELECT subject FROM board.unregistered ORDER BY subject")


def level(database):
    return query(database, f"SELECT status, label_zh FROM board.barometer WHERE subject = '{PLANT}'")


def test_examples_agree_and_the_slip_is_held_until_it_is_corrected(database):
    everything = [
        *table("monthly-zh.csv"), *table("discharge.xlsx", "discharge.yaml"), *table("units-wide.csv", "units-wide.yaml"),
        *over_http(), *lines("kafka/reports.ndjson"), of_loggers(),
    ]  # fmt: skip
    feed(database, LAW, everything, now=NOW)
    assess_by(database, LAW, now=NOW)
    assert unregistered(database) == [(PLANT,), ("unit:91110000000000002L",)]
    feed(database, LAW, records=[parse_record((EXAMPLES / "http" / "unit.json").read_bytes())], now=NOW)
    assess_by(database, LAW, now=NOW)
    assert unregistered(database) == [("unit:91110000000000002L",)]
    assert (findings(database), level(database)) == ([], [("rated", "许可量之内")])
    feed(database, LAW, lines("kafka/slip.ndjson"), now=NOW)
    assess_by(database, LAW, now=NOW)
    found = [("Q08", "emission.cod", "2025-06", "open"), ("Q09", "emission.cod", "2025-06", "open")]
    assert findings(database) == found
    assert level(database) == [("not_rated", None)]
    feed(database, LAW, lines("correction.ndjson"), now=NOW)
    assess_by(database, LAW, now=NOW)
    assert {state for *_, state in findings(database)} == {"corrected"}
    assert level(database) == [("rated", "接近许可量")]


def test_producer_of_their_own_sends_what_ingest_reads(bootstrap_servers):
    topics = Topics.named("planwatch.")
    create_topics([bootstrap_servers], topics, 3, 1)
    script, file = EXAMPLES / "kafka" / "send.py", EXAMPLES / "kafka" / "reports.ndjson"
    done = subprocess.run(
        [sys.executable, script, bootstrap_servers, file], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    name, topic, partition, offset = re.fullmatch(r"(\S+) → (\S+)/(\d+)/(\d+)\n", done.stdout).groups()
    (sent,) = [
        one
        for one in topic_messages(bootstrap_servers, topic)
        if (one.partition, one.offset) == (int(partition), int(offset))
    ]
    assert (parse_report(sent.value).report_id, sent.key) == (name, PLANT.encode())
    assert "planwatch" not in re.findall(r"^(?:from|import) (\w+)", script.read_text("utf-8"), re.MULTILINE)
