"""The HJ 212 gateway on real servers: days in over TCP, monthly reports out, and nothing lost on the way."""

import gc
import json
import signal
import socket
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.request import urlopen

import pytest
from hj212_servers import GatewayUnderTest, free_port
from hj212_support import GAS_MN, MN, UNIT, cp_of, daily_frames, make_segment, make_station
from ingest_servers import wait_until
from typer.testing import CliRunner

from planwatch.contract.period import local_day
from planwatch.contract.report import Flag
from planwatch.gateway.frame import framed
from planwatch.plans.loader import load_catalogue
from planwatch.service.commands.hj212 import app

# kafka-python leaves the sockets of refused connections to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
FIRST, LAST = date(2025, 1, 1), date(2025, 1, 31)
BOTH = ("w01018", "1.5", "N"), ("w21003", "0.25", "N")


@pytest.fixture(autouse=True)
def nothing_left_to_collect():
    yield
    gc.collect()


@pytest.fixture
def gateway(database_dsn, bootstrap_servers, topic_prefix, tmp_path):
    return GatewayUnderTest(database_dsn, bootstrap_servers, topic_prefix, tmp_path, [make_station()])


def values(report):
    return {one.indicator: (one.value, one.flag) for one in report.readings}


def test_month_of_days_becomes_one_report(gateway):
    with gateway.running():
        assert gateway.send(daily_frames(FIRST, LAST, *BOTH)) == ["9014"] * 31
        wait_until(gateway.reports)
        # All of it again, as a logger does that did not see our answers.
        assert gateway.send(daily_frames(FIRST, LAST, *BOTH))[-1] == "9014"
        wait_until(lambda: not gateway.rows("SELECT FROM planwatch.hj212_month WHERE waits"))
    (report,) = gateway.reports()
    assert (str(report.subject), report.period, report.revision) == (f"unit:{UNIT}", "2025-01", 0)
    assert values(report) == {"emission.cod": (Decimal("46.5"), None), "emission.nh3n": (Decimal("7.75"), None)}
    catalogue = load_catalogue()
    assert catalogue.faults(report) == ()
    assert [catalogue.amount(one) for one in report.readings] == [Decimal("0.0465"), Decimal("0.00775")], "in tonnes"
    assert gateway.count("hj212_day") == 62 and gateway.count("hj212_day_superseded") == 0


def test_nothing_is_lost_when_the_gateway_is_killed_in_the_middle(gateway):
    split = [
        framed(make_segment(cp_of(LAST, one), QN="20250201003000000", Flag=7, PNUM=2, PNO=number))
        for number, one in enumerate(BOTH, 1)
    ]
    with gateway.running(end=signal.SIGKILL):
        assert gateway.send(daily_frames(FIRST, date(2025, 1, 15), *BOTH)) == ["9014"] * 15
        assert gateway.send(split[:1]) == ["9014"]
    assert gateway.count("hj212_part") == 1
    with gateway.running():
        assert gateway.send(daily_frames(date(2025, 1, 16), date(2025, 1, 30), *BOTH)) == ["9014"] * 15
        assert gateway.reports() == []
        assert gateway.send(split[1:]) == ["9014"]
        wait_until(gateway.reports)
    (report,) = gateway.reports()
    assert values(report) == {"emission.cod": (Decimal("46.5"), None), "emission.nh3n": (Decimal("7.75"), None)}
    assert gateway.count("hj212_part") == 0 and gateway.count("reject") == 0


def test_restated_day_restates_the_month_and_the_earlier_day_is_kept(gateway):
    with gateway.running():
        gateway.send(daily_frames(FIRST, LAST, *BOTH))
        wait_until(gateway.reports)
        gateway.send([framed(make_segment(cp_of(LAST, ("w01018", "11.5", "N")), QN="20250301000000000"))])
        wait_until(lambda: len(gateway.reports()) == 2)
        # A statement older than the one standing changes nothing, and is kept too.
        gateway.send([framed(make_segment(cp_of(LAST, ("w01018", "99", "N")), QN="20250215000000000"))])
    after = gateway.reports()[-1]
    assert after.revision == 1 and values(after)["emission.cod"] == (Decimal("56.5"), None)
    kept = gateway.rows("SELECT cou, qn FROM planwatch.hj212_day_superseded ORDER BY qn")
    assert kept == [(Decimal("1.5"), "20250201003000000"), (Decimal(99), "20250215000000000")]
    assert len(gateway.reports()) == 2


def test_month_with_too_few_valid_days_is_reported_held(gateway):
    with gateway.running(hj212__settle_seconds=0):
        gateway.send(daily_frames(FIRST, date(2025, 1, 20), *BOTH))
        gateway.send(daily_frames(date(2025, 1, 21), LAST, ("w01018", "0", "D"), ("w21003", "0", "B")))
        wait_until(lambda: any(one.readings[0].note.count("D11日") for one in gateway.reports()))
    last = gateway.reports()[-1]
    assert values(last) == {"emission.cod": (Decimal("30.0"), Flag.HELD), "emission.nh3n": (Decimal("5.00"), Flag.HELD)}


