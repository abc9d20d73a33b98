"""The lists of units, indicators and coefficients: exact conversion, and that they fit one another."""

from decimal import Decimal

import pytest

from planwatch.contract.plan import Law
from planwatch.contract.report import Reading, Report
from planwatch.ingest.files.template import chinese_mapping
from planwatch.plans.loader import load_law


@pytest.fixture(scope="module")
def law() -> Law:
    """The package's own law."""
    return load_law()


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "amount"),
    [
        ("reduction.cod", "4.32", "万吨", "43200"),
        ("reduction.cod", "4.32", "万t", "43200"),
        ("energy.raw_coal", "1.5", "t", "1500"),
        ("energy.raw_coal", "1", "short_ton", "907.18474"),
        ("emission.so2", "1", "short_ton", "0.90718474"),
        ("emission.nox", "2000", "lb", "0.90718474"),
        ("energy.electricity", "1", "万kWh", "10000"),
        ("energy.electricity", "1", "亿千瓦时", "100000000"),
        ("output.electricity", "1.25", "GWh", "1250000"),
        ("energy.diesel_volume", "1", "gal", "3.785411784"),
        ("energy.natural_gas", "1", "万m3", "10000"),
        ("energy.fuel_heat", "1", "MMBtu", "1.05505585262"),
        ("energy.heat", "1", "百万kJ", "1000"),
        ("energy.total", "1", "万吨标准煤", "10000"),
        ("energy.total", "1", "kgce", "0.001"),
        ("gdp", "1", "亿元", "100000000"),
    ],
)
def test_amounts_convert_exactly(law: Law, indicator: str, value: str, unit: str, amount: str) -> None:
    reading = Reading(indicator=indicator, value=Decimal(value), unit=unit)
    assert law.catalogue.amount(reading) == Decimal(amount)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "tce"),
    [
        ("energy.electricity", "1", "万kWh", "1.229"),
        ("energy.natural_gas_gasfield", "1", "万m3", "12.143"),
        ("energy.blast_furnace_gas", "1", "万m3", "1.286"),
        ("energy.heat", "1", "百万kJ", "0.03412"),
        ("energy.fuel_heat", "1", "GJ", "0.034121541"),
        ("energy.diesel_volume", "1000", "L", "1.223964"),
        ("energy.diesel", "0.84", "t", "1.223964"),
    ],
)
def test_table_gives_the_published_standard_coal(law: Law, kind: str, value: str, unit: str, tce: str) -> None:
    indicator = law.catalogue.by_id[kind]
    amount = law.catalogue.amount(Reading(indicator=kind, value=Decimal(value), unit=unit))
    entry = law.coal.kinds[indicator.energy_kind or ""]
    assert entry.unit == indicator.unit
    assert entry.kgce is not None
    assert amount * entry.kgce / 1000 == Decimal(tce)


def test_fuel_heat_follows_from_the_definition_of_standard_coal(law: Law) -> None:
    kgce = law.coal.kinds["fuel_heat"].kgce
    assert kgce is not None
    assert abs(kgce - Decimal(1_000_000) / Decimal(29_307)) < Decimal("0.0000005")


def test_every_energy_kind_has_an_indicator_and_every_range_a_default(law: Law) -> None:
    named = {indicator.energy_kind for indicator in law.catalogue.indicators} - {None}
    assert named == set(law.coal.kinds)
    assert all(entry.kgce is not None or entry.default is not None for entry in law.coal.kinds.values())


def test_every_indicator_has_both_names_and_each_name_once(law: Law) -> None:
    zh = [indicator.zh for indicator in law.catalogue.indicators]
    en = [indicator.en for indicator in law.catalogue.indicators]
    assert len(set(zh)) == len(zh)
    assert len(set(en)) == len(en)


def test_a_derived_indicator_cannot_be_reported(law: Law) -> None:
    report = Report.model_validate_json(
        '{"report_id": "r", "subject": {"kind": "unit", "id": "u"}, "period": "2025-01",'
        ' "submitted_at": "2025-02-01T00:00:00Z",'
        ' "readings": [{"indicator": "energy.standard_coal", "value": "1", "unit": "tce"}]}'
    )
    (fault,) = law.catalogue.faults(report)
    assert "is computed from other figures" in fault.message


def test_entries_not_seen_in_a_table_are_marked(law: Law) -> None:
    statuses = {kind: entry.status for kind, entry in law.coal.kinds.items()}
    assert statuses["raw_coal"] == "seen"
    assert statuses["methanol"] == "memory"
    assert statuses["diesel_volume"] == "assumed"
    assert all(entry.note for entry in law.coal.kinds.values() if entry.status in ("assumed", "derived"))


def test_other_names_belong_to_one_indicator_and_are_read_from_the_chinese_template(law: Law) -> None:
    column = chinese_mapping(law.catalogue).reports.long.indicator.rename
    assert column["焦炭消费量"] == column["焦炭(干全焦)消费量"] == "energy.coke"
    names = [name for one in law.catalogue.indicators for name in (one.zh, *one.also)]
    assert all(names.count(name) == 1 for one in law.catalogue.indicators for name in one.also)
