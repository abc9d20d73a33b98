"""Registers on the real database and broker: unknown units, closed units, mergers, measured factors, and the commands."""

import json
from datetime import date
from decimal import Decimal as D

import pytest
from assess_support import assess_by, feed, query
from commands_support import command_runner
from factories import SUBMITTED
from files_support import write_table
from ingest_support import region, unit
from load_support import make_topics, messages_in
from rules_support import COAL, make_law, make_single
from typer.testing import CliRunner

from planwatch.contract.registry import MeasuredFactor, parse_record
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.plans.loader import load_law
from planwatch.service.__main__ import build
from planwatch.storage.database import Database
from planwatch.storage.registry_store import RegistryStore

pytestmark = pytest.mark.services
CITY = {"kind": "region", "region": "500000"}
BUDGET = make_single(
    id="city.coal", kind="level_max", value=D(1000), unit="tce", measure=COAL, sum_of="unit", basis="equivalent",
    applies_to=CITY,
)  # fmt: skip
TOTAL = make_single(
    id="city.total", kind="level_max", value=D(10000), unit="tce", sum_of="region", applies_to=CITY,
    measure={"of": "energy.total", "unit": "tce"},
)  # fmt: skip
OF_UNITS = make_single(
    id="unit.coal", kind="level_max", value=D(1000), unit="tce", measure=COAL, basis="equivalent",
    applies_to={"kind": "unit", "region": "500102"},
)  # fmt: skip
LAW = make_law(BUDGET, TOTAL, OF_UNITS)
REGIONS = (region("500000", name="重庆市"), region("500101", "500000"), region("500102", "500000"))


def report(who, period, value, indicator="energy.raw_coal", measure="t", kind=SubjectKind.UNIT):
    return Report(
        report_id=f"{who}-{period}",
        subject=Subject(kind=kind, id=who),
        period=period,
        submitted_at=SUBMITTED,
        readings=(Reading(indicator=indicator, value=D(value), unit=measure),),
    )


def total(who, year, value):
    return report(who, str(year), value, "energy.total", "tce", SubjectKind.REGION)


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        yield opened


def judged(database, target="city.coal", subject="region:500000", period_end="2025-02-01"):
    """Status, actual value, reason and edition of the standing judgement at a period's end."""
    (found,) = query(
        database,
        "SELECT status, actual, reason, edition, colour FROM board.assessment"
        f" WHERE target = '{target}' AND subject = '{subject}' AND period_end = '{period_end}'",
    )
    return found


def test_unknown_unit_is_kept_out_of_sums_and_released_when_it_is_registered(database):
    feed(database, LAW, [report("A", "2025-01", "100"), report("B", "2025-01", "50")], [*REGIONS, unit("A", "500101")])
    assess_by(database, LAW)
    assert judged(database)[:2] == ("rated", D("71.43"))  # A alone
    (unknown,) = RegistryStore(database).unknown()
    assert (unknown.subject, unknown.figures, unknown.first_start) == ("unit:B", 1, date(2025, 1, 1))
    assert query(database, "SELECT * FROM board.assessment WHERE subject = 'unit:B'") == []

    feed(database, LAW, records=[unit("B", "500102")])
    marks = query(database, "SELECT subject, period_start, cause FROM planwatch.mark ORDER BY subject")
    assert marks == [(who, date(2025, 1, 1), "registry") for who in ("region:500000", "region:500102", "unit:B")]
    assess_by(database, LAW)
    assert judged(database)[:2] == ("rated", D("107.145"))  # both
    assert judged(database, "unit.coal", "unit:B")[:2] == ("rated", D("35.715"))
    assert RegistryStore(database).unknown() == []


def test_missing_member_is_never_green(database):
    units = [unit("A", "500101"), unit("B", "500102")]
    feed(database, LAW, [report("A", "2025-01", "1"), report("B", "2024-12", "1")], [*REGIONS, *units])
    assess_by(database, LAW)
    status, _, reason, _, colour = judged(database)
    assert (status, colour) == ("not_rated", None)
    assert "unit:B" in reason
    feed(database, LAW, [report("B", "2025-01", "1")])
    assess_by(database, LAW)
    assert judged(database)[0] == "rated"


