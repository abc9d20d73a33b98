"""One plan file to a plan: documents put into their references, every target checked by itself, all faults kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planwatch.contract.plan import Plan, Reference, Target
from planwatch.contract.strict import PlacedFault, Where, read_strict
from planwatch.plans.consistency import Known, name_faults, twice, unit_faults, unknown_region, year_faults
from planwatch.plans.files import Citation, PlanFile
from planwatch.plans.yaml_source import Source, read_yaml

# A document is checked as a reference with these, which each target fills in for itself.
_BLANK = {"section": "-", "quote": "----", "offset": 0}


def read_plan(path: Path, known: Known, earlier: Sequence[Plan] = ()) -> Plan:
    """The plan of a file; ``earlier`` plans have taken their ids. Raises InvalidDocument with all faults."""
    source = read_yaml(path)
    head = _head(source, known, earlier)
    documents = _documents(source)
    rows = source.tree.get("targets") if isinstance(source.tree, dict) else None
    taken = {target.id: plan.id for plan in earlier for target in plan.targets}
    for i, raw in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(raw, dict) and raw.get("id") in taken:
            source.fault(("targets", i, "id"), f"target {raw['id']!r} is already in the plan {taken[raw['id']]}")
    targets = [
        _target(source, ("targets", i), raw, documents, known)
        for i, raw in enumerate(rows if isinstance(rows, list) else ())
    ]
    _note(source, (), twice(rows, "id", ("targets",)))
    source.refuse()
    assert head is not None
    fields = head.model_dump(exclude={"documents", "targets"})
    content_hash = hashlib.sha256(source.content).hexdigest()
    return Plan(**fields, targets=tuple(target for target in targets if target), content_hash=content_hash)


def _head(source: Source, known: Known, earlier: Sequence[Plan]) -> PlanFile | None:
    head = read_strict(source.tree, PlanFile)
    if isinstance(head, tuple):
        _note(source, (), head)
        return None
    if head.region not in known.regions:
        source.fault(("region",), unknown_region(head.region))
    if head.last_year < head.first_year:
        source.fault(("last_year",), f"last_year must not lie before first_year {head.first_year}")
    if head.id in {plan.id for plan in earlier}:
        source.fault(("id",), f"plan {head.id!r} is already in another file")
    return head


def _documents(source: Source) -> dict[str, Any]:
    """The documents a plan cites, by key, each checked."""
    found = source.tree.get("documents") if isinstance(source.tree, dict) else None
    documents: dict[str, Any] = found if isinstance(found, dict) else {}
    for key, raw in documents.items():
        if isinstance(raw, dict):
            checked = read_strict({**raw, **_BLANK}, Reference)
            _note(source, ("documents", key), checked if isinstance(checked, tuple) else ())
            for own in sorted(_BLANK.keys() & raw.keys()):
                source.fault(("documents", key, own), f"{own!r} belongs into the reference of a target")
    return documents


def _target(source: Source, where: Where, raw: Any, documents: dict[str, Any], known: Known) -> Target | None:
    if not isinstance(raw, dict):
        source.fault(where, "a target is a mapping with id, zh, en, kind and the rest")
        return None
    _note(source, where, name_faults(raw, known))
    _note(source, where, unit_faults(raw, known))
    target = read_strict({**raw, **_reference(source, where, raw, documents)}, Target)
    if isinstance(target, tuple):
        # What is wrong inside a reference was said of its document or of the citation, on the line where it stands.
        _note(source, where, (fault for fault in target if len(fault.where) < 2 or fault.where[0] != "reference"))
        return None
    _note(source, where, year_faults(target))
    return target


def _reference(source: Source, where: Where, raw: dict[str, Any], documents: dict[str, Any]) -> dict[str, Any]:
    """The reference of a target with its document's title, issuer, date and hash put in."""
    if not isinstance(raw.get("reference"), dict):
        return {}
    citation = read_strict(raw["reference"], Citation)
    if isinstance(citation, tuple):
        _note(source, (*where, "reference"), citation)
        return {"reference": {}}
    document = documents.get(citation.document)
    if not isinstance(document, dict):
        known = ", ".join(documents) or "none; add `documents:` to the plan"
        source.fault((*where, "reference", "document"), f"unknown document {citation.document!r}; known: {known}")
        return {"reference": {}}
    return {"reference": {**document, **citation.model_dump(exclude={"document"})}}


def _note(source: Source, where: Where, faults: Any) -> None:
    for fault in faults:
        assert isinstance(fault, PlacedFault)
        source.fault((*where, *fault.where), fault.message)
