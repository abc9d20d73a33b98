"""Growth: the total indicator against a growth limit, and growth asked for; and changes in percentage points."""

from decimal import Decimal as D

import pytest
from rules_support import GREEN, RED, REGION, YELLOW, collect, make_figures, make_law, make_single, make_target, period

from planwatch.contract.plan import Measure, Milestone
from planwatch.rules.judge import judge

ENERGY = Measure(of="energy.total", unit="tce")
SHARE = Measure(of="energy.total", per="gdp", times=D(100), unit="%")


def _judge(target, amounts, point="2022-01~06"):
    return judge(target, REGION, period(point), _figures(amounts), make_law(target))


def _figures(amounts, gdp=None):
    return collect(make_figures("energy.total", amounts), make_figures("gdp", gdp or {}))


@pytest.mark.parametrize(
    ("amount", "limit", "level"),
    [
        ("1020", "2", GREEN),
        ("1020.001", "2", YELLOW),
        ("1022", "2", YELLOW),
        ("1022.001", "2", RED),
        ("900", "2", GREEN),
        ("1000", "0", GREEN),
        ("1001", "0", YELLOW),  # the level a rule set states where a relative gap is undefined
        ("990", "-1", GREEN),
        ("995", "-1", YELLOW),
    ],
)
def test_growth_limit_at_the_edges_of_ten_percent_of_the_target(amount, limit, level):
    target = make_single(kind="growth_max", measure=ENERGY, value=D(limit))
    (found,) = _judge(target, {"2022-H1": amount, "2021-H1": "1000"})
    assert found.level == level


def test_growth_is_explained():
    target = make_single(kind="growth_max", measure=ENERGY, value=D(2))
    (found,) = _judge(target, {"2022-H1": "1050", "2021-H1": "1000"})
    assert (found.actual, found.expected, found.gap) == (5, 2, D("1.5"))
    assert found.formula == "(1050)/(1000) − 1 = 5% ; required <= 2%"
    assert found.better == "energy.total再降 28 tce 可达二级(黄)"


def test_growth_asked_for_is_at_least():
    target = make_single(kind="yearly_growth", measure=ENERGY, value=D(5))
    assert _judge(target, {"2022-H1": "1050", "2021-H1": "1000"})[0].level == GREEN
    short = _judge(target, {"2022-H1": "1040", "2021-H1": "1000"})[0]
    assert (short.level, short.better) == (RED, "energy.total再增加 5 tce 可达二级(黄)")


def test_growth_over_five_years_compounds():
    target = make_target(kind="growth_max", measure=ENERGY, value=D(21), target_year=2022, path=None)
    annual, progress = _judge(target, {"2020": "100", "2021": "110", "2022": "121"}, "2022")
    assert (annual.expected, progress.expected, progress.actual) == (10, 21, 21)
    assert (annual.level, progress.level) == (GREEN, GREEN)


def test_growth_due_is_that_of_the_years_elapsed():
    target = make_target(kind="growth_max", measure=ENERGY, value=D("46.41"), target_year=2024, path=None)
    _, progress = _judge(target, {"2020": "100", "2022": "120"}, "2022")
    assert (progress.expected, progress.actual, progress.level) == (21, 20, GREEN)


def test_the_years_milestone_is_the_years_limit():
    target = make_single(kind="growth_max", measure=ENERGY, value=D(9), milestones=(Milestone(year=2022, value=D(2)),))
    assert _judge(target, {"2022-H1": "1050", "2021-H1": "1000"})[0].expected == 2


def test_growth_from_zero_is_not_rated():
    target = make_single(kind="growth_max", measure=ENERGY, value=D(2))
    assert "is not above zero" in _judge(target, {"2022-H1": "10", "2021-H1": "0"})[0].reason


def _points(kind, **over):
    plain = {"kind": kind, "measure": SHARE, "value": D(10), "unit": "个百分点", "path": "linear"}
    return make_target(**(plain | over))


GDP = {"2020": "100", "2021": "100", "2022": "100", "2021-H1": "50", "2022-H1": "50"}


@pytest.mark.parametrize(
    ("kind", "share", "level"),
    [("increase_points", "24", GREEN), ("increase_points", "23", RED), ("reduction_points", "16", GREEN)],
)
def test_points_since_the_base_year(kind, share, level):
    target = _points(kind)
    figures = _figures({"2020": "20", "2022": share}, GDP)
    progress = judge(target, REGION, period("2022"), figures, make_law(target))[1]
    assert (progress.expected, progress.level, progress.unit) == (4, level, "个百分点")


def test_points_chain_within_the_year():
    target = _points("increase_points")
    figures = _figures({"2020": "20", "2021": "23", "2021-H1": "11", "2022-H1": "12"}, GDP)
    annual, progress = judge(target, REGION, period("2022-01~06"), figures, make_law(target))
    assert (annual.actual, annual.expected) == (2, 2)
    assert progress.actual == 5
    assert progress.formula == "[(12/50 − 11/50) + (23/100 − 20/100)] × 100 = 5 个百分点 ; required 4 个百分点"


def test_points_by_milestones_add_up_and_each_year_needs_one():
    stated = (Milestone(year=2021, value=D(1)), Milestone(year=2022, value=D(3)))
    target = _points("increase_points", path="milestones", milestones=stated)
    figures = _figures({"2020": "20", "2021": "23", "2022": "24"}, GDP)
    annual, progress = judge(target, REGION, period("2022"), figures, make_law(target))
    assert (annual.expected, progress.expected, progress.level) == (3, 4, GREEN)
    gap = _points("increase_points", path="milestones", milestones=stated[1:])
    assert "lacks a milestone" in judge(gap, REGION, period("2022"), figures, make_law(gap))[1].reason


@pytest.mark.parametrize(("path", "words"), [(None, ""), ("geometric", "does not fit percentage points")])
def test_points_without_a_path_are_due_in_full(path, words):
    target = _points("increase_points", path=path, yardsticks=("single",))
    (found,) = judge(target, REGION, period("2022"), _figures({"2020": "20", "2022": "29"}, GDP), make_law(target))
    assert words in found.reason
    assert found.expected == (None if words else 10)
    assert found.better == ("" if words else "单位地区生产总值能耗再提高 1 个百分点 可达三级(绿)")
