"""The source of a cut: permit and facility of a project of the reduction ledger, and who else counts the same one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planwatch.contract.records import Records
from planwatch.contract.registry import ReductionProjectRecord

POLLUTANTS = {"cod": "化学需氧量", "nh3n": "氨氮", "nox": "氮氧化物", "voc": "挥发性有机物"}


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the ledger: its subject, the entry that tells of it, and the day it was first registered."""

    subject: str
    entry: ReductionProjectRecord
    registered: date

    @property
    def name(self) -> str:
        """How people tell it from another one."""
        return f"{self.entry.name}({self.subject.partition(':')[2]})"

    @property
    def first_come(self) -> tuple[date, str]:
        """What decides which of two came first: the day of registration, then the id."""
        return self.registered, self.subject


def ledger(records: Records, among: Sequence[str], day: date) -> Iterator[Project]:
    """The projects of the ledger that were registered by a day, each with its newest entry; ``among`` empty: all.

    A project whose entry has ended is still one that counted.
    """
    wanted = set(among)
    for subject in records.subjects():
        if wanted and subject not in wanted:
            continue
        entries = [one for one in records.versions(subject) if one.valid_from <= day]
        newest = entries[-1] if entries else None
        if isinstance(newest, ReductionProjectRecord):
            yield Project(subject, newest, entries[0].valid_from)


def same_source(one: ReductionProjectRecord, other: ReductionProjectRecord) -> bool:
    """One permit and one facility; what is not known is never the same."""
    return (
        one.permit is not None
        and one.facility is not None
        and (one.permit, one.facility) == (other.permit, other.facility)
    )


def one_inside_the_other(region: str, other: str, records: Records, day: date) -> bool:
    """Whether one region lies in the other: by its entry, or by the GB/T 2260 codes where the entry is not known."""
    for inner, outer in ((region, other), (other, region)):
        if outer in records.regions_above(f"region:{inner}", day):
            return True
        if inner != outer and _is_standard(inner) and _is_standard(outer) and inner.startswith(_stem(outer)):
            return True
    return False


def _is_standard(code: str) -> bool:
    return code.isdigit() and len(code) == 6


def _stem(code: str) -> str:
    """The digits that all codes below share: 230000 → 23, 230100 → 2301, 230102 → 230102."""
    stem = code.removesuffix("00")
    return stem.removesuffix("00") if len(stem) == 4 else stem
