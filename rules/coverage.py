"""How much of a sum is there when some of those who add up to it have not reported."""

from collections.abc import Sequence
from decimal import Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis
from planwatch.rules.numbers import HUNDRED, show_percent
from planwatch.rules.sums import Sums


def coverage_words(sums: Sums, sources: Sequence[str], indicator: str, span: Period, basis: Basis | None) -> str:
    """覆盖率 97.2%(35/36 家,按上年同期量): the share of what those who reported had in the same months a year before.

    By number of sources where somebody has no figure of last year. A sum that lacks anybody is not rated whatever its
    coverage: what is left out would only ever make it smaller, and so greener (methodology §7).
    """
    there = [one for one in sources if not isinstance(sums.amount(one, indicator, span, basis), Missing)]
    counted = f"{len(there)}/{len(sources)} 家"
    before: dict[str, Decimal] = {}
    for one in sources:
        found = sums.amount(one, indicator, span.last_year(), basis)
        if not isinstance(found, Missing):
            before[one] = found.amount
    whole = sum(before.values(), Decimal(0))
    if len(before) == len(sources) and whole > 0:
        share = sum((before[one] for one in there), Decimal(0)) / whole
        return f"覆盖率 {show_percent(share * HUNDRED)}({counted},按上年同期量)"
    return f"覆盖率 {show_percent(Decimal(len(there)) / len(sources) * HUNDRED)}({counted},按家数)"
