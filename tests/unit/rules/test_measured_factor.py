"""Measured factors, transformation output and recovery, and members of a sum whose register entry ended."""

from datetime import date
from decimal import Decimal as D

import pytest
from rules_support import COAL as COAL_MEASURE
from rules_support import (
    REGION,
    collect,
    make_coal,
    make_figure,
    make_law,
    make_single,
    monthly,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.figures import Figure, Figures, Missing, Terms
from planwatch.contract.plan import Basis
from planwatch.contract.registry import MeasuredFactor
from planwatch.plans.loader import load_law
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge
from planwatch.rules.measured_factor import edition_of_all, fault_of_measured
from planwatch.rules.standard_coal import tce_of

UNIT, OTHER = "unit:91500000X", "unit:91500000Y"
LAW = make_law()


def factor(kgce="0.6", since="2023-01-01", until=None, kind="raw_coal"):
    end = date.fromisoformat(until) if until else None
    return MeasuredFactor(energy_kind=kind, kgce=D(kgce), valid_from=date.fromisoformat(since), valid_to=end)


def measured(figures, *factors, subject=UNIT):
    return Figures.of(figures.each(), Terms(measured={subject: factors}))


def coal(span, figures, law=LAW, subject=UNIT):
    return tce_of(subject, period(span), figures, law, Basis.EQUIVALENT)


COAL = collect(monthly("energy.raw_coal", 2023, [100, 100, 100, 100], UNIT))


@pytest.mark.parametrize(
    ("factors", "tce"),
    [
        ((), "285.72"),
        ((factor(),), "240"),
        ((factor(since="2023-03-01"),), "262.86"),  # two months by the table, two as measured
        ((factor(since="2023-02-15"),), "262.86"),  # it holds for months that begin within it
        ((factor(until="2023-01-31"),), "274.29"),
        ((factor(), factor("0.8", "2023-03-01")), "280"),
        ((factor(kind="slime", kgce="0.3"),), "285.72"),
        ((factor(until="2022-12-31"),), "285.72"),
    ],
)
def test_measured_factor_holds_for_its_months(factors, tce):
    assert coal("2023-01~04", measured(COAL, *factors)).amount == D(tce)


def test_measured_factor_is_named_in_the_edition():
    assert coal("2023-01", COAL).edition == "test-2020"
    said = coal("2023-01~04", measured(COAL, factor(since="2023-02-01")))
    assert said.edition == "test-2020;实测 raw_coal=0.6 kgce(自2023-02-01)"


def test_measured_factor_is_one_units_own():
    other = collect(monthly("energy.raw_coal", 2023, [100], OTHER))
    assert coal("2023-01", measured(other, factor()), subject=OTHER).amount == D("71.43")


def test_factor_that_changes_within_a_figure_needs_shorter_figures():
    year = collect([make_figure("energy.raw_coal", "2023", "1200", UNIT)])
    found = coal("2023", measured(year, factor(since="2023-07-01")))
    assert isinstance(found, Missing)
    assert coal("2023", measured(year, factor())).amount == D("720")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (factor("0.5"), "0.5 of 原煤 is outside 0.50001 to 0.92859 kgce/kg"),
        (factor("0.93"), "is outside 0.50001 to 0.92859"),
        (factor("1.34", kind="natural_gas"), "is outside 1.1 to 1.33 kgce/m3"),
        (factor("0.13", kind="electricity"), "is converted by definition"),
        (factor("0.03", kind="heat"), "is converted by definition"),
        (factor(kind="peat"), "no energy kind 'peat'"),
    ],
)
def test_factor_outside_its_range_is_refused_with_the_range(given, words):
    assert words in fault_of_measured(given, make_coal())


@pytest.mark.parametrize("given", [factor("0.50001"), factor("0.92859"), factor("1.1", kind="natural_gas")])
def test_factor_on_the_edge_of_its_range_is_permitted(given):
    assert fault_of_measured(given, make_coal()) == ""


def test_stored_factor_outside_its_range_converts_nothing():
    found = coal("2023-01", measured(COAL, factor("2")))
    assert isinstance(found, Missing)
    assert UNIT in found.reason
    assert "is outside" in found.reason


def test_edition_of_a_sum_names_the_table_once_and_few_factors():
    measured_by = [f"t;实测 raw_coal=0.{i} kgce(自2023-01-01)" for i in range(1, 8)]
    assert edition_of_all(["t", "t"]) == "t"
    assert edition_of_all(["", "t", measured_by[0], measured_by[0]]) == measured_by[0]
    assert edition_of_all(measured_by).endswith("raw_coal=0.5 kgce(自2023-01-01) 等7项")


REAL = load_law()
COKE_PLANT = {
    # methodology §3: what a coking plant buys, what it makes of it, what it wins back, in a month
    "energy.washed_coal": ("100000000", "90000"),  # kg × 0.9000
    "energy.electricity": ("30000000", "3687"),  # kWh × 0.1229
    "energy.coke.output": ("75000000", "-72855"),  # kg × 0.9714
    "energy.coke_oven_gas.output": ("20000000", "-11428"),  # m3 × 0.5714
    "energy.coal_tar.output": ("3500000", "-4000.15"),  # kg × 1.1429
    "energy.recovered.heat": ("50000000", "-1706"),  # MJ × 0.03412
}


