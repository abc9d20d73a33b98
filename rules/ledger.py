"""What a ledger has booked within a part of a year, when figures are monthly, quarterly, yearly or cumulative."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Missing, Total, Used
from planwatch.contract.period import Period
from planwatch.rules.sums import Sums


@dataclass(frozen=True, slots=True)
class Booked:
    """A sum, its figures, and how many of the window's months they cover."""

    amount: Decimal
    used: tuple[Used, ...]
    months: int


def booked(sums: Sums, subject: str, indicator: str, window: Period) -> Booked | Missing:
    """What a subject booked within a window of one year.

    The exact total where it follows from the figures; otherwise the sum over the disjoint derivable spans that
    cover most months of the window (a ledger books when something was achieved: a month without a figure adds
    nothing). A held figure in a month that no other figure covers makes it Missing.
    """
    whole = sums.total(subject, indicator, window)
    if isinstance(whole, Total):
        return Booked(whole.amount, whole.used, window.months)
    figures = [sums.figures.at(subject, indicator, period) for period in sums.figures.periods(subject, indicator)]
    inside = [figure for figure in figures if figure and figure.period.year == window.year]
    spans = cover(window, (figure.period for figure in inside if figure.counts))
    for figure in inside:
        if not figure.counts and window.contains(figure.period) and not _covers(spans, figure.period):
            return Missing(f"{subject} 的 {indicator} 待核不计:{figure.period.label}", (figure.period,))
    totals = [sums.total(subject, indicator, span) for span in spans]
    sure = [total for total in totals if isinstance(total, Total)]
    return Booked(
        sum((total.amount for total in sure), Decimal(0)),
        tuple(used for total in sure for used in total.used),
        sum(span.months for span in spans),
    )


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


def _covers(spans: list[Period], period: Period) -> bool:
    return all(any(span.contains(month) for span in spans) for month in period.each_month())