def test_unknown_logger_is_refused_and_kept_until_the_mapping_knows_it(gateway, monkeypatch):
    frames = daily_frames(FIRST, LAST, ("a21002", "2", "N"), MN=GAS_MN, ST=31)
    with gateway.running(hj212__broken_in_a_row=100):
        assert gateway.send(frames) == ["9011 QnRtn=4"] * 31
        wait_until(lambda: len(gateway.rejects()) == 31)
    rejects = gateway.rejects()
    assert sorted(one.raw_value for one in rejects) == sorted(frames)
    assert {fault.path for one in rejects for fault in one.faults} == {"MN"}
    assert gateway.count("hj212_day") == 0

    gateway.map(make_station(), make_station(mn=GAS_MN, st=31, unit="91500000MA5U00001X", factors=("a21002",)))
    for name, value in gateway.environment.items():
        monkeypatch.setenv(name, value)
    with gateway.running():
        done = CliRunner().invoke(app, ["redrive"])
        assert done.exit_code == 0 and "已重投 31" in done.output, done.output
        wait_until(gateway.reports)
        assert "已重投 0" in CliRunner().invoke(app, ["redrive"]).output
    (report,) = gateway.reports()
    assert str(report.subject) == "unit:91500000MA5U00001X" and values(report) == {"emission.nox": (Decimal(62), None)}


def test_silent_points_are_listed(gateway, monkeypatch):
    gateway.map(make_station(), make_station(mn="ENDED", until=date(2020, 1, 1)), make_station(mn="QUIET"))
    today = local_day(datetime.now(UTC))
    yesterday = today - timedelta(days=1)
    with gateway.running():
        gateway.send(daily_frames(yesterday, yesterday, BOTH[0]))
    for name, value in gateway.environment.items():
        monkeypatch.setenv(name, value)
    lines = CliRunner().invoke(app, ["silent"]).output.splitlines()
    assert [line.split()[0] for line in lines] == ["QUIET", "3"]


def test_point_that_moves_to_another_unit_takes_its_months_along(gateway):
    with gateway.running():
        gateway.send(daily_frames(FIRST, LAST, *BOTH))
        wait_until(gateway.reports)
    gateway.map(make_station(unit="NEW"), make_station(mn="OTHER"))
    with gateway.running():
        wait_until(lambda: len(gateway.reports()) == 3)
    found = {(one.subject.id, one.revision): {reading.flag for reading in one.readings} for one in gateway.reports()}
    assert found == {(UNIT, 0): {None}, (UNIT, 1): {Flag.WITHDRAWN}, ("NEW", 0): {None}}


def test_changed_mapping_is_taken_up_while_the_gateway_runs(gateway):
    port = free_port()

    def metrics():
        return urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()

    gas = daily_frames(FIRST, LAST, ("a21002", "2", "N"), MN=GAS_MN, ST=31)
    stranger = make_station(mn=GAS_MN, st=31, unit="91500000MA5U00001X", factors=("a21002",))
    with gateway.running(hj212__reload_seconds=0.1, observe__port=port):
        assert gateway.send(daily_frames(FIRST, LAST, *BOTH))[-1] == "9014"
        assert gateway.send(gas[:1]) == ["9011 QnRtn=4"]
        wait_until(gateway.reports)
        # A new point, and the old one given to another unit.
        gateway.map(make_station(unit="NEW"), make_station(mn="OTHER"), stranger)
        wait_until(lambda: gateway.send(gas[:1]) == ["9014"], every=0.2)
        wait_until(lambda: len(gateway.reports()) == 3)
        # A file at fault changes nothing and is counted.
        gateway.mapping.write_text("stations: [", "utf-8")
        wait_until(lambda: 'planwatch_service_reload_failures_total{file="stations"} 1.0' in metrics())
        assert gateway.send(gas[1:]) == ["9014"] * 30
        wait_until(lambda: len(gateway.reports()) == 4)
        assert "planwatch_gateway_silent_points_count 3.0" in metrics(), "January is long ago"
    units = sorted((one.subject.id, one.revision) for one in gateway.reports())
    assert units == sorted([(UNIT, 0), (UNIT, 1), ("NEW", 0), ("91500000MA5U00001X", 0)])


def test_broken_frames_are_kept_and_good_ones_behind_them_taken(gateway):
    good = daily_frames(FIRST, FIRST, *BOTH)[0]
    wrong_crc = good[:-6] + (b"0000" if good[-6:-2] != b"0000" else b"0001") + b"\r\n"
    with gateway.running():
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as logger:
            logger.sendall(b"noise" + wrong_crc + good)
            assert b"CN=9014" in logger.recv(1024)
        wait_until(lambda: len(gateway.rejects()) == 2)
    kept = {one.raw_value: one.faults[0].message for one in gateway.rejects()}
    assert kept[b"noise"] == "bytes between frames" and "its CRC is" in kept[wrong_crc]
    assert gateway.count("hj212_day") == 2


def test_edition_of_2025_is_refused_with_words(gateway):
    frame = framed(make_segment(cp_of(FIRST, *BOTH), Flag=9))
    with gateway.running():
        assert gateway.send([frame]) == ["9011 QnRtn=6"]
        wait_until(gateway.rejects)
    assert "HJ 212-2025 is not supported" in gateway.rejects()[0].faults[0].message


def test_health_names_what_is_wrong(gateway):
    port = free_port()
    with gateway.running(observe__port=port):
        wait_until(lambda: json.load(urlopen(f"http://127.0.0.1:{port}/readyz"))["status"] == "ready")
        gateway.send([framed(make_segment("DataTime=1", MN=MN)), framed(make_segment("", CN=2011))])
        text = urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    assert 'planwatch_gateway_frames_total{outcome="refused"} 1.0' in text
    assert 'planwatch_gateway_frames_total{outcome="unused"} 1.0' in text
