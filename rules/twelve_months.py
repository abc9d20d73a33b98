"""The last twelve months up to a point, over two calendar years if need be; else the year to date as a lower bound."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.rules.numbers import show
from planwatch.rules.refusal import CannotRate
from planwatch.rules.sums import Amount


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months up to the point, or as much of them as is known; ``to_date`` is the part since January."""

    amount: Decimal
    to_date: Decimal
    used: tuple[Used, ...]
    edition: str
    words: str
    missing: str = ""


def twelve_months(amount: Callable[[Period], Amount], point: Period) -> Year:
    """The twelve months that end with the point; ``amount`` gives a span's amount or raises CannotRate.

    Where last year's part is missing, the year to date stands, and ``missing`` says why it is only a lower bound.
    CannotRate where the year to date itself is not known.
    """
    now = amount(point)
    words = f"{point.label}: {show(now.amount)}"
    if point.last == MONTHS_OF_A_YEAR:
        return Year(now.amount, now.amount, now.used, now.edition, words)
    rest = Period(point.year - 1, point.last + 1, MONTHS_OF_A_YEAR)
    try:
        before = amount(rest)
    except CannotRate as why:
        return Year(now.amount, now.amount, now.used, now.edition, words, why.missing.reason)
    return Year(
        now.amount + before.amount,
        now.amount,
        (*before.used, *now.used),
        now.edition,
        f"{rest.label}: {show(before.amount)} + {words}",
    )
