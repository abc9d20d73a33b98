"""Stated conversion factors and units of measure: one factor for each entry of the table, and every conversion exact."""

from decimal import Decimal
from fractions import Fraction

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import Law
from planwatch.contract.quality import Rule
from planwatch.contract.report import Reading
from planwatch.plans.folder import package_folder
from planwatch.plans.loader import load_catalogue, load_coal_table, load_law
from planwatch.plans.merged import load_merged


@pytest.fixture(scope="module")
def law() -> Law:
    """The package's own law, with its quality rules."""
    return load_merged()


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "amount"),
    [
        ("factor.raw_coal", "0.7143", "tce/t", "0.7143"),
        ("factor.raw_coal", "0.7143", "吨标准煤/吨", "0.7143"),
        ("factor.raw_coal", "714.3", "kgce/t", "0.7143"),
        ("factor.raw_coal", "0.7143", "千克标准煤/千克", "0.7143"),
        ("factor.natural_gas", "12.143", "tce/万m3", "1.2143"),
        ("factor.natural_gas", "12.143", "吨标准煤/万立方米", "1.2143"),
        ("factor.natural_gas", "1.2143", "tce/千m3", "1.2143"),
        ("factor.diesel_volume", "1223.964", "kgce/m3", "1.223964"),
        ("factor.electricity", "1.229", "tce/万kWh", "0.1229"),
        ("factor.electricity", "1.229", "吨标准煤/万千瓦时", "0.1229"),
        ("factor.electricity", "122.9", "gce/kWh", "0.1229"),
        ("factor.heat", "0.03412", "吨标准煤/百万千焦", "0.03412"),
        ("factor.heat", "34.12", "kgce/GJ", "0.03412"),
        ("factor.fuel_heat", "0.034121541", "tce/GJ", "34.121541"),
        ("energy.raw_coal", "1.5", "万吨", "15000000"),
        ("energy.electricity", "1.5", "万千瓦时", "15000"),
        ("energy.natural_gas", "1.5", "万立方米", "15000"),
        ("energy.heat", "1.5", "GJ", "1500"),
        ("energy.heat", "1.5", "百万千焦", "1500"),
        ("energy.total", "1.5", "tce", "1.5"),
        ("energy.raw_coal", "123456789012345678.123456789", "lb", "55999057520699835.39927591751509993"),
    ],
)
def test_stated_figures_convert_exactly(law: Law, indicator: str, value: str, unit: str, amount: str) -> None:
    assert law.catalogue.amount(Reading(indicator=indicator, value=Decimal(value), unit=unit)) == Decimal(amount)


def test_no_unit_converts_with_a_rounded_factor(law: Law) -> None:
    units = {symbol: unit for unit in law.catalogue.units for symbol in (unit.symbol, *unit.aliases)}
    for indicator in law.catalogue.indicators:
        for symbol in law.catalogue.allowed_units(indicator.id):
            amount = law.catalogue.amount(Reading(indicator=indicator.id, value=Decimal(1), unit=symbol))
            exactly = Fraction(units[symbol].factor) / Fraction(units[indicator.unit].factor)
            assert Fraction(amount) == exactly, (indicator.id, symbol)


def test_each_entry_of_the_table_has_a_stated_factor_that_is_no_energy(law: Law) -> None:
    stated = {one.id: one for one in law.catalogue.indicators if one.id.startswith("factor.")}
    assert stated.keys() == {f"factor.{kind}" for kind in law.coal.kinds}
    assert all(one.energy_kind is None and one.behaviour.value == "state" for one in stated.values())


def test_ranges_of_stated_factors_come_from_the_table(law: Law) -> None:
    assert law.quality is not None
    rows = {row.indicator: row for row in law.quality.thresholds if row.id.startswith("coal-table-")}
    assert rows.keys() == {f"factor.{kind}" for kind in law.coal.kinds}
    assert rows["factor.raw_coal"].numbers == {"usual": Decimal("0.7143")}
    assert rows["factor.natural_gas"].numbers == {"low": Decimal("1.1"), "high": Decimal("1.33")}
    assert {(row.rule, row.source) for row in rows.values()} == {(Rule.RANGE, law.coal.edition)}


def test_another_table_brings_other_ranges(tmp_path) -> None:
    text = (package_folder() / "coefficients.yaml").read_text("utf-8")
    (tmp_path / "coefficients.yaml").write_text(text.replace('"0.7143", status: seen}', '"0.7", status: seen}', 1))
    law = load_merged(tmp_path)
    assert law.quality is not None
    (row,) = [row for row in law.quality.thresholds if row.indicator == "factor.raw_coal"]
    assert row.numbers == {"usual": Decimal("0.7")}


@pytest.mark.parametrize(
    ("unit", "kind", "message"),
    [
        ("kgce/kg", "peat", "no entry for peat, whose factor factor.peat is reported"),
        ("kgce/t", "raw_coal", "factor.raw_coal is kept in kgce/t, not in kgce/kg"),
    ],
)
def test_stated_factor_must_fit_the_table(tmp_path, unit: str, kind: str, message: str) -> None:
    catalogue = load_catalogue()
    factor = catalogue.by_id["factor.raw_coal"].model_copy(update={"id": f"factor.{kind}", "unit": unit})
    others = tuple(one for one in catalogue.indicators if one.id != factor.id)
    with pytest.raises(InvalidDocument, match=message):
        load_coal_table(None, type(catalogue)(indicators=(*others, factor), units=catalogue.units))


def test_transformations_of_the_statistical_form_can_be_taken_off() -> None:
    """火力发电、供热、原煤入洗、炼焦、炼油及煤制油、制气、天然气液化、加工煤制品 (form 205-2), by units and projects."""
    by_id = load_law().catalogue.by_id
    for kind in (
        "electricity", "heat", "washed_coal", "other_washed_coal", "middlings", "slime", "coke", "coke_oven_gas",
        "coal_tar", "crude_benzene", "other_coking_products", "gasoline", "kerosene", "diesel", "fuel_oil",
        "residual_oil", "lpg", "refinery_gas", "other_petroleum", "producer_gas", "water_gas", "other_gas",
        "natural_gas", "lng", "briquette",
    ):  # fmt: skip
        assert (by_id[f"energy.{kind}.output"].energy_kind, *by_id[f"energy.{kind}.output"].reported_by) == (
            kind,
            "unit",
            "project",
        )
