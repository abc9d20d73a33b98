"""Thresholds of projects: twelve months over two years, and lower bounds that are never green."""

from decimal import Decimal as D

import pytest
from rules_support import COAL, GREEN, RED, YELLOW, collect, make_figure, make_law, make_single, monthly, period

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Basis
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
    assert found.formula == "2021-04~12: 3857.22 + 2022-Q1: 1071.45 = 4928.67 tce ; threshold >= 7143 tce"
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
