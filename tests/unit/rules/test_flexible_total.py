"""Flexible totals: growth times the intensity target, yearly and since the base year, and set again."""

from datetime import date
from decimal import Decimal as D

import pytest
from rules_support import (
    GREEN,
    REGION,
    YELLOW,
    collect,
    make_figures,
    make_law,
    make_scope,
    make_scoped_law,
    make_target,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Measure, Milestone
from planwatch.contract.target import Growth
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

ENERGY = Measure(of="energy.total", unit="tce")
TASKS = tuple(Milestone(year=year, value=D(3)) for year in range(2021, 2026))
BASIC = make_target(id="cq.basic", variant="basic", path="milestones", milestones=TASKS)
AIMS = tuple(Growth(year=year, percent=D(percent)) for year, percent in ((2021, 5), (2022, 6), (2023, 4)))
RESET = Growth(year=2022, percent=D(8), reset=True, approved_by="市发展改革委", approved_on=date(2023, 2, 1))


def make_total(**over):
    return make_target(
        **{
            "id": "cq.total",
            "zh": "能源消费总量",
            "kind": "flexible_total",
            "measure": ENERGY,
            "unit": "tce",
            "value": None,
            "path": None,
            "yardsticks": ("annual",),
            "follows": "cq.basic",
            "growth": AIMS,
        }
        | over
    )


def _judge(target, *groups, others=(BASIC,), point="2022", law=None, **around):
    return judge(
        target, REGION, period(point), collect(*groups), law or make_law(target, *others), around=Surroundings(**around)
    )


def _energy(**years):
    return make_figures("energy.total", {year[1:].replace("_", "-"): amount for year, amount in years.items()})


@pytest.mark.parametrize(
    ("now", "level"), [("1028.2", GREEN), ("1028.2001", YELLOW), ("900", GREEN)], ids=["exactly", "more", "less"]
)
def test_the_years_total_is_last_years_grown_and_cut(now, level):
    (found,) = _judge(make_total(), _energy(_2021="1000", _2022=now))
    assert (found.expected, found.level) == (D("1028.2"), level)  # 1000 × 1.06 × 0.97


def test_a_strict_total_is_not_kept_by_the_very_number():
    (found,) = _judge(make_total(comparator="<"), _energy(_2021="1000", _2022="1028.2"))
    assert found.level == YELLOW


def test_the_task_is_the_mean_yearly_rate_where_no_milestone_is_set():
    basic = make_target(id="cq.basic", value=D("14.12659743"), path="geometric")
    (found,) = _judge(make_total(), _energy(_2021="1000", _2022="1"), others=(basic,))
    assert round(found.expected, 5) == D("1028.2")


def test_the_formula_has_the_numbers_filled_in_and_says_what_would_do():
    (found,) = _judge(make_total(), _energy(_2021="1000", _2022="1040"))
    assert found.formula == "1040 = 1040 tce ; E*(2022) = 1000 × (1 + 6%) × (1 − 3%) = 1028.2 tce 应不超过 1028.2 tce"
    assert found.better == "energy.total再降 11.8 tce 可达三级(绿)"
    assert {one.figure.period.label for one in found.used} == {"2021", "2022"}


def test_within_the_year_last_years_shares_of_the_same_months_are_due():
    (found,) = _judge(make_total(), _energy(_2021="1000", _2021_H1="400", _2022_H1="411.28"), point="2022-01~06")
    assert (found.expected, found.level) == (D("411.28"), GREEN)
    assert "× 上年同期占比 400/1000" in found.formula


def test_the_total_since_the_base_year_compounds_growth_and_reduction():
    (found,) = _judge(make_total(yardsticks=("five_year",)), _energy(_2020="1000", _2022="1047.2217"))
    assert (found.expected, found.level) == (D("1047.2217"), GREEN)  # 1000 × 1.05 × 1.06 × 0.97²
    assert "E*(2022) = 1000 × (1 + 5%) × (1 + 6%) × (1 − 5.91%)" in found.formula


def test_the_total_since_the_base_year_needs_last_years_shares_within_the_year():
    figures = _energy(_2020="1000", _2021="1010", _2021_H1="505", _2022_H1="500")
    (found,) = _judge(make_total(yardsticks=("five_year",)), figures, point="2022-01~06")
    assert found.expected == D("523.61085")


@pytest.mark.parametrize(
    ("yardstick", "years", "absent"), [("annual", (2021, 2023), 2022), ("five_year", (2022,), 2021)]
)
def test_a_year_without_growth_is_named(yardstick, years, absent):
    growth = tuple(Growth(year=year, percent=D(5)) for year in years)
    (found,) = _judge(
        make_total(growth=growth, yardsticks=(yardstick,)), _energy(_2020="1", _2021="1", _2022="1", _2023="1")
    )
    assert (found.status, f"没有 {absent} 年的生产总值增速目标" in found.reason) == (Status.NOT_RATED, True)


def test_a_reset_replaces_the_total_and_both_are_shown():
    (found,) = _judge(make_total(growth=(*AIMS, RESET)), _energy(_2021="1000", _2022="1040"))
    assert (found.expected, found.level) == (D("1047.6"), GREEN)  # 1000 × 1.08 × 0.97
    assert "原目标 1028.2 tce,经市发展改革委于 2023-02-01 批准调整为 1047.6 tce" in found.formula


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2023, 1, 31), "1028.2"), (date(2023, 2, 1), "1047.6"), (None, "1047.6")]
)
def test_a_reset_holds_from_the_day_it_was_approved(today, expected):
    (found,) = _judge(make_total(growth=(*AIMS, RESET)), _energy(_2021="1000", _2022="1"), today=today)
    assert found.expected == D(expected)


