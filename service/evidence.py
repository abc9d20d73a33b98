"""What bears on the checks of subjects, read in one transaction: the same for the check pass and the command line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from planwatch.contract.calendar import ReportingCalendar
from planwatch.contract.calendar_records import calendar_of
from planwatch.contract.figures import Figures
from planwatch.contract.hj212 import FactorTable
from planwatch.contract.period import Period
from planwatch.contract.plan import Law
from planwatch.contract.quality import Finding, MeterMonth
from planwatch.contract.records import AnyRecord, Records
from planwatch.contract.registry import RegionRecord, parent_region
from planwatch.plans.hj212_factors import load_factors
from planwatch.quality.case import Due, Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.place import regions_in
from planwatch.quality.rulebook import Rulebook
from planwatch.storage.assess_store import Work
from planwatch.storage.quality_store import Statements


@dataclass(frozen=True)
class Gathered:
    """Everything the checks of some subjects look at, as it stands in one transaction."""

    stated: Mapping[str, Statements]
    metered: Mapping[str, Sequence[MeterMonth]]
    records: Records
    due: Due

    def figures(self, subject: str) -> Figures:
        """What stands of a subject, with the marks it was stated with: holds of earlier findings are not among them."""
        return Figures.of(self._stated(subject).standing)

    def findings(self, subject: str, figures: Figures, book: Rulebook, today: date) -> tuple[Finding, ...]:
        """What the checks find on a day, with nothing explained."""
        stated = self._stated(subject)
        evidence = Evidence(
            tuple(stated.all),
            tuple(self.metered.get(subject, ())),
            stated.written,
            self.due,
            stated.notes,
            frozenset(stated.early),
        )
        return check_subject(subject, figures, self.records, book, today, evidence=evidence)

    def _stated(self, subject: str) -> Statements:
        return self.stated.get(subject) or Statements()


def gather(work: Work, law: Law, subjects: Sequence[str]) -> Gathered:
    """Statements, months of instruments, register entries (of the regions above too) and deadlines of subjects."""
    quality, records = work.quality(), records_above(work, subjects)
    calendar = calendar_of(law.duties, law.working_years, work.calendar_records())
    return Gathered(
        stated=quality.statements(subjects, {one.id: one.unit for one in law.catalogue.indicators}),
        metered=quality.metered(subjects, _factors(), law.catalogue),
        records=records,
        due=_deadlines(calendar, records),
    )


@cache
def _factors() -> FactorTable:
    """The factor table the gateway goes by, read once a process."""
    return load_factors()


def records_above(work: Work, subjects: Sequence[str]) -> Records:
    """The entries of subjects and of every region above them, by any entry: thresholds of a province bind its counties.

    Asked level by level; there are few levels and few regions.
    """
    known: dict[str, None] = {}
    asked = sorted(set(subjects))
    entries: list[AnyRecord] = []
    while asked:
        known |= dict.fromkeys(asked)
        found = work.records(asked)
        fresh = [version for one in asked for version in found.versions(one)]
        entries += fresh
        asked = sorted(set(regions_named(fresh)) - known.keys())
    return Records.of(entries)


def regions_named(entries: Iterable[AnyRecord]) -> Iterator[str]:
    """The regions that entries say somebody lies in or was merged into, registered themselves or not."""
    for one in entries:
        for code in (parent_region(one), one.merged_into if isinstance(one, RegionRecord) else None):
            if code:
                yield f"region:{code}"


def _deadlines(calendar: ReportingCalendar, records: Records) -> Due:
    """Until when a unit must report on a period, by the duties of the nearest region above it on the period's last day.

    Who is not registered owes nothing.
    """
    regions, owed = regions_in(records), cache(calendar.due)

    def due(subject: str, period: Period) -> date | None:
        if not records.versions(subject):
            return None
        # Duties ask where a reporter lies and of what kind it is: only a region is a place itself.
        whose = subject if subject.startswith("region:") else f"{subject.partition(':')[0]}:"
        return owed(whose, regions(subject, period), period)

    return due
