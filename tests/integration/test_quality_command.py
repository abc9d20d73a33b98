"""`planwatch quality check` on the real database: what is stored is checked as it was stated, and nothing is written."""

import json

import pytest
from assess_support import query
from load_support import NOW, assess, feed
from quality_support import PLAIN, month
from typer.testing import CliRunner

from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.plans.merged import load_merged
from planwatch.service.__main__ import build
from planwatch.service.commands.quality_findings import done_with
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_merged()
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
                UnitRecord(id=UNIT, name="模拟水泥厂", region="500102", industry="3011", valid_from="2023-01-01"),
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
    assert "Q08 2025年4月原煤消费量 994,000 t" in text
    assert "依据 planwatch 2026-11: unit-slip" in text
    assert query(database, "SELECT count(*) FROM planwatch.reading") == before


def test_region_is_checked_with_everybody_below_it(database, database_dsn):
    found = json.loads(run(database_dsn, "check", "--region", "500102", "--json"))
    slips = [one for one in found if one["rule"] == "Q08"]
    assert [(one["subject"], one["period"], one["figures"][0]["amount"]) for one in slips] == [
        (f"unit:{UNIT}", "2025-04", "994000000")
    ]


def test_region_is_checked_with_those_who_never_reported(database, database_dsn):
    silent = UnitRecord(id="silent", name="从未上报的厂", region="500102", valid_from="2023-01-01")
    feed(database, LAW, records=[silent])
    found = json.loads(run(database_dsn, "check", "--region", "500102", "--json"))
    assert {one["rule"] for one in found if one["subject"] == "unit:silent"} == {"Q01"}


@pytest.fixture
def worked(database, database_dsn):
    """The database after judging: one slip is held."""
    assess(database, LAW)
    return lambda *words: run(database_dsn, *words)


def refused(dsn, *words):
    found = CliRunner().invoke(build("quality"), ["quality", *words], env={"PLANWATCH_DATABASE__DSN": dsn})
    assert found.exit_code == 2, found.output
    return " ".join(found.output.replace("│", " ").split())


def test_list_says_how_many_there_are_in_all(worked):
    in_all = len(json.loads(worked("list", "--all", "--json")))
    assert in_all > 1
    text = worked("list", "--all", "--limit", "1")
    assert f"数据质量问题 {in_all} 项,列出前 1 项" in "".join(text.split("\n"))


def test_region_is_listed_with_all_below_it(worked):
    for place in ("500000", "500102", "涪陵区"):
        found = json.loads(worked("list", "--region", place, "--rule", "q08", "--json"))
        assert [(one["subject"], one["rule"]) for one in found] == [(f"unit:{UNIT}", "Q08")], place
    assert json.loads(worked("list", "--region", "500102", "--rule", "Q09", "--json")) != []
    assert json.loads(worked("list", "--region", "500102", "--rule", "Q13", "--json")) == []


def test_finding_is_answered_by_name_and_shows_who_said_what(worked):
    worked("answer", "Q08", "模拟水泥厂", "energy.raw_coal", "2025-04", "--text", "已换秤", "--by", "王某", "--accept")
    (row,) = json.loads(worked("list", "--subject", UNIT, "--rule", "Q08", "--json"))
    assert (row["said"], row["author"], row["state"]) == ("已换秤", "王某", "open"), "until it is judged again"


def test_settled_finding_no_longer_says_that_its_figure_is_left_out(worked, database):
    worked("answer", "Q08", UNIT, "energy.raw_coal", "2025-04", "--text", "已换秤", "--by", "王某", "--accept")
    assess(database, LAW)
    (row,) = json.loads(worked("list", "--all", "--subject", UNIT, "--rule", "Q08", "--json"))
    assert (done_with(row["outcome"], row["state"]), done_with("hold", "corrected")) == ("认可,计入", "—")


def test_cumulative_finding_is_answered_by_the_label_it_is_listed_with(worked):
    (first,) = [one for one in json.loads(worked("list", "--rule", "Q01", "--json")) if one["months"] == 2][:1]
    assert (first["period_start"], first["subject"]) == ("2023-01-01", f"unit:{UNIT}")
    words = ("--text", "停产", "--by", "王某")
    assert "已记下" in worked("answer", "Q01", UNIT, "*", "2023-01~02", *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--rule", "Q1"), "Q01 逾期未报"),
        (("list", "--region", "999999"), "nothing is registered or reported of region:999999"),
        (("list", "--region", "模拟水泥厂"), "is no region"),
        (("list", "--subject", "没有这个厂"), "不是唯一的对象"),
        (("answer", "Q08", UNIT, "x", "2025-13", "--text", "x", "--by", "y"), "2025-01~02"),
    ],
)
def test_what_is_unknown_is_said_with_what_is_allowed(worked, database_dsn, words, said):
    assert said in refused(database_dsn, *words)
