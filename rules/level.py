"""From a gap to a level, by the bands of a rule set; the edges are exactly where the bands say."""

from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.plan import Band, Comparator, Level, RuleSet, RuleSetKind
from planwatch.rules.numbers import exact

ABOUT_TOLERANCE = Decimal("0.02")
"""What «左右» allows beside the number: ±2 % of it counts as met. No source gives a figure; this one is assumed."""

# A strict comparator is not met by the very number: it is placed this little on the wrong side of a band's edge.
_A_TRACE = Decimal("1e-60")
_AT_MOST = (Comparator.AT_MOST, Comparator.LESS_THAN)
_RATIOS = (RuleSetKind.COMPLETION_RATE, RuleSetKind.THRESHOLD)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level, the ``quantity`` that was compared with the bands, and why there is no level or an unusual one."""

    level: Level | None
    quantity: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """What would be one level better: the level, the actual value at its edge, and whether it must lie beyond it."""

    level: Level
    actual: Decimal
    beyond: bool = False


@exact
def level_of(
    rule_set: RuleSet,
    *,
    actual: Decimal,
    expected: Decimal,
    month: int = 12,
    comparator: Comparator = Comparator.AT_LEAST,
    tolerance: Decimal = Decimal(0),
) -> Verdict:
    """The level of an actual against an expected value; nothing is rounded before it is compared.

    ``comparator`` says which side is good; ``tolerance`` is the share of |expected| that a miss may have and still
    count as met. Where the expected value is zero or negative a relative rule is undefined: met gives the best
    level, missed gives the rule set's ``undefined`` level with the reason, or none.
    """
    short = _shortfall(actual, expected, comparator, tolerance)
    if rule_set.kind is RuleSetKind.SIGN_THEN_PROGRESS:
        return _by_sign(rule_set, actual, short, month, comparator)
    if rule_set.kind is RuleSetKind.GAP_PP:
        return _placed(rule_set, short, short, month)
    if expected <= 0:
        return _undefined(rule_set, short, expected, month, comparator)
    if rule_set.kind in _RATIOS:
        return _by_ratio(rule_set, actual, expected, short, month=month, comparator=comparator)
    # A trace of shortfall (see _shortfall) stays one whatever it is divided by.
    return _placed(rule_set, short / expected, short / expected, month)


def _shortfall(actual: Decimal, expected: Decimal, comparator: Comparator, tolerance: Decimal) -> Decimal:
    """How far behind, positive where the comparator is not met, zero within the tolerance."""
    if comparator in (Comparator.ABOUT, Comparator.EQUAL):
        behind = abs(actual - expected)
    else:
        behind = actual - expected if comparator in _AT_MOST else expected - actual
    if behind == 0 and comparator in (Comparator.MORE_THAN, Comparator.LESS_THAN):
        return _A_TRACE
    return Decimal(0) if 0 < behind <= tolerance * abs(expected) else behind


def _by_sign(rule_set: RuleSet, actual: Decimal, short: Decimal, month: int, comparator: Comparator) -> Verdict:
    """0 = met, 1 = fell but short, 2 = rose; for rates of reduction only."""
    if comparator in _AT_MOST:
        return Verdict(None, None, f"rule set {rule_set.id} (sign_then_progress) fits rates of reduction only")
    quantity = Decimal(0) if short <= 0 else Decimal(2) if actual < 0 else Decimal(1)
    return _placed(rule_set, quantity, quantity, month)


def _by_ratio(
    rule_set: RuleSet, actual: Decimal, expected: Decimal, short: Decimal, *, month: int, comparator: Comparator
) -> Verdict:
    """Actual over expected; exactly 1 counts as not reached where the comparator is strict."""
    ratio = actual / expected
    if comparator in (Comparator.ABOUT, Comparator.EQUAL):
        ratio = 1 - short / expected
    elif short == 0:
        ratio = Decimal(1)
    trace = _A_TRACE if comparator is Comparator.LESS_THAN else -_A_TRACE
    return _placed(rule_set, ratio, ratio + trace if short == _A_TRACE else ratio, month)


def _undefined(rule_set: RuleSet, short: Decimal, expected: Decimal, month: int, comparator: Comparator) -> Verdict:
    """The level where a relative rule cannot be applied because the expected value is not positive."""
    if rule_set.kind is RuleSetKind.THRESHOLD and comparator not in _AT_MOST:
        return Verdict(None, None, f"rule set {rule_set.id} needs a threshold above 0, not {expected:f}")
    if short <= 0:
        best = min((band.level for band in _bands(rule_set, month)), key=lambda level: level.severity, default=None)
        return Verdict(best, None, f"met; a relative gap to {expected.normalize():f} is undefined")
    why = f"missed, and a relative gap to {expected.normalize():f} is undefined"
    if rule_set.undefined is None:
        return Verdict(None, None, f"{why}; rule set {rule_set.id} states no level for this")
    return Verdict(rule_set.undefined, None, f"{why}; rule set {rule_set.id} gives {rule_set.undefined.en}")


def _bands(rule_set: RuleSet, month: int) -> list[Band]:
    """The bands in force for judgements that end with this month."""
    return [band for band in rule_set.bands if band.months is None or band.months[0] <= month <= band.months[1]]


def _placed(rule_set: RuleSet, quantity: Decimal, placed: Decimal, month: int) -> Verdict:
    """The one band that holds; none or several is a fault of the rule set and gives no level."""
    levels = [band.level for band in _bands(rule_set, month) if band.holds(placed)]
    if len(levels) == 1:
        return Verdict(levels[0], quantity, "")
    how_many = "several bands" if levels else "no band"
    shown = f"{quantity:.6g}"
    return Verdict(None, quantity, f"rule set {rule_set.id} is at fault: {how_many} for {shown} in month {month}")


@exact
def step_better(
    rule_set: RuleSet,
    verdict: Verdict,
    *,
    expected: Decimal,
    month: int = 12,
    comparator: Comparator = Comparator.AT_LEAST,
) -> Step | None:
    """The next better level and the actual value at its edge; None at the best level or without a level."""
    if verdict.level is None:
        return None
    severity = verdict.level.severity
    better = [band for band in _bands(rule_set, month) if band.level.severity < severity]
    if not better:
        return None
    strict = comparator in (Comparator.MORE_THAN, Comparator.LESS_THAN)
    if verdict.quantity is None:
        best = min((band.level for band in better), key=lambda level: level.severity)
        return Step(best, expected, strict)
    nearest = max(band.level.severity for band in better)
    band = next(band for band in better if band.level.severity == nearest)
    edge = _edge(band, verdict.quantity)
    if edge is None:
        return None
    return Step(band.level, _actual_at(rule_set.kind, band, edge, expected, comparator), strict or not band.holds(edge))


def _edge(band: Band, quantity: Decimal) -> Decimal | None:
    """The bound of a band that a quantity outside it meets first."""
    upper = band.at_most if band.at_most is not None else band.less_than
    lower = band.at_least if band.at_least is not None else band.more_than
    if upper is not None and quantity >= upper:
        return upper
    return lower


def _actual_at(kind: RuleSetKind, band: Band, edge: Decimal, expected: Decimal, comparator: Comparator) -> Decimal:
    """The actual value whose quantity is the edge of the band."""
    if kind is RuleSetKind.SIGN_THEN_PROGRESS:
        return expected if band.holds(Decimal(0)) else Decimal(0)
    if kind in _RATIOS:
        return edge * expected
    behind = edge if kind is RuleSetKind.GAP_PP else edge * abs(expected)
    return expected + behind if comparator in _AT_MOST else expected - behind
