"""Thresholds as dated data: the most specific and newest row that holds decides, and is named."""

from datetime import date
from decimal import Decimal

import pytest
from quality_support import CATALOGUE, RULES, UNIT, with_rows

from planwatch.contract.period import Period
from planwatch.contract.quality import Outcome, Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.plans.quality_rules import NUMBERS
from planwatch.quality.case import place_of
from planwatch.quality.rulebook import Place, Rulebook

MARCH = Period.month(2025, 3)
FULING = Place(("500102", "500000"), "3011")


def percent(place, *rows, indicator="energy.electricity", period=MARCH):
    limits = Rulebook(with_rows(*rows), CATALOGUE).limits(Rule.GRID, indicator, place, period)
    return None if limits is None else (str(limits["percent"]), limits.rows.partition(": ")[2])


def row(name, value, **over):
    return {"id": name, "rule": "Q13", "numbers": {"percent": value}} | over


CITY, COUNTY = row("city", "6", region="500000"), row("county", "7", region="500102")
CEMENT, MINERALS = row("cement", "8", industry="3011"), row("minerals", "9", industry="30")
POWER, FAMILY = row("power", "10", indicator="energy.electricity"), row("family", "11", indicator="energy.*")
LATER, EARLIER = row("later", "12", valid_from="2025-01-01"), row("earlier", "13", valid_from="2024-01-01")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), ("5", "grid")),
        ((CITY,), ("6", "city, grid")),
        ((CITY, COUNTY), ("7", "county, grid")),
        ((CITY, CEMENT), ("6", "city, grid")),
        ((CEMENT, MINERALS), ("8", "cement, grid")),
        ((MINERALS, POWER), ("9", "minerals, grid")),
        ((POWER, FAMILY), ("10", "power, grid")),
        ((FAMILY, LATER), ("11", "family, grid")),
        ((LATER, EARLIER), ("12", "later, grid")),
        ((row("over", "1", valid_from="2025-03-31"),), ("1", "over, grid")),
        ((row("not-yet", "1", valid_from="2025-04-01"),), ("5", "grid")),
        ((row("ended", "1", valid_to="2025-03-30"),), ("5", "grid")),
        ((row("elsewhere", "1", region="120000"),), ("5", "grid")),
        ((row("other", "1", industry="44"),), ("5", "grid")),
        ((row("another", "1", indicator="energy.raw_coal"),), ("5", "grid")),
        (({"id": "off", "rule": "Q13", "off": True, "region": "500000"},), None),
        (
            ({"id": "off", "rule": "Q13", "off": True, "region": "500000"}, COUNTY | {"off": False}),
            ("7", "county, grid"),
        ),
    ],
)
def test_most_specific_and_newest_row_decides(rows, expected):
    assert percent(FULING, *rows) == expected
    assert percent(FULING, *rows[::-1]) == expected


def test_outcome_is_a_threshold_too():
    hard = with_rows({"id": "hard", "rule": "Q13", "outcome": "hold", "industry": "30"})
    limits = Rulebook(hard, CATALOGUE).limits(Rule.GRID, "energy.electricity", FULING, MARCH)
    assert limits is not None and limits.outcome is Outcome.HOLD and limits["percent"] == 5


@pytest.mark.parametrize("rule", Rule)
def test_rules_that_come_along_give_every_number_a_rule_needs(rule):
    limits = Rulebook(RULES, CATALOGUE).limits(rule, "energy.raw_coal", Place(), MARCH)
    assert limits is not None
    optional = {"low", "high", "usual", "apart"}
    assert set(NUMBERS[rule]) - optional == set(limits.numbers) - optional
    assert all(isinstance(number, Decimal) for number in limits.numbers.values())


def test_place_follows_the_register_of_the_day():
    records = Records.of(
        [
            UnitRecord(id=UNIT[5:], name="厂", region="500102", industry="C3011", valid_from=date(2022, 1, 1)),
            UnitRecord(id=UNIT[5:], name="厂", region="500115", industry="2614", valid_from=date(2024, 1, 1)),
            RegionRecord(id="500102", name="涪陵区", parent="500000", valid_from=date(2000, 1, 1)),
            RegionRecord(id="500115", name="长寿区", parent="500000", valid_from=date(2000, 1, 1)),
        ]
    )
    assert place_of(UNIT, records, date(2023, 12, 31)) == Place(("500102", "500000"), "3011")
    assert place_of(UNIT, records, date(2024, 1, 1)) == Place(("500115", "500000"), "2614")
    assert place_of(UNIT, records, date(2020, 1, 1)) == Place(("500102", "500000"), "3011")
    assert place_of("region:500102", records, date(2024, 1, 1)) == Place(("500102", "500000"), "")
    assert place_of("unit:unknown", records, date(2024, 1, 1)) == Place()
