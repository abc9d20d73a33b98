"""The path: check values of the methodology, milestones, and quantities that are pro-rated."""

from decimal import Decimal as D

import pytest
from rules_support import COD, make_target

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Milestone
from planwatch.rules.path import annual_rate, annual_task, compounded, geometric, linear, progress_due, quantity_due

NO_SHARES = Missing("not used")


@pytest.mark.parametrize(
    ("five_year", "per_year"),
    [("20", "4.3648"), ("13.5", "2.8589"), ("14", "2.9714"), ("14.5", "3.0845"), ("15", "3.1981"), ("16.5", "3.5422")],
)
def test_annual_rate_matches_the_published_check_values(five_year, per_year):
    assert round(annual_rate(D(five_year) / 100, 5) * 100, 4) == D(per_year)


def test_three_years_at_three_percent_compound():
    assert round(compounded([D("0.03")] * 3) * 100, 4) == D("8.7327")


def test_progress_after_three_of_five_years_differs_by_path():
    assert linear(D("14.5"), D(3), 5) == D("8.70")
    assert round(geometric(D("0.145"), D(3), 5) * 100, 2) == D("8.97")


@pytest.mark.parametrize("kind", ["geometric", "linear"])
def test_progress_due_reaches_the_whole_value_in_the_target_year(kind):
    assert progress_due(make_target(path=kind), 2025) == D("14.5")


def test_annual_task_prefers_the_milestone_of_the_year():
    target = make_target(milestones=(Milestone(year=2022, value=D("2.5")),))
    assert annual_task(target, 2022) == D("2.5")
    assert round(annual_task(target, 2023), 4) == D("3.0845")


def test_milestones_of_a_rate_compound_and_each_year_needs_one():
    target = make_target(
        path="milestones", milestones=(Milestone(year=2021, value=D(3)), Milestone(year=2022, value=D(3)))
    )
    assert progress_due(target, 2022) == D("5.91")
    assert progress_due(target, 2023) == Missing("cq.intensity has no milestone for 2023")


@pytest.mark.parametrize("impossible", ["last_year_shares"])
def test_a_rate_has_no_path_by_monthly_shares(impossible):
    assert "does not fit a rate" in progress_due(make_target(path=impossible), 2022).reason


def test_a_rate_above_one_hundred_percent_has_no_path():
    assert isinstance(progress_due(make_target(value=D(101)), 2022), Missing)
    assert isinstance(annual_task(make_target(value=D(101)), 2022), Missing)


def _ledger(**over):
    return make_target(kind="cumulative_reduction", measure=COD, value=D(120), unit="t", **({"path": "linear"} | over))


@pytest.mark.parametrize(
    ("point", "due"),
    [(Period(2021, 1, 1), "2"), (Period(2021, 1, 12), "24"), (Period(2023, 1, 6), "60"), (Period(2025, 1, 12), "120")],
)
def test_a_quantity_is_prorated_by_months(point, due):
    assert quantity_due(_ledger(), point, NO_SHARES) == D(due)


def test_a_quantity_follows_last_years_shares_within_the_year():
    assert quantity_due(_ledger(path="last_year_shares"), Period(2022, 1, 3), D("0.5")) == 36
    assert quantity_due(_ledger(path="last_year_shares"), Period(2022, 1, 3), NO_SHARES) == NO_SHARES


STATED = (Milestone(year=2021, value=D(10)), Milestone(year=2022, value=D(40)))


def test_milestones_of_a_quantity_hold_at_year_ends_only():
    target = _ledger(path="milestones", milestones=STATED)
    assert quantity_due(target, Period(2022, 1, 12), NO_SHARES) == 40
    assert "interpolation" in quantity_due(target, Period(2022, 1, 6), NO_SHARES).reason
    assert "no milestone for 2024" in quantity_due(target, Period(2024, 1, 12), NO_SHARES).reason


@pytest.mark.parametrize(("point", "due"), [(Period(2021, 1, 6), "5"), (Period(2022, 1, 6), "25")])
def test_milestones_are_joined_where_the_plan_data_say_so(point, due):
    target = _ledger(path="milestones", milestones=STATED, assumed={"interpolation": "straight lines"})
    assert quantity_due(target, point, NO_SHARES) == D(due)


@pytest.mark.parametrize("over", [{"base_year": None}, {"target_year": None}, {"target_year": 2020}])
def test_without_years_in_order_there_is_no_path(over):
    target = make_target(kind="count_min", **over)
    for due in (annual_task(target, 2022), progress_due(target, 2022), quantity_due(target, Period(2022, 1, 6), D(1))):
        assert isinstance(due, Missing)


def test_a_quantity_has_no_geometric_path():
    assert "does not fit a quantity" in quantity_due(_ledger(path="geometric"), Period(2022, 1, 6), NO_SHARES).reason
