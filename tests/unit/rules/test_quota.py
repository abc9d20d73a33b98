"""Quotas per area and head, unit product limits, PUE: what grows over the year and what holds for any months."""

from datetime import date
from decimal import Decimal as D

import pytest
from rules_support import GREEN, RED, REGION, collect, make_figures, make_law, make_single, monthly, period

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Measure
from planwatch.contract.records import Records
from planwatch.contract.registry import RegionRecord
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

PER_AREA = Measure(of="energy.total", per="area.building", times=D(1000), unit="kgce/m2")
PER_TONNE = Measure(of="energy.total", per="output.steel", times=D(1000), unit="kgce")
QUOTA = make_single(kind="quota", measure=PER_AREA, unit="kgce/m2", value=D(12), rule_set="limit")
AREA = {f"2022-{month:02}": "1000" for month in range(1, 13)}


def _judge(target, *groups, point="2022", subject=REGION, **around):
    law = make_law(target)
    (found,) = judge(target, subject, period(point), collect(*groups), law, around=Surroundings(**around))
    return found


def _building(months, energy=1):
    return monthly("energy.total", 2022, [energy] * months), make_figures("area.building", AREA)


@pytest.mark.parametrize(("energy", "level"), [("1", GREEN), ("1.01", RED)], ids=["exactly", "above"])
def test_a_quota_per_area_is_judged_at_the_years_end(energy, level):
    found = _judge(QUOTA, *_building(12, energy))
    assert (found.level, found.expected) == (level, 12)


def test_a_quota_of_a_year_is_not_kept_by_half_a_year():
    found = _judge(QUOTA, *_building(6), point="2022-01~06")
    assert (found.status, found.actual) == (Status.NOT_RATED, 6)
    assert "按全年计,2022年1—6月的数只是下限,年末才评" in found.reason


def test_a_quota_of_a_year_is_exceeded_as_soon_as_it_is():
    found = _judge(QUOTA, *_building(6, "2.01"), point="2022-01~06")
    assert (found.level, found.actual) == (RED, D("12.06"))


def test_a_quota_with_a_path_is_prorated():
    linear = QUOTA.model_copy(update={"path": "linear"})
    target = make_single(**{**dict(linear), "path": "linear"})
    assert _judge(target, *_building(6), point="2022-01~06").level == GREEN
    found = _judge(target, *_building(6, "1.1"), point="2022-01~06")
    assert (found.expected, found.level) == (6, RED)


def test_a_unit_product_limit_holds_for_any_months():
    target = make_single(kind="limit", measure=PER_TONNE, unit="kgce", value=D(500), rule_set="limit")
    figures = (monthly("energy.total", 2022, [50, 51]), monthly("output.steel", 2022, [100, 100]))
    found = _judge(target, *figures, point="2022-01~02")
    assert (found.actual, found.expected, found.level) == (505, 500, RED)
    assert _judge(target, *figures, point="2022-01~01").level == GREEN


def test_a_ratio_of_two_flows_is_not_prorated_even_along_a_path():
    target = make_single(
        kind="level_max",
        measure=PER_TONNE,
        unit="kgce",
        value=D(500),
        rule_set="limit",
        path="linear",
        target_year=2022,
    )
    figures = (monthly("energy.total", 2022, [50]), monthly("output.steel", 2022, [100]))
    assert _judge(target, *figures, point="2022-01~01").expected == 500


def _zone(code, parent):
    return RegionRecord.model_validate({"id": code, "name": code, "parent": parent, "valid_from": date(2020, 1, 1)})


@pytest.mark.parametrize(("parent", "total"), [("210302", 10), ("210300", 14)], ids=["in a district", "beside it"])
def test_a_zone_inside_a_district_is_not_counted_twice(parent, total):
    target = make_single(
        kind="level_max", measure=Measure(of="energy.total", unit="tce"), unit="tce", value=D(10), sum_of="region"
    )
    city = "region:210300"
    records = Records.of([_zone("210302", "210300"), _zone("210304", "210300"), _zone("210300-GX", parent)])
    members = ("region:210302", "region:210304", "region:210300-GX")
    amounts = zip(members, ("6", "4", "4"), strict=True)
    figures = [one for who, amount in amounts for one in make_figures("energy.total", {"2022": amount}, who)]
    assert _judge(target, figures, subject=city, members=members, records=records).actual == total
