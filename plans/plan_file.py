"""One plan file to a plan: documents put into their references, every target checked by itself, all faults kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planwatch.contract.mechanism import LeftOut, Mechanism, Review
from planwatch.contract.plan import Plan, Reference, Scope, Target
from planwatch.contract.strict import M, PlacedFault, Where, read_strict
from planwatch.plans.consistency import (
    Known,
    name_faults,
    scope_faults,
    season_faults,
    twice,
    unit_faults,
    unknown_region,
    year_faults,
)
from planwatch.plans.files import Citation, PlanFile
from planwatch.plans.links import Entries, depended_faults, mechanism_links, target_links
from planwatch.plans.yaml_source import Source, read_yaml

# A document is checked as a reference with these, which each target fills in for itself.
_BLANK = {"section": "-", "quote": "----", "offset": 0}
_CITED: dict[str, type[Any]] = {"scopes": Scope, "mechanisms": Mechanism, "reviews": Review, "left_out": LeftOut}
"""The lists of a plan file beside its targets; each row cites one clause or several."""


def read_plan(path: Path, known: Known, earlier: Sequence[Plan] = ()) -> Plan:
    """The plan of a file; ``earlier`` plans have taken their ids. Raises InvalidDocument with all faults."""
    source = read_yaml(path)
    head = _head(source, known, earlier)
    documents = _documents(source)
    rows = source.tree.get("targets") if isinstance(source.tree, dict) else None
    taken = {target.id: plan.id for plan in earlier for target in plan.targets}
    for i, raw in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"] in taken:
            source.fault(("targets", i, "id"), f"target {raw['id']!r} is already in the plan {taken[raw['id']]}")
    targets = [
        _target(source, ("targets", i), raw, documents, known)
        for i, raw in enumerate(rows if isinstance(rows, list) else ())
    ]
    more = {key: _cited_rows(source, key, model, documents) for key, model in _CITED.items()}
    _note_links(source, targets, earlier, known)
    source.refuse()
    assert head is not None
    fields = head.model_dump(exclude={"documents", "targets", *_CITED})
    content_hash = hashlib.sha256(source.content).hexdigest()
    return Plan(**fields, **more, targets=tuple(target for target in targets if target), content_hash=content_hash)


def _note_links(source: Source, targets: Sequence[Target | None], earlier: Sequence[Plan], known: Known) -> None:
    """Note ids given twice, and what entries say of one another: scopes, exemptions, splits, mechanisms."""
    tree = source.tree if isinstance(source.tree, dict) else {}
    for key, unique in (("targets", "id"), ("scopes", "id"), ("mechanisms", "row")):
        _note(source, (), twice(tree.get(key), unique, (key,)))
    entries = Entries.of(tree, earlier)
    read = {one.id: one for plan in earlier for one in plan.targets} | {one.id: one for one in targets if one}
    for i, target in enumerate(targets):
        raw = tree["targets"][i]
        _note(source, ("targets", i), target_links(raw, entries) if isinstance(raw, dict) else ())
        _note(source, ("targets", i), depended_faults(target, read) if target else ())
    for i, raw in enumerate(tree["scopes"] if isinstance(tree.get("scopes"), list) else ()):
        _note(source, ("scopes", i), scope_faults(raw, known))
    _note(source, (), mechanism_links(tree, entries))


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
    _note(source, where, season_faults(target))
    return target


def _cited_rows(source: Source, key: str, model: type[M], documents: dict[str, Any]) -> tuple[M, ...]:
    """The rows of a list beside the targets, each with the documents of its citations put in."""
    rows = source.tree.get(key) if isinstance(source.tree, dict) else None
    found: list[M] = []
    for i, raw in enumerate(rows if isinstance(rows, list) else ()):
        where: Where = (key, i)
        filled = dict(raw) if isinstance(raw, dict) else raw
        if isinstance(raw, dict) and "references" in raw:
            cited = raw["references"] if isinstance(raw["references"], list) else []
            filled["references"] = [
                _cited(source, (*where, "references", at), one, documents) for at, one in enumerate(cited)
            ]
        elif isinstance(raw, dict):
            filled |= _reference(source, where, raw, documents)
        read = read_strict(filled, model)
        if isinstance(read, tuple):
            inside = ("reference", "references")
            _note(source, where, (f for f in read if len(f.where) < 2 or f.where[0] not in inside))
        else:
            found.append(read)
    return tuple(found)


def _reference(source: Source, where: Where, raw: dict[str, Any], documents: dict[str, Any]) -> dict[str, Any]:
    """The reference of a row with its document's title, issuer, date and hash put in."""
    if not isinstance(raw.get("reference"), dict):
        return {}
    return {"reference": _cited(source, (*where, "reference"), raw["reference"], documents)}


def _cited(source: Source, where: Where, raw: Any, documents: dict[str, Any]) -> dict[str, Any]:
    """One citation with its document put in; empty where it cannot be read, which is then noted."""
    citation = read_strict(raw, Citation)
    if isinstance(citation, tuple):
        _note(source, where, citation)
        return {}
    document = documents.get(citation.document)
    if not isinstance(document, dict):
        known = ", ".join(documents) or "none; add `documents:` to the plan"
        source.fault((*where, "document"), f"unknown document {citation.document!r}; known: {known}")
        return {}
    return {**document, **citation.model_dump(exclude={"document"})}


def _note(source: Source, where: Where, faults: Any) -> None:
    for fault in faults:
        assert isinstance(fault, PlacedFault)
        source.fault((*where, *fault.where), fault.message)
