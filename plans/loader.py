"""YAML to law: plans, rule sets, the standard-coal table, indicators, units, regions and examples, read strictly.

Every file is read to its end and all its faults are raised at once, with file, line and what was allowed.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.example import Example, Examples
from planwatch.contract.plan import CoalTable, Law, Plan, RuleSet, Target
from planwatch.contract.registry import RegionRecord
from planwatch.contract.strict import M, read_strict
from planwatch.plans.bands import faults_of_bands
from planwatch.plans.consistency import Known, catalogue_faults, coal_faults, name_faults, unit_faults
from planwatch.plans.folder import added_files, common_file, plan_files
from planwatch.plans.references import with_documents
from planwatch.plans.yaml_source import Source, Where, read_yaml


def load_law(folder: Path | None = None) -> Law:
    """The law of a folder, by default that which comes with planwatch; see ``folder.py`` for what a folder may hold.

    Raises InvalidDocument with every fault of the first file that has any.
    """
    catalogue = load_catalogue(folder)
    rule_sets = _rule_sets(folder)
    regions = frozenset(region.id for region in load_regions(folder))
    known = Known(catalogue, rule_sets, regions)
    coal = _coal(folder, catalogue)
    plans: list[Plan] = []
    for file in plan_files(folder):
        taken = {target.id: plan.id for plan in plans for target in plan.targets}
        plans.append(_plan(file, known, taken))
    return Law(plans=tuple(plans), rule_sets=rule_sets, coal=coal, catalogue=catalogue)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Units of measure and indicators; raises InvalidDocument."""
    units = _read(common_file(folder, "units.yaml"))
    source = _read(common_file(folder, "indicators.yaml"))
    tree: dict[str, Any] = {**_as_dict(source), "units": _as_dict(units).get("units")}
    _only_keys(units, {"units"})
    _only_keys(source, {"indicators"})
    unit_lines = {where: line for where, line in units.lines.items() if where[:1] == ("units",)}
    for fault in catalogue_faults(_as_dict(units).get("units"), "units", "symbol"):
        units.fault(*fault)
    units.refuse()
    source.lines = unit_lines | source.lines
    catalogue = _validated(source, (), tree, Catalogue)
    for fault in catalogue_faults(_as_dict(source).get("indicators"), "indicators", "id"):
        source.fault(*fault)
    source.refuse()
    assert catalogue is not None
    return catalogue
