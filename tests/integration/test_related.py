"""Who depends on whom is judged again: ledger projects of one source, and 两高 projects of a region that falls behind."""

from datetime import date
from decimal import Decimal

import pytest
from assess_support import NOW, assess_by, feed, query
from factories import make_region_report

from planwatch.contract.registry import ProjectStage, ReductionProjectRecord, RegionRecord, TwoHighProjectRecord
from planwatch.contract.report import Reading, Report, Source, Subject, SubjectKind
from planwatch.plans.merged import load_merged
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
SINCE, COAL = date(2021, 1, 1), "energy.raw_coal"
ROWS = """of: heilongjiang.city-intensity-basic
about: a made-up split
source: made up for this test
approved_by: nobody
approved_on: 2021-06-01
rows:
  - {holder: "region:230100", value: "15"}
"""
REGIONS = [
    RegionRecord(id="230000", name="黑龙江省", valid_from=SINCE),
    RegionRecord(id="230100", name="哈尔滨市", parent="230000", valid_from=SINCE),
]


@pytest.fixture
def law(tmp_path):
    (tmp_path / "decompositions").mkdir()
    (tmp_path / "decompositions" / "cities.yaml").write_text(ROWS, "utf-8")
    return load_merged(None, (tmp_path,))


@pytest.fixture
def database(database_dsn, law):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(law, NOW)
        yield opened


def ledger_project(name):
    return ReductionProjectRecord(
        id=name,
        name=name,
        region="230100",
        valid_from=SINCE,
        permit="91230100X",
        facility="1号污水站",
        measure="treatment",
        pollutants=("cod",),
        running_since=date(2021, 1, 10),
        base_discharge={"cod": Decimal(100)},
    )


def booked(name, month, indicator="reduction.cod"):
    return Report(
        report_id=f"{name}-{month}",
        subject=Subject(kind=SubjectKind.PROJECT, id=name),
        period=month,
        submitted_at=NOW,
        source=Source.MANUAL,
        readings=(Reading(indicator=indicator, value=Decimal(10), unit="t"),),
    )


def colours(database, target):
    rows = query(
        database,
        f"SELECT DISTINCT ON (subject) subject, coalesce(colour, status) FROM board.assessment WHERE target = '{target}'"
        " ORDER BY subject, period_end DESC",
    )
    return dict(rows)


def test_second_project_of_one_source_makes_the_first_judged_again(database, law):
    target = "heilongjiang.ledger-double-counted"
    feed(database, law, [booked("one", "2021-06")], [*REGIONS, ledger_project("one")])
    assess_by(database, law)
    assert colours(database, target) == {"project:one": "green"}
    feed(database, law, [booked("two", "2021-06")], [ledger_project("two")])
    assess_by(database, law)
    assert colours(database, target) == {"project:one": "red", "project:two": "red"}


def test_projects_of_a_region_that_falls_behind_must_name_substitutions(database, law):
    """三(三): 未达到能耗强度降低基本目标进度要求的地区 … 要落实能耗等量减量替代要求."""
    target = "heilongjiang.two-high-substitution"
    project = TwoHighProjectRecord(
        id="new",
        name="新建项目",
        region="230100",
        valid_from=SINCE,
        stage=ProjectStage.PROPOSED,
        reviewed_tce=Decimal(6000),
        substitutions=(),
    )
    feed(database, law, [city_year(2020, "1000"), city_year(2021, "960")], [*REGIONS, project])
    assess_by(database, law)
    assert colours(database, target) == {"project:new": "green"}
    feed(database, law, [city_year(2022, "955")])
    assess_by(database, law)
    assert colours(database, target) == {"project:new": "red"}
    causes = query(
        database,
        f"SELECT DISTINCT cause FROM board.assessment WHERE target = '{target}' AND colour = 'red'",
    )
    assert causes == [("related",)]
    ((told,),) = query(
        database,
        "SELECT body #>> '{facts,text,zh}' FROM planwatch.outbox o JOIN planwatch.level_change c USING (change_id)"
        " WHERE c.subject = 'region:230100' AND c.kind = 'raised' AND c.yardstick = 'five_year'"
        " AND c.target = 'heilongjiang.city-intensity-basic.230100'",
    )
    assert "新建项目" in told


@pytest.mark.parametrize("split", [True, False], ids=["split among cities", "not split"])
def test_projects_are_judged_at_the_same_months_whoever_reports_first(database_dsn, law, split):
    """Whether the region's October came before or after the project's own, and whatever came together with it."""
    law = law if split else load_merged()
    with Database(database_dsn, max_size=2) as database:
        LawStore(database).make_live(law, NOW)
        early, late = months_of_two_projects(database, law)
    assert early == late
    assert ((2021, 10) in early) is split, "a target that nobody holds moves with no figures"


def months_of_two_projects(database, law):
    """One whose own reports of October and November come before those of its city, and one whose come after."""
    names = ("early", "late")
    feed(database, law, [city_year(2020, "1000"), city_until(9, "700")], [*REGIONS, *map(listed_project, names)])
    assess_by(database, law)
    for batch in (
        [booked("early", "2021-10", COAL), booked("early", "2021-11", COAL)],
        [city_until(10, "790")],
        [city_until(11, "870")],
        [booked("late", "2021-10", COAL), booked("late", "2021-11", COAL)],
    ):
        feed(database, law, batch)
        assess_by(database, law)
    return [months_judged(database, name) for name in names]


def listed_project(name):
    return TwoHighProjectRecord(
        id=name, name=name, region="230100", valid_from=SINCE, stage=ProjectStage.PROPOSED, reviewed_tce=Decimal(6000)
    )


def months_judged(database, project):
    return query(
        database,
        "SELECT extract(year FROM period_start)::int, months FROM board.assessment"
        f" WHERE subject = 'project:{project}' AND target = 'heilongjiang.two-high-substitution' ORDER BY 1, 2",
    )


def city_until(month, energy):
    """A city's figures from January to a month of 2021."""
    return city_year(f"2021-{month:02d}c", energy)


def city_year(number, energy):
    return make_region_report(
        "230100",
        str(number),
        energy__total=(energy, "tce"),
        gdp=("1000000", "CNY"),
        **{"energy__feedstock__olefins": ("0", "tce")},
    )
