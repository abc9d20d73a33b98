"""Whether the bands of a rule set leave no hole and do not overlap, in every month that has any."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from planwatch.contract.plan import Band, RuleSet, RuleSetKind

STEPS = (Decimal(0), Decimal(1), Decimal(2))
"""The only values of sign_then_progress: met, fell but short, rose."""


def faults_of_bands(rule_set: RuleSet) -> Iterator[str]:
    """Each hole and overlap once, with the first month it is seen in.

    Between two neighbouring bounds the bands cannot change, so it is enough to look at the bounds, between them, and
    beyond the outermost.
    """
    said: set[tuple[Decimal, int]] = set()
    for month in range(1, 13):
        bands = [band for band in rule_set.bands if band.months is None or band.months[0] <= month <= band.months[1]]
        for quantity in _places(rule_set.kind, bands):
            count = sum(band.holds(quantity) for band in bands)
            if count != 1 and (quantity, count) not in said:
                said.add((quantity, count))
                what = f"{count} bands hold" if count else "no band holds"
                yield f"{rule_set.id}: {what} {quantity:f} in month {month}; exactly one must"


def _places(kind: RuleSetKind, bands: list[Band]) -> list[Decimal]:
    if not bands or kind is RuleSetKind.SIGN_THEN_PROGRESS:
        return list(STEPS) if bands else []
    bounds = sorted(
        {
            bound
            for band in bands
            for bound in (band.at_least, band.more_than, band.at_most, band.less_than)
            if bound is not None
        }
    )
    if not bounds:
        return [Decimal(0)]
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
