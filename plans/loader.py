"""YAML to law: plans, rule sets, the standard-coal table, indicators, units, regions and examples, read strictly.

Every file is read to its end and all its faults are raised at once, with file, line and what was allowed.
"""

from collections.abc import Iterable
from pathlib import Path

from planwatch.contract.catalogue import Catalogue, Indicator, UnitOfMeasure
from planwatch.contract.example import Example, Examples
from planwatch.contract.plan import CoalTable, Law, Plan, RuleSet
from planwatch.contract.registry import RegionRecord
from planwatch.contract.strict import M, PlacedFault, Where, read_strict
from planwatch.plans.bands import faults_of_bands
from planwatch.plans.consistency import (
    Known,
    coal_faults,
    indicator_faults,
    other_name_faults,
    twice,
    unknown_region,
)
from planwatch.plans.files import IndicatorsFile, RegionsFile, RuleSetsFile, UnitsFile
from planwatch.plans.folder import added_files, common_file, plan_files
from planwatch.plans.plan_file import read_plan
from planwatch.plans.yaml_source import Source, read_yaml


def load_law(folder: Path | None = None) -> Law:
    """The law of a folder, by default the one that comes with planwatch; see ``folder.py`` for what it may hold.

    Raises InvalidDocument with every fault of the first file that has any.
    """
    catalogue = load_catalogue(folder)
    regions = frozenset(region.id for region in load_regions(folder))
    known = Known(catalogue, load_rule_sets(folder), regions)
    coal = load_coal_table(folder, catalogue)
    plans: list[Plan] = []
    for file in plan_files(folder):
        plans.append(read_plan(file, known, plans))
    return Law(plans=tuple(plans), rule_sets=known.rule_sets, coal=coal, catalogue=catalogue)


def load_document(path: Path, model: type[M]) -> M:
    """Any YAML file as a model: unknown and duplicate keys, wrong types and the rest raise InvalidDocument."""
    source = read_yaml(path)
    found = _validated(source, model)
    source.refuse()
    assert found is not None, "a document that is not read has a fault"
    return found


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Units of measure and indicators; raises InvalidDocument."""
    units = _load_units(common_file(folder, "units.yaml"))
    by_symbol = {symbol: unit for unit in units for symbol in (unit.symbol, *unit.aliases)}
    indicators: dict[str, Indicator] = {}
    for file in (common_file(folder, "indicators.yaml"), *added_files(folder, "indicators")):
        source = read_yaml(file)
        found = _validated(source, IndicatorsFile)
        _note(source, twice(_rows(source, "indicators"), "id", ("indicators",)))
        listed = found.indicators if found else ()
        for i, indicator in enumerate(listed):
            if indicator.id in indicators:
                source.fault(("indicators", i, "id"), f"indicator {indicator.id!r} is already in another file")
            _note(source, indicator_faults(i, indicator, by_symbol))
            _note(source, other_name_faults(i, indicator, (*indicators.values(), *listed[:i])))
        source.refuse()
        indicators |= {indicator.id: indicator for indicator in listed}
    return Catalogue(indicators=tuple(indicators.values()), units=units)


def _load_units(path: Path) -> tuple[UnitOfMeasure, ...]:
    source = read_yaml(path)
    found = _validated(source, UnitsFile)
    symbols: dict[str, str] = {}
    for i, unit in enumerate(found.units if found else ()):
        if unit.factor <= 0:
            source.fault(("units", i, "factor"), f"the factor of {unit.symbol} must be above 0")
        for symbol in (unit.symbol, *unit.aliases):
            if symbols.setdefault(symbol, unit.symbol) != unit.symbol:
                source.fault(("units", i), f"{symbol!r} already names the unit {symbols[symbol]}")
    _note(source, twice(_rows(source, "units"), "symbol", ("units",)))
    source.refuse()
    assert found is not None
    return found.units


def load_coal_table(folder: Path | None, catalogue: Catalogue) -> CoalTable:
    """The standard-coal table in force; raises InvalidDocument, also where an indicator's energy kind is not in it."""
    source = read_yaml(common_file(folder, "coefficients.yaml"))
    table = _validated(source, CoalTable)
    if table is not None:
        _note(source, coal_faults(table, catalogue))
    source.refuse()
    assert table is not None
    return table


def load_rule_sets(folder: Path | None = None) -> dict[str, RuleSet]:
    """All rule sets by id; raises InvalidDocument, also where bands overlap or leave a hole."""
    rule_sets: dict[str, RuleSet] = {}
    for file in added_files(folder, "rulesets"):
        source = read_yaml(file)
        found = _validated(source, RuleSetsFile)
        _note(source, twice(_rows(source, "rule_sets"), "id", ("rule_sets",)))
        for i, rule_set in enumerate(found.rule_sets if found else ()):
            if rule_set.id in rule_sets:
                source.fault(("rule_sets", i, "id"), f"rule set {rule_set.id!r} is already in another file")
            _note(source, (PlacedFault(("rule_sets", i), message) for message in faults_of_bands(rule_set)))
        source.refuse()
        rule_sets |= {rule_set.id: rule_set for rule_set in (found.rule_sets if found else ())}
    return rule_sets


def load_regions(folder: Path | None = None) -> tuple[RegionRecord, ...]:
    """The register of regions and zones, parents before children; raises InvalidDocument."""
    records: dict[str, RegionRecord] = {}
    # Provinces first, so that a parent is always known when its children are read.
    for file in sorted(added_files(folder, "regions"), key=lambda file: file.name != "provinces.yaml"):
        source = read_yaml(file)
        found = _validated(source, RegionsFile)
        for i, row in enumerate(found.regions if found else ()):
            where: Where = ("regions", i)
            if row.id in records:
                source.fault((*where, "id"), f"region {row.id} stands twice; first as {records[row.id].name}")
            if row.parent is not None and row.parent not in records:
                source.fault((*where, "parent"), unknown_region(row.parent))
            since = row.valid_from or (found.valid_from if found else None)
            records[row.id] = RegionRecord.model_validate({**row.model_dump(), "valid_from": since})
        source.refuse()
    return tuple(records.values())


def load_examples(path: Path) -> tuple[Example, ...]:
    """The examples of one file; raises InvalidDocument."""
    return tuple(example for _, example in examples_with_lines(path))


def examples_with_lines(path: Path) -> list[tuple[int, Example]]:
    """The examples of one file, each with the line it begins on; raises InvalidDocument."""
    source = read_yaml(path)
    found = _validated(source, Examples)
    source.refuse()
    assert found is not None
    return [(source.line(("examples", i)) or 1, example) for i, example in enumerate(found.examples)]


def _validated(source: Source, model: type[M]) -> M | None:
    found = read_strict(source.tree, model)
    if isinstance(found, tuple):
        _note(source, found)
        return None
    return found


def _note(source: Source, faults: Iterable[PlacedFault]) -> None:
    for fault in faults:
        source.fault(fault.where, fault.message)


def _rows(source: Source, key: str) -> object:
    return source.tree.get(key) if isinstance(source.tree, dict) else None
