"""Figures as they were known at the end of a month, and the rest of that year made up from last year's."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Figure, Figures, Missing
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Law
from planwatch.rules.numbers import exact

PROJECTION = "projection"
"""The source of a figure that nobody reported: it stands for a year that is not over."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Figures up to a month with the year completed, and why some could not be."""

    figures: Figures
    gaps: tuple[str, ...]


def known_by(figures: Figures, as_of: Period) -> Figures:
    """The figures about months up to the end of ``as_of``, with the revisions that stand today."""
    end = (as_of.year, as_of.last)
    known = (one for one in figures.each() if (one.period.year, one.period.last) <= end)
    return Figures.of(known, figures.terms)


@exact
def completed(figures: Figures, as_of: Period, law: Law) -> Completed:
    """Each subject's year, indicator by indicator: the year to date + the rest of last year × growth to date.

    Flows (energy, GDP, tonnes) are projected separately, so an intensity follows from its parts. With YTD and REST of
    the same months: ``YTD + REST_last × YTD/YTD_last``, that is ``YTD × YEAR_last/YTD_last`` (methodology §1.4 item 7).
    A state (a share, a count at a day) moves over the rest of the year as it did last year.
    """
    known = known_by(figures, as_of)
    if as_of.last == MONTHS_OF_A_YEAR:
        return Completed(known, ())
    added, gaps = [], []
    for subject, indicator, unit in _series(known, as_of.year):
        is_state = law.catalogue.by_id[indicator].behaviour is Behaviour.STATE
        found = (_state if is_state else _flow)(known, subject, indicator, as_of)
        if isinstance(found, Missing):
            gaps.append(found.reason)
        else:
            year = Period.whole_year(as_of.year)
            added.append(Figure(subject, indicator, year, found, unit, report_id=PROJECTION, source=PROJECTION))
    return Completed(Figures.of([*known.each(), *added], known.terms), tuple(gaps))


def _flow(figures: Figures, subject: str, indicator: str, as_of: Period) -> Decimal | Missing:
    last = as_of.last_year()
    parts = [figures.total(subject, indicator, span) for span in (as_of, last, Period.whole_year(last.year))]
    for part in parts:
        if isinstance(part, Missing):
            return part
    now, then, year = (part.amount for part in parts if not isinstance(part, Missing))
    if year == then:
        return now
    if then == 0:
        return Missing(f"{subject} 的 {indicator} {last.label_zh}为零,没有可外推的增速")
    return now * year / then


def _state(figures: Figures, subject: str, indicator: str, as_of: Period) -> Decimal | Missing:
    last = as_of.last_year()
    ends = (as_of, last, Period.whole_year(last.year))
    found = [_stated(figures, subject, indicator, end) for end in ends]
    for amount, end in zip(found, ends, strict=True):
        if amount is None:
            return Missing(f"{subject} 未报 {indicator}:{Period.month(end.year, end.last).label}")
    now, then, year = (amount for amount in found if amount is not None)
    return now + year - then


def _stated(figures: Figures, subject: str, indicator: str, end: Period) -> Decimal | None:
    """The state at the end of a month; the statement over most months of several."""
    ending = [p for p in figures.periods(subject, indicator) if p.year == end.year and p.last == end.last]
    counted = [f for p in ending if (f := figures.at(subject, indicator, p)) is not None and f.counts]
    return max(counted, key=lambda figure: figure.period.months).amount if counted else None


def _series(figures: Figures, year: int) -> Iterator[tuple[str, str, str]]:
    """Subject, indicator and unit of every series that has figures in a year or the year before."""
    seen = {(one.subject, one.indicator): one.unit for one in figures.each() if one.period.year in (year, year - 1)}
    yield from sorted((subject, indicator, unit) for (subject, indicator), unit in seen.items())
