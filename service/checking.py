"""The checks of figures within one pass of assess: units that are marked, before they and their regions are judged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache

from planwatch.contract.calendar import ReportingCalendar, WorkingDays
from planwatch.contract.figures import Figures
from planwatch.contract.hj212 import FactorTable
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law
from planwatch.contract.quality import DOES, Explanation, MeterMonth, Outcome, Tracked
from planwatch.contract.records import Records
from planwatch.plans.hj212_factors import load_factors
from planwatch.quality.case import Due, Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.lifecycle import tracked
from planwatch.quality.rulebook import Rulebook
from planwatch.storage.assess_store import Who, Work
from planwatch.storage.quality_store import Known, Statements

CHECKED = "unit:"
"""Whose figures are checked: those of key energy-use units. Regions and projects state what others have gathered."""


_books: dict[str, Rulebook] = {}


def rulebook_of(law: Law) -> Rulebook:
    """The rulebook of a law's quality rules, made once per law; the law must have them."""
    assert law.quality is not None, "only a law with quality rules checks figures"
    if law.hash not in _books:
        _books.clear()
        _books[law.hash] = Rulebook(law.quality, law.catalogue)
    return _books[law.hash]


@cache
def _factors() -> FactorTable:
    """The factor table the gateway goes by, read once a process."""
    return load_factors()


def check_pass(work: Work, law: Law, book: Rulebook, now: datetime) -> int:
    """Check the marked units, write what is new, and mark the regions of those whose holds changed.

    Returns the number of findings that are new or read differently. Run before figures are loaded for judging, so that
    what is held now is out of the sums of this very pass.
    """
    units = [one.subject for one in work.marked if one.subject.startswith(CHECKED)]
    if not units:
        return 0
    quality = work.quality()
    stated = quality.statements(units, {one.id: one.unit for one in law.catalogue.indicators})
    known, said, records = quality.known(units), quality.explanations(units), work.records(units)
    metered = quality.metered(units, _factors(), law.catalogue)
    due = _deadlines(law, work.who(units))
    fresh: list[Known] = []
    moved: list[str] = []
    for unit in units:
        before = known.get(unit, [])
        after = _checked(
            unit,
            stated.get(unit, Statements()),
            before,
            said.get(unit, []),
            records,
            metered=metered.get(unit, ()),
            book=book,
            due=due,
            now=now,
        )
        fresh += _new(before, after)
        if _holds(one.tracked for one in before) != _holds(after):
            moved.append(unit)
    quality.save(fresh, now)
    quality.mark_regions(moved, now)
    return len(fresh)


def _deadlines(law: Law, who: Mapping[str, Who]) -> Due:
    """Until when a unit must report on a period, by the duties of the nearest region above it."""
    calendar = calendar_of(law)

    def due(subject: str, period: Period) -> date | None:
        found = who.get(subject)
        return calendar.due(subject, found.regions, period) if found else None

    return due


def calendar_of(law: Law) -> ReportingCalendar:
    """The reporting calendar of a law."""
    return ReportingCalendar(law.duties, WorkingDays.of(law.working_years))


def deadline_between(law: Law, since: date, today: date) -> bool:
    """Whether a deadline of any duty lies between two days, the first included, the second not."""
    calendar = calendar_of(law)
    return any(
        since <= duty.due(period, calendar.working_days) < today
        for duty in calendar.duties
        for year in (since.year - 1, since.year, today.year)
        for period in duty.periods(year)
    )


def _checked(
    unit: str,
    stated: Statements,
    before: Sequence[Known],
    said: Sequence[Explanation],
    records: Records,
    *,
    metered: Sequence[MeterMonth],
    book: Rulebook,
    due: Due,
    now: datetime,
) -> tuple[Tracked, ...]:
    figures, today = Figures.of(stated.standing), local_day(now)
    evidence = Evidence(tuple(stated.all), tuple(metered), written=stated.written, due=due)
    found = check_subject(unit, figures, records, book, today, evidence=evidence)
    return tracked(found, [one.tracked for one in before], said, figures, today)


def _new(before: Sequence[Known], after: Sequence[Tracked]) -> list[Known]:
    """The findings that are not stored as they are now; the day of the last change alone is no difference."""
    versions = {one.tracked.finding.key: one for one in before}
    fresh = []
    for one in after:
        known = versions.get(one.finding.key)
        if known is None:
            fresh.append(Known(one, 1))
        elif (known.tracked.finding, known.tracked.state) != (one.finding, one.state):
            fresh.append(Known(one, known.version + 1))
    return fresh


def _holds(findings: Iterable[Tracked]) -> frozenset[tuple[str, Period]]:
    """Which figures the findings keep out of sums."""
    return frozenset(
        (one.finding.indicator, one.finding.period)
        for one in findings
        if DOES[one.state] and one.finding.outcome in (Outcome.HOLD, Outcome.REJECT)
    )
