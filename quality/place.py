"""Where a subject is registered, and from which months on that may be elsewhere."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date

from planwatch.contract.period import Period
from planwatch.contract.records import Records
from planwatch.contract.registry import RegionRecord, TwoHighProjectRecord, UnitRecord, parent_region
from planwatch.quality.rulebook import Place, begins, ended
from planwatch.quality.series import last_month


def place_of(subject: str, records: Records, day: date) -> Place:
    """Where a subject was registered on a day; before its first entry, where that one puts it."""
    versions = records.versions(subject)
    if versions and records.at(subject, day) is None:
        day = max(day, versions[0].valid_from) if day < versions[0].valid_from else versions[-1].valid_from
    kind, _, code = subject.partition(":")
    own = (code,) if kind == "region" else ()
    entry = records.at(subject, day)
    industry = entry.industry if isinstance(entry, UnitRecord | TwoHighProjectRecord) else None
    return Place(own + records.regions_above(subject, day), (industry or "").lstrip("ABCDEFGHIJKLMNOPQRST"))


def turning_points(subject: str, records: Records) -> frozenset[int]:
    """The numbers of the months from which on its place may be another one: in between it is the same.

    Entries of the subject and of every region it ever was in begin or have ended then.
    """
    asked = [subject]
    found: set[int | None] = set()
    for one in asked:
        for version in records.versions(one):
            found |= {begins(version.valid_from), ended(version.valid_to)}
            above = {parent_region(version), version.merged_into if isinstance(version, RegionRecord) else None}
            asked += [f"region:{code}" for code in sorted(filter(None, above)) if f"region:{code}" not in asked]
    return frozenset(month for month in found if month is not None)


def regions_in(records: Records) -> Callable[[str, Period], tuple[str, ...]]:
    """The regions above a subject on a period's last day, nearest first, looked up once for months without a change."""
    turns: dict[str, list[int]] = {}
    known: dict[tuple[str, int], tuple[str, ...]] = {}

    def regions(subject: str, period: Period) -> tuple[str, ...]:
        if subject not in turns:
            turns[subject] = sorted(turning_points(subject, records))
        key = (subject, bisect_right(turns[subject], last_month(period)))
        if key not in known:
            known[key] = records.regions_above(subject, period.end_day)
        return known[key]

    return regions
