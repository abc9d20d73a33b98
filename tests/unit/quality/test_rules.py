"""Each rule finds what it is for and stays silent just inside its threshold."""

from dataclasses import replace
from decimal import Decimal

import pytest
from quality_support import PLAIN, UNIT, check, figure, found, month, series, with_rows

from planwatch.contract.quality import MeterMonth

COAL, POWER, VALUE = "energy.raw_coal", "energy.electricity", "value_added.industrial"
SCALED = [amount * 1000 for amount in PLAIN]


def changed(amounts, **over):
    """The amounts with some replaced: at_5=… replaces the sixth."""
    other = {int(key.removeprefix("at_")): amount for key, amount in over.items()}
    return [other.get(i, amount) for i, amount in enumerate(amounts)]


def stocks(opening, bought, used, closing, period="2025-03"):
    return [
        figure("stock.raw_coal.opening", period, opening),
        figure("stock.raw_coal.purchased", period, bought),
        figure(COAL, period, used),
        figure("stock.raw_coal.closing", period, closing),
    ]


def test_plain_series_is_clean():
    assert check([*series(COAL, SCALED), *series(POWER, [one * 7 + 3 for one in SCALED[::-1]])]) == ()


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([figure(COAL, "2025-03", -1, flag="held")], ["Q03 energy.raw_coal 2025-03"]),
        ([figure("reduction.cod", "2025-03", -1)], []),
        (stocks(50_000, 100_000, 90_000, 60_000), []),
        (stocks(50_000, 100_000, 90_000, 61_000), []),  # one tonne is allowed
        (stocks(50_000, 100_000, 90_000, 61_001), ["Q04 energy.raw_coal 2025-03"]),
        (stocks(500_000, 500_000, 400_000, 605_000), []),  # half a per cent of what came in and was there
        (stocks(500_000, 500_000, 400_000, 605_001), ["Q04 energy.raw_coal 2025-03"]),
        (
            [figure("stock.coke.closing", "2025-02c", 10), figure("stock.coke.opening", "2025-03", 12)],
            ["Q05 stock.coke.opening 2025-03"],
        ),
        ([figure("stock.coke.closing", "2025-02c", 10), figure("stock.coke.opening", "2025-03", 10)], []),
        ([figure("stock.coke.closing", "2025-01", 10), figure("stock.coke.opening", "2025-03", 99)], []),
        (
            [figure(COAL, "2025-02c", 100), figure(COAL, "2025-03", 50), figure(COAL, "2025-Q1", 152)],
            ["Q05 energy.raw_coal 2025-Q1"],
        ),
        ([figure(COAL, "2025-02c", 100), figure(COAL, "2025-03", 50), figure(COAL, "2025-Q1", 151)], []),
        (
            [figure(COAL, "2025-03", 100), figure("use.raw_coal.production", "2025-03", 60),
             figure("use.raw_coal.non_production", "2025-03", 38)],
            ["Q06 energy.raw_coal 2025-03"],
        ),
        (
            [figure("use.raw_coal.feedstock", "2025-03", 62), figure("use.raw_coal.production", "2025-03", 60)],
            ["Q06 use.raw_coal.feedstock 2025-03"],
        ),
        ([figure("use.raw_coal.feedstock", "2025-03", 10), figure("use.raw_coal.production", "2025-03", 60)], []),
        ([figure("rate.voc_capture", "2025-03", 100)], []),
        ([figure("rate.voc_capture", "2025-03", "100.1")], ["Q07 rate.voc_capture 2025-03"]),
        (
            [figure(POWER, "2025-03", 1_060_000), figure("electricity.grid_supply", "2025-03", 1_000_000)],
            ["Q13 energy.electricity 2025-03"],
        ),
        ([figure(POWER, "2025-03", 1_050_000), figure("electricity.grid_supply", "2025-03", 1_000_000)], []),
        ([figure(POWER, "2025-03", 1_060), figure("electricity.grid_supply", "2025-03", 1_000)], []),  # below the floor
    ],
)  # fmt: skip
def test_single_month(figures, expected):
    assert found(check(figures)) == expected


