"""Levels, limits, counts and shares: quantities over the year to date against the number of the clause."""

from decimal import Decimal as D

import pytest
from rules_support import (
    COAL,
    GREEN,
    RED,
    REGION,
    YELLOW,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_single,
    make_target,
    monthly,
    period,
)

from planwatch.contract.plan import Basis, Measure, Milestone
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

WATER = Measure(of="water.new", unit="m3")
AIR = Measure(of="share.good_air", unit="%")
PLANTS = Measure(of="count.green_plants", unit="个")
GAS_SHARE = Measure(of="energy.total", per="gdp", times=D(100), unit="%")


def _judge(target, figures, point="2022-01~06", **kwargs):
    (found,) = judge(target, REGION, period(point), figures, make_law(target), around=Surroundings(**kwargs))
    return found


def _water(amount, **over):
    plain = {"measure": WATER, "unit": "m3", "value": D(100), "rule_set": "national", "kind": "level_min"}
    return _judge(make_single(**(plain | over)), collect(make_figures("water.new", {"2022": amount})), "2022")


@pytest.mark.parametrize(
    ("kind", "comparator", "amount", "level"),
    [
        ("level_min", ">=", "100", GREEN),
        ("level_min", ">", "100", YELLOW),
        ("level_min", ">=", "90", YELLOW),
        ("level_min", ">=", "89.9", RED),
        ("level_max", "<=", "100", GREEN),
        ("level_max", ">=", "120", RED),  # the kind says which side is good
        ("level_max", "<", "100", YELLOW),
        ("quota", "<=", "110", YELLOW),
        ("level_about", "~", "102", GREEN),
        ("level_about", "~", "103", YELLOW),
        ("level_about", ">=", "98", GREEN),
        ("level_about", ">=", "150", GREEN),
        ("level_about", "<=", "103", YELLOW),
        ("level_about", "<=", "50", GREEN),
    ],
)
def test_level_by_kind_and_comparator(kind, comparator, amount, level):
    assert _water(amount, kind=kind, comparator=comparator).level == level


@pytest.mark.parametrize(
    ("comparator", "amount", "level"), [("<=", "100", GREEN), ("<", "100", RED), ("<=", "100.001", RED)]
)
def test_limit_is_kept_when_it_is_reached(comparator, amount, level):
    assert _water(amount, kind="limit", comparator=comparator, rule_set="limit").level == level


@pytest.mark.parametrize(
    ("kind", "amount", "better"),
    [
        ("level_min", "95", "water.new再提高 5 m3 可达三级(绿)"),
        ("level_max", "120", "water.new再降低 10 m3 可达二级(黄)"),
    ],
)
def test_better_says_how_much_and_which_way(kind, amount, better):
    assert _water(amount, kind=kind).better == better


@pytest.mark.parametrize(
    ("kind", "comparator", "better"),
    [
        ("level_min", ">", "water.new再提高超过 0 m3 可达三级(绿)"),
        ("level_max", "<", "water.new再降低超过 0 m3 可达三级(绿)"),
    ],
)
def test_better_than_the_very_number_lies_beyond_it(kind, comparator, better):
    assert _water("100", kind=kind, comparator=comparator).better == better


def test_times_of_the_author_stand():
    assert _water("80", measure=WATER.model_copy(update={"times": D("0.5")})).actual == 40


def test_a_ratio_is_multiplied_by_times():
    target = make_single(kind="level_max", measure=GAS_SHARE, value=D(20))
    figures = collect(monthly("energy.total", 2022, [1, 2]), monthly("gdp", 2022, [10, 10]))
    found = _judge(target, figures, "2022-01~02")
    assert (found.actual, found.unit, found.level) == (15, "%", GREEN)
    assert found.formula == "3/20 × 100 = 15 % ; required <= 20 %"


