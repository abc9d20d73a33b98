"""The checks of figures within one pass of assess: whoever is marked, before they and their regions are judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from planwatch.contract.calendar_records import calendar_of
from planwatch.contract.holds import Effect
from planwatch.contract.period import Period
from planwatch.contract.plan import Law
from planwatch.contract.quality import DOES, Outcome, Tracked
from planwatch.contract.registry import CalendarRecord
from planwatch.quality.lifecycle import tracked
from planwatch.quality.rulebook import Rulebook
from planwatch.service.evidence import gather
from planwatch.storage.assess_store import Work
from planwatch.storage.quality_store import Known

_books: dict[str, Rulebook] = {}


def rulebook_of(law: Law) -> Rulebook:
    """The rulebook of a law's quality rules, made once per law; the law must have them."""
    assert law.quality is not None, "only a law with quality rules checks figures"
    if law.hash not in _books:
        _books.clear()
        _books[law.hash] = Rulebook(law.quality, law.catalogue)
    return _books[law.hash]


@dataclass(frozen=True)
class Checked:
    """What was known of a subject's figures before, and what is found now."""

    before: Sequence[Known]
    after: Sequence[Tracked]


def check(work: Work, law: Law, subjects: Sequence[str]) -> dict[str, Checked]:
    """Check the figures of subjects as they stand in this transaction; nothing is written."""
    book, quality, gathered = rulebook_of(law), work.quality(), gather(work, law, subjects)
    known, said = quality.known(subjects), quality.explanations(subjects)
    checked = {}
    for subject in subjects:
        before, figures = known.get(subject, []), gathered.figures(subject)
        found = gathered.findings(subject, figures, book, work.day)
        after = tracked(found, [one.tracked for one in before], said.get(subject, []), figures, work.day)
        checked[subject] = Checked(before, after)
    return checked


def check_pass(work: Work, law: Law, now: datetime) -> int:
    """Check whoever is marked, write what is new, and mark the regions above those whose holds changed.

    Returns the number of findings that are new or read differently. Run before figures are loaded for judging, so that
    what is held now is out of the sums of this very pass.
    """
    checked = check(work, law, [one.subject for one in work.marked])
    fresh = [finding for one in checked.values() for finding in _new(one.before, one.after)]
    moved = [
        subject
        for subject, one in checked.items()
        if _holds(known.tracked for known in one.before) != _holds(one.after)
    ]
    quality = work.quality()
    quality.save(fresh, now)
    quality.mark_regions(moved, now)
    return len(fresh)


def checked_beside(work: Work, law: Law, subjects: Iterable[str]) -> dict[str, list[Effect]]:
    """What will be found of those of some subjects who wait for another pass.

    A sum must not take in what nobody has looked at: people would be told a level that is taken back in a minute. The
    other pass writes the findings; here they only count.
    """
    taken = {one.subject for one in work.marked}  # and checked, though this very pass may have marked them again
    waiting = work.marked_elsewhere(set(subjects) - taken) if law.quality is not None else []
    checked = check(work, law, waiting) if waiting else {}
    return {subject: [Effect.of(finding) for finding in one.after] for subject, one in checked.items()}


def deadline_between(law: Law, registered: Iterable[CalendarRecord], since: date, today: date) -> bool:
    """Whether a deadline of any duty lies between two days, the first included, the second not."""
    calendar = calendar_of(law.duties, law.working_years, registered)
    return any(
        since <= duty.due(period, calendar.working_days) < today
        for duty in calendar.duties
        for year in range(since.year - 1, today.year + 1)
        for period in duty.periods(year)
    )


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