def test_the_last_of_several_resets_stands():
    later = RESET.model_copy(update={"percent": D(7), "approved_on": date(2023, 3, 1)})
    (found,) = _judge(make_total(growth=(later, *AIMS, RESET)), _energy(_2021="1000", _2022="1"))
    assert found.expected == D("1037.9")


@pytest.mark.parametrize("percent", ["6", "5"], ids=["as fast", "slower"])
def test_only_a_faster_growth_sets_a_total_again(percent):
    slow = RESET.model_copy(update={"percent": D(percent)})
    (found,) = _judge(make_total(growth=(*AIMS, slow)), _energy(_2021="1000", _2022="1"))
    assert "条款只许增速超过预期目标的调整" in found.reason


def test_a_total_since_the_base_year_is_not_set_again():
    (found,) = _judge(make_total(growth=(*AIMS, RESET), yardsticks=("five_year",)), _energy(_2020="1000", _2022="1000"))
    assert "只有年度总量目标可相应调整" in found.reason


@pytest.mark.parametrize(("gdp", "said"), [("107", True), ("106", False)], ids=["faster", "as aimed"])
def test_faster_growth_offers_a_reset_and_never_makes_one(gdp, said):
    figures = (_energy(_2021="1000", _2022="1000"), make_figures("gdp", {"2021": "100", "2022": gdp}))
    (found,) = _judge(make_total(), *figures)
    assert found.expected == D("1028.2")
    assert ("经济增速 7% 超过预期目标 6%,经批准可相应调整总量目标" in found.formula) == said


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"variant": "incentive"}, "不能按激励目标 cq.basic 确定"),
        ({"kind": "level_max"}, "不是有数值的强度降低目标"),
        ({"base_year": 2019}, "不一致"),
        ({"id": "cq.other"}, "'cq.basic' 没有任何规划定义"),
    ],
    ids=["incentive", "no rate", "other base year", "unknown"],
)
def test_a_total_follows_the_basic_rate_of_reduction_alone(over, words):
    other = make_target(**{**dict(BASIC), **over})
    (found,) = _judge(make_total(), _energy(_2021="1000", _2022="1000"), others=(other,))
    assert (found.status, words in found.reason) == (Status.NOT_RATED, True)


def test_a_total_is_an_amount():
    target = make_total(measure=Measure(of="energy.total", per="gdp", unit="tce"))
    assert "a total is an amount" in _judge(target, _energy(_2021="1", _2022="1"))[0].reason


def test_both_sides_of_a_total_are_in_its_scope_and_another_scope_is_said():
    scope = make_scope(
        {"kind": "new_renewables", "of": ["energy.renewable_power"], "base_year": 2020},
        {"kind": "feedstock", "of": ["energy.feedstock.olefins"]},
    )
    target = make_total(scope="cq.total")
    (found,) = _judge(
        target,
        _energy(_2021="1150", _2022="1250"),
        make_figures("energy.feedstock.olefins", {"2021": "100", "2022": "110"}),
        make_figures("energy.renewable_power", {"2020": "50", "2021": "100", "2022": "170"}),
        law=make_scoped_law(scope, target, BASIC),
    )
    assert (found.actual, found.expected) == (D(1020), D("1028.2"))  # 1250 − 110 − 120 of (1150 − 100 − 50) grown
    assert "口径不同" in found.formula


def test_a_total_converts_to_the_unit_of_the_clause():
    (found,) = _judge(
        make_total(measure=Measure(of="energy.total", unit="万tce"), unit="万tce"),
        _energy(_2021="10000000", _2022="10000000"),
    )
    assert (found.actual, found.expected) == (1000, D("1028.2"))


@pytest.mark.parametrize("amount", ["0", None])
def test_last_year_without_energy_is_not_rated(amount):
    figures = _energy(**{"_2022": "1"} | ({"_2021": amount} if amount else {}))
    assert _judge(make_total(), figures)[0].status is Status.NOT_RATED