def test_a_state_is_the_one_stated_for_the_end():
    target = make_single(kind="level_min", measure=AIR, value=D(80))
    figures = make_figures("share.good_air", {"2022-05": "10", "2022-06": "70", "2022-01~06": "85", "2022-Q3": "20"})
    assert _judge(target, collect(figures)).actual == 85
    assert "未报 share.good_air:2022-04" in _judge(target, collect(figures), "2022-01~04").reason


def test_a_held_state_is_not_rated():
    target = make_single(kind="level_min", measure=AIR, value=D(80))
    assert (
        "待核不计:2022-06"
        in _judge(target, collect([make_figure("share.good_air", "2022-06", "85", flag="held")])).reason
    )


@pytest.mark.parametrize(("path", "expected"), [(None, "100"), ("linear", "50"), ("last_year_shares", "40")])
def test_a_quantity_of_one_year_is_prorated_only_along_a_path(path, expected):
    target = make_single(kind="quota", measure=WATER, unit="m3", value=D(100), path=path)
    figures = collect(make_figures("water.new", {"2022-H1": "45", "2021-H1": "20", "2021": "50"}))
    assert _judge(target, figures).expected == D(expected)


def test_a_share_follows_the_line_from_the_base_year():
    target = make_single(kind="level_min", measure=AIR, value=D(85), base_year=2020, target_year=2025, path="linear")
    figures = collect(make_figures("share.good_air", {"2020": "75", "2022-06": "79"}))
    found = _judge(target, figures)
    assert (found.expected, found.level) == (79, GREEN)


def test_the_years_milestone_stands_before_the_number_of_the_clause():
    stated = (Milestone(year=2022, value=D(78)),)
    target = make_single(kind="level_min", measure=AIR, value=D(85), milestones=stated, path="milestones")
    figures = collect(make_figures("share.good_air", {"2022-06": "79", "2023-06": "79"}))
    assert _judge(target, figures).level == GREEN
    assert "no milestone for 2023" in _judge(target, figures, "2023-01~06").reason


def test_a_count_of_things_is_a_state_and_of_additions_a_sum_since_the_base_year():
    standing = make_single(kind="count_min", measure=PLANTS, unit="个", value=D(10))
    figures = make_figures("count.green_plants", {"2021-12": "9", "2022-06": "10"})
    assert _judge(standing, collect(figures)).level == GREEN
    added = make_target(
        kind="count_min",
        measure=Measure(of="count.new_plants", unit="个"),
        unit="个",
        value=D(10),
        path="linear",
        yardsticks=("five_year",),
    )
    figures = make_figures("count.new_plants", {"2021": "2", "2022-H1": "1"})
    found = _judge(added, collect(figures))
    assert (found.actual, found.expected, found.level) == (3, 3, GREEN)


def test_members_sum_and_each_must_have_reported():
    target = make_single(
        kind="quota", measure=COAL, unit="tce", value=D(1000), sum_of="unit", basis=Basis.EQUIVALENT, rule_set="limit"
    )
    one = make_figures("energy.raw_coal", {"2022-H1": "700"}, "unit:1")
    two = make_figures("energy.raw_coal", {"2022-H1": "700"}, "unit:2")
    members = ("unit:1", "unit:2")
    assert _judge(target, collect(one, two), members=members).actual == D("1000.02")
    missing = _judge(target, collect(one), members=members)
    assert (missing.level, "unit:2 reports no energy" in missing.reason) == (None, True)


def test_units_that_do_not_convert_are_not_rated():
    assert "does not convert to tce" in _water("5", unit="tce").reason


def test_times_of_one_and_another_unit_of_the_same_kind_convert():
    target = make_single(
        kind="level_max", measure=Measure(of="energy.total", unit="万tce"), unit="万tce", value=D(2), rule_set="limit"
    )
    assert _judge(target, collect(make_figures("energy.total", {"2022-H1": "20000"}))).actual == 2


@pytest.mark.parametrize(
    ("amount", "level", "reason"),
    [("100", GREEN, ""), ("99", None, "还未达到不算落后")],
    ids=["reached early", "not yet"],
)
def test_a_yearly_number_to_reach_is_missed_only_at_the_years_end(amount, level, reason):
    target = make_single(kind="level_min", measure=WATER, unit="m3", value=D(100))
    found = _judge(target, collect(make_figures("water.new", {"2022-H1": amount})))
    assert (found.level, reason in found.reason) == (level, True)


