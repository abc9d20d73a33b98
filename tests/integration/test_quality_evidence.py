"""`planwatch quality check` and the check pass say the same about the same database, with all the evidence there is."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from assess_support import assess_by, feed, query
from hj212_support import FACTORS, UNIT, Sink, make_day, make_station
from quality_support import PLAIN, month
from typer.testing import CliRunner

from planwatch.contract.hj212 import StationFile
from planwatch.contract.period import Period
from planwatch.contract.plan import Law
from planwatch.contract.quality import ThresholdRow
from planwatch.contract.registry import MeasuredFactor, RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.gateway.month import MonthRules
from planwatch.gateway.reporting import Reporter
from planwatch.plans.merged import load_merged
from planwatch.service.__main__ import build
from planwatch.service.commands.quality import stored_findings
from planwatch.storage.database import Database
from planwatch.storage.hj212_store import Hj212Store
from planwatch.storage.law_store import LawStore
from planwatch.storage.review_store import ReviewStore

pytestmark = pytest.mark.services
NOW = datetime(2026, 2, 20, 4, tzinfo=UTC)
SINCE = date(2024, 1, 1)
OTHER, CODE = "91500000MA5U00001X", "91350100M000100Y43"
SHIPPED = load_merged()
FACTOR = MeasuredFactor(energy_kind="raw_coal", kgce=Decimal("0.6"), valid_from=SINCE)
# A row of the province, two levels above the unit.
OF_THE_PROVINCE = ThresholdRow(
    id="province-zero", rule="Q23", region="500000", valid_from=SINCE, source="test", numbers={"habit": "50"}
)
RECORDS = [
    RegionRecord(id="500000", name="重庆市", valid_from=SINCE),
    RegionRecord(id="500102", name="涪陵区", parent="500000", valid_from=SINCE),
    UnitRecord(id=UNIT, name="甲厂", region="500102", valid_from=SINCE, measured_factors=(FACTOR,)),
    UnitRecord(id=OTHER, name="乙厂", region="500102", valid_from=SINCE),
]


@pytest.fixture
def law():
    quality = SHIPPED.quality.model_copy(update={"thresholds": (*SHIPPED.quality.thresholds, OF_THE_PROVINCE)})
    return Law(**{**{name: getattr(SHIPPED, name) for name in Law.model_fields}, "plans": (), "quality": quality})


@pytest.fixture
def database(database_dsn, law):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(law, NOW)
        feed(opened, law, [*reports(), *gathered(opened)], RECORDS, now=NOW)
        assess_by(opened, law, now=NOW)
        yield opened


def report(name, period, unit=UNIT, revision=0, **readings):
    """Readings as indicator=(value, unit of measure), dots of an indicator as two underscores."""
    return Report(
        report_id=name,
        subject=Subject(kind=SubjectKind.UNIT, id=unit),
        period=period,
        revision=revision,
        submitted_at=NOW,
        readings=tuple(
            Reading(indicator=indicator.replace("__", "."), value=Decimal(value), unit=measure)
            for indicator, (value, measure) in readings.items()
        ),
    )


def reports():
    """Two years of coal estimated in round short tons, and by a second unit honest figures; and what is wrong in them."""
    for i, amount in enumerate(PLAIN):
        text = month(i).label
        rounded = (f"{54 + i * 7 % 9}00", "short_ton")  # two digits as written, ten as converted to kg
        yield report(f"a-{i}", text, energy__raw_coal=rounded, energy__electricity=(f"{amount * 7}.{i}", "万kWh"))
        zero = "0" if i == 9 else f"{amount}.{i}"
        if i != 20:
            yield report(f"b-{i}", text, OTHER, energy__natural_gas=(zero, "m3"), energy__diesel=(f"{amount}.1", "kg"))
    # one revision, two values: the later report id stands, the other one is superseded
    yield report("b-8-2", month(8).label, OTHER, energy__diesel=("990.7", "kg"))
    # a correction, whose first statement is superseded as well
    yield report("b-7-2", month(7).label, OTHER, revision=1, energy__diesel=("1001.9", "kg"))
    yield report("a-f", "2025-03", revision=1, factor__raw_coal=("714.3", "kgce/t"))
    yield report("a-g", "2025-04", revision=1, factor__raw_coal=("714.3", "tce/t"))
    # the days of the instrument come to 3.1 t
    yield report("a-h", "2025-01", revision=3, emission__cod=("3.5", "t"))


def gathered(database):
    """A month of HJ 212 days, four of 31 missing, as the gateway stores and reports them."""
    store, point = Hj212Store(database), make_station(factors=("w01018",))
    store.adopt(StationFile(stations=(point,)), NOW)
    days = [make_day(date(2025, 1, day), "100") for day in range(1, 28)]
    store.write(UNIT, days, keep=(), drop=(), refused=(), now=NOW)
    sink, settle = Sink(), timedelta(hours=12)
    reporter = Reporter(store, sink, StationFile(stations=(point,)), FACTORS, MonthRules(), settle, sink)
    while reporter.step(NOW + settle):
        pass
    return sink.reports


def in_the_database(database):
    """What the check pass wrote and still finds: rule, subject, indicator, period, outcome, message and threshold."""
    rows = query(
        database,
        "SELECT rule, subject, indicator, period_start, months, outcome, message, threshold FROM board.finding"
        " WHERE state IN ('open', 'explained', 'accepted')",
    )
    return sorted((*row[:3], Period.from_start(row[3], row[4]).label, *row[5:]) for row in rows)


def on_the_command_line(database, law):
    store = ReviewStore(database)
    found = stored_findings(store, store.reporters(), law, NOW.date())
    return sorted(
        (one.rule.value, one.subject, one.indicator, one.period.label, one.outcome.value, one.message, one.threshold)
        for one in found
    )


def test_command_line_finds_what_the_check_pass_finds(database, law):
    written = in_the_database(database)
    assert on_the_command_line(database, law) == written
    # what each kind of evidence is there for: superseded statements, values as written, days, the register, deadlines
    assert {"Q02", "Q18", "Q14", "Q15", "Q07", "Q01", "Q23"} <= {row[0] for row in written}


def test_threshold_of_the_province_decides_for_a_unit_of_a_county(database):
    (zero,) = [row for row in in_the_database(database) if row[0] == "Q23"]
    assert zero[1:4] == (f"unit:{OTHER}", "energy.natural_gas", month(9).label)
    assert "province-zero" in zero[-1]


def test_stated_factors_are_doubted_for_their_unit_and_beside_the_register(database):
    factors = {row[3]: row[5] for row in in_the_database(database) if row[0] == "Q07"}
    assert factors.keys() == {"2025-03", "2025-04"}
    assert "与登记的实测折标系数 600" in factors["2025-03"]  # 714.3 kgce/t, but 600 (0.6 kgce/kg) is registered
    assert "超出允许范围" not in factors["2025-03"]


def test_command_takes_the_law_in_force_and_prints_all_of_it(database, database_dsn):
    words = ["quality", "check", "--region", "500102", "--json"]
    done = CliRunner().invoke(build("quality"), words, env={"PLANWATCH_DATABASE__DSN": database_dsn})
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert {"Q02", "Q14", "Q15", "Q18"} <= {one["rule"] for one in found}
    assert any("province-zero" in one["threshold"] for one in found)


@pytest.mark.parametrize(
    ("factor", "code", "words"),
    [
        ("natural_gas|1.34|2024-01-01", 1, "1.34 of 天然气 is outside 1.1 to 1.33 kgce/m3"),
        ("raw_coal|714.3|2024-01-01", 1, "714.3 of 原煤 is outside 0.50001 to 0.92859 kgce/kg"),
        ("electricity|0.3|2024-01-01", 1, "电力 is converted by definition and has no measured factor"),
        ("natural_gas|1.33|2024-01-01", 0, "试运行,未发送"),
    ],
)
def test_register_is_held_against_the_ranges_of_the_table_when_loaded(database_dsn, tmp_path, factor, code, words):
    path = tmp_path / "units.csv"
    header = "统一社会信用代码,单位名称,行政区划代码,行业代码,生效日期,实测折标系数"
    row = f"{CODE},示例厂,500102,C3011,2024-01-01,{factor}"
    path.write_text(f"{header}\n{row}\n", "utf-8")
    words_in = ["registry", "load", str(path), "--kind", "units", "--dry-run"]
    done = CliRunner(env={"PLANWATCH_DATABASE__DSN": database_dsn, "COLUMNS": "300"}).invoke(build(), words_in)
    assert done.exit_code == code, done.output
    assert words in done.output


def test_region_a_unit_is_registered_in_is_known_to_judging(database):
    with ReviewStore(database).looking(NOW.date()) as work:
        figures = work.figures([f"unit:{UNIT}", f"unit:{OTHER}"], {"energy.raw_coal": "kg"})
    assert figures.terms.regions == {f"unit:{UNIT}": "500102", f"unit:{OTHER}": "500102"}
