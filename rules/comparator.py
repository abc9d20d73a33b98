"""Which side of the number of a clause is good, and whether the very number will do."""

from decimal import Decimal

from planwatch.contract.plan import Comparator, Target, TargetKind

AT_MOST_KINDS = frozenset(
    (
        TargetKind.LEVEL_MAX,
        TargetKind.LIMIT,
        TargetKind.QUOTA,
        TargetKind.GROWTH_MAX,
        TargetKind.FLEXIBLE_TOTAL,
    )
)
_AS_STATED = frozenset((TargetKind.LEVEL_ABOUT, TargetKind.YEARLY_GROWTH, TargetKind.PROJECT_THRESHOLD))


def comparator_of(target: Target) -> Comparator:
    """The kind says which side is good; the comparator says whether the number itself will do (以上, 超过, 低于).

    «左右» alone keeps its comparator: ``~`` allows a deviation to either side, ``>=`` and ``<=`` only to the bad one.
    """
    stated, kind = target.comparator, target.kind
    if kind in AT_MOST_KINDS:
        return stated if stated in (Comparator.LESS_THAN, Comparator.EQUAL) else Comparator.AT_MOST
    if kind in _AS_STATED:
        return stated
    return stated if stated in (Comparator.MORE_THAN, Comparator.EQUAL) else Comparator.AT_LEAST


def meets(actual: Decimal, expected: Decimal, comparator: Comparator) -> bool:
    """Whether the actual value does what the comparator asks, without any tolerance.

    >>> meets(Decimal(15), Decimal(15), Comparator.AT_LEAST), meets(Decimal(15), Decimal(15), Comparator.MORE_THAN)
    (True, False)
    """
    match comparator:
        case Comparator.AT_LEAST:
            return actual >= expected
        case Comparator.MORE_THAN:
            return actual > expected
        case Comparator.AT_MOST:
            return actual <= expected
        case Comparator.LESS_THAN:
            return actual < expected
        case Comparator.ABOUT | Comparator.EQUAL:
            return actual == expected
