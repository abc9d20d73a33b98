"""Figures in the order of time: cumulative ones are taken apart, held ones left out, statistics exact."""

from decimal import Decimal

import pytest
from quality_support import UNIT, figure

from planwatch.contract.figures import Figures
from planwatch.contract.quality import Outcome
from planwatch.quality.numbers import deviation, digits, median, show
from planwatch.quality.rulebook import Limits, allowed
from planwatch.quality.series import around, series_of

COAL = "energy.raw_coal"


def points(*figures):
    found = series_of(Figures.of(figures), UNIT, COAL, flow=True)
    return [(one.period.label, str(one.amount), one.figure.period.label) for one in found]


def test_cumulative_figures_are_taken_apart():
    figures = [figure(COAL, "2025-02c", 10), figure(COAL, "2025-03c", 17), figure(COAL, "2025-04c", 30)]
    assert points(*figures) == [
        ("2025-01~02", "5", "2025-01~02"),
        ("2025-03", "7", "2025-Q1"),
        ("2025-04", "13", "2025-01~04"),
    ]


def test_months_stand_for_themselves_beside_a_cumulative_figure():
    figures = [figure(COAL, "2025-02c", 10), figure(COAL, "2025-03", 7), figure(COAL, "2025-Q1", 17)]
    assert points(*figures) == [("2025-01~02", "5", "2025-01~02"), ("2025-03", "7", "2025-03")]


def test_month_missing_leaves_the_later_ones():
    figures = [figure(COAL, "2025-01", 1), figure(COAL, "2025-03", 3), figure(COAL, "2025-04", 4, flag="held")]
    assert points(*figures) == [("2025-01", "1", "2025-01"), ("2025-03", "3", "2025-03")]


def test_surroundings_lie_on_both_sides_and_leave_the_point_out():
    found = series_of(Figures.of(figure(COAL, f"2025-{m:02}", m) for m in range(1, 8)), UNIT, COAL, flow=True)
    near = around(found, 2)
    assert (near[3].count, near[3].middle, near[3].spread) == (4, Decimal(4), Decimal("1.5"))
    assert (near[0].count, near[0].middle) == (2, Decimal("2.5"))
    assert around(found[:1], 2) == [None]


@pytest.mark.parametrize(
    ("values", "middle", "spread"),
    [("1", "1", "0"), ("1 2", "1.5", "0.5"), ("5 1 3", "3", "2"), ("0.1 0.2 0.4 9", "0.3", "0.15")],
)
def test_median_and_deviation_are_exact(values, middle, spread):
    given = [Decimal(one) for one in values.split()]
    assert median(given) == Decimal(middle)
    assert deviation(given, median(given)) == Decimal(spread)


@pytest.mark.parametrize(("number", "count"), [("1200", 2), ("0.120", 2), ("0", 0), ("-10.01", 4)])
def test_significant_digits(number, count):
    assert digits(Decimal(number)) == count


@pytest.mark.parametrize(
    ("number", "text"),
    [("1234567.8", "1,234,568"), ("0.03004491", "0.0300449"), ("1E+3", "1,000"), ("0", "0"), ("-2.50", "-2.5")],
)
def test_numbers_are_shown_in_plain_digits(number, text):
    assert show(Decimal(number)) == text


def surroundings(amounts):
    amounts = [Decimal(one) for one in amounts.split()]
    found = series_of(
        Figures.of(figure(COAL, f"2025-{m:02}", one) for m, one in enumerate(amounts, 1)), UNIT, COAL, flow=True
    )
    return around(found, 12)[0]


def test_range_leaves_two_odd_months_out_either_side():
    near = surroundings("5 100 101 102 103 104 900 1 2000")
    assert near.count == 8
    assert (near.low, near.high) == (Decimal(101), Decimal(104))
    assert near.beyond(Decimal("114.5"), Decimal(10))
    assert not near.beyond(Decimal("114.4"), Decimal(10))
    assert near.beyond(Decimal("90.8"), Decimal(10))
    assert not near.beyond(Decimal("90.9"), Decimal(10))


@pytest.mark.parametrize(
    ("amounts", "far"),
    [
        ("1 100 101 102 103 104 105 106 107", "12.42"),  # MAD 2 of 103.5: two per cent stand for it, six times
        ("1 95 97 97 98 102 103 103 105", "18"),  # MAD 3 of 100: just steady
        ("1 100 110 120 130 140 150 160 170", "439"),  # MAD 20 of 135, of which 15.95 count twenty times more
        ("1 100 100 100 100 100 100 100 100", "12"),  # no spread at all: two per cent stand for it
    ],
)
def test_restless_series_may_move_farther(amounts, far):
    numbers = {"steady": 3, "restless_mads": 20, "mads": 6, "narrow": 2}
    limits = Limits({name: Decimal(number) for name, number in numbers.items()}, Outcome.QUERY, "")
    assert allowed(surroundings(amounts), limits) == Decimal(far)
