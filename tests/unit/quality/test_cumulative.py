"""Figures stated since January only: in another unit of measure, or below what was stated before."""

from decimal import Decimal

import pytest
from quality_support import PLAIN, check, figure, found

from planwatch.contract.period import Period

POWER = "energy.electricity"


def since_january(**over):
    """Two years of cumulative electricity; ``m09=…`` replaces what was stated of January to September of the second."""
    stated = []
    for year in (2024, 2025):
        amounts = PLAIN[:12] if year == 2024 else PLAIN[12:]
        for month in range(2, 13):
            amount = sum(amounts[:month])
            if year == 2025:
                amount = over.get(f"m{month:02}", amount)
            stated.append(figure(POWER, Period(year, 1, month), Decimal(str(amount)) * 10_000))
    return stated


RIGHT = sum(PLAIN[12:21])


def test_clean_cumulative_figures_are_not_doubted():
    assert found(check(since_january())) == []


@pytest.mark.parametrize("times", ["10", "100", "1000", "10000", "0.0001", "0.001"])
def test_cumulative_figure_in_another_unit_is_doubted_and_no_other_one(times):
    wrong = RIGHT * Decimal(times)
    holds = {one.period.label for one in check(since_january(m09=wrong)) if one.outcome.value == "hold"}
    assert "2025-01~09" in holds
    assert holds <= {"2025-01~09", "2025-01~10"}
    if Decimal(times) > 1:
        assert holds == {"2025-01~09"}, "what follows on a wrong figure is not wrong itself"


def test_message_names_the_mean_and_the_factor():
    (slip,) = (one for one in check(since_january(m09=RIGHT * 10_000)) if one.rule.value == "Q08")
    assert "每月平均" in slip.message
    assert "近于 10,000 倍" in slip.message


def test_cumulative_figure_that_falls_is_held():
    (doubt,) = (one for one in check(since_january(m10=RIGHT - 100)) if one.rule.value == "Q05")
    assert (doubt.period.label, doubt.outcome.value) == ("2025-01~10", "hold")
    assert "累计数不会减少" in doubt.message
    few = [figure(POWER, f"2026-{m:02}c", amount) for m, amount in ((2, 200), (3, 300), (4, 250))]
    assert found(check(few)) == [f"Q05 {POWER} 2026-01~04"], "without any history"


def test_what_may_be_negative_may_fall():
    stated = [figure("growth.gdp", f"2026-{m:02}c", amount) for m, amount in ((2, 5), (3, 4))]
    assert found(check(stated)) == []
