"""Sums of figures: exact, independent of order, and never made up."""

from decimal import Decimal

from factories import make_figure, make_period
from hypothesis import given
from hypothesis import strategies as st

from planwatch.contract.figures import Figures, Missing, Total

amounts = st.lists(st.decimals(-1000, 1000, places=3), min_size=12, max_size=12)
SUBJECT = "region:500000"


@given(amounts, st.randoms(use_true_random=False))
def test_sum_of_months_is_exact_in_any_order(values, random):
    figures = [make_figure("energy.total", f"2025-{i + 1:02}", str(value)) for i, value in enumerate(values)]
    random.shuffle(figures)
    total = Figures.of(figures).total(SUBJECT, "energy.total", make_period("2025"))
    assert isinstance(total, Total)
    assert total.amount == sum(values, Decimal(0))


def test_missing_month_is_named():
    figures = Figures.of([make_figure("gdp", "2025-01", "1"), make_figure("gdp", "2025-03", "1")])
    missing = figures.total(SUBJECT, "gdp", make_period("2025-03c"))
    assert isinstance(missing, Missing)
    assert missing.months == (make_period("2025-02"),)
    assert "2025-02" in missing.reason


def test_held_figure_stays_out_and_is_named():
    figures = Figures.of([make_figure("gdp", "2025-01", "1"), make_figure("gdp", "2025-02", "-1", flag="held")])
    missing = figures.total(SUBJECT, "gdp", make_period("2025-02c"))
    assert isinstance(missing, Missing)
    assert "待核" in missing.reason


def test_higher_revision_stands():
    figures = Figures.of([make_figure("gdp", "2025-01", "1", revision=1), make_figure("gdp", "2025-01", "9")])
    assert figures.at(SUBJECT, "gdp", make_period("2025-01")).amount == 1
