"""Q01: what was due and has not been reported. Nothing here knows the calendar; it asks for deadlines."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period, derive
from planwatch.contract.quality import WHOLE_REPORT, Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED


def missing(case: Case) -> Iterator[Finding]:
    """Q01: no figure after the deadline, for whole reports and for indicators the subject always reports (§7).

    A period counts as reported where its figure follows from others (a quarter from its months). January is due only
    where the deadlines say so: the national survey has January and February together (methodology §4).
    """
    if case.evidence.due is None:
        return
    stated = {name: case.stated(name) for name in case.indicators}
    for period, deadline in _due(case):
        months = period.each_month()
        absent = [name for name, known in stated.items() if period not in known and not _follows(period, months, known)]
        limits = case.limits(Rule.MISSING, WHOLE_REPORT, period)
        if limits is None or (case.indicators and not absent):
            continue
        if len(absent) == len(case.indicators):
            yield _finding(case, WHOLE_REPORT, period, deadline)
            continue
        for name in absent:
            if _habit(case, name, period):
                yield _finding(case, name, period, deadline)


def reported(period: Period, stated: Mapping[Period, Figure]) -> bool:
    """Whether the figure of a period is stated or follows from others."""
    return period in stated or _follows(period, period.each_month(), stated)


def _follows(period: Period, months: Sequence[Period], stated: Mapping[Period, Figure]) -> bool:
    """Whether the figure of a period follows from what is stated for its months or for others."""
    if all(month in stated for month in months):
        return True
    return derive(period, [one for one in stated if one.year == period.year]) is not None


def _due(case: Case) -> Iterator[tuple[Period, date]]:
    """The periods whose deadline has passed, with it, from the first entry (or figure) to today."""
    assert case.evidence.due is not None
    first, versions = _first_day(case), case.records.versions(case.subject)
    for year in range(first.year, case.today.year + 1) if first else ():
        for period, start, end in _forms(year):
            if first is None or start < first or end >= case.today:
                continue
            deadline = case.evidence.due(case.subject, period)
            if deadline is None or deadline >= case.today:
                continue
            if not versions or case.records.at(case.subject, end):
                yield period, deadline


@lru_cache(maxsize=512)  # of every year there is
def _forms(year: int) -> list[tuple[Period, date, date]]:
    """Everything of a year that can be due, with first and last day: months, quarters, halves, runs since January."""
    months = [Period.month(year, month) for month in range(1, 13)]
    later = [Period(year, first, first + 2) for first in (4, 7, 10)] + [Period(year, 7, 12)]
    forms = months + [month.year_to_date() for month in months[1:]] + later
    return [(period, period.start, period.end_day) for period in forms]


def _first_day(case: Case) -> date | None:
    """The first day of the first register entry, whatever was reported since; how far back duties go they say."""
    entered = [version.valid_from for version in case.records.versions(case.subject)[:1]]
    stated = [next(iter(case.stated(name))).start for name in case.indicators]
    return min(entered or stated, default=None)


def _habit(case: Case, indicator: str, period: Period) -> bool:
    """Whether the subject reported the indicator nearly every time before."""
    limits = case.limits(Rule.MISSING, indicator, period)
    if limits is None:
        return False
    any_before = case.periods[: bisect_left(case.periods, period)]
    recent = any_before[-int(limits["of"]) :]
    stated = sum(one in case.stated(indicator) for one in recent)
    return len(recent) >= 3 and stated * HUNDRED >= len(recent) * limits["habit"]


def _finding(case: Case, indicator: str, period: Period, deadline: date) -> Finding:
    limits = case.limits(Rule.MISSING, indicator, period)
    assert limits is not None, "only asked where the rule holds"
    what = "报表" if indicator == WHOLE_REPORT else case.book.name(indicator)
    # No day and no number of days late: the text would be another one every day, and with it the finding.
    message = f"{period.label_zh}{what}应于 {deadline:%Y-%m-%d} 前报送,逾期未报"
    return Finding(Rule.MISSING, case.subject, indicator, period, limits.outcome, message, (), limits.rows)
