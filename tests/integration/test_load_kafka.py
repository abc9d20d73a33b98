"""`planwatch load` and `planwatch simulate --kafka` against a real broker."""

import pytest
import typer
from files_support import CASES, MAPPINGS
from load_support import make_topics, messages_in
from typer.testing import CliRunner

from planwatch.contract.registry import parse_record
from planwatch.contract.report import parse_report
from planwatch.service.commands.load import load
from planwatch.service.commands.simulate import simulate
from planwatch.simulate import scenario

pytestmark = pytest.mark.services
APP = typer.Typer()
APP.command()(load)
APP.command()(simulate)


@pytest.fixture
def topics(bootstrap_servers, topic_prefix):
    return make_topics(bootstrap_servers, topic_prefix)


@pytest.fixture
def run(bootstrap_servers, topic_prefix):
    """Runs a command with the settings of the test's own topics."""
    environment = {
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
    }

    def run(*words):
        done = CliRunner(env=environment).invoke(APP, [str(word) for word in words])
        assert done.exit_code == 0, (done.output, done.exception)

    return run


def test_states_arrive_keyed_by_subject(run, topics, bootstrap_servers):
    run("load", CASES / "states_monthly.csv", "--mapping", MAPPINGS / "us-states-registry.yaml")
    run("load", CASES / "states_monthly.csv", "--mapping", MAPPINGS / "us-states.yaml")
    records = [parse_record(value) for _, value in messages_in(bootstrap_servers, topics.registry)]
    assert {record.id for record in records} == {"US-CT", "US-RI"}
    reports = [(key, parse_report(value)) for key, value in messages_in(bootstrap_servers, topics.reports)]
    assert len(reports) == 12
    assert all(key == report.key for key, report in reports)


def test_loading_a_file_twice_sends_the_same_messages_again(run, topics, bootstrap_servers):
    for _ in range(2):
        run("load", CASES / "areas_daily.csv", "--mapping", MAPPINGS / "us-areas-daily.yaml")
    found = messages_in(bootstrap_servers, topics.reports)
    assert len(found) == 6
    assert len(set(found)) == 3


def test_simulated_world_arrives_whole_and_in_order(run, topics, bootstrap_servers):
    run("simulate", "--kafka", "--from", "2024-01", "--to", "2024-03", "--units", "5", "--seed", "3")
    records = [value for _, value in messages_in(bootstrap_servers, topics.registry)]
    assert len(records) == len(list(scenario.registry(3, 5)))
    sent = list(scenario.messages(3, 5, *(scenario.Period.month(2024, month) for month in (1, 3))))
    found = messages_in(bootstrap_servers, topics.reports)
    assert sorted(found) == sorted(sent)
    for key in {key for key, _ in sent}:
        assert [value for own, value in found if own == key] == [value for own, value in sent if own == key]


def test_written_file_and_broker_hold_the_same(run, topics, bootstrap_servers, tmp_path):
    path = tmp_path / "world.ndjson"
    run("simulate", "--out", path, "--from", "2024-02", "--to", "2024-02", "--units", "2")
    run("load", path)
    both = [value for topic in topics.read for _, value in messages_in(bootstrap_servers, topic)]
    assert sorted(both) == sorted(path.read_bytes().splitlines())
