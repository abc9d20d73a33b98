"""What was known on a day comes back byte for byte, after corrections of figures, names and targets."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from assess_support import assess_by, feed, query
from commands_support import judgements_runner
from factories import make_region_report

from planwatch.contract.plan import Law
from planwatch.contract.registry import RegionRecord
from planwatch.contract.report import Flag
from planwatch.plans.loader import load_law
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_law()
FIRST, SECOND = datetime(2024, 3, 1, 3, tzinfo=UTC), datetime(2024, 9, 1, 3, tzinfo=UTC)
BETWEEN = "2024-06-30"


@pytest.fixture
def run(database_dsn):
    return judgements_runner(database_dsn)


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(LAW, FIRST)
        feed(opened, LAW, [year(2020, "1000"), year(2021, "960"), year(2022, "920")], [region("重庆市")], now=FIRST)
        assess_by(opened, LAW, now=FIRST)
        yield opened


def year(number, energy, revision=0):
    report = make_region_report("500000", str(number), energy__total=(energy, "tce"), gdp=("1000000", "CNY"))
    return report.model_copy(update={"revision": revision, "report_id": f"{number}-{revision}"})


def region(name, revision=0):
    return RegionRecord(id="500000", name=name, valid_from=date(2020, 1, 1), revision=revision)


def stricter():
    plans = tuple(
        plan.model_copy(
            update={
                "targets": tuple(
                    one.model_copy(update={"value": Decimal(30)}) if one.id == "chongqing.energy-intensity" else one
                    for one in plan.targets
                )
            }
        )
        for plan in LAW.plans
    )
    return Law(plans=plans, rule_sets=LAW.rule_sets, coal=LAW.coal, catalogue=LAW.catalogue)


COMMANDS = [
    ("status", "--json"),
    ("explain", "region:500000", "chongqing.energy-intensity", "--json"),
    ("explain", "region:500000", "chongqing.energy-intensity"),
    ("history", "region:500000"),
    ("history", "region:500000", "--json"),
]


def test_commands_say_what_was_known_byte_for_byte(database, run):
    before = [run(*words) for words in COMMANDS]
    law = stricter()
    LawStore(database).make_live(law, SECOND)
    feed(database, LAW, [year(2022, "955", revision=1)], [region("重庆直辖市", revision=1)], now=SECOND)
    assess_by(database, law, now=SECOND)
    assert [run(*words, "--as-of", BETWEEN) for words in COMMANDS] == before
    after = [run(*words) for words in COMMANDS]
    assert all(now != then for now, then in zip(after, before, strict=True))
    assert '"colour": "red"' in after[0]
    assert "重庆直辖市" in after[0]
    assert "更正:2022-1" in after[3], "what was behind the cause stands beside it"


def test_views_answer_for_a_time(database):
    feed(database, LAW, [year(2022, "955", revision=1)], now=SECOND)
    assess_by(database, LAW, now=SECOND)
    about = "WHERE subject = 'region:500000' AND indicator = 'energy.total' AND period_start = '2022-01-01'"
    asked = [
        query(database, f"SELECT value FROM board.reading_as_of('{time}') {about}")
        for time in ("2024-01-01", "2024-06-30", "2024-12-31")
    ]
    assert asked == [[], [(Decimal(920),)], [(Decimal(955),)]]
    states = [
        query(database, f"SELECT state FROM board.warning_as_of('{time}') WHERE yardstick = 'annual'")
        for time in ("2024-06-30", "2024-12-31")
    ]
    assert states == [[], [("active",)]]


def test_withdrawn_report_takes_its_judgement_and_its_warning_back(database):
    feed(database, LAW, [year(2023, "919")], now=SECOND)
    assess_by(database, LAW, now=SECOND)
    about = "FROM planwatch.warning WHERE subject = 'region:500000' AND yardstick = 'annual'"
    assert query(database, f"SELECT state {about}") == [("active",)]
    withdrawn = year(2023, "919", revision=1)
    readings = tuple(one.model_copy(update={"flag": Flag.WITHDRAWN}) for one in withdrawn.readings)
    feed(database, LAW, [withdrawn.model_copy(update={"readings": readings})], now=SECOND)
    assess_by(database, LAW, now=SECOND)
    assert query(database, f"SELECT state {about}") == [("withdrawn",)]
    standing = query(
        database,
        "SELECT period_end::text FROM board.barometer"
        " WHERE target = 'chongqing.energy-intensity' AND yardstick = 'annual'",
    )
    assert standing == [("2023-01-01",)]
