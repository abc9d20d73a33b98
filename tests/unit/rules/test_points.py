"""Points: when a target is judged, and which indicators must be loaded."""

from datetime import date

import pytest
from rules_support import (
    COAL,
    COD,
    INTENSITY,
    REGION,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_single,
    make_target,
    monthly,
)

from planwatch.rules.case import Surroundings
from planwatch.rules.points import needed, points


def _points(target, figures, subject=REGION, members=(), **kwargs):
    around = Surroundings(members=members)
    return [point.label for point in points(target, subject, collect(figures), make_law(target), around, **kwargs)]


FIGURES = [
    *make_figures("energy.total", {"2020-12": "1", "2021-02": "1", "2021-01~06": "1", "2023": "1", "2026-01": "1"}),
    *make_figures("gdp", {"2021-Q1": "1", "2021-Q2": "1"}),
    *make_figures("water.new", {"2024-05": "1"}),
]


@pytest.mark.parametrize(
    ("cadence", "labels"),
    [
        ("month", ["2021-01~02", "2021-Q1", "2021-H1", "2023"]),
        ("quarter", ["2021-Q1", "2021-H1", "2023"]),
        ("year", ["2023"]),
    ],
)
def test_points_are_the_ends_of_needed_figures_by_cadence(cadence, labels):
    assert _points(make_target(cadence=cadence), FIGURES) == labels


@pytest.mark.parametrize(
    ("since", "labels"),
    [
        (date(2021, 3, 31), ["2021-Q1", "2021-H1", "2023"]),
        (date(2021, 7, 1), ["2023"]),
        (date(2024, 1, 1), []),
    ],
)
def test_since_cuts_only_what_is_earlier(since, labels):
    assert _points(make_target(), FIGURES, since=since) == labels


def test_without_a_base_year_the_plans_first_year_begins():
    assert _points(
        make_single(kind="growth_max"), [make_figure("gdp", "2020-12", "1"), make_figure("gdp", "2021-01", "1")]
    ) == ["2021-01"]


def test_a_held_figure_is_a_point_too():
    assert _points(make_target(), [make_figure("gdp", "2021-01", "-1", flag="held")]) == ["2021-01"]


def test_members_figures_are_points_of_targets_that_sum():
    ledger = monthly("reduction.cod", 2021, [1], "project:a")
    summed = make_target(kind="cumulative_reduction", measure=COD, path="linear", sum_of="project")
    alone = make_target(kind="cumulative_reduction", measure=COD, path="linear")
    assert _points(summed, ledger, members=("project:a",)) == ["2021-01"]
    assert _points(alone, ledger, members=("project:a",)) == []


def test_a_target_of_another_law_has_no_points():
    assert points(make_target(), REGION, collect(FIGURES), make_law(), Surroundings()) == []


def test_needed_expands_standard_coal_to_every_energy_kind():
    kinds = {f"energy.{kind}" for kind in ("raw_coal", "natural_gas", "slime", "electricity", "hydrogen", "heat")}
    target = make_target(measure=COAL.model_copy(update={"per": "gdp"}))
    assert needed(target, make_law(target)) == kinds | {"gdp"}
    assert needed(make_target(measure=INTENSITY), make_law()) == {"energy.total", "gdp"}


def test_words_need_no_figures():
    target = make_single(kind="not_computable", not_computable="全部", measure=None)
    assert needed(target, make_law(target)) == frozenset()
