"""Keys stated more than once in one JSON object: which of the two is meant nobody can tell, so neither is taken."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from planwatch.contract.errors import Fault


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, every key with its value."""


def repeated_keys(raw: bytes) -> tuple[Fault, ...]:
    """A fault for each key that an object of this JSON text states more than once; ValueError if it is no JSON."""
    # Numbers stay text: Python refuses to read one of thousands of digits, and nobody asks what they say.
    body = json.loads(raw, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    return tuple(_faults(body, ()))


def _faults(value: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(value, _Pairs):
        for key, times in Counter(key for key, _ in value).items():
            if times > 1:
                given = ", ".join(_said(one) for name, one in value if name == key)[:120]
                en = f"stated {times} times in one object: state {key!r} once"
                yield Fault(".".join((*path, key)), en, given, f"同一对象中「{key}」写了 {times} 次；请只保留一个")
        for key, one in value:
            yield from _faults(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _faults(one, (*path, str(number)))


def _said(value: Any) -> str:
    return "…" if isinstance(value, list) else repr(value)
