"""How exact a figure is: sums of rounded figures may differ by half of the last digit written of each, no more."""

from decimal import Decimal

import pytest
from quality_support import UNIT, check, figure, found

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period

POWER, COAL, PRODUCTION, OTHER = (
    "energy.electricity",
    "energy.raw_coal",
    "use.raw_coal.production",
    "use.raw_coal.non_production",
)


def checked(stated, factor):
    """Figures written in a unit of so many canonical ones: (indicator, period, value as written)."""
    written = {(name, figure(name, when, 0).period): Decimal(value) for name, when, value in stated}
    figures = [Figure(UNIT, name, period, value * Decimal(factor), "") for (name, period), value in written.items()]
    return found(check(figures, written=written))


@pytest.mark.parametrize(
    ("whole", "parts", "factor", "doubted"),
    [
        ("1.2346", ("1.1111", "0.1234"), "10000000", False),  # 万t, one in the last digit
        ("1.2347", ("1.1111", "0.1234"), "10000000", True),  # two
        ("1234.57", ("1111.23", "123.33"), "1000", False),  # t
        ("1234.59", ("1111.23", "123.33"), "1000", True),
        ("1235", ("1111", "123"), "1", False),  # kg: the absolute tolerance is the larger one
        ("1237", ("1111", "123"), "1", True),
        ("12.3", ("12.34", "0.00"), "1000", False),  # the whole is written with fewer digits; a zero has the same unit
    ],
)
def test_total_may_differ_from_its_parts_by_rounding(whole, parts, factor, doubted):
    stated = [(name, "2025-03", value) for name, value in zip((COAL, PRODUCTION, OTHER), (whole, *parts), strict=True)]
    assert (f"Q06 {COAL} 2025-03" in checked(stated, factor)) is doubted


@pytest.mark.parametrize(("last", "doubted"), [("300.34", False), ("300.37", True)])
def test_cumulative_figure_may_differ_from_its_months_by_rounding(last, doubted):
    months = [(POWER, f"2025-{m:02}", f"100.{m}1") for m in (1, 2, 3)]  # 300.63 as written: by 0.02 at most
    stated = [*months, (POWER, "2025-Q1", str(Decimal(last) + Decimal("0.3")))]
    assert (f"Q05 {POWER} 2025-Q1" in checked(stated, "10000")) is doubted


def test_opening_stock_may_differ_from_the_last_closing_by_rounding():
    stated = lambda opening: [  # noqa: E731 - two words used twice
        ("stock.raw_coal.closing", "2025-03", "12.3"),
        ("stock.raw_coal.opening", "2025-04", opening),
    ]
    doubt = "Q05 stock.raw_coal.opening 2025-04"
    assert doubt not in checked(stated("12.34"), "1000"), "0.04 t, of 0.05 and 0.005 allowed"
    assert doubt in checked(stated("12.36"), "1000")


def test_period_is_unused_without_values_as_written():
    whole = [figure(COAL, "2025-03", 1234570), figure(PRODUCTION, "2025-03", 1111230), figure(OTHER, "2025-03", 123330)]
    assert found(check(whole)) == [f"Q06 {COAL} 2025-03"], "without them only the absolute tolerance holds"
    assert whole[0].period == Period.month(2025, 3)


@pytest.mark.parametrize(
    ("value", "factor", "said"),
    [("8240300", "10000", "8,240,300 万kWh"), ("8240300", "7", "57,682,100 kWh"), (None, "1", "8,240,300 kWh")],
    ids=["as written", "in no unit known", "not known how"],
)
def test_message_speaks_in_the_unit_the_figure_was_written_in(value, factor, said):
    amount = Decimal(value or 8240300) * Decimal(factor)
    held = figure(POWER, "2025-03", amount, flag="held")
    (doubt,) = check([held], written={(POWER, held.period): Decimal(value)} if value else {})
    assert said in doubt.message
