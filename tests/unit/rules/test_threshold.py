"""Thresholds of projects: twelve months over two years, and lower bounds that are never green."""

from decimal import Decimal as D

import pytest
from register_support import make_project
from rules_support import COAL, GREEN, RED, YELLOW, collect, make_figure, make_law, make_single, monthly, period

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Basis
from planwatch.contract.records import Records
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

PROJECT = "project:steel"


def _target(**over):
    plain = {
        "kind": "project_threshold",
        "measure": COAL,
        "unit": "tce",
        "value": D(7143),
        "basis": Basis.EQUIVALENT,
        "rule_set": "threshold",
    }
    return make_single(**(plain | over))


def _judge(figures, point, **over):
    target = _target(**over)
    (found,) = judge(target, PROJECT, period(point), figures, make_law(target))
    return found


def _coal(year, tonnes):
    return monthly("energy.raw_coal", year, tonnes, PROJECT)


@pytest.mark.parametrize(
    ("tonnes", "level"), [("10000", RED), ("9999.999", YELLOW), ("8000", YELLOW), ("7999.999", GREEN)]
)
def test_a_whole_year_at_the_edges(tonnes, level):
    found = _judge(collect([make_figure("energy.raw_coal", "2022", tonnes, PROJECT)]), "2022")
    assert found.level == level


def test_exactly_the_threshold_is_not_above_it():
    figures = collect([make_figure("energy.raw_coal", "2022", "10000", PROJECT)])
    assert _judge(figures, "2022", comparator=">").level == YELLOW


def test_twelve_months_span_two_years():
    figures = collect(_coal(2021, [100] * 3 + [600] * 9), _coal(2022, [500] * 3))
    found = _judge(figures, "2022-01~03")
    assert found.actual == D("0.7143") * (9 * 600 + 3 * 500)
    assert found.formula == (
        "twelve months 2021-04~12: 3857.22 + 2022-Q1: 1071.45 = 4928.67 tce ; year to date 1071.45 tce ; "
        "annualised 1071.45 × 12/3 = 4285.8 tce ; threshold >= 7143 tce"
    )
    assert len(found.used) == 12
    assert found.level == GREEN


def test_three_months_do_not_make_a_small_consumer():
    found = _judge(collect(_coal(2022, [100] * 3)), "2022-01~03")
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert "lower bound" in found.reason
    assert "at least 214.29 tce" in found.formula


@pytest.mark.parametrize(("monthly_tonnes", "level"), [(3000, YELLOW), (4000, RED)])
def test_a_lower_bound_that_reaches_a_level_is_rated(monthly_tonnes, level):
    assert _judge(collect(_coal(2022, [monthly_tonnes] * 3)), "2022-01~03").level == level


# 2022 uses 400 t a month, so twelve months to March are 9 × 400 + 3 × the months of 2023; 10,000 t are the threshold.
@pytest.mark.parametrize(
    ("months", "level", "forecast"),
    [
        ([800] * 3, GREEN, False),
        (["833.333"] * 3, GREEN, False),
        ([834] * 3, YELLOW, True),
        ([3000] * 3, RED, False),
        ([1000] * 2, GREEN, False),
        ([1500, 1500, 0], YELLOW, True),
    ],
    ids=["80 to 100 %", "just below", "reached", "reached by twelve months too", "two months", "uneven"],
)
def test_an_annualised_figure_alone_is_at_most_approaching(months, level, forecast):
    figures = collect(_coal(2022, [400] * 12), _coal(2023, months))
    found = _judge(figures, f"2023-01~0{len(months)}")
    assert (found.level, found.reason.startswith("a forecast alone gives")) == (level, forecast)


def test_a_projection_rates_where_twelve_months_are_not_known():
    found = _judge(collect(_coal(2023, [1000] * 3)), "2023-01~03")
    assert (found.status, found.level, found.gap) == (Status.RATED, YELLOW, D("0.3"))
    assert "annualised 2142.9 × 12/3 = 8571.6 tce" in found.formula


@pytest.mark.parametrize(("comparator", "level"), [(">=", YELLOW), (">", GREEN)])
def test_a_projection_of_exactly_the_threshold(comparator, level):
    figures = collect(_coal(2022, [400] * 12), _coal(2023, [500, 500, 1500]))
    assert _judge(figures, "2023-01~03", comparator=comparator).level == level


def test_two_months_are_not_projected():
    found = _judge(collect(_coal(2022, [400] * 12), _coal(2023, [2000] * 2)), "2023-01~02")
    assert "not annualised before 3 months" in found.formula


REVIEWED = {"kind": "limit", "value": None, "value_of": "reviewed_tce", "rule_set": "limit"}


def _reviewed(figures, point="2022", unit="tce", **entry):
    target = _target(**(REVIEWED | {"unit": unit}))
    around = Surroundings(records=Records.of([make_project(id="steel", **entry)]))
    (found,) = judge(target, PROJECT, period(point), figures, make_law(target), around=around)
    return found


@pytest.mark.parametrize(("tonnes", "level"), [("10000", GREEN), ("10001", RED)])
def test_the_reviewed_energy_is_a_limit_of_twelve_months(tonnes, level):
    figures = collect([make_figure("energy.raw_coal", "2022", tonnes, PROJECT)])
    found = _reviewed(figures, reviewed_tce=D(7143))
    assert (found.level, found.expected) == (level, 7143)


def test_the_reviewed_energy_spans_two_years_and_converts():
    figures = collect(_coal(2021, [100] * 3 + [1000] * 9), _coal(2022, [1000] * 3))
    found = _reviewed(figures, "2022-01~03", "万tce", reviewed_tce=D(7143))
    assert (found.actual, found.expected, found.level) == (D("0.85716"), D("0.7143"), RED)


@pytest.mark.parametrize(("tonnes", "level"), [(1000, None), (4000, RED)])
def test_part_of_a_year_within_the_review_says_nothing(tonnes, level):
    found = _reviewed(collect(_coal(2022, [tonnes] * 3)), "2022-01~03", reviewed_tce=D(7143))
    assert found.level == level


def test_a_review_that_is_not_known_is_no_limit():
    figures = collect([make_figure("energy.raw_coal", "2022", "10000", PROJECT)])
    assert _reviewed(figures, reviewed_tce=None, energy_review=None).reason == "台账未填 节能审查能耗(reviewed_tce)"
    target = _target(**REVIEWED)
    (found,) = judge(target, PROJECT, period("2022"), figures, make_law(target))
    assert "没有有效的“两高”项目台账条目" in found.reason


def test_a_gap_in_the_year_to_date_is_not_rated():
    coal = [figure for figure in _coal(2022, [9000] * 3) if figure.period.last != 2]
    found = _judge(collect(coal), "2022-01~03")
    assert (found.level, "2022-02" in found.reason) == (None, True)


def test_better_names_the_energy_above_the_next_edge():
    found = _judge(collect([make_figure("energy.raw_coal", "2022", "11000", PROJECT)]), "2022")
    assert found.better == "近12个月能耗再降超过 714.3 tce 可达二级(黄)"


@pytest.mark.parametrize("over", [{"rule_set": "national"}, {"measure": COAL.model_copy(update={"per": "gdp"})}])
def test_a_threshold_needs_its_kind_of_rule_set_and_a_quantity(over):
    figures = collect([make_figure("energy.raw_coal", "2022", "11000", PROJECT)])
    assert "needs a plain quantity and a rule set of kind threshold" in _judge(figures, "2022", **over).reason
