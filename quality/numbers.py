"""Robust statistics in exact decimals, and how numbers are shown to people."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

EXACT = Context(prec=50, traps=[InvalidOperation, DivisionByZero, Overflow])
HUNDRED = Decimal(100)
TWO = Decimal(2)
ZERO = Decimal(0)


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle one; of an even number the mean of the two in the middle, exactly.

    >>> median([Decimal(3), Decimal(1), Decimal(2), Decimal("2.5")])
    Decimal('2.25')
    """
    ordered = sorted(values)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / TWO


def deviation(values: Iterable[Decimal], middle: Decimal) -> Decimal:
    """The median absolute deviation from ``middle`` (MAD), without any factor for a normal distribution."""
    return median([abs(value - middle) for value in values])


def percent(value: Decimal, base: Decimal) -> Decimal:
    """By how many per cent of ``base`` it is above (below: negative); base must not be 0."""
    return (value - base) / abs(base) * HUNDRED


def significant(value: Decimal) -> str:
    """The digits from the first to the last that is not zero, fifty at most: «12» of 1200 and of 0.12, «» of 0."""
    text = str(value)
    if "E" in text or len(text) > EXACT.prec:
        text = "".join(map(str, value.normalize(EXACT).as_tuple().digits))
    return text.replace(".", "").strip("-0")


def digits(value: Decimal) -> int:
    """How many significant digits it has, zeros at the end not counted: 1200 and 0.12 have two."""
    return len(significant(value))


def last_digit(value: Decimal) -> int:
    """The power of ten of the last digit written: −2 for 1.20, 0 for 1200."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "figures are finite"
    return min(exponent, 0)


def show(number: Decimal) -> str:
    """Six significant digits, whole numbers in full with separators, never an exponent.

    >>> show(Decimal("1234567.8")), show(Decimal("0.03004491"))
    ('1,234,568', '0.0300449')
    """
    places = max(0, 5 - number.adjusted()) if number else 0
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
    if rounded == rounded.to_integral_value():
        return f"{rounded.quantize(Decimal(1), context=EXACT):,f}"
    return f"{rounded.normalize(EXACT):,f}"


def show_percent(number: Decimal) -> str:
    """A percentage with one decimal: 12.3%."""
    return f"{number.quantize(Decimal('0.1'), ROUND_HALF_UP, EXACT):f}%"
