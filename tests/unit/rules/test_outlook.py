"""Outlooks: projections by the target's own formula, their interval and verdict, what is still needed, and refusals."""

from dataclasses import fields
from decimal import Decimal as D

import pytest
from rules_support import (
    COD,
    REGION,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_scope,
    make_scoped_law,
    make_single,
    make_target,
    monthly,
    period,
)

from planwatch.contract.outlook import Horizon, Outlook, Prospect
from planwatch.contract.plan import Comparator, Measure, Milestone, TargetKind, Yardstick
from planwatch.contract.target import Growth
from planwatch.rules.case import Surroundings
from planwatch.rules.outlook import outlooks
from planwatch.rules.outlook_needs import rate_needed
from planwatch.rules.outlook_value import FORECAST

ENERGY = Measure(of="energy.total", unit="tce")
# What is left of last year's energy after the first half of a year, and after the whole of it. The half year says the
# year exactly in 2021, and is then 1 %, −2 % and 1 % off.
HALVES = {2021: "0.96", 2022: "0.95", 2023: "1.00", 2024: "0.96", 2025: "0.97"}
YEARS = {2021: "0.96", 2022: "0.9595", 2023: "0.98", 2024: "0.9696"}


def _energy(halves=HALVES, years=YEARS, first=2020):
    half, year, amounts = D(500), D(1000), {f"{first}-H1": "500", str(first): "1000"}
    for number, left in halves.items():
        half *= D(left)
        amounts[f"{number}-H1"] = str(half)
        if number in years:
            year *= D(years[number])
            amounts[str(number)] = str(year)
    return make_figures("energy.total", amounts)


def _still(first=2020, last=2025):
    return make_figures("gdp", {f"{y}{part}": amount for y in range(first, last + 1) for part, amount in _PARTS})


_PARTS = (("-H1", "500"), ("", "1000"))
FIGURES = collect(_energy(), _still())


def _asking(percent, **over):
    return make_target(milestones=tuple(Milestone(year=y, value=D(percent)) for y in range(2021, 2026)), **over)


def _outlooks(target, figures, as_of="2025-H1", subject=REGION, members=()):
    around = Surroundings(members)
    return outlooks(target, subject, figures, make_law(target), around=around, as_of=period(as_of) if as_of else None)


def _one(target, figures, as_of="2025-H1", yardstick=Yardstick.ANNUAL, horizon=Horizon.YEAR_END, **over):
    found = _outlooks(target, figures, as_of, **over)
    return next(one for one in found if (one.yardstick, one.horizon) == (yardstick, horizon))


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
    found = _one(_asking(asked), FIGURES)
    assert (found.projected, found.low, found.high) == (D(3), D("1.06"), D("4.94"))
    assert (found.coverage, found.expected, found.prospect) == ((4, 5), D(asked), prospect)


def test_back_test_leaves_the_year_out_that_it_tests():
    test = _one(_asking("1"), FIGURES).back_test
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
    found = _one(_asking("3"), collect(_energy(lefts, YEARS | {2023: "0.999"}), _still()))
    assert (found.back_test.verdict_hits, found.back_test.undecided) == ((0, 1), 3)


def test_few_years_give_no_projection_but_say_what_is_known():
    found = _one(_asking("3"), FIGURES, "2023-H1")
    assert (found.prospect, found.projected, found.low, found.coverage) == (Prospect.NOT_RATED, None, None, None)
    assert found.reason == "历史不足,不作预测:可回测的往年只有 2 个,至少要 3 个"
    assert found.expected == D(3)
    assert found.needs, "what is still needed is arithmetic, not a forecast"


def test_figures_after_the_month_are_not_used_and_only_shown():
    later = collect(_energy(), _still(), [make_figure("energy.total", "2025", "100")])
    with_later, without = _one(_asking("3"), later), _one(_asking("3"), FIGURES)
    assert (with_later.projected, with_later.low, with_later.high) == (without.projected, without.low, without.high)
    assert without.came is None
    assert with_later.came > D(80)


