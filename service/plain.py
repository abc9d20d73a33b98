"""Dataclasses as plain JSON values: amounts as exact text, periods by their labels, never a float."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from planwatch.contract.period import Period

_SAID: dict[type, Callable[[Any], Any]] = {
    Enum: lambda one: one.value,
    Period: lambda one: one.label,
    Decimal: lambda one: f"{one:f}",
    Fraction: str,
}


def plain(value: Any) -> Any:
    """A value as JSON holds it; a Decimal as text in full, a Fraction as «3/7»."""
    for kind, said in _SAID.items():
        if isinstance(value, kind):
            return said(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value
