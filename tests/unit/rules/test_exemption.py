"""Exemption: the total is not judged where the plan's own condition is met, and only there."""

from decimal import Decimal as D

import pytest
from rules_support import (
    GREEN,
    REGION,
    RULE_SETS,
    YELLOW,
    collect,
    make_figures,
    make_law,
    make_scope,
    make_scoped_law,
    make_single,
    make_target,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Measure
from planwatch.contract.ruleset import Band
from planwatch.rules.judge import judge

ENERGY = Measure(of="energy.total", unit="tce")
RATE = make_target(id="cq.rate", path="linear", value=D(10))
TOTAL = make_single(id="cq.total", kind="level_max", measure=ENERGY, unit="tce", value=D(900), exempt_if="cq.rate")
YEARS = {"2020": "1000", "2021": "990"}


def _judge(target, *others, energy="950", gdp=True, point="2022", law=None):
    figures = collect(
        make_figures("energy.total", YEARS | {"2022": energy}),
        make_figures("gdp", {"2020": "100", "2021": "100", "2022": "100"} if gdp else {}),
    )
    return judge(target, REGION, period(point), figures, law or make_law(target, *others))


@pytest.mark.parametrize(
    ("energy", "status"),
    [("950", Status.EXEMPT), ("960", Status.EXEMPT), ("960.0001", Status.RATED), ("961", Status.RATED)],
    ids=["met", "met exactly", "missed by a trace", "missed"],
)
def test_the_total_is_exempt_where_the_intensity_target_is_met(energy, status):
    (found,) = _judge(TOTAL, RATE, energy=energy)
    assert found.status is status


def test_exempt_is_neither_met_nor_missed_and_quotes_its_condition():
    (found,) = _judge(TOTAL, RATE)
    assert (found.status, found.level, found.severity) == (Status.EXEMPT, None, None)
    assert (found.actual, found.expected, found.gap, found.better) == (None, None, None, "")
    assert found.reason == ("免予考核:单位地区生产总值能耗 2022年实际 5 %,应 >= 4 %,条件已达到;条款:「下降14.5%」")
    assert found.formula == "1 − (950/100)/(1000/100) = 5% ; required 4% ; 今后3年每年还需降低 1.7861%"
    assert {one.figure.indicator for one in found.used} == {"energy.total", "gdp"}


def test_what_does_not_fulfil_the_condition_is_judged_and_says_so():
    (found,) = _judge(TOTAL, RATE, energy="985")
    assert found.level == YELLOW
    assert found.formula == (
        "985 = 985 tce ; required <= 900 tce ; 不免予考核:单位地区生产总值能耗 2022年实际 1.5 %,应 >= 4 %,条件未达到"
    )


def test_a_condition_that_cannot_be_rated_exempts_nobody():
    (found,) = _judge(TOTAL, RATE, gdp=False)
    assert found.status is Status.RATED
    assert "免予考核的条件不能核定(单位地区生产总值能耗:" in found.formula
    assert "未报 gdp:2022)" in found.formula


def test_a_condition_that_no_plan_has_exempts_nobody():
    (found,) = _judge(TOTAL, energy="899")
    assert (found.level, "免予考核的条件不能核定" in found.formula) == (GREEN, True)


def test_exempt_needs_no_figures_of_its_own():
    target = make_single(
        id="cq.total", kind="level_max", measure=Measure(of="water.new", unit="m3"), unit="m3", exempt_if="cq.rate"
    )
    assert _judge(target, RATE)[0].status is Status.EXEMPT


def test_progress_since_the_base_year_decides_where_there_is_such_a_yardstick():
    rate = RATE.model_copy(update={"value": D(20), "target_year": 2030})
    annual, progress = _judge(rate, energy="950")
    assert (annual.level, progress.level) == (GREEN, GREEN)
    steep = rate.model_copy(update={"target_year": 2025})
    annual, progress = _judge(steep, energy="945")
    assert (annual.level == GREEN, progress.level == GREEN) == (True, False)
    assert _judge(TOTAL, steep, energy="945")[0].status is Status.RATED


def test_best_level_is_not_enough_where_a_rule_set_is_lenient():
    lenient = RULE_SETS["national"].model_copy(
        update={
            "id": "lenient",
            "bands": (Band(level=GREEN, at_most=D("0.5")), Band(level=YELLOW, more_than=D("0.5"))),
        }
    )
    rate = RATE.model_copy(update={"rule_set": "lenient"})
    law = make_law(TOTAL, rate, rule_sets=RULE_SETS | {"lenient": lenient})
    assert _judge(rate, energy="970", law=law)[1].level == GREEN  # 3 % of 4 %
    assert _judge(TOTAL, energy="970", law=law)[0].status is Status.RATED


def test_a_strict_condition_is_not_met_by_the_very_number():
    strict = make_target(**{**dict(RATE), "comparator": ">"})
    assert _judge(TOTAL, strict, energy="960")[0].status is Status.RATED


def test_another_scope_of_the_condition_is_said():
    scope = make_scope({"kind": "listed_projects", "of": ["energy.listed_projects"]})
    target = make_single(**{**dict(TOTAL), "scope": "cq.total"})
    (found,) = _judge(target, law=make_scoped_law(scope, target, RATE))
    assert "口径不同:本目标用「考核口径」" in found.reason


@pytest.mark.parametrize("back", ["cq.total", "cq.rate"], ids=["each other", "itself"])
def test_targets_that_exempt_each_other_end(back):
    rate = make_target(**{**dict(RATE), "exempt_if": back})
    assert _judge(TOTAL, rate)[0].status is Status.EXEMPT