def test_five_year_progress_in_the_target_year_is_the_end_of_the_plan():
    found = _outlooks(make_target(), FIGURES)
    assert [(one.yardstick, one.horizon, one.year) for one in found] == [
        (Yardstick.ANNUAL, Horizon.YEAR_END, 2025),
        (Yardstick.FIVE_YEAR, Horizon.PLAN_END, 2025),
    ]
    assert found[1].expected == D("14.5")
    left = D("0.96") * D("0.9595") * D("0.98") * D("0.9696") * D("0.97")
    assert found[1].projected == round((1 - left) * 100, 12)


def test_end_of_plan_compounds_at_the_pace_so_far():
    halves = dict.fromkeys(range(2011, 2024), "0.97")
    figures = collect(_energy(halves, halves, first=2010), _still(2010, 2023))
    target = make_target(base_year=2010, target_year=2025, value=D(30))
    found = _one(target, figures, "2023-H1", Yardstick.FIVE_YEAR, Horizon.PLAN_END)
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
    found = _one(target, FIGURES)
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
    needs = _one(_asking("3"), FIGURES).needs
    # 3 % less than 2024 with GDP as it was: the year may have 97 % of 2024, and the first half used 97 % of its own.
    year = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696")
    half = D(500) * D("0.96") * D("0.95") * D("1.00") * D("0.96") * D("0.97")
    assert needs[0].amount == round((year * D("0.97") - half) / 6, 12)
    assert needs[0].unit == "tce/月"


def test_ledger_is_projected_as_a_whole_and_says_tonnes_per_month():
    ledger = {"kind": TargetKind.CUMULATIVE_REDUCTION, "measure": COD, "sum_of": "project", "path": "linear"}
    target = make_target(**ledger, value=D(1000), unit="t")
    amounts = {f"{y}{part}": a for y in range(2021, 2025) for part, a in (("-H1", "100"), ("", "200"))}
    one = make_figures("reduction.cod", amounts | {"2025-H1": "50"}, "project:a")
    other = make_figures("reduction.cod", {"2025-H1": "25"}, "project:new")
    found = _one(target, collect(one, other), members=("project:a", "project:new"))
    assert found.projected == D(150), "75 so far, and last year's other 100 at three quarters of last year's pace"
    assert [need.amount for need in found.needs] == [round(D(125) / 6, 12)]
    assert found.needs[0].words == "今年已 75 t,其余 6 个月月均还须 20.8333 t"
    whole = _one(
        target,
        collect(one, other),
        yardstick=Yardstick.FIVE_YEAR,
        horizon=Horizon.PLAN_END,
        members=("project:a", "project:new"),
    )
    assert (whole.projected, whole.expected) == (D(950), D(1000))
    assert whole.needs[0].amount == round(D(125) / 6, 12)


def test_ceiling_is_met_from_below():
    target = make_single(
        kind=TargetKind.LEVEL_MAX,
        measure=ENERGY,
        value=D(900),
        unit="tce",
        comparator="<=",
    )
    found = _one(target, FIGURES, yardstick=Yardstick.SINGLE)
    year = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696") * D("0.97")
    assert found.projected == round(year, 12)
    assert found.high == round(year * D("1.02"), 12)
    assert found.prospect is Prospect.WILL_MEET
    assert "不得超过" in found.needs[0].words


def test_share_moves_as_it_did_last_year():
    target = make_single(
        kind=TargetKind.LEVEL_MIN, measure=Measure(of="share.good_air", unit="%"), value=D(90), unit="%"
    )
    shares = {f"{y}-{m:02}": str(80 + (y - 2020) + m // 6) for y in range(2020, 2025) for m in (6, 12)}
    found = _one(
        target, collect(make_figures("share.good_air", shares | {"2025-06": "86"})), yardstick=Yardstick.SINGLE
    )
    assert (found.projected, found.low, found.high) == (D(87), D(87), D(87))
    assert found.prospect is Prospect.WILL_MISS


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        (collect(_energy(), _still(2021)), "未报 gdp"),
        (collect(_energy(), make_figures("gdp", {"2025-H1": "500"})), "未报 gdp"),
        (
            collect(make_figures("energy.total", {"2024-H1": "0", "2024": "9", "2025-H1": "5"}), _still()),
            "没有可外推的增速",
        ),
    ],
    ids=["no-base", "no-last-year", "nothing-last-half-year"],
)
def test_missing_figures_are_named(figures, reason):
    yardstick, horizon = Yardstick.FIVE_YEAR, Horizon.PLAN_END
    found = _one(make_target(), figures, yardstick=yardstick, horizon=horizon)
    assert found.prospect is Prospect.NOT_RATED
    assert reason in found.reason


