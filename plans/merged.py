"""One law from several folders: the package's plans (or a folder's), further folders beside them, decompositions."""

from collections.abc import Sequence
from pathlib import Path

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import Law
from planwatch.plans.calendar_files import load_duties
from planwatch.plans.decompositions import with_decompositions
from planwatch.plans.loader import load_law, load_regions
from planwatch.plans.quality_rules import load_quality_rules


def load_merged(folder: Path | None = None, extra_folders: Sequence[Path] = ()) -> Law:
    """The law of a folder (None: the package's) with the plans, rule sets and decompositions of further folders.

    Raises InvalidDocument where a file is at fault or an id stands in two folders.
    """
    law = load_law(folder)
    for extra in extra_folders:
        law = _with(law, load_law(extra), extra)
    folders = (folder, *extra_folders)
    names = {region.id: region.name for one in folders for region in load_regions(one)}
    law = with_decompositions(law, folders, names)
    quality = load_quality_rules(law.catalogue, folders, law.coal, names)
    duties, years = load_duties(*folders, regions=names)
    # A fresh object, so that nothing computed for the law without them is kept.
    return Law(
        plans=law.plans,
        rule_sets=law.rule_sets,
        coal=law.coal,
        catalogue=law.catalogue,
        quality=quality,
        duties=duties,
        working_years=years,
    )


def _with(law: Law, more: Law, folder: Path) -> Law:
    known = {plan.id for plan in law.plans} | set(law.targets) | set(law.scopes)
    ours = {plan.id for plan in more.plans} | set(more.targets) | set(more.scopes)
    if known & ours:
        twice = ", ".join(sorted(known & ours))
        raise InvalidDocument(str(folder), ((None, f"already in an earlier folder of plans: {twice}"),))
    catalogue = law.catalogue.model_copy(
        update={
            "indicators": (
                *law.catalogue.indicators,
                *(one for one in more.catalogue.indicators if one.id not in law.catalogue.by_id),
            )
        }
    )
    # Fresh objects, so that nothing computed for the smaller law is kept.
    catalogue = type(catalogue)(indicators=catalogue.indicators, units=catalogue.units)
    return Law(
        plans=law.plans + more.plans, rule_sets=law.rule_sets | more.rule_sets, coal=law.coal, catalogue=catalogue
    )
