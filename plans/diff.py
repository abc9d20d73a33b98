"""What differs between two laws, field by field, in words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from planwatch.contract.plan import Document, Law
from planwatch.contract.report import Message

_SAYS_NOTHING = {"content_hash", "targets", "scopes", "mechanisms", "reviews", "left_out"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing added, removed or changed: what it is, its id, and for a changed one each field in words.

    ``values`` are its changed fields again as (path, before, after); empty text where there is none.
    """

    what: str
    id: str
    how: str
    fields: tuple[str, ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.what} {self.id} {self.how}" + "".join(f"\n  {field}" for field in self.fields)


def changes(old: Law, new: Law) -> list[Change]:
    """From the old law to the new one, part by part, in the order of the old one and then of what was added."""
    return [change for what, before, after in _parts(old, new) for change in _differences(what, before, after)]


def _parts(old: Law, new: Law) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    yield "plan", _plans(old), _plans(new)
    yield "target", old.targets, new.targets
    yield "scope", old.scopes, new.scopes
    yield "mechanism", _mechanisms(old), _mechanisms(new)
    yield "rule set", old.rule_sets, new.rule_sets
    yield "coefficient", old.coal.kinds, new.coal.kinds
    yield "coefficients", _table(old), _table(new)
    yield "indicator", old.catalogue.by_id, new.catalogue.by_id
    units = [{unit.symbol: unit for unit in law.catalogue.units} for law in (old, new)]
    yield "unit", units[0], units[1]


def _plans(law: Law) -> dict[str, Any]:
    return {plan.id: plan.model_dump(exclude=_SAYS_NOTHING) for plan in law.plans}


def _mechanisms(law: Law) -> dict[str, Any]:
    return {f"{plan.id} {one.row}": one for plan in law.plans for one in plan.mechanisms}


def _table(law: Law) -> dict[str, Any]:
    return {"table": law.coal.model_dump(exclude={"kinds"})}


def _differences(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in (*before, *(one for one in after if one not in before)):
        if name not in after:
            yield Change(what, name, "removed")
        elif name not in before:
            yield Change(what, name, "added", tuple(_written(_flat(after[name]))))
        else:
            was, now = _flat(before[name]), _flat(after[name])
            fields = tuple(_field_words(was, now))
            if fields:
                yield Change(what, name, "changed", fields, tuple(_values(was, now)))


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every value inside, by its path; what is not set has none."""
    if isinstance(value, Document | Message):
        value = value.model_dump()
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, tuple | list):
        inner = list(enumerate(value, 1))
    else:
        return {} if value is None else {path: value}
    return {at: found for key, one in inner for at, found in _flat(one, f"{path}.{key}" if path else str(key)).items()}


def _values(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            was, now = (_said(one[path]) if path in one else "" for one in (before, after))
            yield path, was, now


def _field_words(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for path in dict.fromkeys((*before, *after)):
        if path not in after:
            yield f"{path} was {_said(before[path])}, is not there any more"
        elif path not in before:
            yield f"{path} is new: {_said(after[path])}"
        elif before[path] != after[path]:
            yield f"{path} was {_said(before[path])}, is {_said(after[path])}"


def _written(fields: dict[str, Any]) -> Iterator[str]:
    """What an added entry is, in its most telling fields."""
    for path in ("zh", "kind", "value", "unit", "target_year", "rule_set"):
        if path in fields:
            yield f"{path}: {_said(fields[path])}"


def _said(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
