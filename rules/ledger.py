"""What a ledger has booked within a part of a year, when figures are monthly, quarterly, yearly or cumulative."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.period import Period


@dataclass(frozen=True, slots=True)
class Booked:
    """A sum, its figures, and how many of the window's months they cover."""

    amount: Decimal
    used: tuple[Used, ...]
    months: int


def cover(window: Period, known: Iterable[Period]) -> list[Period]:
    """The disjoint derivable spans that cover most months of the window, few rather than many.

    Each known period joins its two month boundaries; the span between any two joined boundaries is derivable.

    >>> cover(Period(2023, 1, 9), [Period(2023, 2, 2), Period(2023, 4, 6), Period(2023, 7, 12)])
    [Period(year=2023, first=2, last=2), Period(year=2023, first=4, last=6)]
    """
    joined = _joined(known)
    best: dict[int, list[Period]] = {window.first: []}
    for end in range(window.first + 1, window.last + 2):
        choices = [best[end - 1]]
        for start in range(window.first, end):
            if joined[start] == joined[end]:
                choices.append([*best[start], Period(window.year, start, end - 1)])
        best[end] = max(choices, key=lambda spans: (sum(span.months for span in spans), -len(spans)))
    return best[window.last + 1]


def _joined(known: Iterable[Period]) -> list[int]:
    """For each month boundary (1 before January to 13 after December) the least boundary it is joined to."""
    group = list(range(14))
    for period in known:
        ours, theirs = sorted((group[period.first], group[period.last + 1]))
        group = [ours if one == theirs else one for one in group]
    return group


def covers(spans: list[Period], period: Period) -> bool:
    """Whether every month of a period lies in one of the spans."""
    return all(any(span.contains(month) for span in spans) for month in period.each_month())
