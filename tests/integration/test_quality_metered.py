"""What stands behind months gathered from HJ 212 days reaches the checks: from the day store to findings."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from assess_support import assess_by, feed, query
from hj212_support import FACTORS, UNIT, Sink, make_day, make_station

from planwatch.contract.hj212 import StationFile
from planwatch.contract.period import Period
from planwatch.contract.plan import Law
from planwatch.contract.quality import MeterMonth
from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.gateway.month import MonthRules
from planwatch.gateway.reporting import Reporter
from planwatch.plans.merged import load_merged
from planwatch.storage.database import Database
from planwatch.storage.hj212_store import Hj212Store
from planwatch.storage.law_store import LawStore
from planwatch.storage.quality_store import QualityWork

pytestmark = pytest.mark.services
NOW = datetime(2025, 3, 10, 4, tzinfo=UTC)
SETTLE = timedelta(hours=12)
JANUARY, COD = Period.parse("2025-01"), "emission.cod"
SHIPPED = load_merged()
RECORDS = [
    RegionRecord(id="500000", name="重庆市", valid_from=date(2020, 1, 1)),
    UnitRecord(id=UNIT, name="甲厂", region="500000", valid_from=date(2020, 1, 1)),
]
POINT = make_station(factors=("w01018",))


@pytest.fixture
def law():
    return Law(
        plans=(),
        rule_sets=SHIPPED.rule_sets,
        coal=SHIPPED.coal,
        catalogue=SHIPPED.catalogue,
        quality=SHIPPED.quality,
        duties=SHIPPED.duties,
        working_years=SHIPPED.working_years,
    )


@pytest.fixture
def database(database_dsn, law):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(law, NOW)
        feed(opened, law, (), RECORDS, now=NOW)
        yield opened


def january(first=1, last=31, cou="100", **over):
    """100 kg of COD a day."""
    return [make_day(date(2025, 1, day), cou, **over) for day in range(first, last + 1)]


def by_hand(tonnes, revision=3):
    return Report(
        report_id=f"hand-{revision}",
        subject=Subject(kind=SubjectKind.UNIT, id=UNIT),
        period=JANUARY.label,
        revision=revision,
        submitted_at=NOW,
        readings=(Reading(indicator=COD, value=Decimal(tonnes), unit="t"),),
    )


def written(database, days, *points):
    store = Hj212Store(database)
    store.adopt(StationFile(stations=points or (POINT,)), NOW)
    store.write(UNIT, days, keep=(), drop=(), refused=(), now=NOW)


def gathered(database, *points, now=NOW + SETTLE, rules=MonthRules()):  # noqa: B008
    """What the gateway reports of the days stored."""
    sink, mapping = Sink(), StationFile(stations=points or (POINT,))
    reporter = Reporter(Hj212Store(database), sink, mapping, FACTORS, rules, SETTLE, sink)
    while reporter.step(now):
        pass
    return sink.reports


def found(database):
    """The rules about instruments that doubt January's COD."""
    return [
        row[0]
        for row in query(
            database,
            f"SELECT rule FROM board.finding WHERE state = 'open' AND rule BETWEEN 'Q14' AND 'Q17' "
            f"AND (subject, indicator, period_start, outcome) = ('unit:{UNIT}', '{COD}', '2025-01-01', 'query') ORDER BY 1",
        )
    ]


def months(database):
    with database.transaction() as connection:
        return QualityWork(connection).metered([f"unit:{UNIT}", "unit:other"], FACTORS, SHIPPED.catalogue)


CASES = {
    "whole month": (january(), None, []),
    "by hand, the same": (january(), "3.1", []),
    "by hand, 4.8 % more": (january(), "3.25", []),
    "by hand, 6.5 % more": (january(), "3.3", ["Q14"]),
    "by hand, 6.5 % less": (january(), "2.9", ["Q14"]),
    "28 of 31 days": (january(last=28), None, []),
    "27 of 31 days": (january(last=27), None, ["Q15"]),
    "7 of 31 not N": (january(last=24) + january(25, flag="T"), None, []),
    "8 of 31 not N": (january(last=23) + january(24, flag="T"), None, ["Q17"]),
    "none flagged": (january(flag=""), "0", []),
    "no flow, yet an amount": (january() + january(5, 5, "0", factor="w00000", unit="m3"), None, ["Q17"]),
    "no valid day, by hand": (january(flag="D"), "3.1", ["Q14", "Q17"]),
}


