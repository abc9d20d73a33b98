"""`planwatch quality check` on the real database: what is stored is checked as it was stated, and nothing is written."""

import json

import pytest
from load_support import NOW, feed, query
from quality_support import PLAIN, month
from typer.testing import CliRunner

from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.plans.loader import load_law
from planwatch.service.__main__ import build
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_law()
UNIT = "91500000MA5U00000X"


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(LAW, NOW)
        feed(
            opened,
            LAW,
            messages=[(one.key, one.to_json()) for one in map(report, range(len(PLAIN)))],
            records=[
                RegionRecord(id="500102", name="涪陵区", parent="500000", valid_from="2000-01-01"),
                UnitRecord(id=UNIT, name="模拟水泥厂", region="500102", industry="3011", valid_from="2024-01-01"),
            ],
        )
        yield opened


def report(index):
    """A month of coal; the sixteenth in kg where tonnes are said."""
    amount = PLAIN[index] * (1000 if index == 15 else 1)
    return Report(
        report_id=f"r-{index}",
        subject=Subject(kind=SubjectKind.UNIT, id=UNIT),
        period=month(index).label,
        submitted_at=NOW,
        readings=(Reading(indicator="energy.raw_coal", value=str(amount), unit="t"),),
    )


def run(dsn, *words):
    found = CliRunner().invoke(build("quality"), ["quality", *words], env={"PLANWATCH_DATABASE__DSN": dsn})
    assert found.exit_code == 0, found.output
    return found.output


def test_findings_of_a_subject_are_printed_together(database, database_dsn):
    before = query(database, "SELECT count(*) FROM planwatch.reading")
    text = run(database_dsn, "check", "模拟水泥厂")
    assert f"unit:{UNIT} 2025-04 energy.raw_coal 待核不计" in text
    assert "Q08 2025年4月原煤消费量 994000000 kg" in text
    assert "依据 planwatch 2026-11: unit-slip" in text
    assert query(database, "SELECT count(*) FROM planwatch.reading") == before


def test_region_is_checked_with_everybody_below_it(database, database_dsn):
    found = json.loads(run(database_dsn, "check", "--region", "500102", "--json"))
    slips = [one for one in found if one["rule"] == "Q08"]
    assert [(one["subject"], one["period"], one["figures"][0]["amount"]) for one in slips] == [
        (f"unit:{UNIT}", "2025-04", "994000000")
    ]
