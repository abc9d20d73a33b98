"""Decomposed targets get their values: each row of ``decompositions/*.yaml`` becomes a target of its holder."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from planwatch.contract.decomposition import Decomposition, SubTarget
from planwatch.contract.plan import AppliesTo, Law, PathKind, Plan, Target
from planwatch.contract.report import SubjectKind
from planwatch.contract.strict import read_strict
from planwatch.plans.consistency import unknown_region
from planwatch.plans.folder import decomposition_files
from planwatch.plans.yaml_source import Source, read_yaml


def with_decompositions(law: Law, folders: Iterable[Path | None], names: Mapping[str, str]) -> Law:
    """The law with a target for every row of every decomposition file of the folders.

    ``names`` are region codes with names. Raises InvalidDocument with all faults of the first file that has any.
    """
    made: dict[str, Target] = {}
    for path in (file for folder in folders for file in decomposition_files(folder)):
        source = read_yaml(path)
        found = read_strict(source.tree, Decomposition)
        if isinstance(found, tuple):
            for fault in found:
                source.fault(fault.where, fault.message)
        else:
            _add(source, found, law, names, made)
        source.refuse()
    return _extended(law, made)


def _add(source: Source, found: Decomposition, law: Law, names: Mapping[str, str], made: dict[str, Target]) -> None:
    template = law.targets.get(found.of)
    if template is None or template.decompose is None:
        known = ", ".join(one.id for one in law.targets.values() if one.decompose)
        source.fault(("of",), f"{found.of!r} is not a decomposed target; those are: {known}")
        return
    for i, row in enumerate(found.rows):
        kind, _, code = (row.holder or "").partition(":")
        if row.holder and kind != template.decompose.holders:
            source.fault(("rows", i, "holder"), f"{found.of} is for a {template.decompose.holders}, not a {kind}")
        if kind == SubjectKind.REGION and code not in names:
            source.fault(("rows", i, "holder"), unknown_region(code))
        target = target_of(template, _signed(row, found), law, names)
        if target.id in made or target.id in law.targets:
            source.fault(("rows", i), f"{target.id} already has its value")
        made[target.id] = target


def _signed(row: SubTarget, found: Decomposition) -> SubTarget:
    """The row with the file's approval where it has none of its own."""
    return row.model_copy(
        update={
            "approved_by": row.approved_by or found.approved_by,
            "approved_on": row.approved_on or found.approved_on,
        }
    )


def target_of(template: Target, row: SubTarget, law: Law, names: Mapping[str, str]) -> Target:
    """The target of one holder: the template with the holder's values, and the other targets it names as the holder's.

    Milestones for every year make the path ``milestones``; else the template's path stands.
    """
    years = range((template.base_year or 0) + 1, (template.target_year or 0) + 1)
    every_year = {one.year for one in row.milestones} >= set(years) and bool(row.milestones)
    called = names.get(row.name, row.name)
    return template.model_copy(
        update={
            "id": f"{template.id}.{row.name}",
            "zh": f"{template.zh}({called})",
            "en": f"{template.en} ({row.name})",
            "applies_to": _holder(template, row),
            "value": row.value,
            "milestones": row.milestones or template.milestones,
            "path": PathKind.MILESTONES if every_year else template.path,
            "growth": row.growth or template.growth,
            "approved_by": row.approved_by,
            "approved_on": row.approved_on,
            "exempt_if": _same_holder(template.exempt_if, row, law),
            "follows": _same_holder(template.follows, row, law),
            "decompose": None,
            "parent": template.id,
        }
    )


def _holder(template: Target, row: SubTarget) -> AppliesTo:
    if row.trait:
        key, _, value = row.trait.partition("=")
        return template.applies_to.model_copy(update={"traits": template.applies_to.traits | {key: value}})
    kind, _, name = (row.holder or "").partition(":")
    if kind == SubjectKind.REGION:
        return AppliesTo(kind=SubjectKind.REGION, region=name)
    return template.applies_to.model_copy(update={"region": None, "ids": (name,)})


def _same_holder(named: str | None, row: SubTarget, law: Law) -> str | None:
    """Another target a decomposed one names is the same holder's, if that too is decomposed."""
    other = law.targets.get(named or "")
    return f"{named}.{row.name}" if other is not None and other.decompose else named


def _extended(law: Law, made: Mapping[str, Target]) -> Law:
    """A fresh law in which each plan has the made targets after their template."""
    plans = []
    for plan in law.plans:
        own = [one for target in plan.targets for one in (target, *_children(target, made))]
        plans.append(Plan(**{**dict(plan), "targets": tuple(own)}))
    return Law(plans=tuple(plans), rule_sets=law.rule_sets, coal=law.coal, catalogue=law.catalogue)


def _children(target: Target, made: Mapping[str, Target]) -> list[Target]:
    return [one for one in made.values() if one.parent == target.id]
