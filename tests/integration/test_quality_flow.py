"""Figures that cannot be right are held, what needs them is not rated, and an accepted explanation lets them in again."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from assess_support import assess_by, feed, query
from quality_flow_support import LAW, NOW, RECORDS, coal, level, months

from planwatch.contract.period import Period
from planwatch.contract.quality import Explanation
from planwatch.contract.report import Flag, Reading, Report, Subject, SubjectKind
from planwatch.service.checking import deadline_between
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore
from planwatch.storage.quality_store import QualityStore

pytestmark = pytest.mark.services


@pytest.fixture
def law():
    return LAW


@pytest.fixture
def database(database_dsn, law):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(law, NOW)
        yield opened


def open_findings(database):
    """What holds figures; that the region's own reports are missing is another story."""
    return query(
        database,
        "SELECT rule, subject, indicator, period_start::text, outcome FROM board.finding"
        " WHERE holds AND (rule, subject) <> ('Q01', 'region:500000')",
    )


def test_unit_slip_is_held_until_it_is_explained_or_corrected(database, law):
    feed(database, law, [*months("A"), *months("B")], RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []
    assert level(database) == ("rated", "green")
    feed(database, law, [coal("A", "2023-07", "10213700", revision=1)], now=NOW)  # kilograms called tonnes
    assess_by(database, law, now=NOW)
    ((rule, subject, indicator, start, outcome),) = open_findings(database)
    assert (rule, subject, indicator, start, outcome) == ("Q08", "unit:A", "energy.raw_coal", "2023-07-01", "hold")
    status, why = level(database)
    assert (status, "待核不计" in why, "2023-07" in why) == ("not_rated", True, True)
    feed(database, law, [coal("A", "2023-07", "10213.7", revision=2)], now=NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []
    assert level(database) == ("rated", "green")
    states = query(database, "SELECT state FROM planwatch.finding WHERE superseded_at IS NULL AND rule = 'Q08'")
    assert states == [("corrected",)]


@pytest.mark.parametrize(
    ("flag", "said"), [(None, "2 个不同的数"), (Flag.WITHDRAWN, "又撤回")], ids=["another value", "withdrawn"]
)
def test_conflict_is_seen_though_the_later_statement_ranks_lower_and_comes_alone(database, law, flag, said):
    """By report id the one that stands ranks higher: nothing new stands, and there is a question all the same."""
    feed(database, law, [*months("A"), *months("B")], RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    stands = next(one for one in months("A") if one.period == "2023-07")
    value = stands.readings[0].value + (0 if flag else 100)
    lower = coal("A", "2023-07", value, flag=flag).model_copy(update={"report_id": "0"})
    assert lower.report_id < stands.report_id
    feed(database, law, [lower], now=NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == [("Q02", "unit:A", "energy.raw_coal", "2023-07-01", "hold")]
    assert level(database)[0] == "not_rated"
    ((message,),) = query(database, "SELECT message FROM board.finding WHERE rule = 'Q02'")
    assert said in message
    feed(database, law, [coal("A", "2023-07", stands.readings[0].value, revision=1)], now=NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []


def test_third_value_opens_a_conflict_again_that_was_accepted(database, law):
    other = coal("A", "2023-07", "10300").model_copy(update={"report_id": "0"})
    feed(database, law, [*months("A"), *months("B"), other], RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    store = QualityStore(database)
    found = store.find("Q02", "unit:A", "energy.raw_coal", Period.month(2023, 7)).finding
    store.say(Explanation(found.key, found.fingerprint, "以后者为准", "甲", NOW.date(), accepted=True), NOW)
    assess_by(database, law, now=NOW)
    assert level(database)[0] == "rated"
    feed(database, law, [coal("A", "2023-07", "10350").model_copy(update={"report_id": "00"})], now=NOW)
    assess_by(database, law, now=NOW)
    assert [one[0] for one in open_findings(database)] == ["Q02"]
    assert level(database)[0] == "not_rated"


def test_people_are_told_who_withdrew_what_by_name(database, law):
    """The reason in a message is the one that `explain` gives: not «未报», and not an id alone."""
    much = [coal(one.subject.id, one.period, 3 * one.readings[0].value) for who in "AB" for one in months(who)]
    feed(database, law, much, RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    feed(database, law, [coal("A", "2023-10", "30000", revision=1, flag=Flag.WITHDRAWN)], now=NOW)
    assess_by(database, law, now=NOW)
    ((reason,),) = query(
        database,
        "SELECT DISTINCT body #>> '{facts,reason}' FROM planwatch.outbox o JOIN planwatch.level_change c USING (change_id)"
        " WHERE c.kind = 'restated' AND c.months = 10",
    )
    assert reason.startswith("甲厂(unit:A) 已撤回 energy.raw_coal:2023-10;")


def test_figure_that_contains_a_held_one_is_held_with_it(database, law):
    feed(database, law, [*months("A"), *months("B")], RECORDS)
    slip = coal("B", "2023-09", "10450000", 1)
    stated = {one.period: one for one in (*months("B"), slip)}
    whole = sum(one.readings[0].value for period, one in stated.items() if period.startswith("2023"))
    feed(database, law, [slip, coal("B", "2023", str(whole))])
    assess_by(database, law, now=NOW)
    status, why = level(database)
    assert status == "not_rated"
    assert "待核不计" in why, "the year is the sum of its months, the slip among them"


def test_accepted_explanation_lets_the_figure_in_until_it_changes(database, law):
    feed(database, law, [*months("A"), *months("B"), coal("A", "2023-07", "10213700", revision=1)], RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    store, period = QualityStore(database), Period.parse("2023-07")
    found = store.find("Q08", "unit:A", "energy.raw_coal", period)
    said = Explanation(found.finding.key, found.finding.fingerprint, "年度检修后集中补报", "王某", NOW.date())
    store.say(said, NOW)
    assess_by(database, law, now=NOW)
    assert [row["state"] for row in store.listed(NOW, rule="Q08")] == ["explained"]
    assert level(database)[0] == "not_rated", "an explanation alone lets nothing in"
    store.say(Explanation(*(getattr(said, name) for name in said.__slots__[:-1]), True), NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []
    assert level(database)[0] == "rated"
    assert level(database)[1] != "green", "ten million tonnes count now"
    feed(database, law, [coal("A", "2023-07", "10300000", revision=2)], now=NOW)
    assess_by(database, law, now=NOW)
    assert [row[0] for row in open_findings(database)] == ["Q08"], "it was accepted for other figures"


def test_report_that_did_not_come_is_a_finding_when_its_deadline_passes(database, law):
    feed(database, law, [*months("A"), *months("B")], RECORDS, now=NOW)
    feed(database, law, [coal("A", "2024-03", "10400")], now=datetime(2024, 4, 2, 3, tzinfo=UTC))
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []
    day, later = date(2024, 4, 20), datetime(2024, 4, 20, 3, tzinfo=UTC)
    AssessStore(database).mark_due(day, later, lambda known, since, today: deadline_between(law, known, since, today))
    assess_by(database, law, now=later)
    missing = {(subject, start) for rule, subject, _, start, _ in open_findings(database) if rule == "Q01"}
    assert ("unit:B", "2024-03-01") in missing
    assert ("unit:A", "2024-03-01") not in missing
    assert query(database, "SELECT count(*) FROM planwatch.mark") == [(0,)]
    AssessStore(database).mark_due(day, later, lambda known, since, today: deadline_between(law, known, since, today))
    assert query(database, "SELECT count(*) FROM planwatch.mark") == [(0,)], "a day is looked at once"
    feed(database, law, [coal("B", "2024-03", "10300")], now=later)
    assess_by(database, law, now=later)
    still = {(subject, start) for rule, subject, _, start, _ in open_findings(database) if rule == "Q01"}
    assert ("unit:B", "2024-03-01") not in still


def test_overdue_report_of_a_region_is_a_finding(database, law):
    feed(database, law, [stated("region:500000", "2023-Q1", "gdp", "700", "亿元")], RECORDS)
    assess_by(database, law, now=NOW)
    missing = query(database, "SELECT period_start::text, months FROM board.finding WHERE subject = 'region:500000'")
    assert ("2023-01-01", 6) in missing
    assert ("2023-01-01", 3) not in missing


def stated(subject, period, indicator, value, unit, *, revision=0, flag=None, note=None):
    """One figure of anybody."""
    kind, _, code = subject.partition(":")
    return Report(
        report_id=f"{code}-{indicator}-{period}-{revision}",
        subject=Subject(kind=SubjectKind(kind), id=code),
        period=period,
        revision=revision,
        submitted_at=NOW,
        readings=(Reading(indicator=indicator, value=Decimal(value), unit=unit, flag=flag, note=note),),
    )


@pytest.mark.parametrize(
    ("subject", "indicator", "unit"),
    [("region:500000", "energy.total", "tce"), ("project:p", "energy.raw_coal", "t")],
)
def test_figures_of_regions_and_projects_are_held_too(database, law, subject, indicator, unit):
    usual = [
        stated(subject, f"{year}-{month:02}", indicator, str(6_000_000 + 9_137 * month + 5_003 * year), unit)
        for year in (2022, 2023)
        for month in range(1, 13)
    ]
    feed(database, law, usual, RECORDS[:1])
    assess_by(database, law, now=NOW)
    assert open_findings(database) == []
    feed(database, law, [stated(subject, "2023-09", indicator, "770", unit, revision=1)])
    assess_by(database, law, now=NOW)
    assert open_findings(database) == [("Q08", subject, indicator, "2023-09-01", "hold")]


def answered(database, rule, subject, indicator, period, accept=True):
    """Say something about a finding."""
    store = QualityStore(database)
    found = store.find(rule, subject, indicator, Period.parse(period)).finding
    store.say(Explanation(found.key, found.fingerprint, "已核实", "王某", NOW.date(), accept), NOW)


@pytest.mark.parametrize(
    ("value", "flag", "rule"), [("10213.7", "held", "Q24"), ("-10", None, "Q03")], ids=["stated as held", "negative"]
)
def test_figure_that_came_in_as_held_counts_once_it_is_accepted(database, law, value, flag, rule):
    doubted = stated("unit:A", "2023-07", "energy.raw_coal", value, "t", revision=1, flag=flag, note="电子秤检定中")
    feed(database, law, [*months("A"), *months("B"), doubted], RECORDS)
    assess_by(database, law, now=NOW)
    assert level(database)[0] == "not_rated"
    assert [one[0] for one in open_findings(database)] == [rule]
    answered(database, rule, "unit:A", "energy.raw_coal", "2023-07")
    assess_by(database, law, now=NOW)
    assert level(database)[0] == "rated"
    answered(database, rule, "unit:A", "energy.raw_coal", "2023-07", accept=False)
    assess_by(database, law, now=NOW)
    assert level(database)[0] == "not_rated", "a later answer takes the acceptance back"


def test_month_stated_as_held_is_vouched_for_by_the_year_stated_without_that_mark(database, law):
    doubted = stated("unit:A", "2023-07", "energy.raw_coal", "10213.7", "t", revision=1, flag="held")
    year = sum(one.readings[0].value for one in (*months("A"), doubted) if one.period.startswith("2023"))
    year -= next(one for one in months("A") if one.period == "2023-07").readings[0].value
    feed(database, law, [*months("A"), *months("B"), doubted, coal("A", "2023", str(year))], RECORDS)
    assess_by(database, law, now=NOW)
    assert level(database)[0] == "rated"


def test_figure_received_before_its_period_is_over_is_held_until_it_is_stated_again(database, law):
    feed(database, law, [*months("A"), *months("B"), coal("A", "2024-03", "10213")], RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    assert open_findings(database) == [("Q25", "unit:A", "energy.raw_coal", "2024-03-01", "hold")]
    later = datetime(2024, 4, 2, 3, tzinfo=UTC)
    feed(database, law, [coal("A", "2024-03", "10213", revision=1)], now=later)
    assess_by(database, law, now=later)
    assert "Q25" not in [one[0] for one in open_findings(database)]


def test_deadline_is_not_lost_however_long_everything_stood_still(database, law):
    feed(database, law, (), RECORDS, now=NOW)
    assess_by(database, law, now=NOW)
    store, deadline = AssessStore(database), date(2024, 4, 15)
    passed = lambda _, since, today: since <= deadline < today  # noqa: E731 - asked twice
    store.mark_due(NOW.date(), NOW, passed)
    assert query(database, "SELECT count(*) FROM planwatch.mark") == [(0,)]
    store.mark_due(date(2024, 8, 20), datetime(2024, 8, 20, 3, tzinfo=UTC), passed)
    marked = query(database, "SELECT DISTINCT subject FROM planwatch.mark ORDER BY subject")
    assert marked == [("region:500000",), ("unit:A",), ("unit:B",)]
