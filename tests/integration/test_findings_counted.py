"""Findings as the assess process shows them to Prometheus: what still does something, and figures out of sums, each once."""

import os
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from hj212_servers import free_port
from ingest_servers import wait_until

from planwatch.storage.database import Database
from planwatch.storage.quality_store import QualityStore

pytestmark = pytest.mark.services
INSERT = (
    "INSERT INTO planwatch.finding VALUES (%s, 'unit:A', %s, '2025-01-01', 1, %s, %s, %s, '', '[]', '', '', '2025-03-01',"
    " '2025-03-01', now(), %s)"
)
FINDINGS = [
    # rule, indicator, version, outcome, state, superseded at
    ("Q01", "*", 1, "hold", "open", None),
    ("Q04", "energy.raw_coal", 1, "hold", "open", "2025-03-02"),
    ("Q04", "energy.raw_coal", 2, "hold", "explained", None),
    ("Q08", "energy.raw_coal", 1, "hold", "open", None),
    ("Q08", "energy.coke", 1, "reject", "open", None),
    ("Q08", "energy.diesel", 1, "hold", "accepted", None),
    ("Q09", "energy.coke", 1, "query", "open", None),
    ("Q09", "energy.diesel", 1, "query", "lapsed", None),
]


@pytest.fixture
def found(database_dsn):
    with psycopg.connect(database_dsn) as connection:
        connection.cursor().executemany(INSERT, FINDINGS)
    return database_dsn


def test_findings_that_stand_are_counted_and_figures_once(found):
    with Database(found, max_size=1) as database:
        assert QualityStore(database).standing() == ({"Q01": 1, "Q04": 1, "Q08": 2, "Q09": 1}, 2)


def test_assess_shows_them(found):
    port = free_port()
    settings = {"PLANWATCH_DATABASE__DSN": found, "PLANWATCH_OBSERVE__PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "planwatch.service", "assess"], env=os.environ | settings)

    def shown():
        assert process.poll() is None, "assess ended"
        try:
            return urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        except URLError:
            return ""

    try:
        wait_until(lambda: "planwatch_assess_held_figures_count 2.0" in shown(), every=0.2)
        text = shown()
    finally:
        process.terminate()
        assert process.wait(60) == 0
    assert 'planwatch_assess_findings_count{rule="Q08"} 2.0' in text
    assert 'planwatch_assess_findings_count{rule="Q05"} 0.0' in text, "what is not found is shown as none"
