"""Names in a plan that point to other entries: whether what they name exists and can do what it is named for."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planwatch.contract.plan import Plan, Target, TargetKind
from planwatch.contract.scope import GROSS
from planwatch.contract.strict import PlacedFault, Where

_RATES = (TargetKind.REDUCTION_RATE, TargetKind.REDUCTION_POINTS)


@dataclass(frozen=True)
class Entries:
    """The ids that entries of a plan file may name: those of the file itself and of the plans read before it."""

    targets: frozenset[str]
    scopes: frozenset[str]

    @classmethod
    def of(cls, tree: Any, earlier: Sequence[Plan]) -> "Entries":
        """From the plain values of a file, so that one faulty entry does not make every mention of it a fault."""
        targets = {target.id for plan in earlier for target in plan.targets}
        scopes = {scope.id for plan in earlier for scope in plan.scopes}
        return cls(frozenset(targets | _ids(tree, "targets")), frozenset(scopes | _ids(tree, "scopes") | {GROSS}))

    def target(self, name: Any, where: Where) -> Iterator[PlacedFault]:
        """Nothing if this is the id of a target (or no text at all, which is said elsewhere)."""
        yield from _unknown("target", name, self.targets, where)

    def scope(self, name: Any, where: Where) -> Iterator[PlacedFault]:
        """Nothing if this is the id of a scope."""
        yield from _unknown("scope", name, self.scopes, where)


def _ids(tree: Any, key: str) -> set[str]:
    rows = tree.get(key) if isinstance(tree, dict) else None
    return {row["id"] for row in _dicts(rows) if isinstance(row.get("id"), str)}


def _dicts(rows: Any) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _unknown(what: str, name: Any, known: Iterable[str], where: Where) -> Iterator[PlacedFault]:
    if not isinstance(name, str) or name in known:
        return
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.4)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"correct the id, or write that {what} first"
    yield PlacedFault(where, f"unknown {what} {name!r}; {remedy}")


def target_links(raw: dict[str, Any], entries: Entries) -> Iterator[PlacedFault]:
    """Targets and the scope that a target names; on plain values, whatever else is wrong with it."""
    for key in ("exempt_if", "follows"):
        yield from entries.target(raw.get(key), (key,))
        if isinstance(raw.get(key), str) and raw[key] == raw.get("id"):
            yield PlacedFault((key,), f"{key} names the target itself; name the target it depends on")
    yield from entries.scope(raw.get("scope"), ("scope",))
    split = raw.get("decompose")
    if isinstance(split, dict):
        yield from entries.target(split.get("sums_to"), ("decompose", "sums_to"))


def mechanism_links(tree: Any, entries: Entries) -> Iterator[PlacedFault]:
    """Targets and scopes that the mechanisms of a plan name."""
    rows = tree.get("mechanisms") if isinstance(tree, dict) else None
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        for key, unknown in (("targets", entries.target), ("scopes", entries.scope)):
            names = row.get(key) if isinstance(row, dict) else None
            for at, name in enumerate(names if isinstance(names, list) else ()):
                yield from unknown(name, ("mechanisms", i, key, at))


def depended_faults(target: Target, targets: dict[str, Target]) -> Iterator[PlacedFault]:
    """Whether the targets it names can do what they are named for; ``targets`` are those that could be read."""
    followed = targets.get(target.follows or "")
    if followed and target.kind is TargetKind.FLEXIBLE_TOTAL and followed.kind not in _RATES:
        message = f"a flexible total follows a reduction of intensity; {followed.id} is of kind {followed.kind.value}"
        yield PlacedFault(("follows",), message)
    whole = targets.get(target.decompose.sums_to or "") if target.decompose else None
    if whole is not None:
        yield from _whole_faults(target, whole)


def _whole_faults(target: Target, whole: Target) -> Iterator[PlacedFault]:
    where: Where = ("decompose", "sums_to")
    if whole.value is None:
        yield PlacedFault(where, f"{whole.id} has no value to add up to; name the plan's own target")
    elif whole.unit != target.unit:
        yield PlacedFault(where, f"{whole.id} is in {whole.unit}, the rows are in {target.unit}: use one unit")
