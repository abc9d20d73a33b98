"""Plain values (of a YAML file) against a model: the model, or every fault with its path and what was allowed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """One fault: the path of the value in the document, and what is wrong in words of someone who edits it."""

    where: Where
    message: str


def read_strict(raw: Any, model: type[M]) -> M | tuple[PlacedFault, ...]:
    """The model read from plain values, or all faults.

    Values are checked as JSON in strict mode: a list is a tuple and "2022-09-18" a date, but 86400 is no date, "5" no
    whole number and 1 no truth value.
    """
    try:
        return model.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        places = [fault["loc"] for fault in faults]
        return tuple(
            PlacedFault(fault["loc"], _message(model, fault))
            for fault in faults
            if not (fault["type"] == "too_short" and _holds_another(fault["loc"], places))
        )


def _holds_another(place: Where, places: Iterable[Where]) -> bool:
    """Whether a fault lies inside: a list counts as too short only because its one item is wrong."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _message(model: type[BaseModel], found: Any) -> str:
    loc, kind, given = found["loc"], found["type"], found["input"]
    key = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return f"unknown key {key!r}; allowed here: {', '.join(sorted(_keys_at(model, loc[:-1])))}"
    if kind == "missing":
        return f"{key!r} is missing"
    if kind == "model_type":
        return f"keys with values belong here: {', '.join(sorted(_keys_at(model, loc)))}"
    if kind == "string_type" and isinstance(given, int | float):
        return f'{key}: this is text, put it in quotes: "{given}"'
    said = "" if isinstance(given, dict | list) or "given:" in found["msg"] else f" (given: {given!r})"
    named = f"{key}: " if loc and isinstance(loc[-1], str) else ""
    return f"{named}{found['msg'].removeprefix('Value error, ')}{said}"


def _keys_at(model: type[BaseModel], loc: Where) -> set[str]:
    """The keys allowed at a place in a model, whatever tuples, dictionaries and unions lie on the way."""
    here: list[type[BaseModel]] = [model]
    for part in loc:
        fields = [one.model_fields[str(part)] for one in here if part in one.model_fields]
        here = [inner for field in fields for inner in _models_in(field.annotation)] or here
    return {field.alias or name for one in here for name, field in one.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