def test_december_leaves_nothing_to_forecast():
    found = _outlooks(make_target(), FIGURES, "2025")
    assert [(one.prospect, one.reason) for one in found] == [
        (Prospect.NOT_RATED, "全年和规划期末的数都已知,没有可预测的")
    ]


def test_newest_month_is_taken_where_none_is_named():
    assert {one.as_of for one in _outlooks(make_target(), FIGURES, None)} == {period("2025")}


def test_nobody_reports_is_said():
    assert [one.reason for one in _outlooks(make_target(), collect(), None)] == ["没有数据"]


@pytest.mark.parametrize("kind", [TargetKind.PROJECT_THRESHOLD, TargetKind.REPORTED_MONTHS])
def test_kinds_without_an_outlook_say_so(kind):
    target = make_single(kind=kind, measure=ENERGY, unit="tce")
    assert kind not in FORECAST
    assert [one.prospect for one in _outlooks(target, FIGURES)] == [Prospect.NOT_RATED]


def test_monthly_figures_give_what_half_years_give():
    halves = collect(_energy(), _still())
    months = collect(_energy(), monthly("gdp", 2025, [D(500) / 5] * 5), _still(2020, 2024))
    quarters = [make_figure("gdp", "2025-06", "0")]
    assert _one(_asking("3"), collect(months.each(), quarters)).projected == _one(_asking("3"), halves).projected


YEAR_2024 = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696")


def test_growth_is_met_from_below_and_its_error_is_one_of_the_index():
    target = make_single(kind=TargetKind.GROWTH_MAX, measure=ENERGY, value=D("-1.06"), unit="%")
    found = _one(target, FIGURES, yardstick=Yardstick.SINGLE)
    assert (found.projected, found.low, found.high) == (D(-3), D("-4.94"), D("-1.06"))
    assert found.prospect is Prospect.WILL_MEET


def test_flexible_total_follows_the_growth_and_the_rate():
    rate = _asking("3", id="cq.basic", path="milestones")
    total = make_target(
        id="cq.total",
        kind=TargetKind.FLEXIBLE_TOTAL,
        measure=ENERGY,
        unit="tce",
        value=None,
        path=None,
        yardsticks=("annual",),
        follows="cq.basic",
        growth=tuple(Growth(year=year, percent=D(0)) for year in range(2021, 2026)),
    )
    around = Surroundings()
    (found,) = outlooks(total, REGION, FIGURES, make_law(total, rate), around=around, as_of=period("2025-H1"))
    assert found.expected == found.projected == round(YEAR_2024 * D("0.97"), 12)
    assert found.comparator is Comparator.AT_MOST
    assert found.prospect is Prospect.UNCERTAIN
    assert len(found.back_test.backcasts) == 4


def test_what_a_scope_takes_off_is_projected_and_taken_off():
    scope = make_scope({"kind": "feedstock", "of": ["energy.feedstock.olefins"]})
    feedstock = {f"{y}{part}": amount for y in range(2020, 2026) for part, amount in (("-H1", "40"), ("", "80"))}
    feedstock.pop("2025")
    figures = collect(FIGURES.each(), make_figures("energy.feedstock.olefins", feedstock))
    target = _asking("3", scope=scope.id)
    law = make_scoped_law(scope, target)
    found = outlooks(target, REGION, figures, law, around=Surroundings(), as_of=period("2025-H1"))[0]
    assert found.projected == round((1 - (YEAR_2024 * D("0.97") - 80) / (YEAR_2024 - 80)) * 100, 12)
    assert found.scope == scope.id
    assert found.needs == (), "how much energy is left would have to say in which scope"


def test_seasonal_targets_have_no_year_end():
    found = _outlooks(make_single(kind=TargetKind.LEVEL_MAX, measure=ENERGY, unit="tce", season=(5, 9)), FIGURES)
    assert [one.prospect for one in found] == [Prospect.NOT_RATED]
    assert "季节性" in found[0].reason
