"""Decomposed targets get their values: each row of ``decompositions/`` becomes a target of its holder."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from planwatch.contract.decomposition import SubTarget
from planwatch.contract.plan import AppliesTo, Law, PathKind, Plan, Target, TargetKind
from planwatch.contract.report import SubjectKind
from planwatch.contract.strict import Where
from planwatch.plans.consistency import unknown_region, year_faults
from planwatch.plans.decomposition_files import GivenRow, read_rows


def with_decompositions(law: Law, folders: Iterable[Path | None], names: Mapping[str, str]) -> Law:
    """The law with a target for every row of every decomposition file of the folders.

    ``names`` are region codes with names. Raises InvalidDocument with all faults of the first file that has any.
    """
    made: dict[str, Target] = {}
    for rows in read_rows(folders):
        for given in rows:
            _add(given, law, names, made)
        if rows:
            rows[0].source.refuse()
    return _extended(law, made)


def _add(given: GivenRow, law: Law, names: Mapping[str, str], made: dict[str, Target]) -> None:
    template = law.targets.get(given.of)
    if template is None or template.decompose is None:
        known = ", ".join(one.id for one in law.targets.values() if one.decompose)
        given.source.fault(given.of_where, f"{given.of!r} is not a decomposed target; those are: {known}")
        return
    for key, message in _row_faults(given.row, template, names):
        given.source.fault((*given.where, *key), message)
    target = target_of(template, given.row, law, names)
    for fault in year_faults(target):
        given.source.fault((*given.where, *fault.where), fault.message)
    if target.id in made or target.id in law.targets:
        given.source.fault(given.where, f"{target.id} already has its value")
    made[target.id] = target


def _row_faults(row: SubTarget, template: Target, names: Mapping[str, str]) -> Iterator[tuple[Where, str]]:
    """What a row gives that its target has no use for, or lacks."""
    assert template.decompose is not None
    holders = template.decompose.holders
    kind, _, code = (row.holder or "").partition(":")
    if row.holder and kind != holders:
        yield ("holder",), f"{template.id} is for a {holders}, not a {kind}"
    if kind == SubjectKind.REGION and code not in names:
        yield ("holder",), unknown_region(code)
    if row.trait and holders is not SubjectKind.UNIT:
        yield ("trait",), f"{template.id} is for a {holders}: a trait stands for units; give holder"
    if row.weight is not None and row.weight <= 0:
        yield ("weight",), f"the weight is the energy of the base year in tce, above 0 (given: {row.weight})"
    if row.value is None and template.kind is not TargetKind.FLEXIBLE_TOTAL:
        yield ("value",), f"{template.id} needs the value; growth alone is for a flexible total"
    if row.growth and template.kind is not TargetKind.FLEXIBLE_TOTAL:
        yield ("growth",), f"{template.id} is no flexible total and has no use for growth; leave it out"


def target_of(template: Target, row: SubTarget, law: Law, names: Mapping[str, str]) -> Target:
    """The target of one holder: the template with the holder's values, and the other targets it names as the holder's.

    Milestones for every year make the path ``milestones``; else the template's path stands.
    """
    years = range((template.base_year or 0) + 1, (template.target_year or 0) + 1)
    every_year = {one.year for one in row.milestones} >= set(years) and bool(row.milestones)
    called = names.get((row.holder or "").partition(":")[2], row.name)
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
