"""Standard coal: exact factors, the two bases, ranges, and no kind that is silently absent."""

from decimal import Decimal as D

import pytest
from rules_support import REGION, collect, make_coal, make_figure, make_figures, make_law, monthly, period

from planwatch.contract.figures import Missing
from planwatch.contract.plan import Basis
from planwatch.rules.standard_coal import tce_of

UNIT = "unit:91500000X"
LAW = make_law()
EQUIVALENT, PRIMARY = Basis.EQUIVALENT, Basis.PRIMARY


def _tce(figures, span="2023-01", basis=EQUIVALENT, subject=UNIT, law=LAW):
    return tce_of(subject, period(span), figures, law, basis)


@pytest.mark.parametrize(
    ("indicator", "amount", "tce"),
    [
        ("energy.raw_coal", "1000", "714.3"),  # kept in t, coefficient per kg
        ("energy.natural_gas", "10000", "12.143"),  # a range with a default
        ("energy.electricity", "10000", "1.229"),
        ("energy.raw_coal", "0.000000001", "0.0000000007143"),
    ],
)
def test_one_kind_converts_exactly(indicator, amount, tce):
    found = _tce(collect([make_figure(indicator, "2023-01", amount, UNIT)]))
    assert (found.amount, found.edition, len(found.used)) == (D(tce), "test-2020", 1)


def test_kinds_add_up():
    figures = collect(
        monthly("energy.raw_coal", 2023, [10, 20], UNIT), monthly("energy.electricity", 2023, [1000, 1000], UNIT)
    )
    assert _tce(figures, "2023-01~02").amount == D("21.429") + D("0.2458")


@pytest.mark.parametrize(
    ("subject", "year", "tce"),
    [(REGION, 2023, "299"), ("region:500101", 2023, "299"), ("region:120000", 2023, "302"), (UNIT, 2023, "302")],
)
def test_electricity_at_primary_value_is_of_its_year_and_region(subject, year, tce):
    figures = collect([make_figure("energy.electricity", "2023-01", "1000000", subject)])
    assert _tce(figures, basis=PRIMARY, subject=subject).amount == D(tce)


@pytest.mark.parametrize(
    ("indicator", "when", "basis", "words"),
    [
        ("energy.electricity", "2022-01", PRIMARY, "no primary value (等价值) of electricity for 2022"),
        ("energy.slime", "2022-01", EQUIVALENT, "a range (0.2857 to 0.4286 kgce/kg) without a default"),
        ("energy.hydrogen", "2022-01", EQUIVALENT, "has no entry 'hydrogen'"),
        ("energy.heat", "2022-01", EQUIVALENT, "does not convert to kWh"),
        ("energy.raw_coal", "2022-01", None, "no `basis`"),
    ],
)
def test_what_the_table_does_not_say_is_missing(indicator, when, basis, words):
    found = _tce(collect([make_figure(indicator, when, "1", UNIT)]), when, basis)
    assert isinstance(found, Missing)
    assert words in found.reason


def test_a_kind_left_out_for_a_month_does_not_lower_the_total():
    figures = collect(
        monthly("energy.raw_coal", 2023, [10, 20, 30], UNIT), monthly("energy.electricity", 2023, [1000, 1000], UNIT)
    )
    assert "energy.electricity" in _tce(figures, "2023-01~03").reason


def test_a_kind_of_last_december_is_still_due_in_january():
    coal = make_figures("energy.raw_coal", {"2022-12": "5"}, UNIT)
    power = make_figures("energy.electricity", {"2022-12": "1000", "2023-01": "1000"}, UNIT)
    assert "energy.raw_coal" in _tce(collect(coal, power)).reason


def test_a_kind_given_up_is_reported_as_zero_once():
    coal = make_figures("energy.raw_coal", {"2022-11": "5", "2022-12": "0"}, UNIT)
    power = make_figures("energy.electricity", {"2023-01": "1000"}, UNIT)
    assert _tce(collect(coal, power)).amount == D("0.1229")


def test_a_held_kind_is_missing():
    coal = [make_figure("energy.raw_coal", "2023-01", "-5", UNIT, flag="held")]
    power = make_figures("energy.electricity", {"2023-01": "1000"}, UNIT)
    assert "待核不计" in _tce(collect(coal, power)).reason


def test_nobody_without_figures_has_zero_energy():
    assert "reports no energy for 2023" in _tce(collect([])).reason


def test_a_new_edition_is_named():
    law = make_law(coal=make_coal().model_copy(update={"edition": "test-2026"}))
    assert _tce(collect([make_figure("energy.raw_coal", "2023-01", "1", UNIT)]), law=law).edition == "test-2026"
