"""outlook, attribute and plans whatif on the real database: what people read, exact JSON, and that nothing is written."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import psycopg
import pytest
from factories import make_region_report
from typer.testing import CliRunner

from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.plans.folder import package_folder
from planwatch.plans.merged import load_merged
from planwatch.service.__main__ import build
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore
from planwatch.storage.review_store import ReviewStore

pytestmark = pytest.mark.services
NOW = datetime(2025, 8, 1, tzinfo=UTC)
INTENSITY = "chongqing.energy-intensity"
SINCE = date(2020, 1, 1)
REGISTRY = [
    RegionRecord(id="500000", name="重庆市", valid_from=SINCE),
    RegionRecord(id="500101", name="万州区", parent="500000", valid_from=SINCE),
    RegionRecord(id="500102", name="涪陵区", parent="500000", valid_from=SINCE),
    UnitRecord(id="STEEL", name="某钢铁厂", region="500101", valid_from=SINCE),
]
# Energy of the first half and of the whole of each year, in tce; GDP stays as it is.
ENERGY = {
    2020: ("500000", "1000000"),
    2021: ("480000", "960000"),
    2022: ("462000", "925000"),
    2023: ("447000", "890000"),
    2024: ("433000", "862000"),
    2025: ("421000", None),
}


def _region_reports():
    for number, (half, whole) in ENERGY.items():
        for text, energy, gdp in ((f"{number}-06c", half, "500"), (f"{number}-12c", whole, "1000")):
            if energy:
                yield make_region_report("500000", text, energy__total=(energy, "tce"), gdp=(gdp, "万元"))
    for number, half in ((2024, "100000"), (2025, "90000")):
        yield make_region_report("500101", f"{number}-06c", energy__total=(half, "tce"))


def _unit_reports():
    for number in (2024, 2025):
        for month in range(1, 7):
            yield Report(
                report_id=f"steel-{number}-{month}",
                subject=Subject(kind=SubjectKind.UNIT, id="STEEL"),
                period=f"{number}-{month:02}",
                submitted_at=NOW,
                readings=(
                    Reading(indicator="energy.raw_coal", value=Decimal(2000 if number == 2024 else 1900), unit="t"),
                    Reading(indicator="energy.electricity", value=Decimal(100), unit="万kWh"),
                ),
            )


@pytest.fixture(scope="module")
def law():
    return load_merged(package_folder())


@pytest.fixture
def fed(database_dsn, law):
    with Database(database_dsn, max_size=2) as database:
        decoder = Decoder(Topics.named("t."), law.catalogue, "test")
        reports = [*_region_reports(), *_unit_reports()]
        messages = [RawMessage("t.reports.v1", 0, i, one.key, one.to_json()) for i, one in enumerate(reports)]
        rows = [row for message in messages for row in decoder.decode(message, NOW).readings]
        store, partition = IngestStore(database, "test"), ("t.reports.v1", 0)
        epoch, at = store.claim("test", 1, [partition], NOW)[partition]
        store.store("test", {partition: (epoch, at, at + 1)}, readings=rows, records=REGISTRY, rejects=(), now=NOW)
    return database_dsn


@pytest.fixture
def run(fed):
    def command(*words, code=0):
        environment = {"PLANWATCH_DATABASE__DSN": fed, "COLUMNS": "300", "NO_COLOR": "1"}
        found = CliRunner().invoke(build(words[0]), [*words], env=environment)
        assert found.exit_code == code, found.output
        return found.output

    return command


def _everything(dsn):
    """All rows of all tables of ours, as text."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'planwatch' ORDER BY 1"
        ).fetchall()
        return {
            name: sorted(row[0] for row in connection.execute(f"SELECT t::text FROM {name} t")) for (name,) in tables
        }


def test_outlook_says_it_is_no_rating_and_how_often_it_came_true(run):
    told = run("outlook", "重庆市", INTENSITY)
    assert "预测,不是评级" in told
    assert "区间命中" in told
    assert "判断应验 4/4" in told
    assert "2021年1—6月 预计 2021 年末 4%" in told
    assert "余下 1 年" in told
    assert not any(word in told for word in ("一级", "二级", "三级"))


def test_outlook_in_json_is_exact(run):
    found = json.loads(run("outlook", "region:500000", INTENSITY, "--json"))
    assert [(one["yardstick"], one["horizon"], one["year"]) for one in found] == [
        ("annual", "year_end", 2025),
        ("five_year", "plan_end", 2025),
    ]
    projected = Decimal(found[0]["projected"])
    assert projected == round((1 - Decimal(421) / Decimal(433)) * 100, 12)
    assert Decimal(found[0]["low"]) < projected < Decimal(found[0]["high"])
    assert found[0]["coverage"] == [4, 5]
    assert len(found[0]["back_test"]["backcasts"]) == 4


