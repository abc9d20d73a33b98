"""`planwatch load` of a mended table: what it says, and that a correction replaces what stands, once."""

import threading

import pytest
import typer
from assess_support import query
from files_support import write_csv
from ingest_servers import IngestThread, running, wait_until
from load_support import make_topics, messages_in
from typer.testing import CliRunner

from planwatch.contract.errors import StorageError
from planwatch.contract.report import parse_report
from planwatch.service.commands.load import load
from planwatch.service.commands.load_standing import wait_until_stored
from planwatch.service.settings import DatabaseSettings, KafkaSettings, Settings
from planwatch.storage.database import Database

pytestmark = pytest.mark.services
APP = typer.Typer()
APP.command()(load)
HEADER = "id,month,coal,diesel"
ROWS = ["A,2025-01,70,3", "B,2025-01,8,"]
MENDED = ["A,2025-01,7,3", "B,2025-01,8,"]
MAPPING = """\
id: test
zh: 测试
en: test
origin: made up
missing: [""]
reports:
  subject: {kind: {constant: unit}, id: {column: id}}
  period: {form: YYYY-MM, column: month}
  report_id: {template: "{id}-{month}"}
  submitted_at: {days_after: 10}
  readings:
    - {indicator: energy.raw_coal, unit: t, column: coal}
    - {indicator: energy.diesel, unit: t, column: diesel}
"""


@pytest.fixture
def topics(bootstrap_servers, topic_prefix):
    return make_topics(bootstrap_servers, topic_prefix)


@pytest.fixture
def member(database_dsn, bootstrap_servers, topic_prefix):
    """Makes members of the test's consumer group."""
    return lambda: IngestThread(database_dsn, bootstrap_servers, topic_prefix)


@pytest.fixture
def run(database_dsn, bootstrap_servers, topic_prefix, topics, tmp_path):
    """Loads a table of these rows; what is printed."""
    environment = {
        "PLANWATCH_DATABASE__DSN": database_dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
        "PLANWATCH_KAFKA__GROUP": "test",
        "COLUMNS": "200",
    }

    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, "utf-8")

    def run(rows, *words):
        table = write_csv(tmp_path / f"{threading.get_ident()}.csv", HEADER, *rows)
        done = CliRunner(env=environment).invoke(APP, [str(table), "--mapping", str(mapping), *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return " ".join(done.output.split())

    return run


@pytest.fixture
def standing(database_dsn):
    """The figures that stand: (subject, indicator) to (value, revision)."""
    with Database(database_dsn, max_size=1) as database:

        def standing():
            rows = query(database, "SELECT subject, indicator, value::integer, revision FROM planwatch.reading")
            return {row[:2]: row[2:] for row in rows}

        yield standing


COAL = ("unit:A", "energy.raw_coal")


def test_mended_cell_without_a_revision_is_said_and_corrected_when_asked(
    run, member, standing, bootstrap_servers, topics
):
    with running(member()):
        assert "新数 new 3" in run(ROWS)
        wait_until(lambda: len(standing()) == 3)
        said = run(MENDED)
        assert "1 个数与已存不同" in said
        assert "--as-correction" in said
        sent = len(messages_in(bootstrap_servers, topics.reports))
        corrected = run(MENDED, "--as-correction")
        assert "不同 changed 1" in corrected
        assert "已存 known 2" in corrected
        wait_until(lambda: standing()[COAL] == (7, 1))
        assert "作为更正发送 sent as corrections 0" in run(MENDED, "--as-correction")
    assert standing() == {COAL: (7, 1), ("unit:A", "energy.diesel"): (3, 0), ("unit:B", "energy.raw_coal"): (8, 0)}
    found = [parse_report(value) for _, value in messages_in(bootstrap_servers, topics.reports)]
    assert len(found) == sent + 1
    assert sum(report.revision == 1 and len(report.readings) == 1 for report in found) == 1


def test_correction_run_again_before_the_first_is_stored_waits_and_sends_nothing(
    run, member, standing, bootstrap_servers, topics
):
    with running(member()):
        run(ROWS)
        wait_until(lambda: len(standing()) == 3)
    assert "不同 changed 1" in run(MENDED, "--as-correction")
    said = []
    again = threading.Thread(target=lambda: said.append(run(MENDED, "--as-correction")))
    again.start()
    with running(member()):
        again.join(60)
        assert not again.is_alive()
        assert "作为更正发送 sent as corrections 0" in said[0]
    assert standing()[COAL] == (7, 1)
    reports = [parse_report(value) for _, value in messages_in(bootstrap_servers, topics.reports)]
    assert sum(report.revision == 1 for report in reports) == 1


def test_correction_without_ingest_is_refused_with_what_to_do(run, database_dsn, bootstrap_servers, topic_prefix):
    run(ROWS)
    settings = Settings(
        database=DatabaseSettings(dsn=database_dsn),
        kafka=KafkaSettings(bootstrap_servers=bootstrap_servers, topic_prefix=topic_prefix, group="test"),
    )
    told = []
    with pytest.raises(StorageError, match="planwatch ingest"):
        wait_until_stored(settings, told.append, patience_seconds=0)
    assert told == []


def test_dry_run_of_a_correction_says_what_would_be_sent(run, member, standing, bootstrap_servers, topics):
    with running(member()):
        run(ROWS)
        wait_until(lambda: len(standing()) == 3)
    sent = len(messages_in(bootstrap_servers, topics.reports))
    assert "不同 changed 1" in run(MENDED, "--as-correction", "--dry-run")
    assert len(messages_in(bootstrap_servers, topics.reports)) == sent