def test_closing_a_unit_takes_it_out_of_later_sums_and_leaves_the_earlier_ones(database):
    months = [report(who, month, "10") for who in "AB" for month in ("2024-11", "2024-12")]
    feed(database, LAW, [*months, report("A", "2025-01", "10")], [*REGIONS, unit("A", "500101"), unit("B", "500102")])
    assess_by(database, LAW)
    assert judged(database)[0] == "not_rated"
    feed(database, LAW, records=[unit("B", "500102", valid_to=date(2024, 12, 31), revision=1)])
    assess_by(database, LAW)
    assert judged(database)[:2] == ("rated", D("7.143"))


def test_month_of_closing_is_not_awaited(database):
    reports = [report("A", "2025-01", "10"), report("B", "2024-12", "10")]
    feed(database, LAW, reports, [*REGIONS, unit("A", "500101"), unit("B", "500102", valid_to=date(2025, 1, 10))])
    assess_by(database, LAW)
    assert judged(database)[:2] == ("rated", D("7.143"))


def test_unit_is_awaited_from_its_first_entry_or_its_first_figure_on(database):
    reports = [report(who, "2025-02", "10") for who in "ABC"] + [report(who, "2025-01", "10") for who in "AC"]
    later = [unit(who, "500102", valid_from=date(2025, 2, 1)) for who in "BC"]
    feed(database, LAW, reports, [*REGIONS, unit("A", "500101"), *later])
    assess_by(database, LAW)
    assert judged(database)[:2] == ("rated", D("14.286")), "A and C, who reported before it was registered"
    assert judged(database, period_end="2025-03-01")[:2] == ("rated", D("35.715")), "two months of both, one of B"


def test_measured_factor_rejudges_what_it_touches_and_is_named(database):
    feed(database, LAW, [report("A", "2025-01", "100")], [*REGIONS, unit("A", "500101")])
    assess_by(database, LAW)
    factor = MeasuredFactor(energy_kind="raw_coal", kgce=D("0.6"), valid_from=date(2025, 1, 1))
    feed(database, LAW, records=[unit("A", "500101", measured_factors=(factor,), revision=1)])
    assess_by(database, LAW)
    _, actual, _, edition, _ = judged(database)
    assert (actual, edition) == (D(60), "test-2020;实测 raw_coal=0.6 kgce(自2025-01-01)")


def test_measured_factor_outside_its_range_rates_nobody(database):
    factor = MeasuredFactor(energy_kind="raw_coal", kgce=D(6), valid_from=date(2025, 1, 1))
    feed(database, LAW, [report("A", "2025-01", "100")], [*REGIONS, unit("A", "500101", measured_factors=(factor,))])
    assess_by(database, LAW)
    status, _, reason, _, _ = judged(database)
    assert status == "not_rated"
    assert "is outside 0.50001 to 0.92859 kgce/kg" in reason


def test_merged_region_counts_until_its_last_day_and_its_successor_after_it(database):
    stated = [total("500101", 2023, "300"), total("500102", 2023, "500"), total("500102", 2024, "900")]
    feed(database, LAW, [*stated, report("A", "2024-01", "100")], [*REGIONS, unit("A", "500101")])
    assess_by(database, LAW)
    assert judged(database, "city.total", period_end="2024-01-01")[:2] == ("rated", D(800))
    assert judged(database, "city.total", period_end="2025-01-01")[0] == "not_rated"  # 500101 does not report 2024
    assert query(database, "SELECT * FROM board.assessment WHERE target = 'unit.coal'") == []

    merged = region("500101", "500000", merged_into="500102", valid_to=date(2023, 12, 31), revision=1)
    feed(database, LAW, records=[merged])
    assess_by(database, LAW)
    assert judged(database, "city.total", period_end="2024-01-01")[:2] == ("rated", D(800))
    assert judged(database, "city.total", period_end="2025-01-01")[:2] == ("rated", D(900))
    assert judged(database, "unit.coal", "unit:A", "2024-02-01")[:2] == (
        "rated",
        D("71.43"),
    )  # bound by 500102's target


