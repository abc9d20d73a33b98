"""Plain values (of a YAML file) against a model: the model, or every fault with its path and what was allowed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]

_IN_WORDS = {
    "tuple_type": "write a list, e.g. [a, b]",
    "list_type": "write a list, e.g. [a, b]",
    "dict_type": "write keys with values, e.g. {key: text}",
    "int_type": "write a whole number without quotes, e.g. 2025",
    "bool_type": "write true or false",
    "date_type": "write the day as 2022-09-18",
    "too_short": "give at least {min_length}",
    "too_long": "give at most {max_length}",
    "less_than_equal": "must be {le} or less",
    "greater_than_equal": "must be {ge} or more",
    "string_too_short": "write at least {min_length} characters",
    "string_too_long": "write at most {max_length} characters",
}
"""What someone who edits YAML is told instead of the validator's own words, by the kind of fault."""

SHAPES = {
    r"^[0-9a-f]{64}$": "64 hexadecimal digits, as `sha256sum` prints them",
    r"^[a-z0-9]+([\-.][a-z0-9]+)*$": "lower-case letters, digits, - and ., such as tianjin.energy-intensity",
    r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$": "an indicator such as energy.raw_coal",
    r"^[a-z0-9.\-]+\.txt$": "the name of a file in texts/, such as tianjin.txt",
    r"^[0-9A-Z][0-9A-Z\-]{1,31}$": "a region code such as 120000 or 500000-LJ",
    r"^(region|unit|project):\S+$": "a subject such as region:230100",
    r"^[a-z_]+=[a-z0-9_\-]+$": "a trait with its value, such as institution=hospital",
    r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,63}$": "letters, digits and . _ : - only, at most 64, such as ak-331005",
    r"^[A-Z]\d{1,2}$": "a letter and a number, such as A1",
    r"^(green|yellow|orange|red)$": "green, yellow, orange or red",
}
"""What text of a fixed form must look like, by its pattern."""


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
    named = next((f"{part}: " for part in reversed(loc) if isinstance(part, str)), "")
    return f"{named}{_in_words(found)}{said}"


def _in_words(found: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "string_pattern_mismatch" and context["pattern"] in SHAPES:
        return f"must be {SHAPES[context['pattern']]}"
    if kind in _IN_WORDS:
        return _IN_WORDS[kind].format(**context) if context else _IN_WORDS[kind]
    return str(found["msg"]).removeprefix("Value error, ").replace("Input should be ", "must be ", 1)


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
