"""Whether each number of a plan is really in its clause: quote, hash, number, unit, years. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.catalogue import UnitOfMeasure
from planwatch.contract.plan import Law, Target

RESPECTIVELY = "分别"
_CLAUSE_ENDS = re.compile("[,，。;；]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, in words a plan editor can act on."""

    target: str
    message: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing a target rests on that its plan does not say."""

    target: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as it stands in a sentence."""

    value: Decimal
    unit: UnitOfMeasure


def check(law: Law, texts: Mapping[str, bytes]) -> list[Finding]:
    """Every target against the stored texts (file name to content); an empty list means that all quotes hold."""
    sentences = Sentences(law)
    return [
        Finding(target.id, message)
        for target in law.targets.values()
        for message in (*_quote_faults(target, texts), *sentences.number_faults(target), *_year_faults(target))
    ]


def assumptions(law: Law) -> list[Assumption]:
    """All that is assumed, target by target."""
    return [
        Assumption(target.id, what, reason)
        for target in law.targets.values()
        for what, reason in sorted(target.assumed.items())
    ]


def _quote_faults(target: Target, texts: Mapping[str, bytes]) -> Iterator[str]:
    reference = target.reference
    content = texts.get(reference.text)
    if content is None:
        yield f"the stored text {reference.text} is not there; put it into texts/ beside the plan"
        return
    found = hashlib.sha256(content).hexdigest()
    if found != reference.sha256:
        yield f"{reference.text} has the hash {found}, the plan says {reference.sha256}"
    text = content.decode()
    if not text.startswith(reference.quote, reference.offset):
        places = [match.start() for match in re.finditer(re.escape(reference.quote), text)]
        where = f"it stands at {', '.join(map(str, places))}" if places else f"it is nowhere in {reference.text}"
        yield f"the quote is not at offset {reference.offset}: {where}"
    if target.asks and target.asks not in text:
        yield f"what it asks for is not in {reference.text}: {target.asks}"


def _year_faults(target: Target) -> Iterator[str]:
    for key, year in (("base_year", target.base_year), ("target_year", target.target_year)):
        if year is not None and str(year) not in target.reference.quote and key not in target.assumed:
            yield f"{key} {year} is not in the quote; add {key} to `assumed` with the reason"


class Sentences:
    """Reads numbers with units out of sentences, by the closed list of units."""

    def __init__(self, law: Law) -> None:
        self._units = {symbol: unit for unit in law.catalogue.units for symbol in (unit.symbol, *unit.aliases)}
        symbols = "|".join(re.escape(symbol) for symbol in sorted(self._units, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)\s*({symbols})")

    def quantities(self, sentence: str) -> list[Quantity]:
        """All numbers with a known unit, in order."""
        return [Quantity(Decimal(number), self._units[symbol]) for number, symbol in self._pattern.findall(sentence)]

    def number_faults(self, target: Target) -> Iterator[str]:
        """Whether the target's number and unit stand in the quote, and in the right place of a list."""
        unit = self._units.get(target.unit or "")
        if target.value is None or unit is None:
            return
        stated = self.quantities(target.reference.quote)
        amounts = [(one.value * one.unit.factor, one.unit.dimension) for one in stated]
        wanted = (target.value * unit.factor, unit.dimension)
        if wanted not in amounts:
            shown = ", ".join(f"{one.value} {one.unit.symbol}" for one in stated) or "no number with a known unit"
            yield f"{target.value} {target.unit} is not in the quote; it has {shown}"
            return
        expected = self._respective(target)
        if expected is not None and (expected.value * expected.unit.factor, expected.unit.dimension) != wanted:
            theirs = f"{expected.value} {expected.unit.symbol}"
            yield f"{target.value} {target.unit} is not the number the list gives it; that is {theirs}"

    def _respective(self, target: Target) -> Quantity | None:
        """Of «甲、乙分别达到1吨、2吨» the number that belongs to the target's name; None where it cannot be told."""
        before, word, after = target.reference.quote.partition(RESPECTIVELY)
        names = _CLAUSE_ENDS.split(before)[-1].split("、")
        numbers = self.quantities(after)
        if not word or len(names) != len(numbers):
            return None
        named = [i for i, name in enumerate(names) if name in target.zh]
        # The last name runs on into the noun of the whole list, so it is the one left when no other is meant.
        return numbers[named[0] if len(named) == 1 else -1] if len(named) <= 1 else None
