"""Outlooks: projections by the target's own formula, their interval and verdict, what is still needed, and refusals."""

from dataclasses import fields
from decimal import Decimal as D

import pytest
from outlook_support import FIGURES, HALVES, YEARS, asking, make_energy, make_still, outlook_of, outlooks_of
from rules_support import collect, make_figure, make_figures, make_target, monthly, period

from planwatch.contract.outlook import Horizon, Outlook, Prospect
from planwatch.contract.plan import Yardstick
from planwatch.rules.outlook_needs import rate_needed


def test_an_outlook_has_neither_level_nor_colour():
    names = {field.name for field in fields(Outlook)}
    assert not names & {"level", "severity", "colour", "label"}


@pytest.mark.parametrize(
    ("asked", "prospect"),
    [
        ("1.06", Prospect.WILL_MEET),
        ("1.07", Prospect.UNCERTAIN),
        ("4.94", Prospect.UNCERTAIN),
        ("4.95", Prospect.WILL_MISS),
    ],
)
def test_interval_is_the_projection_and_the_largest_error_of_the_years_before(asked, prospect):
    found = outlook_of(asking(asked), FIGURES)
    assert (found.projected, found.low, found.high) == (D(3), D("1.06"), D("4.94"))
    assert (found.coverage, found.expected, found.prospect) == ((4, 5), D(asked), prospect)


def test_back_test_leaves_the_year_out_that_it_tests():
    test = outlook_of(asking("1"), FIGURES).back_test
    assert [(one.year, one.projected, one.came, one.inside) for one in test.backcasts] == [
        (2021, D(4), D(4), True),
        (2022, D(5), D("4.05"), True),
        (2023, D(0), D(2), False),
        (2024, D(4), D("3.04"), True),
    ]
    assert (test.interval_hits, test.verdict_hits, test.undecided) == ((3, 4), (3, 3), 1)


def test_a_verdict_that_did_not_come_true_is_counted():
    # In 2023 the first half promised 10 %, and the year came to 0.1 %.
    lefts = HALVES | {2023: "0.90"}
    found = outlook_of(asking("3"), collect(make_energy(lefts, YEARS | {2023: "0.999"}), make_still()))
    assert (found.back_test.verdict_hits, found.back_test.undecided) == ((0, 1), 3)


def test_few_years_give_no_projection_but_say_what_is_known():
    found = outlook_of(asking("3"), FIGURES, "2023-H1")
    assert (found.prospect, found.projected, found.low, found.coverage) == (Prospect.NOT_RATED, None, None, None)
    assert found.reason == "历史不足,不作预测:可回测的往年只有 2 个,至少要 3 个"
    assert found.expected == D(3)
    assert found.needs, "what is still needed is arithmetic, not a forecast"


def test_figures_after_the_month_are_not_used_and_only_shown():
    later = collect(make_energy(), make_still(), [make_figure("energy.total", "2025", "100")])
    with_later, without = outlook_of(asking("3"), later), outlook_of(asking("3"), FIGURES)
    assert (with_later.projected, with_later.low, with_later.high) == (without.projected, without.low, without.high)
    assert without.came is None
    assert with_later.came > D(80)


def test_five_year_progress_in_the_target_year_is_the_end_of_the_plan():
    found = outlooks_of(make_target(), FIGURES)
    assert [(one.yardstick, one.horizon, one.year) for one in found] == [
        (Yardstick.ANNUAL, Horizon.YEAR_END, 2025),
        (Yardstick.FIVE_YEAR, Horizon.PLAN_END, 2025),
    ]
    assert found[1].expected == D("14.5")
    left = D("0.96") * D("0.9595") * D("0.98") * D("0.9696") * D("0.97")
    assert found[1].projected == round((1 - left) * 100, 12)


def test_end_of_plan_compounds_at_the_pace_so_far():
    halves = dict.fromkeys(range(2011, 2024), "0.97")
    figures = collect(make_energy(halves, halves, first=2010), make_still(2010, 2023))
    target = make_target(base_year=2010, target_year=2025, value=D(30))
    found = outlook_of(target, figures, "2023-H1", Yardstick.FIVE_YEAR, Horizon.PLAN_END)
    # What progress comes to is kept to twelve decimals, so its power is good to some less.
    assert round(found.projected, 9) == round((1 - D("0.97") ** 15) * 100, 9)
    assert {round(found.low, 9), round(found.high, 9)} == {round(found.projected, 9)}
    assert found.expected == D(30)
    assert found.prospect is Prospect.WILL_MEET
    # 2011 to 2020 as it was then, two years ahead each.
    assert [one.year for one in found.back_test.backcasts] == list(range(2013, 2023))
    assert "复利" in found.method


def test_history_before_the_plan_tests_the_method_but_not_the_verdict():
    target = make_target(base_year=2023, target_year=2028)
    found = outlook_of(target, FIGURES)
    assert [(one.year, one.expected) for one in found.back_test.backcasts[:3]] == [
        (2021, None),
        (2022, None),
        (2023, None),
    ]
    assert found.back_test.backcasts[3].expected is not None
    assert found.back_test.interval_hits[1] == 4
    assert found.back_test.verdict_hits[1] + found.back_test.undecided == 1


def test_rate_still_needed_reaches_the_goal_exactly():
    rate = rate_needed(D(14), D(9), 2)
    assert round((1 - D("0.09")) * (1 - rate / 100) ** 2, 20) == D("0.86")


def test_rest_of_the_year_may_use_what_the_target_leaves():
    needs = outlook_of(asking("3"), FIGURES).needs
    # 3 % less than 2024 with GDP as it was: the year may have 97 % of 2024, and the first half used 97 % of its own.
    year = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696")
    half = D(500) * D("0.96") * D("0.95") * D("1.00") * D("0.96") * D("0.97")
    assert needs[0].amount == round((year * D("0.97") - half) / 6, 12)
    assert needs[0].unit == "tce/月"


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        (collect(make_energy(), make_still(2021)), "未报 gdp"),
        (collect(make_energy(), make_figures("gdp", {"2025-H1": "500"})), "未报 gdp"),
        (
            collect(make_figures("energy.total", {"2024-H1": "0", "2024": "9", "2025-H1": "5"}), make_still()),
            "没有可外推的增速",
        ),
    ],
    ids=["no-base", "no-last-year", "nothing-last-half-year"],
)
def test_missing_figures_are_named(figures, reason):
    yardstick, horizon = Yardstick.FIVE_YEAR, Horizon.PLAN_END
    found = outlook_of(make_target(), figures, yardstick=yardstick, horizon=horizon)
    assert found.prospect is Prospect.NOT_RATED
    assert reason in found.reason


def test_december_leaves_nothing_to_forecast():
    found = outlooks_of(make_target(), FIGURES, "2025")
    assert [(one.prospect, one.reason) for one in found] == [
        (Prospect.NOT_RATED, "全年和规划期末的数都已知,没有可预测的")
    ]


def test_newest_month_is_taken_where_none_is_named():
    assert {one.as_of for one in outlooks_of(make_target(), FIGURES, None)} == {period("2025")}


def test_nobody_reports_is_said():
    assert [one.reason for one in outlooks_of(make_target(), collect(), None)] == ["没有数据"]


def test_monthly_figures_give_what_half_years_give():
    halves = collect(make_energy(), make_still())
    months = collect(make_energy(), monthly("gdp", 2025, [D(500) / 5] * 5), make_still(2020, 2024))
    quarters = [make_figure("gdp", "2025-06", "0")]
    assert (
        outlook_of(asking("3"), collect(months.each(), quarters)).projected == outlook_of(asking("3"), halves).projected
    )