@pytest.mark.parametrize(
    ("amount", "rule"),
    [(10_030_000, ["Q08", "Q09"]), (1_003_000_000, ["Q08", "Q09"]), (1_003, ["Q08", "Q09"]), (13_000_000, ["Q09"])],
)
def test_unit_slip_is_told_from_a_jump(amount, rule):
    assert [one.rule.value for one in check(series(COAL, changed(SCALED, at_15=amount)))] == rule


@pytest.mark.parametrize(
    ("amount", "rules"), [(1_315_000, []), (1_316_000, ["Q09"]), (709_000, []), (708_000, ["Q09"])]
)
def test_jump_needs_both_percentage_and_spread(amount, rules):
    rows = with_rows({"id": "t", "rule": "Q09", "indicator": COAL, "numbers": {"floor": "0"}})
    assert [one.rule.value for one in check(series(COAL, changed(SCALED, at_14=amount)), rules=rows)] == rules


def test_jump_below_the_floor_of_a_hundred_tonnes_is_not_told():
    assert check(series(COAL, changed(PLAIN, at_14=2000))) == ()


def test_month_that_moves_every_year_is_no_jump():
    season = [1 if i % 12 != 6 else 3 for i in range(24)]
    amounts = [one * times for one, times in zip(SCALED, season, strict=True)]
    assert [one for one in check(series(COAL, amounts)) if one.period.year == 2025] == []


@pytest.mark.parametrize(("months", "rules"), [(2, []), (3, ["Q10"]), (6, ["Q10"])])
def test_constant_run_is_one_finding(months, rules):
    amounts = SCALED[:10] + [1_003_217] * months + SCALED[10:]
    assert [one.rule.value for one in check(series(COAL, amounts[:24])) if one.rule == "Q10"] == rules


@pytest.mark.parametrize("amount", [0, 1_200_000])
def test_few_digits_or_zeros_do_not_count_as_constant(amount):
    findings = check(series(COAL, SCALED[:10] + [amount] * 4 + SCALED[10:20]))
    assert "Q10" not in [one.rule for one in findings]


def test_ratio_outside_the_own_band():
    value = [amount * 7 + 11 for amount in SCALED]
    # Noise enough for a spread of its own.
    coal = [amount + (i * 37 % 11 - 5) * 4000 for i, amount in enumerate(SCALED)]
    clean = [*series(COAL, coal), *series(VALUE, value)]
    assert "Q11" not in [one.rule for one in check(clean)]
    odd = [*series(COAL, changed(coal, at_9=1_500_000)), *series(VALUE, value)]
    assert "Q11 energy.raw_coal 2024-10" in found(check(odd))


def test_divergence_of_energy_and_output():
    figures = [*series(COAL, changed(SCALED, at_20=820_000)), *series(VALUE, changed(SCALED, at_20=1_250_000))]
    assert "Q12 energy.raw_coal 2025-09" in found(check(figures))


def test_both_down_is_no_divergence():
    figures = [*series(COAL, changed(SCALED, at_20=620_000)), *series(VALUE, changed(SCALED, at_20=850_000))]
    assert "Q12" not in [one.rule for one in check(figures)]


@pytest.mark.parametrize(
    ("over", "rules"),
    [
        ({}, []),
        ({"total": Decimal(94)}, ["Q14"]),
        ({"total": Decimal(0)}, ["Q14"]),
        ({"received": 26}, ["Q15"]),
        ({"received": 28}, []),
        ({"mislabelled": 3, "skew_seconds": 60}, []),
        ({"mislabelled": 3, "skew_seconds": 61}, ["Q16"]),
        ({"not_normal": 7}, []),
        ({"not_normal": 8}, ["Q17"]),
        ({"flowless": 1}, ["Q17"]),
    ],
)
def test_what_stands_behind_a_gathered_month(over, rules):
    nox = figure("emission.nox", "2025-03", 100)
    month = MeterMonth(UNIT, "emission.nox", nox.period, Decimal(100), expected=31, received=31)
    assert [one.rule.value for one in check([nox], metered=(replace(month, **over),))] == rules