def stated(name, amount, when="2023-03"):
    unit = REAL.catalogue.by_id[name].unit
    return Figure(UNIT, name, period(when), D(amount), unit)


def test_comprehensive_consumption_counts_no_energy_twice():
    """综合能源消费量 = 消费 − 加工转换产出 − 回收利用, worked out by hand for a coking plant."""
    figures = collect(stated(name, amount) for name, (amount, _) in COKE_PLANT.items())
    found = tce_of(UNIT, period("2023-03"), figures, REAL, Basis.EQUIVALENT)
    assert found.amount == sum(D(part) for _, part in COKE_PLANT.values()) == D("3697.85")
    assert len(found.used) == len(COKE_PLANT)


@pytest.mark.parametrize("name", COKE_PLANT)
def test_each_part_of_comprehensive_consumption_has_its_sign(name):
    amount, part = COKE_PLANT[name]
    coal_too = [stated("energy.raw_coal", "1000000000")]  # so that the whole stays above zero
    without = tce_of(UNIT, period("2023-03"), collect(coal_too), REAL, Basis.EQUIVALENT)
    found = tce_of(UNIT, period("2023-03"), collect([stated(name, amount)], coal_too), REAL, Basis.EQUIVALENT)
    assert found.amount - without.amount == D(part)


def test_output_that_is_not_reported_any_more_is_missing_not_zero():
    coke = [stated("energy.coke", "1000", when) for when in ("2023-01", "2023-02")]
    figures = collect(coke, [stated("energy.coke.output", "100", "2023-01")])
    found = tce_of(UNIT, period("2023-01~02"), figures, REAL, Basis.EQUIVALENT)
    assert isinstance(found, Missing)
    assert "energy.coke.output" in found.reason


def test_more_output_than_consumption_is_no_consumption_below_zero():
    figures = collect([stated("energy.coke.output", "1000")])
    found = tce_of(UNIT, period("2023-03"), figures, REAL, Basis.EQUIVALENT)
    assert isinstance(found, Missing)
    assert "请核对" in found.reason


SUM = make_single(kind="level_max", value=D(1000), unit="tce", measure=COAL_MEASURE, sum_of="unit", basis="equivalent")


def judged(figures):
    around = Surroundings(members=(UNIT, OTHER))
    (found,) = judge(SUM, REGION, period("2023-01~04"), figures, make_law(SUM), around=around)
    return found


BOTH = collect(
    monthly("energy.raw_coal", 2023, [100, 100, 100, 100], UNIT), monthly("energy.raw_coal", 2023, [100, 100], OTHER)
)


def test_member_that_does_not_report_keeps_the_region_from_being_rated():
    found = judged(BOTH)
    assert found.status is Status.NOT_RATED
    assert OTHER in found.reason


def test_closed_unit_counts_until_its_entry_ended():
    found = judged(Figures.of(BOTH.each(), Terms(ended={OTHER: date(2023, 2, 28)})))
    assert found.status is Status.RATED
    assert found.actual == D("428.58")  # 600 t


def test_closed_unit_still_owes_the_months_before_its_end():
    found = judged(Figures.of(BOTH.each(), Terms(ended={OTHER: date(2023, 3, 31)})))
    assert found.status is Status.NOT_RATED


def test_unit_closed_for_a_while_counts_and_owes_nothing_meanwhile():
    closed = Terms(gaps={OTHER: ((date(2023, 3, 1), date(2023, 12, 31)),)})
    found = judged(Figures.of(BOTH.each(), closed))
    assert (found.status, found.actual) == (Status.RATED, D("428.58"))
    owed = judged(Figures.of(BOTH.each(), Terms(gaps={OTHER: ((date(2023, 4, 1), date(2023, 12, 31)),)})))
    assert owed.status is Status.NOT_RATED


def test_region_whose_members_are_all_closed_is_not_rated():
    ended = Terms(ended={UNIT: date(2022, 12, 31), OTHER: date(2022, 12, 31)})
    found = judged(Figures.of(BOTH.each(), ended))
    assert found.status is Status.NOT_RATED
    assert "已全部注销、并入或不在本地区" in found.reason


@pytest.mark.parametrize(
    ("stay", "tonnes"),
    [
        ((date.min, date(2023, 2, 28)), 600),
        ((date.min, date(2023, 2, 27)), 500),  # a month belongs to the region in which it ends
        ((date(2023, 2, 10), date.max), None),  # its months 3 and 4 are missing here
        ((date(2023, 5, 1), date.max), 400),
    ],
    ids=["until the month's end", "until a day before", "since", "later"],
)
def test_unit_that_moved_counts_for_the_months_in_which_it_lay_in_the_region(stay, tonnes):
    found = judged(Figures.of(BOTH.each(), Terms(stays={(REGION, OTHER): (stay,)})))
    assert found.actual == (None if tonnes is None else D(tonnes) * D("0.7143"))


def test_unit_that_came_back_counts_for_both_stays():
    stays = ((date.min, date(2023, 1, 31)), (date(2023, 4, 1), date.max))
    months = collect(BOTH.each(), monthly("energy.raw_coal", 2023, [100] * 4, OTHER))
    found = judged(Figures.of(months.each(), Terms(stays={(REGION, OTHER): stays})))
    assert found.actual == D(600) * D("0.7143")
