"""Rounding that keeps sums: parts as printed add up to the whole as printed."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def half_up(number: Fraction, places: int) -> Decimal:
    """An exact number to a number of decimals, halves away from zero.

    >>> half_up(Fraction(-1, 8), 2)
    Decimal('-0.13')
    """
    scaled = abs(number) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


def apportioned(parts: Sequence[Fraction], places: int) -> list[Decimal]:
    """The parts rounded so that they add up to their rounded sum (largest remainder, Hare–Niemeyer).

    No part is off by a whole unit of its last place; of equal remainders the earlier part is rounded up.

    >>> apportioned([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 1)
    [Decimal('0.4'), Decimal('0.3'), Decimal('0.3')]
    """
    scaled = [part * 10**places for part in parts]
    floors = [one.numerator // one.denominator for one in scaled]
    total = int(half_up(sum(parts, Fraction(0)), places).scaleb(places))
    by_remainder = sorted(range(len(parts)), key=lambda i: (floors[i] - scaled[i], i))
    up = set(by_remainder[: total - sum(floors)])
    return [Decimal(floor + (i in up)).scaleb(-places) for i, floor in enumerate(floors)]


def places_for(whole: Fraction, digits: int = 6) -> int:
    """How many decimals show a number of this size to about so many digits; none for large ones.

    >>> places_for(Fraction(123456789)), places_for(Fraction(1, 3))
    (0, 6)
    """
    size = len(str(abs(whole.numerator) // whole.denominator)) if abs(whole) >= 1 else 0
    return max(0, digits - size)