def test_year_of_favourite_last_digits():
    figures = [
        one
        for j, name in enumerate((COAL, POWER, "energy.diesel"))
        for one in series(name, [f"{amount}.{'5835'[(i + j) % 4]}" for i, amount in enumerate(SCALED[:12])])
    ]
    assert found(check(figures)) == ["Q18 * 2024"]


def test_indicator_of_estimates():
    amounts = [1_300_000, 990_000, 1_100_000, 1_200_000, 970_000, 1_000_000, 1_400_000, 980_000, 1_500_000, 1_200_000]
    assert found(check(series(COAL, amounts))) == ["Q18 energy.raw_coal 2024-10"]


def test_written_values_decide_digits_not_converted_ones():
    gallons = [13_000, 9_900, 11_000, 12_000, 9_700, 10_000, 14_000, 9_800, 15_000, 12_000]
    figures = series("energy.diesel_volume", [Decimal(one) * Decimal("3.785411784") for one in gallons])
    assert found(check(figures)) == []
    written = {(one.indicator, one.period): Decimal(gallon) for one, gallon in zip(figures, gallons, strict=True)}
    assert found(check(figures, written=written)) == ["Q18 energy.diesel_volume 2024-10"]


def test_copied_month_needs_two_different_amounts():
    power = [amount * 3 + 1 for amount in SCALED]
    both = [*series(COAL, changed(SCALED, at_13=SCALED[1])), *series(POWER, changed(power, at_13=power[1]))]
    assert found(check(both)) == ["Q19 * 2025-02"]
    one = [*series(COAL, changed(SCALED, at_13=SCALED[1])), *series(POWER, power)]
    assert found(check(one)) == []
    twins = [*series("reduction.cod", SCALED), *series("reduction.cod.claimed", SCALED)]
    again = [replace(one, period=month(20)) for one in twins if one.period == month(3)]
    assert found(check([*(one for one in twins if one.period != month(20)), *again])) == []


def test_fixed_ratio_is_too_smooth():
    figures = [*series(COAL, SCALED[:8]), *series(VALUE, [Decimal(one) * Decimal("2.5") for one in SCALED[:8]])]
    assert found(check(figures)) == ["Q20 energy.raw_coal 2024-05"]


def test_straight_line_is_too_smooth():
    assert found(check(series(COAL, [1_000_123 + 15_017 * i for i in range(8)]))) == ["Q20 energy.raw_coal 2024-06"]


def test_output_without_energy_against_habit():
    figures = [*series(COAL, changed(SCALED, at_9=0)), *series(VALUE, SCALED)]
    assert "Q21 energy.raw_coal 2024-10" in found(check(figures))


def test_shutdown_is_neither_alone_nor_an_isolated_zero():
    figures = [*series(COAL, changed(SCALED, at_9=0)), *series(VALUE, changed(SCALED, at_9=0))]
    assert not {"Q21", "Q23"} & {one.rule.value for one in check(figures)}


@pytest.mark.parametrize(("sold", "expected"), [(1_100, []), (1_101, ["Q22 electricity.sold 2024-01"])])
def test_more_goes_out_than_comes_in_is_one_finding_a_run(sold, expected):
    figures = [*series("electricity.sold", [sold] * 2), *series("output.electricity", [1_000] * 2)]
    assert [one for one in found(check(figures)) if one.startswith("Q22")] == expected


def test_zero_for_not_reported():
    figures = [*series("water.new", changed(SCALED, at_9=0)), *series(COAL, SCALED[::-1])]
    assert "Q23 water.new 2024-10" in found(check(figures))


def test_conflicting_statements_until_a_later_revision_settles_it():
    first, second = figure(COAL, "2025-03", 10, report_id="a"), figure(COAL, "2025-03", 12, report_id="b")
    assert found(check([first, second])) == ["Q02 energy.raw_coal 2025-03"]
    assert found(check([first, second, figure(COAL, "2025-03", 12, revision=1)])) == []
    assert found(check([first, replace(second, amount=Decimal(10))])) == []