HEADER = ["统一社会信用代码", "单位名称", "行政区划代码", "行业代码", "生效日期"]
GOOD = ["91350100M000100Y43", "示例厂", "120110", "C3011", "2024-01-01"]


def table(path, *rows, header=HEADER):
    return write_table(path, header, *rows)


@pytest.fixture
def topics(bootstrap_servers, topic_prefix):
    return make_topics(bootstrap_servers, topic_prefix)


@pytest.fixture
def run(database_dsn, bootstrap_servers, topic_prefix):
    return command_runner(build(), database_dsn, bootstrap_servers, topic_prefix)


def load(run, path, *more, **over):
    return run("registry", "load", path, "--kind", "units", *more, **over)


def test_load_sends_once_what_is_new_and_nothing_on_a_dry_run(database, run, topics, bootstrap_servers, tmp_path):
    path = table(tmp_path / "u.csv", GOOD)
    assert "新增 1、变更 0、未变 0;试运行,未发送" in load(run, path, "--dry-run")
    assert messages_in(bootstrap_servers, topics.registry) == []
    assert "新增 1、变更 0、未变 0;已发送" in load(run, path)
    ((key, value),) = messages_in(bootstrap_servers, topics.registry)
    assert key == b"unit:91350100M000100Y43"

    feed(database, LAW, records=[parse_record(value)])
    assert "新增 0、变更 0、未变 1;已发送" in load(run, path)
    changed = table(tmp_path / "v.csv", [*GOOD[:1], "改名厂", *GOOD[2:]])
    assert "新增 0、变更 1、未变 0;已发送" in load(run, changed)
    assert len(messages_in(bootstrap_servers, topics.registry)) == 2


def test_load_that_broke_off_is_run_again_and_sends_the_rest(database, run, topics, bootstrap_servers, tmp_path):
    rows = [["", *GOOD[1:], code] for code in ("A", "B", "C")]
    path = table(tmp_path / "u.csv", *rows, header=[*HEADER, "单位编号"])
    load(run, path)
    first, *_ = (value for _, value in sorted(messages_in(bootstrap_servers, topics.registry)))
    feed(database, LAW, records=[parse_record(first)])  # as if only this one had arrived
    assert "新增 2、变更 0、未变 1;已发送" in load(run, path)
    again = [value for key, value in messages_in(bootstrap_servers, topics.registry) if key != b"unit:A"]
    feed(database, LAW, records=[parse_record(value) for value in again])  # some of them for the second time
    assert len(RegistryStore(database).standing(["unit"])) == 3
    assert query(database, "SELECT count(*) FROM planwatch.registry_superseded") == [(0,)]


def test_file_with_any_fault_is_not_sent_and_every_fault_is_told(run, topics, bootstrap_servers, tmp_path):
    bad = ["91350100M000100Y44", "", "999999", "C99", "2024-13-01"]
    said = load(run, table(tmp_path / "u.csv", GOOD, bad), code=1)
    assert "u.csv: 5 处错误,未发送任何记录" in said
    assert [line.strip()[:9] for line in said.splitlines()[1:]] == [f"第 3 行 {letter} 列" for letter in "ABCDE"]
    assert messages_in(bootstrap_servers, topics.registry) == []


def test_list_and_show_look_at_a_day(database, run):
    before = unit("A", "500101", name="旧名", valid_to=date(2023, 12, 31))
    after = unit("A", "500102", name="新名", valid_from=date(2024, 1, 1), industry="3011")
    feed(database, LAW, records=[*REGIONS, before, after])
    assert "旧名" in run("registry", "list", "--kind", "units", "--region", "500101", "--at", "2023-06-01")
    assert "共 0 条" in run("registry", "list", "--kind", "units", "--region", "500101", "--at", "2024-06-01")
    (one,) = json.loads(run("registry", "list", "--kind", "units", "--region", "500000", "--json"))
    assert (one["name"], one["industry"], one["valid_from"]) == ("新名", "3011", "2024-01-01")
    entries = json.loads(run("registry", "show", "A", "--at", "2023-06-01", "--json"))
    assert [(entry["name"], entry["holds"]) for entry in entries] == [("旧名", True), ("新名", False)]
    assert "○ 2021-01-01 — 2023-12-31" in run("registry", "show", "新名")


