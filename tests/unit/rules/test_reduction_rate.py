"""Rates of reduction: both yardsticks, the chain, what is missing, and corrections."""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_support import (
    COAL,
    GREEN,
    INTENSITY,
    RED,
    REGION,
    YELLOW,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_target,
    monthly,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Basis, Milestone, Yardstick
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge


def _judge(target, figures, point="2022-01~06", **kwargs):
    return judge(target, REGION, period(point), figures, make_law(target), around=Surroundings(**kwargs))


def _annual(target, figures, point="2021", **kwargs):
    return _judge(target, figures, point, **kwargs)[0]


def _yearly(energy, gdp):
    return collect(make_figures("energy.total", energy), make_figures("gdp", gdp))


THREE_PERCENT = make_target(milestones=(Milestone(year=2021, value=D(3)),))
STILL = {"2020": "1000", "2021": "1000"}


@pytest.mark.parametrize(
    ("energy", "level", "gap"),
    [
        ("970", GREEN, "0"),
        ("970.001", YELLOW, "0.000033333333"),
        ("973", YELLOW, "0.1"),
        ("973.000001", RED, "0.100000033333"),
        ("1000", RED, "1"),
        ("900", GREEN, "-2.333333333333"),
    ],
)
def test_annual_task_at_the_edges_of_ten_percent(energy, level, gap):
    found = _annual(THREE_PERCENT, _yearly({"2020": "1000", "2021": energy}, STILL))
    assert (found.status, found.level, found.gap) == (Status.RATED, level, D(gap))


def test_ten_percent_is_exact_where_the_intensities_have_no_end():
    # 3 ÷ 7 has no last digit; the gap of exactly 10 % must not become one of 10.000…1 %.
    found = _annual(THREE_PERCENT, _yearly({"2020": "3", "2021": "2.919"}, {"2020": "7", "2021": "7"}))
    assert (found.level, found.gap) == (YELLOW, D("0.1"))


HALF_YEARS = _yearly(
    {"2020": "1000", "2021": "980", "2021-H1": "500", "2022-H1": "480"},
    {"2020": "100", "2021": "105", "2021-H1": "50", "2022-H1": "52"},
)


def test_rates_are_compared_year_to_date_with_the_whole_years_task():
    annual, _ = _judge(make_target(), HALF_YEARS)
    assert annual.actual == D("7.692307692308")  # 1 − (480/52)/(500/50)
    assert annual.expected == D("3.084503958611")
    assert annual.formula == "1 − (480/52)/(500/50) = 7.6923% ; required 3.0845%"


def test_progress_chains_this_years_change_to_last_years_position():
    _, progress = _judge(make_target(), HALF_YEARS)
    left = (D(480) / 52) / (D(500) / 50) * (D(980) / 105) / (D(1000) / 100)
    assert progress.yardstick is Yardstick.FIVE_YEAR
    assert abs(progress.actual - (1 - left) * 100) < D("1e-11")
    assert progress.formula.startswith("1 − (480/52)/(500/50) × (980/105)/(1000/100) = ")
    assert len(progress.used) == 8


def test_the_two_yardsticks_may_differ():
    figures = _yearly({"2020": "1000", "2021": "945", "2022": "938"}, {"2020": "1", "2021": "1", "2022": "1"})
    annual, progress = _judge(make_target(), figures, "2022")
    assert (annual.level, progress.level) == (RED, GREEN)


amounts = st.integers(1, 10**12).map(D)


@settings(deadline=None)
@given(st.tuples(*[amounts] * 6))
def test_progress_in_december_is_the_change_since_the_base_year(drawn):
    e0, g0, e1, g1, e2, g2 = drawn
    figures = _yearly(
        {"2020": str(e0), "2021": str(e1), "2022": str(e2)}, {"2020": str(g0), "2021": str(g1), "2022": str(g2)}
    )
    _, progress = _judge(make_target(), figures, "2022")
    assert abs(progress.actual - (1 - (e2 / g2) / (e0 / g0)) * 100) <= abs(progress.actual) * D("1e-20") + D("1e-11")


def test_progress_of_the_first_year_needs_no_whole_base_year():
    figures = _yearly({"2020-H1": "500", "2021-H1": "480"}, {"2020-H1": "50", "2021-H1": "50"})
    annual, progress = _judge(make_target(), figures, "2021-01~06")
    assert annual.actual == progress.actual == 4


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"energy": {"2020": "1000"}}, "region:500000 未报 energy.total:2021"),
        ({"gdp": {"2020": "100", "2021": "0"}}, "gdp of region:500000 is not above zero for 2021"),
        ({"energy": {"2020": "0", "2021": "5"}}, "is not above zero in the periods compared"),
    ],
    ids=["missing", "zero denominator", "zero base"],
)
def test_what_cannot_be_compared_is_not_rated(over, words):
    given_figures = {"energy": {"2020": "1000", "2021": "970"}, "gdp": {"2020": "100", "2021": "100"}} | over
    for found in _judge(make_target(), _yearly(given_figures["energy"], given_figures["gdp"]), "2021"):
        assert (found.status, found.level, found.actual) == (Status.NOT_RATED, None, None)
        assert words in found.reason


def test_a_missing_last_year_leaves_the_annual_view_alone():
    figures = _yearly({"2022-H1": "480", "2021-H1": "500"}, {"2022-H1": "50", "2021-H1": "50"})
    annual, progress = _judge(make_target(), figures)
    assert (annual.status, progress.status) == (Status.RATED, Status.NOT_RATED)


