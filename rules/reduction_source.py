"""The source of a cut: permit and facility of a project of the reduction ledger, and who else counts the same one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from planwatch.contract.records import Records
from planwatch.contract.registry import ReductionProjectRecord

LEDGERS_REMEMBERED = 4
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


class LedgerBook:
    """The reduction ledger of a set of register entries, with who ever named which permit, worked out once."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._by_permit: dict[str, list[str]] = {}
        for subject in records.subjects():
            entries = [one for one in records.versions(subject) if isinstance(one, ReductionProjectRecord)]
            for permit in {one.permit for one in entries if one.permit is not None}:
                self._by_permit.setdefault(permit, []).append(subject)

    def ever_with(self, permit: str) -> tuple[str, ...]:
        """Everybody who ever named a permit."""
        return tuple(self._by_permit.get(permit, ()))

    def project(self, subject: str, day: date) -> Project | None:
        """A project registered by a day, with its newest entry; one whose entry has ended is still one that counted."""
        entries = [one for one in self.records.versions(subject) if one.valid_from <= day]
        newest = entries[-1] if entries else None
        return Project(subject, newest, entries[0].valid_from) if isinstance(newest, ReductionProjectRecord) else None

    def with_permit(self, permit: str | None, day: date, among: Collection[str]) -> list[Project]:
        """The projects that name a permit on a day; ``among`` empty: of all entries known."""
        wanted = [one for one in self.ever_with(permit or "") if not among or one in among]
        found = [project for subject in wanted if (project := self.project(subject, day)) is not None]
        return [project for project in found if project.entry.permit == permit]


_remembered: dict[int, LedgerBook] = {}


def ledger_of(records: Records) -> LedgerBook:
    """The ledger of register entries. It keeps its entries alive, so an identity never comes to mean others."""
    book = _remembered.get(id(records))
    if book is None:
        book = _remembered[id(records)] = LedgerBook(records)
        for oldest in list(_remembered)[:-LEDGERS_REMEMBERED]:
            _remembered.pop(oldest, None)
    return book


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
