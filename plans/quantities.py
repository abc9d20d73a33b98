"""Numbers with their units as they stand in a sentence, read by the closed list of units of measure. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from planwatch.contract.catalogue import UnitOfMeasure

NO_UNIT = "ratio"
"""The unit of a target whose clause writes a bare number (电能利用效率不超过1.3)."""
_RANGE = re.compile(r"[至到~—–-]")  # «1至2个»: the first number has the unit of the second


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, the known unit that follows it (None if none does), and where it stands.

    The number is ``text[start:number_end]``, the number with its unit ``text[start:end]``.
    """

    value: Decimal
    unit: UnitOfMeasure | None
    start: int
    number_end: int
    end: int

    @property
    def amount(self) -> tuple[Decimal, str]:
        """The value in the base unit of its dimension, and the dimension: what equal quantities share."""
        if self.unit is None:
            return self.value, NO_UNIT
        return self.value * self.unit.factor, self.unit.dimension

    def __str__(self) -> str:
        return f"{self.value} {self.unit.symbol}" if self.unit else str(self.value)


class Quantities:
    """Reads numbers with units out of sentences."""

    def __init__(self, units: Iterable[UnitOfMeasure]) -> None:
        self._units = {symbol: unit for unit in units for symbol in (unit.symbol, *unit.aliases)}
        # The longest unit first, and none that goes on: 万吨 is not the unit of 12.7万吨/日, nor m that of 100mg.
        symbols = "|".join(_bounded(symbol) for symbol in sorted(self._units, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)(?:\s*({symbols}))?")

    def unit(self, symbol: str | None) -> UnitOfMeasure | None:
        """The unit with this symbol or alias."""
        return self._units.get(symbol or "")

    def read(self, text: str) -> list[Quantity]:
        """All numbers of a text, in order, each with the unit that follows it."""
        found = [
            Quantity(Decimal(match[1]), self.unit(match[2]), match.start(), match.end(1), match.end())
            for match in self._pattern.finditer(text)
        ]
        for i in range(len(found) - 2, -1, -1):
            between = text[found[i].end : found[i + 1].start]
            if found[i].unit is None and _RANGE.fullmatch(between):
                found[i] = replace(found[i], unit=found[i + 1].unit)
        return found

    def amount(self, value: Decimal, symbol: str | None) -> tuple[Decimal, str] | None:
        """A stated value as an amount that can be compared with those of a sentence; None if the unit is unknown."""
        unit = self.unit(symbol)
        if symbol == NO_UNIT:
            return value, NO_UNIT
        return None if unit is None else (value * unit.factor, unit.dimension)


def _bounded(symbol: str) -> str:
    ends_in_letter = symbol[-1].isascii() and symbol[-1].isalnum()
    return re.escape(symbol) + (r"(?![A-Za-z0-9/])" if ends_in_letter else r"(?!/)")
