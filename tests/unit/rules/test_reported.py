"""Reported months: what a figure covers, held figures, energy kinds and members."""

import pytest
from rules_support import (
    COAL,
    GREEN,
    ORANGE,
    RED,
    YELLOW,
    D,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_single,
    monthly,
    period,
)

from planwatch.contract.plan import Measure
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

UNIT, OTHER = "unit:1", "unit:2"
WATER = Measure(of="water.new", unit="m3")


def _judge(figures, point, measure=WATER, members=(), **over):
    target = make_single(kind="reported_months", measure=measure, value=D(12), unit="个", rule_set="completion", **over)
    (found,) = judge(
        target, UNIT, period(point), collect(figures), make_law(target), around=Surroundings(members=members)
    )
    return found


@pytest.mark.parametrize(
    ("amounts", "reported", "level"),
    [
        ({f"2022-{m:02}": "1" for m in range(1, 11)}, 10, GREEN),
        ({f"2022-{m:02}": "1" for m in range(1, 10)}, 9, YELLOW),
        ({"2022-01~02": "5", "2022-03": "0", "2022-Q2": "1"}, 6, ORANGE),
        ({"2022-01~05": "5"}, 5, RED),
        ({"2022-12": "5", "2021-05": "5"}, 0, RED),
        ({"2022-01~09": "5", "2022-10": "5"}, 10, GREEN),
    ],
    ids=["all", "one absent", "runs", "half", "other times", "cumulative"],
)
def test_a_month_is_reported_when_a_figure_covers_it(amounts, reported, level):
    found = _judge(make_figures("water.new", amounts, UNIT), "2022-01~10")
    assert (found.actual, found.expected, found.level) == (reported, 10, level)


def test_a_held_figure_is_not_a_report():
    figures = [*monthly("water.new", 2022, [1] * 9, UNIT), make_figure("water.new", "2022-10", "-1", UNIT, flag="held")]
    found = _judge(figures, "2022-01~10")
    assert (found.actual, found.better) == (9, "再补报 1 个月 可达三级(绿)")


def test_of_standard_coal_every_kind_in_use_is_due():
    coal = monthly("energy.raw_coal", 2022, [1, 1, 1], UNIT)
    power = monthly("energy.electricity", 2022, [1, 1], UNIT)
    assert _judge([*coal, *power], "2022-01~03", COAL).actual == 2
    assert _judge([], "2022-01~03", COAL).actual == 0


def test_months_of_members_add_up():
    figures = [*monthly("water.new", 2022, [1, 1], UNIT), *monthly("water.new", 2022, [1], OTHER)]
    found = _judge(figures, "2022-01~02", members=(UNIT, OTHER, "unit:3"), sum_of="unit")
    assert found.formula == "3 of 6 months of 2022-01~02 reported"


def test_members_count_only_for_targets_that_sum():
    figures = monthly("water.new", 2022, [1, 1], UNIT)
    assert _judge(figures, "2022-01~02", members=(OTHER,)).formula == "2 of 2 months of 2022-01~02 reported"


def test_an_unknown_indicator_is_not_rated():
    assert "not in the catalogue" in _judge([], "2022", Measure(of="water.old", unit="m3")).reason