@pytest.mark.parametrize(("days", "tonnes", "rules"), CASES.values(), ids=CASES)
def test_days_behind_a_month_are_checked(database, law, days, tonnes, rules):
    written(database, days)
    reports = gathered(database)
    feed(database, law, [*reports, *([by_hand(tonnes)] if tonnes else [])], now=NOW)
    assess_by(database, law, now=NOW)
    assert found(database) == rules


def test_month_is_counted_over_all_points_and_only_while_they_are_due(database, law):
    points = make_station(factors=("011",)), make_station(mn="LATER", factors=("w01018",), since=date(2025, 1, 22))
    days = january(last=30) + january(20, 31, "10", mn="LATER") + january(1, 1, mn="OTHER")
    written(database, days, *points)
    gathered(database, *points)
    expected = MeterMonth(f"unit:{UNIT}", COD, JANUARY, Decimal("3.1"), expected=41, received=40)
    assert months(database) == {f"unit:{UNIT}": [expected]}


def test_sum_counts_the_flags_the_gateway_counts(database, law):
    written(database, january(last=28) + january(29, flag="T"))
    feed(database, law, gathered(database, rules=MonthRules(counted_flags="NT")), now=NOW)
    assess_by(database, law, now=NOW)
    assert found(database) == []
    assert [(one.total, one.not_normal) for one in months(database)[f"unit:{UNIT}"]] == [(Decimal("3.1"), 3)]


def test_month_still_waited_for_is_not_checked(database, law):
    written(database, january(last=10))
    assert gathered(database, now=NOW + timedelta(hours=1)) == []
    feed(database, law, [by_hand("3.1")], now=NOW)
    assess_by(database, law, now=NOW)
    assert (found(database), months(database)) == ([], {})


def test_days_that_come_late_are_checked_when_their_month_is_restated(database, law):
    written(database, january(last=27))
    feed(database, law, gathered(database), now=NOW)
    assess_by(database, law, now=NOW)
    assert found(database) == ["Q15"]
    written(database, january(28))
    restated = gathered(database, now=NOW + timedelta(days=1))
    assert [one.revision for one in restated] == [1]
    feed(database, law, restated, now=NOW)
    assert assess_by(database, law, now=NOW) > 0
    assert found(database) == []
    states = query(
        database,
        f"SELECT state FROM planwatch.finding WHERE superseded_at IS NULL AND rule = 'Q15' AND subject = 'unit:{UNIT}'",
    )
    assert states == [("corrected",)]


def test_restated_month_on_its_way_is_no_difference(database, law):
    written(database, january(last=27))
    feed(database, law, gathered(database), now=NOW)
    written(database, january(28))
    gathered(database, now=NOW + timedelta(days=1))  # made, not yet taken in
    assess_by(database, law, now=NOW)
    assert "Q14" not in found(database)


def test_days_that_come_late_are_checked_beside_a_figure_by_hand(database, law):
    written(database, january(last=27))
    feed(database, law, [*gathered(database), by_hand("3.3")], now=NOW)
    assess_by(database, law, now=NOW)
    assert found(database) == ["Q14", "Q15"]
    written(database, january(28))
    gathered(database, now=NOW + timedelta(days=1))
    assess_by(database, law, now=NOW)
    assert found(database) == ["Q14"]


def test_month_without_a_valid_day_is_checked(database, law):
    feed(database, law, [by_hand("3.1")], now=NOW)
    assess_by(database, law, now=NOW)
    written(database, january(flag="D"))
    assert gathered(database) == []
    assess_by(database, law, now=NOW)
    assert found(database) == ["Q14", "Q17"]
