"""Q01: what was due and has not been reported. Nothing here knows the calendar; it asks for deadlines."""

from collections.abc import Iterator
from datetime import date

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
    for year, periods in sorted(_due(case).items()):
        known = {
            name: [p for p in case.figures.periods(case.subject, name) if p.year == year] for name in case.indicators
        }
        for period, deadline in periods:
            limits = case.limits(Rule.MISSING, WHOLE_REPORT, period)
            if limits is None:
                continue
            absent = [name for name in case.indicators if derive(period, known[name]) is None]
            if len(absent) == len(case.indicators):
                yield _finding(case, WHOLE_REPORT, period, deadline)
                continue
            for name in absent:
                if _habit(case, name, period):
                    yield _finding(case, name, period, deadline)


def _due(case: Case) -> dict[int, list[tuple[Period, date]]]:
    """The periods whose deadline has passed, by year, from the first entry or figure to today."""
    assert case.evidence.due is not None
    found: dict[int, list[tuple[Period, date]]] = {}
    first = _first_day(case)
    if first is None:
        return found
    for year in range(first.year, case.today.year + 1):
        for period in _forms(year):
            if period.start < first or period.end_day >= case.today:
                continue
            entry = case.records.at(case.subject, period.end_day)
            deadline = case.evidence.due(case.subject, period)
            if deadline is not None and deadline < case.today and (entry or not case.records.versions(case.subject)):
                found.setdefault(year, []).append((period, deadline))
    return found


def _forms(year: int) -> list[Period]:
    """Everything of a year that can be due: months, quarters, halves and what has run since January."""
    months = [Period.month(year, month) for month in range(1, 13)]
    later = [Period(year, first, first + 2) for first in (4, 7, 10)] + [Period(year, 7, 12)]
    return months + [month.year_to_date() for month in months[1:]] + later


def _first_day(case: Case) -> date | None:
    stated = [case.figures.periods(case.subject, name)[0].start for name in case.indicators]
    entered = [version.valid_from for version in case.records.versions(case.subject)[:1]]
    # A register that reaches back farther than the duty to report would make years of old months missing.
    return min(stated) if stated else min(entered, default=None)


def _habit(case: Case, indicator: str, period: Period) -> bool:
    """Whether the subject reported the indicator nearly every time before."""
    limits = case.limits(Rule.MISSING, indicator, period)
    if limits is None:
        return False
    any_before = {p for name in case.indicators for p in case.figures.periods(case.subject, name) if p < period}
    recent = sorted(any_before)[-int(limits["of"]) :]
    stated = sum(case.figures.at(case.subject, indicator, one) is not None for one in recent)
    return len(recent) >= 3 and stated * HUNDRED >= len(recent) * limits["habit"]


def _finding(case: Case, indicator: str, period: Period, deadline: date) -> Finding:
    limits = case.limits(Rule.MISSING, indicator, period)
    assert limits is not None, "only asked where the rule holds"
    late = (case.today - deadline).days
    what = "报表" if indicator == WHOLE_REPORT else case.book.name(indicator)
    message = f"{period.label_zh}{what}应于 {deadline:%Y-%m-%d} 前报送,至 {case.today:%Y-%m-%d} 未报,已逾期 {late} 天"
    return Finding(Rule.MISSING, case.subject, indicator, period, limits.outcome, message, (), limits.rows)
