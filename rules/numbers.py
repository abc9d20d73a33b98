"""Exact decimal arithmetic for judging, and how numbers are shown to people."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Products of six figures of a dozen digits stay exact, so a gap of exactly 10 % compares as exactly 10 %.
EXACT = Context(prec=100, traps=[InvalidOperation, DivisionByZero, Overflow])
_PLAIN = Context(prec=50)
STORED_PLACES = 12
HUNDRED = Decimal(100)


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with enough digits that comparisons are not decided by rounding."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return wrapped


@exact
def tidy(number: Decimal) -> Decimal:
    """A number as it is kept in an assessment, after the level was decided: at most twelve decimals.

    >>> tidy(Decimal("4.500"))
    Decimal('4.5')
    """
    return _stripped(number.quantize(Decimal(1).scaleb(-STORED_PLACES), ROUND_HALF_UP))


@exact
def show(number: Decimal, *, up: bool = False) -> str:
    """Plain text with six significant digits, whole numbers in full; ``up`` rounds so that doing it suffices.

    >>> show(Decimal("1234567.8")), show(Decimal("0.0300449")), show(Decimal("12"))
    ('1234568', '0.0300449', '12')
    """
    number = _PLAIN.plus(number)  # so that the tail of a division is not rounded up to a digit
    places = max(0, 5 - number.adjusted()) if number else 0
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_CEILING if up else ROUND_HALF_UP)
    return format(_stripped(rounded), "f")


def show_effort(change: Decimal, beyond: bool) -> str:
    """How much is to be changed, rounded up; ``beyond`` says that the very amount will not do.

    >>> show_effort(Decimal("2.0000001"), False), show_effort(Decimal(7), True)
    (' 2.00001', '超过 7')
    """
    return f"超过 {show(change, up=True)}" if beyond else f" {show(change, up=True)}"


def show_percent(number: Decimal) -> str:
    """A percentage with up to four decimals: 2.9964%.

    >>> show_percent(Decimal("4.36484999"))
    '4.3648%'
    """
    return f"{_stripped(number.quantize(Decimal('0.0001'), ROUND_HALF_UP, EXACT)):f}%"


def _stripped(number: Decimal) -> Decimal:
    """Without trailing zeros, never in exponent form."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1), context=EXACT)
    return number.normalize(EXACT)
