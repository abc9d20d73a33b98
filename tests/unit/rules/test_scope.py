"""Scopes: what is taken off, from which years, and that nothing is taken off one side only."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from rules_support import (
    GREEN,
    REGION,
    YELLOW,
    collect,
    make_figures,
    make_scope,
    make_scoped_law,
    make_single,
    make_target,
    monthly,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Measure
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

RENEWABLES = {"kind": "new_renewables", "of": ["energy.renewable_power"], "base_year": 2020}
FEEDSTOCK = {"kind": "feedstock", "of": ["energy.feedstock.olefins", "energy.feedstock.alcohols"]}
LISTED = {"kind": "listed_projects", "of": ["energy.listed_projects"]}
NON_FOSSIL = {"kind": "non_fossil", "of": ["energy.non_fossil"], "first_year": 2024}
ENERGY = Measure(of="energy.total", unit="tce")
TOTAL = make_single(kind="level_max", measure=ENERGY, unit="tce", value=D(1000), scope="cq.total")
RATE = make_target(scope="cq.total", path="linear", value=D(10))


def _judge(target, scope, *figures, point="2022", **around):
    law = make_scoped_law(scope, target)
    return judge(target, REGION, period(point), collect(*figures), law, around=Surroundings(**around))


def _energy(**years):
    return make_figures("energy.total", {year[1:]: amount for year, amount in years.items()})


def _of(indicator, **years):
    return make_figures(f"energy.{indicator}", {year[1:]: amount for year, amount in years.items()})


GDP = make_figures("gdp", {"2020": "100", "2021": "100", "2022": "100", "2024": "100"})


@pytest.mark.parametrize(
    ("now", "base", "actual"),
    [("130", "50", "1020"), ("50", "50", "1100"), ("30", "50", "1100"), ("130", "0", "970")],
    ids=["only the increase", "nothing new", "a fall is not added", "all of it is new"],
)
def test_new_renewables_come_off_the_assessment_year_as_far_as_they_are_new(now, base, actual):
    (found,) = _judge(
        TOTAL, make_scope(RENEWABLES), _energy(_2022="1100"), _of("renewable_power", _2022=now, _2020=base)
    )
    assert (found.actual, found.scope) == (D(actual), "cq.total")


def test_the_formula_shows_each_deduction_and_the_figures_it_used():
    (found,) = _judge(
        TOTAL,
        make_scope(RENEWABLES, FEEDSTOCK),
        _energy(_2022="1100"),
        _of("renewable_power", _2022="130", _2020="50"),
        _of("feedstock.olefins", _2022="20"),
    )
    assert found.formula.startswith(
        "(1100 − [新增energy.renewable_power max(0, 130 − 2020年同期 50) = 80] − [energy.feedstock.olefins 20] = 1000)"
    )
    used = {(one.sign, one.figure.indicator, one.figure.period.label) for one in found.used}
    assert used == {
        (1, "energy.total", "2022"),
        (-1, "energy.renewable_power", "2022"),
        (1, "energy.renewable_power", "2020"),
        (-1, "energy.feedstock.olefins", "2022"),
    }
    assert found.level == GREEN


def test_what_is_left_is_what_must_be_saved():
    (found,) = _judge(TOTAL, make_scope(FEEDSTOCK), _energy(_2022="1150"), _of("feedstock.olefins", _2022="100"))
    assert (found.level, found.better) == (YELLOW, "energy.total再降低 50 tce 可达三级(绿)")


def test_the_base_years_own_total_stays_when_renewables_come_off():
    found = _judge(
        RATE,
        make_scope(RENEWABLES),
        _energy(_2020="1000", _2022="1050"),
        _of("renewable_power", _2020="50", _2022="150"),
        GDP,
    )[1]
    assert (found.actual, found.expected) == (5, 4)


@pytest.mark.parametrize("deduction", [FEEDSTOCK, LISTED], ids=["feedstock", "listed projects"])
def test_other_deductions_come_off_both_years(deduction):
    name = deduction["of"][0].removeprefix("energy.")
    found = _judge(
        RATE, make_scope(deduction), _energy(_2020="1200", _2022="1100"), _of(name, _2020="200", _2022="150"), GDP
    )[1]
    assert found.actual == 5


def test_a_chained_comparison_deducts_in_every_year():
    half = {"2020-H1": "590", "2020": "1200", "2021-H1": "600", "2021": "1170", "2022-H1": "550"}
    feed = {"2020": "200", "2021-H1": "100", "2021": "200", "2022-H1": "100"}
    gdp = {"2020": "100", "2021-H1": "50", "2021": "100", "2022-H1": "50"}
    annual, progress = _judge(
        RATE,
        make_scope(FEEDSTOCK),
        make_figures("energy.total", half),
        make_figures("energy.feedstock.olefins", feed),
        make_figures("gdp", gdp),
        point="2022-01~06",
    )
    assert annual.actual == 10  # 450 of 500
    assert progress.actual == D("12.7")  # 1 − 0.9 × 970/1000


@pytest.mark.parametrize(
    ("known", "missing"),
    [({"_2022": "20"}, "2020年缺数"), ({"_2020": "20"}, "2022年缺数"), ({}, "未报(没有的请报 0)")],
    ids=["base year", "assessment year", "both"],
)
@pytest.mark.parametrize("deduction", [RENEWABLES, FEEDSTOCK, LISTED], ids=lambda one: one["kind"])
def test_a_one_sided_deduction_is_refused_and_names_what_is_missing(deduction, known, missing):
    name = deduction["of"][0]
    found = _judge(
        RATE,
        make_scope(deduction),
        _energy(_2020="1200", _2022="1100"),
        _of(name.removeprefix("energy."), **known),
        GDP,
    )[1]
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert all(words in found.reason for words in ("单边扣减不允许", name, missing, "考核口径"))


def test_a_held_deduction_is_a_missing_one():
    held = [replace(figure, flag="held") for figure in _of("listed_projects", _2022="5")]
    (found,) = _judge(TOTAL, make_scope(LISTED), _energy(_2022="1100"), held)
    assert "待核不计" in found.reason
    assert "单边扣减不允许" in found.reason


def test_a_class_nobody_ever_reported_does_not_exist_beside_one_that_is():
    (found,) = _judge(TOTAL, make_scope(FEEDSTOCK), _energy(_2022="1100"), _of("feedstock.alcohols", _2022="100"))
    assert found.actual == 1000
    one_year = _judge(
        RATE,
        make_scope(FEEDSTOCK),
        _energy(_2020="1200", _2022="1100"),
        _of("feedstock.alcohols", _2020="0", _2022="0"),
        _of("feedstock.olefins", _2022="100"),
        GDP,
    )[1]
    assert "energy.feedstock.olefins" in one_year.reason


def test_only_the_base_years_whole_amount_rates_december_alone():
    figures = (
        monthly("energy.total", 2022, [90] * 12),
        monthly("energy.renewable_power", 2022, [10] * 12),
        _of("renewable_power", _2020="60"),
    )
    (half,) = _judge(TOTAL, make_scope(RENEWABLES), *figures, point="2022-01~06")
    (whole,) = _judge(TOTAL, make_scope(RENEWABLES), *figures)
    assert "2020年只有全年数,没有2020年1—6月的数,年内不评,年末按全年评" in half.reason
    assert whole.actual == 1020


def test_the_same_months_of_the_base_year_are_compared_within_a_year():
    (found,) = _judge(
        TOTAL,
        make_scope(RENEWABLES),
        monthly("energy.total", 2022, [100] * 6),
        monthly("energy.renewable_power", 2022, [10] * 6),
        monthly("energy.renewable_power", 2020, [5] * 6),
        point="2022-01~06",
    )
    assert found.actual == 570


def test_a_dated_deduction_holds_for_assessment_years_and_recomputes_the_base():
    scope = make_scope(RENEWABLES | {"last_year": 2023}, NON_FOSSIL)
    figures = (
        _energy(_2020="1000", _2022="1000", _2024="1100"),
        _of("renewable_power", _2020="50", _2022="90"),
        _of("non_fossil", _2020="200", _2024="400"),
        GDP,
    )
    assert _judge(RATE, scope, *figures, point="2022")[1].actual == 4
    assert _judge(RATE, scope, *figures, point="2024")[1].actual == D("12.5")  # 1 − 700/800


def test_what_is_in_another_deduction_is_not_taken_off_twice():
    (found,) = _judge(
        TOTAL,
        make_scope(RENEWABLES, NON_FOSSIL),
        _energy(_2024="1000"),
        _of("renewable_power", _2020="1", _2024="2"),
        _of("non_fossil", _2024="9"),
        point="2024",
    )
    assert "会重复扣减" in found.reason


@pytest.mark.parametrize(
    ("target", "scope", "words"),
    [
        (TOTAL.model_copy(update={"scope": "cq.unheard"}), make_scope(LISTED), "没有任何规划定义"),
        (
            TOTAL.model_copy(update={"measure": Measure(of="gdp", unit="CNY")}),
            make_scope(LISTED),
            "从 energy.total 扣减,而 cq.intensity 用的是 gdp,口径不符",
        ),
        (TOTAL, make_scope({k: v for k, v in RENEWABLES.items() if k != "base_year"}), "未定基年"),
        (TOTAL, make_scope({"kind": "feedstock", "of": ["gdp"]}), "not in tonnes of standard coal"),
        (TOTAL, make_scope(LISTED), "扣减(energy.listed_projects 5000)多于energy.total 1000"),
    ],
    ids=["unknown", "of something else", "no base year", "not energy", "more than there is"],
)
def test_a_scope_that_cannot_be_applied_is_not_rated(target, scope, words):
    figures = (
        _energy(_2022="1000"),
        _of("listed_projects", _2022="5000"),
        _of("renewable_power", _2022="5"),
        make_figures("gdp", {"2022": "7"}),
    )
    (found,) = _judge(target, scope, *figures)
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert words in found.reason


def test_members_that_never_report_a_deduction_have_none():
    target = make_single(kind="level_max", measure=ENERGY, unit="tce", value=D(1000), scope="cq.total", sum_of="unit")
    figures = [
        *make_figures("energy.total", {"2022": "600"}, "unit:1"),
        *make_figures("energy.total", {"2022": "500"}, "unit:2"),
        *make_figures("energy.feedstock.olefins", {"2022": "100"}, "unit:1"),
    ]
    (found,) = _judge(target, make_scope(FEEDSTOCK), figures, members=("unit:1", "unit:2"))
    assert found.actual == 1000


def test_an_intensity_is_scoped_in_its_numerator():
    target = make_single(
        kind="level_max", measure=ENERGY.model_copy(update={"per": "gdp"}), unit="tce", value=D(9), scope="cq.total"
    )
    (found,) = _judge(target, make_scope(LISTED), _energy(_2022="1000"), _of("listed_projects", _2022="100"), GDP)
    assert found.actual == 9
