"""How much of a sum is there when some of those who add up to it have not reported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Law
from planwatch.rules.numbers import HUNDRED, show_percent
from planwatch.rules.sums import Sums

Parts = Mapping[str, tuple[Period, ...]]
"""The parts of a span for which each source of a sum counts; who lay elsewhere in some months has several."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sources have all their months, and what is there in per cent of what was expected.

    By last year's amounts, or by number (``counted``). ``partly`` of those that are not ``there`` have some months.
    """

    there: int
    sources: int
    percent: Decimal
    counted: bool
    partly: int = 0

    @property
    def words(self) -> str:
        """覆盖率 97.2%(35/36 家,按上年同期量)."""
        how = "按家数" if self.counted else "按上年同期量"
        some = f",另 {self.partly} 家只计已报月份" if self.partly and not self.counted else ""
        return f"覆盖率 {show_percent(self.percent)}({self.there}/{self.sources} 家{some},{how})"


@dataclass(frozen=True)
class Sought:
    """What is looked for of every source of a sum: an indicator, for standard coal on a basis."""

    sums: Sums
    indicator: str
    basis: Basis | None

    def has(self, source: str, span: Period) -> bool:
        """Whether the amount of a span follows from what was reported."""
        return not isinstance(self.sums.amount(source, self.indicator, span, self.basis), Missing)

    def pieces(self, source: str, part: Period, counts: Callable[[str, Period], bool]) -> tuple[Period, ...]:
        """The disjoint pieces of a part that count, the longest first from its beginning; of a state all or nothing."""
        if counts(source, part):
            return (part,)
        known = self.sums.law.catalogue.by_id.get(self.indicator)
        state = known is not None and known.behaviour is Behaviour.STATE
        stated = (self.sums.figures.of_year(source, one, part.year) for one in self.sums.stated(self.indicator))
        if state or not any(stated):
            return ()
        found: list[Period] = []
        first = part.first
        while first <= part.last:
            tried = (Period(part.year, first, last) for last in range(part.last, first - 1, -1))
            piece = next((one for one in tried if counts(source, one)), None)
            found += [piece] if piece else []
            first = piece.last + 1 if piece else first + 1
        return tuple(found)


def coverage(sought: Sought, parts: Parts) -> Coverage:
    """The share of what is there had in the same months a year before; by number where somebody is new."""
    there = {one for one, spans in parts.items() if all(sought.has(one, span) for span in spans)}
    if len(there) == len(parts):
        return Coverage(len(there), len(parts), HUNDRED, counted=False)
    before = {one: _last_year(sought, one, spans) for one, spans in parts.items()}
    known = [amount for amount in before.values() if amount is not None]
    whole, some = sum(known, Decimal(0)), {one: _some(sought, one, parts[one]) for one in parts if one not in there}
    partly = sum(amount is not None for amount in some.values())
    if len(known) == len(parts) and whole > 0:
        share = sum((before[one] or Decimal(0) for one in there), Decimal(0))
        share += sum((amount for amount in some.values() if amount is not None), Decimal(0))
        return Coverage(len(there), len(parts), share / whole * HUNDRED, counted=False, partly=partly)
    return Coverage(len(there), len(parts), Decimal(len(there)) / len(parts) * HUNDRED, counted=True, partly=partly)


def booked_coverage(sums: Sums, sources: tuple[str, ...], indicator: str, window: Period) -> Coverage:
    """Of a ledger, whose entries are booked when something was achieved: the sources of which no entry is held."""
    there = sum(not isinstance(sums.booked(one, indicator, window), Missing) for one in sources)
    return Coverage(there, len(sources), Decimal(there) / len(sources) * HUNDRED, counted=True)


def required(law: Law) -> Decimal:
    """The share a sum must have to be rated, in per cent: 100 where nothing is said (methodology §7)."""
    asked = law.quality.coverage if law.quality else None
    return HUNDRED if asked is None else asked


def _last_year(sought: Sought, source: str, spans: tuple[Period, ...]) -> Decimal | None:
    """What a source had in the same months a year before; None where that is not known of all of them."""
    found = [sought.sums.amount(source, sought.indicator, span.last_year(), sought.basis) for span in spans]
    amounts = [one.amount for one in found if not isinstance(one, Missing)]
    return sum(amounts, Decimal(0)) if len(amounts) == len(found) else None


def _some(sought: Sought, source: str, spans: tuple[Period, ...]) -> Decimal | None:
    """What a source that lacks months had last year in those that are there; None where none is, or it is not known."""
    pieces = [piece for span in spans for piece in sought.pieces(source, span, sought.has)]
    amounts = [amount for one in pieces if (amount := _last_year(sought, source, (one,))) is not None]
    return sum(amounts, Decimal(0)) if amounts else None