@pytest.mark.parametrize("kind", ["level_max", "limit"])
def test_an_upper_limit_of_an_amount_is_kept_as_long_as_the_amount_so_far_is_within(kind):
    target = make_single(kind=kind, measure=WATER, unit="m3", value=D(100), rule_set="limit")
    assert _judge(target, collect(make_figures("water.new", {"2022-H1": "100"}))).level == GREEN
    assert _judge(target, collect(make_figures("water.new", {"2022-H1": "101"}))).level == RED


SHARE_TO_REACH = make_single(
    kind="level_min", measure=AIR, value=D(85), base_year=2020, target_year=2025, path="linear"
)


def test_the_target_year_needs_no_base_figure():
    found = _judge(SHARE_TO_REACH, collect(make_figures("share.good_air", {"2025": "85"})), "2025")
    assert (found.expected, found.level) == (85, GREEN)


def test_before_the_target_year_a_missing_base_figure_is_said():
    found = _judge(SHARE_TO_REACH, collect(make_figures("share.good_air", {"2024": "85"})), "2024")
    assert found.level is None
    assert "规划没有给出单位地区生产总值能耗的年度进度,按直线推算又缺2020年的值" in found.reason
    assert "2025年以前不评" in found.reason


def test_a_share_to_reach_without_base_year_is_judged_in_the_target_year():
    target = SHARE_TO_REACH.model_copy(update={"base_year": None})
    figures = collect(make_figures("share.good_air", {"2024": "85", "2025": "84"}))
    assert _judge(target, figures, "2025").level == YELLOW
    assert "states no base year" in _judge(target, figures, "2024").reason


def test_a_yearly_amount_follows_the_line_and_is_prorated_within_the_year():
    target = make_single(
        kind="level_max", measure=WATER, unit="m3", value=D(50), base_year=2020, target_year=2025, path="linear"
    )
    figures = collect(make_figures("water.new", {"2020": "100", "2022-H1": "40", "2025-H1": "25"}))
    assert _judge(target, figures).expected == 40  # (100 − 50 × 2/5) / 2
    assert _judge(target, figures, "2025-01~06").expected == 25


@pytest.mark.parametrize(
    ("comparator", "amount", "level"),
    [
        ("<=", "40.8", GREEN),
        ("<=", "40.81", YELLOW),
        ("<=", "10", GREEN),
        (">=", "39.2", GREEN),
        (">=", "39.19", YELLOW),
    ],
)
def test_about_is_judged_on_its_bad_side_alone(comparator, amount, level):
    target = make_single(kind="level_about", measure=AIR, value=D(40), comparator=comparator)
    assert _judge(target, collect(make_figures("share.good_air", {"2022-06": amount}))).level == level


@pytest.mark.parametrize(
    ("over", "level"),
    [({"comparator": ">"}, YELLOW), ({"comparator": ">="}, GREEN)],
    ids=["下降超过10%", "下降10%以上"],
)
def test_a_strict_rate_is_not_reached_by_the_very_number(over, level):
    target = make_target(value=D(10), path="linear", target_year=2021, **over)
    figures = collect(
        make_figures("energy.total", {"2020": "100", "2021": "90"}), make_figures("gdp", {"2020": "1", "2021": "1"})
    )
    found = judge(target, REGION, period("2021"), figures, make_law(target))
    assert [one.level for one in found] == [level, level]


def test_strict_points_are_not_reached_by_the_very_number():
    target = make_target(
        kind="increase_points", measure=AIR, unit="个百分点", value=D(5), comparator=">", path=None, target_year=2021
    )
    figures = collect(make_figures("share.good_air", {"2020": "80", "2021": "85"}))
    assert judge(target, REGION, period("2021"), figures, make_law(target))[1].level == YELLOW
