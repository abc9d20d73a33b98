"""Register entries as judging sees them: who existed when, and who is registered in which region."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from planwatch.contract.registry import (
    AnyRegistryRecord,
    CalendarRecord,
    ReductionProjectRecord,
    RegionRecord,
    SubjectRecord,
    TwoHighProjectRecord,
    parent_region,
    subject_of,
)

AnyRecord = SubjectRecord
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Records:
    """All register entries that bear on one judgement, by subject (``project:…``), in order of validity."""

    _by_subject: dict[str, tuple[AnyRecord, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[AnyRegistryRecord]) -> "Records":
        """Collect records; of two for one subject and first day the one with the higher revision stands.

        Duties and working years are nobody's entries: they are left out (contract/calendar_records.py).
        """
        standing: dict[tuple[str, date], AnyRecord] = {}
        for record in records:
            if isinstance(record, CalendarRecord):
                continue
            key = (str(subject_of(record)), record.valid_from)
            if key not in standing or record.revision >= standing[key].revision:
                standing[key] = record
        by_subject: dict[str, list[AnyRecord]] = {}
        for (subject, _), record in sorted(standing.items(), key=lambda one: one[0]):
            by_subject.setdefault(subject, []).append(record)
        return cls({subject: tuple(found) for subject, found in by_subject.items()})

    def subjects(self) -> list[str]:
        """Everybody who has an entry, sorted."""
        return sorted(self._by_subject)

    def versions(self, subject: str) -> tuple[AnyRecord, ...]:
        """All entries of a subject, oldest first."""
        return self._by_subject.get(subject, ())

    def at(self, subject: str, day: date) -> AnyRecord | None:
        """The entry that holds on a day; None before the first and after the last ends."""
        holding = [one for one in self.versions(subject) if one.valid_from <= day]
        if not holding:
            return None
        newest = holding[-1]
        return newest if newest.valid_to is None or day <= newest.valid_to else None

    def two_high(self, subject: str, day: date) -> TwoHighProjectRecord | None:
        """The entry on the list of 两高 projects that holds on a day."""
        found = self.at(subject, day)
        return found if isinstance(found, TwoHighProjectRecord) else None

    def reductions(self, day: date) -> Iterator[tuple[str, ReductionProjectRecord]]:
        """All entries of the reduction ledger that hold on a day, by subject."""
        for subject in self.subjects():
            found = self.at(subject, day)
            if isinstance(found, ReductionProjectRecord):
                yield subject, found

    def gaps(self, subject: str) -> Iterator[tuple[date, date]]:
        """Runs of days, first and last, between two entries in which neither held."""
        for one, after in pairwise(self.versions(subject)):
            if one.valid_to is not None and one.valid_to < after.valid_from - _A_DAY:
                yield one.valid_to + _A_DAY, after.valid_from - _A_DAY

    def regions_above(self, subject: str, day: date) -> tuple[str, ...]:
        """The region codes above a subject on a day, nearest first, as far as their entries are known."""
        above: list[str] = []
        found = self.at(subject, day)
        while found is not None and (region := parent_region(found)) is not None and region not in above:
            above.append(region)
            found = self.at(f"region:{region}", day)
            while found is None and (successor := self.merged_into(region, day)) is not None and successor not in above:
                above.append(successor)
                region, found = successor, self.at(f"region:{successor}", day)
        return tuple(above)

    def merged_into(self, region: str, day: date) -> str | None:
        """The region that took a region up, if it had ended by a day: what lies in it counts there from then on."""
        begun = [one for one in self.versions(f"region:{region}") if one.valid_from <= day]
        last = begun[-1] if begun else None
        if not isinstance(last, RegionRecord) or last.valid_to is None or day <= last.valid_to:
            return None
        return last.merged_into


NO_RECORDS = Records()
