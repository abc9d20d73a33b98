"""How much of a sum is there when some of those who add up to it have not reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Law
from planwatch.rules.numbers import HUNDRED, show_percent
from planwatch.rules.sums import Sums


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who of the sources is there, and their share in per cent: by last year's amounts, or by number (``counted``)."""

    there: int
    sources: int
    percent: Decimal
    counted: bool

    @property
    def words(self) -> str:
        """覆盖率 97.2%(35/36 家,按上年同期量)."""
        how = "按家数" if self.counted else "按上年同期量"
        return f"覆盖率 {show_percent(self.percent)}({self.there}/{self.sources} 家,{how})"


def coverage(sums: Sums, sources: Sequence[str], indicator: str, span: Period, basis: Basis | None) -> Coverage:
    """The share of what those who reported had in the same months a year before; by number where somebody is new."""
    there = [one for one in sources if not isinstance(sums.amount(one, indicator, span, basis), Missing)]
    before: dict[str, Decimal] = {}
    for one in sources:
        found = sums.amount(one, indicator, span.last_year(), basis)
        if not isinstance(found, Missing):
            before[one] = found.amount
    whole = sum(before.values(), Decimal(0))
    if len(before) == len(sources) and whole > 0:
        share = sum((before[one] for one in there), Decimal(0)) / whole
        return Coverage(len(there), len(sources), share * HUNDRED, counted=False)
    return Coverage(len(there), len(sources), Decimal(len(there)) / len(sources) * HUNDRED, counted=True)


def required(law: Law) -> Decimal:
    """The share a sum must have to be rated, in per cent: 100 where nothing is said (methodology §7)."""
    asked = law.quality.coverage if law.quality else None
    return HUNDRED if asked is None else asked
