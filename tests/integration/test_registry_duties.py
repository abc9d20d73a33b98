"""Reporting duties and working days as registry records: from a table to the topic, judged by, and asked about."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from assess_support import assess_by, feed, query
from commands_support import command_runner
from factories import SUBMITTED
from files_support import write_table
from ingest_support import region, unit
from load_support import make_topics, messages_in

from planwatch.contract.calendar import DaysOff, Deadline
from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord
from planwatch.contract.registry import parse_record
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.plans.merged import load_merged
from planwatch.service.__main__ import build
from planwatch.service.checking import deadline_between
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_merged()
REGIONS = (region("500000", name="重庆市"), region("500101", "500000"), region("120000", name="天津市"))
SINCE = date(2024, 1, 1)
NOW = datetime(2024, 5, 16, 4, tzinfo=UTC)
HEADER = ["义务编号", "名称", "报送主体", "适用地区", "周期", "截止日", "截止工作日", "依据", "生效日期"]
ROW = ["cq.units", "重庆月报", "用能单位", "500000", "月", "", "8", "市局通知", "2024-01-01"]


def duty(**over):
    stated = {
        "id": "cq.units",
        "name": "重庆月报",
        "reporter": "unit",
        "every": "month",
        "regions": ("500000",),
        "deadline": Deadline(day=20),
        "source": "市局通知",
        "valid_from": SINCE,
    }
    return DutyRecord(**(stated | over))


def year_2024(*worked, revision=0, off=(("2024-05-01", "2024-05-14"),)):
    spans = tuple(DaysOff(zh="假", first=first, last=last) for first, last in off)
    return WorkingYearRecord(
        id="2024",
        name="2024年放假安排",
        source="补充通知",
        off=spans,
        worked=worked,
        valid_from=SINCE,
        revision=revision,
    )


def coal(who, month, revision=0):
    return Report(
        report_id=f"{who}-{month}-{revision}",
        subject=Subject(kind=SubjectKind.UNIT, id=who),
        period=month,
        revision=revision,
        submitted_at=SUBMITTED,
        readings=(Reading(indicator="energy.raw_coal", value=D(1000 + revision), unit="t"),),
    )


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(LAW, NOW)
        units = [unit("A", "500101", valid_from=SINCE), unit("T", "120000", valid_from=SINCE)]
        reports = [coal(who, f"2024-0{month}") for who in "AT" for month in (1, 2, 3)]
        feed(opened, LAW, reports, [*REGIONS, *units], now=datetime(2024, 4, 10, 4, tzinfo=UTC))
        yield opened


@pytest.fixture
def topics(bootstrap_servers, topic_prefix):
    return make_topics(bootstrap_servers, topic_prefix)


@pytest.fixture
def run(database_dsn, bootstrap_servers, topic_prefix):
    return command_runner(build(), database_dsn, bootstrap_servers, topic_prefix)


def table(path, *rows, header=HEADER):
    return write_table(path, header, *rows)


def missing(database):
    """Open findings of what was not reported, by unit and month."""
    rows = query(
        database,
        "SELECT subject, period_start::text FROM planwatch.finding"
        " WHERE rule = 'Q01' AND indicator = '*' AND superseded_at IS NULL AND state = 'open' AND subject LIKE 'unit:%'",
    )
    return set(rows)


def marks(database):
    return {row[0] for row in query(database, "SELECT subject FROM planwatch.mark")}


def test_registered_duty_rechecks_its_units_and_findings_lapse_and_appear_by_it(database):
    assess_by(database, LAW, now=NOW)
    late_in_april = {("unit:A", "2024-04-01"), ("unit:T", "2024-04-01")}
    assert missing(database) == late_in_april, "the law's duty fell due on 15 May"

    feed(database, LAW, records=[duty()], now=NOW)
    assert marks(database) == {"unit:A"}, "units of other regions have other duties"
    assess_by(database, LAW, now=NOW)
    assert missing(database) == {("unit:T", "2024-04-01")}, "until the 20th it has time"

    feed(database, LAW, records=[duty(deadline=Deadline(day=5), revision=1)], now=NOW)
    assess_by(database, LAW, now=NOW)
    assert missing(database) == late_in_april

    feed(database, LAW, records=[duty(regions=("120000",), deadline=Deadline(day=25), revision=2)], now=NOW)
    assert marks(database) == {"unit:A", "unit:T"}, "those it concerned and those it concerns"
    assess_by(database, LAW, now=NOW)
    assert missing(database) == {("unit:A", "2024-04-01")}


def test_duty_of_regions_rechecks_those_regions_and_no_units(database):
    assess_by(database, LAW, now=NOW)
    feed(database, LAW, records=[duty(reporter="region", every="quarter")], now=NOW)
    assert marks(database) == {"region:500000", "region:500101"}


def test_replay_of_a_duty_marks_nobody_and_a_lower_revision_changes_nothing(database):
    feed(database, LAW, records=[duty(revision=1)], now=NOW)
    assess_by(database, LAW, now=NOW)
    feed(database, LAW, records=[duty(revision=1)], now=NOW)
    feed(database, LAW, records=[duty(deadline=Deadline(day=5))], now=NOW)
    assert marks(database) == set()


def test_later_entry_of_a_duty_holds_for_the_periods_that_end_from_its_first_day(database):
    earlier, later = duty(deadline=Deadline(day=5)), duty(deadline=Deadline(day=20), valid_from=date(2024, 4, 30))
    feed(database, LAW, [coal("T", "2024-04")], [later, earlier], now=NOW)
    assess_by(database, LAW, now=NOW)
    assert missing(database) == set(), "April goes by the later entry: there is time until the 20th"
    assert query(database, "SELECT count(*) FROM planwatch.registry WHERE kind = 'duty'") == [(2,)]


def test_deadline_of_a_registered_duty_marks_units_on_the_day_after_it(database):
    feed(database, LAW, records=[duty()], now=NOW)
    assess_by(database, LAW, now=NOW)
    due = lambda known, since, today: deadline_between(LAW, known, since, today)  # noqa: E731 - as the loop has it
    for day, marked in ((16, True), (20, False), (21, True)):  # the first day looks back over the law's deadline
        AssessStore(database).mark_due(date(2024, 5, day), datetime(2024, 5, day, 4, tzinfo=UTC), due)
        assert bool(marks(database)) is marked, day
        assess_by(database, LAW, now=datetime(2024, 5, day, 4, tzinfo=UTC))
    assert ("unit:A", "2024-04-01") in missing(database)


def test_registered_year_replaces_the_one_of_the_law(database):
    assess_by(database, LAW, now=NOW)
    feed(database, LAW, records=[year_2024(off=(("2024-05-11", "2024-05-19"),))], now=NOW)
    assert marks(database) == {"unit:A", "unit:T", "region:500000", "region:500101", "region:120000"}
    assess_by(database, LAW, now=NOW)
    assert missing(database) == set(), "the 15th is a day off: the deadline rolls on to the 20th"


def test_duties_and_years_are_nobody_on_the_board_and_in_sums(database):
    feed(database, LAW, records=[duty(), year_2024()], now=NOW)
    shown = {row[0] for row in query(database, "SELECT kind FROM board.subject")}
    assert shown == {"region", "unit"}
    assert query(database, "SELECT count(*) FROM board.subject_as_of(now()) WHERE kind = 'duty'") == [(0,)]
    assert not {one for one in marks(database) if one.startswith(("duty", "project"))}


def test_duties_travel_from_a_table_to_the_topic_once(database, run, topics, bootstrap_servers, tmp_path):
    path = table(tmp_path / "d.csv", ROW)
    assert "新增 1、变更 0、未变 0;试运行,未发送" in run("registry", "load", path, "--kind", "duties", "--dry-run")
    assert messages_in(bootstrap_servers, topics.registry) == []
    run("registry", "load", path, "--kind", "duties")
    ((key, value),) = messages_in(bootstrap_servers, topics.registry)
    assert key == b"duty:cq.units"
    feed(database, LAW, records=[parse_record(value)], now=NOW)
    assert "未变 1" in run("registry", "load", path, "--kind", "duties")
    assert "duty:cq.units" in run("registry", "list", "--kind", "duties")
    (entry,) = json.loads(run("registry", "show", "cq.units", "--json"))
    assert (entry["deadline"]["working_day"], entry["holds"]) == (8, True)


def test_years_travel_from_a_table_with_every_fault_at_its_column(database, run, topics, bootstrap_servers, tmp_path):
    header = ["年份", "依据", "放假调休", "调休上班日"]
    good = ["2027", "国办通知", "元旦|2027-01-01|2027-01-03; 春节|2027-02-05|2027-02-11", "2027-02-13"]
    bad = ["2028", "国办通知", "元旦|2027-01-01|2027-01-03", "2028-01-03"]
    wrong = run(
        "registry", "load", table(tmp_path / "w.csv", good, bad, header=header), "--kind", "working-years", code=1
    )
    assert "第 3 行 C 列「放假调休」: " in wrong
    assert "2027-01-01 to 2027-01-03 is no run of days of 2028" in wrong
    assert "第 3 行 D 列「调休上班日」: " in wrong
    assert "2028-01-03 is no Saturday or Sunday" in wrong
    run("registry", "load", table(tmp_path / "y.csv", good, header=header), "--kind", "working-years")
    ((key, value),) = messages_in(bootstrap_servers, topics.registry)
    assert key == b"working_year:2027"
    feed(database, LAW, records=[parse_record(value)], now=NOW)
    assert "working_year:2027" in run("registry", "list", "--kind", "working-years", "--at", "2027-03-01")


def test_missing_goes_by_registered_duties_and_names_who_was_late(database, run):
    late = datetime(2024, 5, 24, 4, tzinfo=UTC)
    feed(database, LAW, [coal("T", "2024-04")], [unit("B", "500101", name="乙厂", valid_from=SINCE)], now=NOW)
    feed(database, LAW, [coal("A", "2024-04")], [duty(deadline=Deadline(working_day=8))], now=late)
    feed(database, LAW, [coal("A", "2024-04", revision=1)], now=datetime(2024, 6, 20, tzinfo=UTC))
    found = json.loads(run("missing", "--period", "2024-04", "--at", "2024-06-30", "--json"))
    assert [one["subject"] for one in found["missing"]] == ["unit:B"]
    assert [(one["subject"], one["received"], one["days_late"], one["working_days_late"]) for one in found["late"]] == [
        ("unit:A", "2024-05-24", 10, 8),  # due on the 14th: the 11th is worked instead of a holiday
        ("unit:T", "2024-05-16", 1, 1),
    ]
    counts = {(one["region"], one["duty"]): (one["reported"], one["late"], one["overdue"]) for one in found["regions"]}
    assert counts == {
        ("500000", "cq.units"): (1, 1, 1),
        ("500101", "cq.units"): (1, 1, 1),
        ("120000", "plans.units-monthly"): (1, 1, 0),
    }
    said = run("missing", "--period", "2024-04", "--at", "2024-06-30")
    assert "迟报天数" in said
    assert "乙厂" in said


def test_january_is_late_only_as_part_of_both_months(database, run):
    feed(database, LAW, records=[duty(january_exempt=True, deadline=Deadline(day=5))], now=NOW)
    alone = json.loads(run("missing", "--period", "2024-01", "--at", "2024-06-30", "--json"))
    assert [one for one in alone["late"] if one["subject"] == "unit:A"] == []
    both = json.loads(run("missing", "--period", "2024-02", "--at", "2024-06-30", "--json"))
    (one,) = [one for one in both["late"] if one["subject"] == "unit:A"]
    assert (one["deadline"], one["days_late"]) == ("2024-03-05", 36)
