"""Seasons: judged only in their months, summing from the first of them (AS 三(七): 以5—9月为重点时段)."""

from decimal import Decimal as D

import pytest
from rules_support import (
    COMPLETION,
    GREEN,
    REGION,
    RULE_SETS,
    YELLOW,
    collect,
    make_figures,
    make_law,
    make_single,
    make_target,
    monthly,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Measure
from planwatch.rules.judge import ALONE, judge, judge_all
from planwatch.rules.points import points
from planwatch.rules.sums import Sums

VOC = Measure(of="emission.voc", unit="t")
FOCUS = make_single(kind="growth_max", measure=VOC, value=D(0), season=(5, 9))


def _judge(target, *groups, point):
    (found,) = judge(target, REGION, period(point), collect(*groups), make_law(target))
    return found


def test_growth_compares_the_same_months_from_the_seasons_first():
    figures = (
        monthly("emission.voc", 2021, [500, 500, 500, 500, 10, 10, 10]),
        monthly("emission.voc", 2022, [1, 1, 1, 1, 10, 10, 11]),
    )
    found = _judge(FOCUS, *figures, point="2022-01~07")
    assert found.formula == "(31)/(30) − 1 = 3.3333% ; required <= 0%"
    assert (found.period.label, found.level) == ("2022-01~07", YELLOW)
    assert _judge(FOCUS, *figures, point="2022-01~06").level == GREEN


def test_cumulative_figures_are_taken_apart_at_the_season():
    figures = make_figures(
        "emission.voc", {"2021-01~04": "90", "2021-01~06": "110", "2022-01~04": "10", "2022-01~06": "30"}
    )
    assert _judge(FOCUS, figures, point="2022-01~06").actual == 0


def test_only_the_months_of_the_season_are_points():
    figures = collect(monthly("emission.voc", 2022, [1] * 12))
    law = make_law(FOCUS)
    assert [point.last for point in points(FOCUS, REGION, figures, law, ALONE)] == [5, 6, 7, 8, 9]
    assert {found.period.last for found in judge_all(FOCUS, REGION, Sums(figures, law))} == {5, 6, 7, 8, 9}


@pytest.mark.parametrize("point", ["2022-01~04", "2022-01~10"])
def test_a_point_outside_the_season_is_not_rated(point):
    found = _judge(FOCUS, monthly("emission.voc", 2022, [1] * 12), point=point)
    assert (found.status, "只评5—9月" in found.reason) == (Status.NOT_RATED, True)


def test_an_amount_is_summed_and_prorated_within_the_season():
    target = make_single(kind="level_max", measure=VOC, unit="t", value=D(100), season=(5, 9), path="linear")
    found = _judge(target, monthly("emission.voc", 2022, [500, 500, 500, 500, 15, 25]), point="2022-01~06")
    assert (found.actual, found.expected) == (40, 40)


def test_last_years_shares_are_those_of_the_season():
    target = make_single(kind="level_max", measure=VOC, unit="t", value=D(100), season=(5, 9), path="last_year_shares")
    figures = (
        monthly("emission.voc", 2021, [500, 500, 500, 500, 30, 30, 20, 10, 10]),
        monthly("emission.voc", 2022, [500, 500, 500, 500, 60]),
    )
    found = _judge(target, *figures, point="2022-01~05")
    assert (found.actual, found.expected) == (60, 30)


def test_a_quota_of_a_season_is_whole_at_its_last_month():
    target = make_single(kind="quota", measure=VOC, unit="t", value=D(50), season=(5, 9), rule_set="limit")
    figures = monthly("emission.voc", 2022, [500, 500, 500, 500, 10, 10, 10, 10, 10])
    assert _judge(target, figures, point="2022-01~08").status is Status.NOT_RATED
    assert _judge(target, figures, point="2022-01~09").level == GREEN


def test_progress_since_the_base_year_compares_seasons():
    target = make_target(kind="growth_max", measure=VOC, value=D(10), season=(5, 9), target_year=2022, path=None)
    figures = [
        *monthly("emission.voc", 2020, [99] * 4 + [20] * 5),
        *monthly("emission.voc", 2021, [9] * 4 + [21] * 5),
        *monthly("emission.voc", 2022, [1] * 4 + [22] * 5),
    ]
    progress = judge(target, REGION, period("2022-01~09"), collect(figures), make_law(target))[1]
    assert (progress.actual, progress.expected) == (10, 10)


def test_months_reported_are_those_of_the_season():
    target = make_single(kind="reported_months", measure=VOC, unit="month", value=D(1), season=(5, 9))
    law = make_law(target, rule_sets=RULE_SETS | {"national": COMPLETION.model_copy(update={"id": "national"})})
    figures = collect(monthly("emission.voc", 2022, [1] * 6))
    (found,) = judge(target, REGION, period("2022-01~06"), figures, law)
    assert (found.actual, found.expected) == (2, 2)