def test_a_held_figure_is_not_rated_until_it_is_corrected():
    held = make_figure("energy.total", "2021", "-970", flag="held")
    rest = [make_figure("energy.total", "2020", "1000"), *make_figures("gdp", STILL)]
    assert "待核不计:2021" in _annual(THREE_PERCENT, collect([held], rest)).reason
    corrected = make_figure("energy.total", "2021", "970", revision=1)
    assert _annual(THREE_PERCENT, collect([corrected, held], rest)).level == GREEN


def test_a_higher_revision_stands_whatever_the_order():
    first = make_figure("energy.total", "2021", "999")
    second = make_figure("energy.total", "2021", "970", revision=1)
    rest = [make_figure("energy.total", "2020", "1000"), *make_figures("gdp", STILL)]
    for order in ([first, second, *rest], [*rest, second, first]):
        found = _annual(THREE_PERCENT, collect(order))
        assert (found.level, max(used.figure.revision for used in found.used)) == (GREEN, 1)


def test_january_and_february_may_arrive_together():
    energy = make_figures("energy.total", {"2021-01~02": "200", "2021-03": "91", "2020-01~03": "300"})
    gdp = make_figures("gdp", {"2021-Q1": "10", "2020-Q1": "10"})
    found = _annual(make_target(), collect(energy, gdp), "2021-01~03")
    assert (found.actual, found.level) == (3, YELLOW)
    assert [used.figure.period.label for used in found.used][:2] == ["2021-01~02", "2021-03"]


def test_points_beyond_the_target_are_not_rated():
    target = make_target(target_year=2023)
    assert "after the target year" in _judge(target, HALF_YEARS, "2024-01~06")[0].reason
    assert "not after the base year" in _judge(target, HALF_YEARS, "2020-01~06")[0].reason


def test_better_names_the_energy_that_would_have_to_be_saved():
    found = _annual(THREE_PERCENT, _yearly({"2020": "1000", "2021": "980"}, STILL))
    assert (found.level, found.better) == (RED, "energy.total再降 7 tce 可达二级(黄)")
    saved = _annual(THREE_PERCENT, _yearly({"2020": "1000", "2021": "973"}, STILL))
    assert (saved.level, saved.better) == (YELLOW, "energy.total再降 3 tce 可达三级(绿)")


def test_the_best_level_has_nothing_better():
    assert _annual(THREE_PERCENT, _yearly({"2020": "1000", "2021": "970"}, STILL)).better == ""


def test_published_rounding_keeps_intensities_to_four_decimals():
    target = make_target(measure=INTENSITY.model_copy(update={"times": D(10)}))
    figures = _yearly({"2020": "0.050004", "2021": "0.048506"}, {"2020": "1", "2021": "1"})
    exactly, rounded = (_annual(target, figures, published_rounding=on).actual for on in (False, True))
    assert exactly == D("2.995760339173")
    assert rounded == D("2.98")  # 1 − 0.4851/0.5000


def test_intensity_of_a_unit_in_standard_coal_names_the_edition():
    measure = COAL.model_copy(update={"per": "gdp"})
    target = make_target(measure=measure, basis=Basis.EQUIVALENT)
    coal = make_figures("energy.raw_coal", {"2020": "1000", "2021": "970"})
    found = _annual(target, collect(coal, make_figures("gdp", STILL)))
    assert (found.actual, found.edition, found.level) == (3, "test-2020", YELLOW)
    assert found.better == "能耗再降 0.603612 tce 可达三级(绿)"


months = st.lists(st.integers(1, 10**6), min_size=12, max_size=12)


@settings(deadline=None)
@given(months, months, st.integers(1, 12), st.sampled_from([2020, 2021]))
def test_a_missing_month_is_never_green(energy, gdp, gone, year):
    kept = [
        figure
        for each in (2020, 2021)
        for figure in monthly("energy.total", each, energy)
        if (each, gone) != (year, figure.period.last)
    ]
    figures = collect(kept, monthly("gdp", 2020, gdp), monthly("gdp", 2021, gdp))
    for found in _judge(make_target(value=D("-5")), figures, "2021"):
        assert found.level is None


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_figures_does_not_matter(random):
    figures = [
        *monthly("energy.total", 2021, range(90, 102)),
        *monthly("energy.total", 2020, range(91, 103)),
        *make_figures("energy.total", {"2021-Q1": "273.1", "2021-01~05": "460", "2020-H1": "561"}),
        make_figure("energy.total", "2021-05", "95.5", revision=1),
        *monthly("gdp", 2021, range(10, 22)),
        *monthly("gdp", 2020, range(10, 22)),
    ]
    expected = _judge(make_target(), collect(figures), "2021-01~08")
    random.shuffle(figures)
    assert _judge(make_target(), collect(figures), "2021-01~08") == expected


@pytest.mark.parametrize(
    ("energy", "words"),
    [("920", "今后3年每年还需降低 2.4128%"), ("855", "已达到目标年的要求"), ("1000", "今后3年每年还需降低 5.0878%")],
    ids=["on the way", "there already", "nothing yet"],
)
def test_progress_at_a_years_end_says_the_rate_still_needed(energy, words):
    target = make_target()
    figures = collect(
        make_figures("energy.total", {"2020": "1000", "2021": "1000", "2022": energy}),
        make_figures("gdp", {"2020": "100", "2021": "100", "2022": "100"}),
    )
    annual, progress = judge(target, REGION, period("2022"), figures, make_law(target))
    assert words in progress.formula
    assert "今后" not in annual.formula