def test_unknown_lists_who_is_not_registered(database, run):
    feed(database, LAW, [report("B", "2025-01", "50")])
    assert "unit:B" in run("registry", "unknown")
    feed(database, LAW, records=[unit("B", "500102")])
    assert "没有未登记的上报对象" in run("registry", "unknown")


def test_missing_counts_who_has_not_reported(database, run):
    law = load_law()
    units = [unit(name, "500101", name=f"{name}厂") for name in ("A", "B")] + [unit("C", "500102")]
    stated = [report("A", "2024-03", "10"), report("B", "2024-03", "30"), report("A", "2025-03", "10")]
    feed(database, law, stated, [*REGIONS, *units])
    found = json.loads(run("missing", "--period", "2025-03", "--at", "2025-04-20", "--json"))
    city = next(one for one in found["regions"] if one["region"] == "500000" and one["duty"] == "plans.units-monthly")
    assert (city["expected"], city["reported"], city["overdue"], city["tce_unknown"]) == (3, 1, 2, 1)
    missing = {one["subject"]: one["deadline"] for one in found["missing"]}
    assert missing == {"unit:B": "2025-04-15", "unit:C": "2025-04-15"}
    on_the_day = json.loads(run("missing", "--period", "2025-03", "--at", "2025-04-15", "--json"))
    assert on_the_day["missing"] == []
    county = ("missing", "--period", "2025-03", "--at", "2025-04-20", "--region", "500101")
    assert "B厂" in run(*county)
    assert "500000" not in run(*county), "of the city only a part was looked at"
    assert {one["region"] for one in json.loads(run(*county, "--json"))["regions"]} == {"500101"}


@pytest.fixture
def invoke(database_dsn):
    environment = {"PLANWATCH_DATABASE__DSN": database_dsn, "COLUMNS": "400", "NO_COLOR": "1"}
    return lambda *words: CliRunner(env=environment).invoke(build(), words)


@pytest.mark.parametrize("words", [("missing", "--period", "2025-03"), ("registry", "list")], ids=" ".join)
def test_region_that_is_not_registered_is_said(database, invoke, words):
    feed(database, load_law(), [], REGIONS)
    for wanted in ((), ("--json",)):
        refused = invoke(*words, "--region", "999999", *wanted)
        assert (refused.exit_code, "名录中没有地区 999999" in refused.stderr) == (2, True), refused.output
    assert invoke(*words, "--region", "500102").exit_code == 0


@pytest.mark.parametrize("words", [("missing", "--period"), ("plans", "whatif", "--path", "linear", "--from")])
def test_what_is_no_period_is_refused_in_words(invoke, words):
    refused = invoke(*words, "2025-13")
    assert (refused.exit_code, "'2025-13' 不是期间" in refused.stderr) == (2, True), refused.output


def test_duties_become_a_calendar_file(run, tmp_path):
    header = ["义务编号", "名称", "报送主体", "适用地区", "周期", "截止工作日", "依据", "生效日期"]
    row = ["cq.units", "重庆月报", "用能单位", "500000", "月", "8", "市局通知", "2025-01-01"]
    path, out = table(tmp_path / "d.csv", row, header=header), tmp_path / "calendars" / "own.yaml"
    assert "无错误;试运行,未写入" in run("registry", "load", path, "--kind", "duties", "--out", out, "--dry-run")
    assert not out.exists()
    run("registry", "load", path, "--kind", "duties", "--out", out)
    assert "working_day: 8" in out.read_text("utf-8")
    wrong = table(tmp_path / "e.csv", [*row[:3], "999999", *row[4:]], header=header)
    said = run("registry", "load", wrong, "--kind", "duties", "--out", out, code=1)
    assert "第 2 行 D 列「适用地区」: 没有登记的地区代码 999999" in said
