"""综合能源消费量 of whole systems: over makers and buyers together no energy is counted twice, on either basis."""

from decimal import Decimal as D

import pytest
from rules_support import REGION, collect, make_coal, make_figure, make_law, make_single, period

from planwatch.contract.assessment import Status
from planwatch.contract.figures import Figure, Figures, Missing, Terms
from planwatch.contract.plan import Basis, Law, Measure
from planwatch.contract.registry import MeasuredFactor
from planwatch.plans.loader import load_law
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge
from planwatch.rules.standard_coal import sign_of, tce_of

REAL = load_law()
MARCH = period("2023-03")
MAKER, BUYER = "unit:91500000X", "unit:91500000Y"
FUEL = {"energy.raw_coal": "100000000"}  # kg × 0.7143


def stated(subject, amounts):
    units = {name: REAL.catalogue.by_id[name].unit for name in amounts}
    return [Figure(subject, name, MARCH, D(amount), units[name]) for name, amount in amounts.items()]


def tce(subject, figures, law=REAL, basis=Basis.EQUIVALENT):
    return tce_of(subject, MARCH, figures, law, basis)


@pytest.mark.parametrize(
    ("sold", "bought"),
    [
        ({"energy.electricity.output": "250000000"}, {"energy.electricity": "250000000"}),
        ({"energy.heat.output": "500000000"}, {"energy.heat": "500000000"}),
        ({"energy.briquette.output": "80000000"}, {"energy.briquette": "80000000"}),
        ({"energy.producer_gas.output": "30000000"}, {"energy.producer_gas": "30000000"}),
        ({"energy.lng.output": "1000000"}, {"energy.lng": "1000000"}),
    ],
    ids=["electricity", "steam", "briquettes", "gas works", "liquefied gas"],
)
def test_what_is_made_and_bought_counts_once_as_its_source_fuel(sold, bought):
    figures = collect(stated(MAKER, FUEL | sold), stated(BUYER, bought))
    maker, buyer = tce(MAKER, figures), tce(BUYER, figures)
    assert maker.amount + buyer.amount == D("71430")
    assert 0 < maker.amount < D("71430")


@pytest.mark.parametrize(
    ("recovered", "burnt"),
    [
        ({"energy.recovered.blast_furnace_gas": "9000000"}, {"energy.blast_furnace_gas": "9000000"}),
        ({"energy.recovered.coke_oven_gas": "9000000"}, {"energy.coke_oven_gas": "9000000"}),
        ({"energy.recovered.other_gas": "9000000"}, {"energy.other_gas": "9000000"}),
        ({"energy.recovered.heat": "9000000"}, {"energy.heat": "9000000"}),
        ({"energy.recovered.electricity": "9000000"}, {"energy.electricity": "9000000"}),
    ],
)
def test_what_is_won_back_and_used_adds_nothing(recovered, burnt):
    assert tce(MAKER, collect(stated(MAKER, FUEL | recovered | burnt))).amount == D("71430")


def test_every_kind_of_output_and_recovery_is_taken_off_and_nothing_else():
    off = {one.id for one in REAL.catalogue.indicators if one.energy_kind and sign_of(one.id) < 0}
    assert off == {one.id for one in REAL.catalogue.indicators if one.id.endswith(".output") or ".recovered." in one.id}
    assert all(one.energy_kind for one in REAL.catalogue.indicators if one.id in off)


def test_stated_factor_is_no_energy_and_changes_no_sum():
    figures = collect(stated(MAKER, FUEL | {"factor.raw_coal": "0.6"}))
    assert (tce(MAKER, figures).amount, tce(MAKER, figures).edition) == (D("71430"), REAL.coal.edition)


def test_measured_factor_converts_what_is_made_as_well_as_what_is_burnt():
    """A gas whose heat was measured is worth the same where it is made, won back and burnt."""
    gas = MeasuredFactor(energy_kind="coke_oven_gas", kgce=D("0.6"), valid_from="2023-01-01")
    amounts = {"energy.coke_oven_gas.output": "9000000", "energy.coke_oven_gas": "4000000"}
    figures = Figures.of(stated(MAKER, FUEL | amounts), Terms(measured={MAKER: (gas,)}))
    assert tce(MAKER, figures).amount == D("71430") - D("3000")


POWER = make_figure("energy.electricity", "2023-03", "1000000", MAKER)
COAL = make_coal().model_copy(
    update={
        "electricity_primary": {
            "2023": D("0.302"), "2023-500000": D("0.299"), "2023-500100": D("0.298"), "2023-500101": D("0.297"),
            "2022-500000": D("0.31"),
        }
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("region", "expected"),
    [("500101", "297"), ("500102", "298"), ("500229", "299"), ("500000", "299"), ("120000", "302"), (None, "302")],
)
def test_unit_has_the_primary_value_of_where_it_is_registered(region, expected):
    terms = Terms(regions={MAKER: region} if region else {})
    assert tce(MAKER, Figures.of([POWER], terms), make_law(coal=COAL), Basis.PRIMARY).amount == D(expected)


def test_primary_value_of_another_year_is_never_taken():
    law = make_law(coal=COAL.model_copy(update={"electricity_primary": {"2022-500000": D("0.31")}}))
    found = tce(MAKER, Figures.of([POWER], Terms(regions={MAKER: "500101"})), law, Basis.PRIMARY)
    assert isinstance(found, Missing)
    assert found.reason.endswith("no primary value (等价值) of electricity for 2023 in 500101")


SUM = make_single(
    kind="level_max", value=D(1000), unit="tce", measure=Measure(of="energy.standard_coal", unit="tce"),
    sum_of="unit", basis="primary",
)  # fmt: skip


def test_region_sums_its_units_at_their_own_primary_value():
    power = [make_figure("energy.electricity", "2023-01", "1000000", one) for one in (MAKER, BUYER)]
    figures = Figures.of(power, Terms(regions={MAKER: "500101", BUYER: "500229"}))
    law: Law = make_law(SUM, coal=COAL)
    (found,) = judge(SUM, REGION, period("2023-01"), figures, law, around=Surroundings(members=(MAKER, BUYER)))
    assert (found.status, found.actual) == (Status.RATED, D(297 + 299))