def test_outlook_looks_back_and_shows_what_came(run):
    found = json.loads(run("outlook", "重庆市", INTENSITY, "--as-of-period", "2024-06", "--json"))
    assert Decimal(found[0]["came"]) == round((1 - Decimal(862) / Decimal(890)) * 100, 12)
    assert found[0]["as_of"] == "2024-H1"


def test_outlook_of_somebody_without_targets_says_so(run):
    assert "没有可作预测的目标" in run("outlook", "unit:NOBODY", code=1)


def test_attribution_adds_up_exactly_and_names_who_is_missing(run):
    found = json.loads(run("attribute", "重庆市", INTENSITY, "--json"))
    last = found[0]
    assert sum(Fraction(part["change"]) for part in last["parts"]) == Fraction(last["after"]) - Fraction(last["before"])
    assert sum(Decimal(part["shown"]) for part in last["parts"]) == Decimal(last["shown"])
    # GDP stood still: its part is there and is zero.
    assert {part["of"]: Fraction(part["change"]) != 0 for part in last["parts"]} == {
        "region:500101": True,
        "": True,
        "gdp": False,
    }
    assert [who for who, _ in last["missing"]] == ["region:500102"]
    told = run("attribute", "重庆市", INTENSITY)
    assert "未报,不可归因(1 个):涪陵区" in told
    assert "Shapley" in told


def test_attribution_to_fuels_of_the_units_below(run):
    last = json.loads(run("attribute", "重庆市", INTENSITY, "--by", "fuel", "--json"))[0]
    assert {part["of"]: Fraction(part["change"]) for part in last["parts"]} == {
        "energy.raw_coal": Fraction("-428.58"),
        "energy.electricity": Fraction(0),
    }


def test_attribution_of_a_target_that_does_not_bind_says_so(run):
    assert "不约束" in run("attribute", "万州区", INTENSITY, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("--ruleset", "hangzhou-gap-pp"),
        ("--path", "linear"),
        ("--target", INTENSITY, "--value", "18"),
        ("--close-unit", "某钢铁厂"),
        ("--folder", str(package_folder()), "--close-unit", "STEEL", "--from", "2025-03"),
    ],
    ids=lambda words: words[0].removeprefix("--"),
)
def test_whatif_changes_nothing_in_the_database(run, fed, words):
    before = _everything(fed)
    assert "只读" in run("plans", "whatif", *words)
    assert _everything(fed) == before


def test_whatif_reads_in_a_transaction_that_cannot_write(fed):
    with (
        Database(fed, max_size=1) as database,
        ReviewStore(database).looking(date(2026, 1, 1)) as work,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        work._connection.execute("DELETE FROM planwatch.reading")


def test_whatif_with_another_value_names_each_level_that_differs(run):
    found = json.loads(run("plans", "whatif", "--target", INTENSITY, "--value", "18", "--json"))
    newest = next(one for one in found["shifts"] if one["yardstick"] == "annual" and one["period"] == "2025-H1")
    assert (newest["before"]["severity"], newest["after"]["severity"]) == (1, 3)
    assert newest["why"] == "要求 2.97142 → 3.89129 %"
    assert found["targets"] == [INTENSITY]


def test_whatif_a_unit_closed_takes_its_energy_off_the_regions_above(run):
    found = json.loads(run("plans", "whatif", "--close-unit", "STEEL", "--from", "2025-01", "--json"))
    shift = next(one for one in found["shifts"] if one["target"] == INTENSITY and one["yardstick"] == "annual")
    # 6 × (1900 t × 0.7143 + 1,000,000 kWh × 0.1229 kgce) less: 421,000 − 8,880.42 tce.
    assert Decimal(shift["after"]["actual"]) == round((1 - Decimal("412119.58") / Decimal(433000)) * 100, 12)
    assert (shift["before"]["severity"], shift["after"]["severity"]) == (1, 0)


def test_whatif_without_a_question_and_with_unknown_words_is_refused(run):
    assert "--ruleset" in run("plans", "whatif", code=2)
    assert "hangzhou-gap-pp" in run("plans", "whatif", "--ruleset", "nothing", code=2)
    assert "没有目标" in run("plans", "whatif", "--target", "nothing", "--value", "3", code=2)
    assert "不是数" in run("plans", "whatif", "--target", INTENSITY, "--value", "many", code=2)
    assert "不是唯一的对象" in run("plans", "whatif", "--close-unit", "nobody", code=2)
