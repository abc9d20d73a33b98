"""Who lies in a region on a day or lay there before, and on what terms the figures of subjects count."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from planwatch.contract.figures import Terms
from planwatch.contract.registry import MeasuredFactor
from planwatch.storage.database import Connection
from planwatch.storage.queries import load_queries

QUERIES = load_queries("membership.sql")
ONE_DAY = timedelta(days=1)
Stays = tuple[tuple[date, date], ...]
"""Runs of days, first and last."""


class Membership:
    """The register as one transaction sees it on a day; asked once for a region, whatever the number of targets."""

    def __init__(self, connection: Connection, day: date) -> None:
        self._connection, self._day = connection, day
        self._members: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._stays: dict[str, dict[str, Stays]] = {}

    def members(self, region: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Subjects of registry kinds that lie in a region or below, or lay there before they moved."""
        if (region, kinds) not in self._members:
            bound: dict[str, Any] = {"region": region, "kinds": list(kinds), "day": self._day}
            bound["regions"] = [row[0] for row in self._connection.execute(QUERIES.below, bound)]
            rows = self._connection.execute(QUERIES.members, bound)
            self._members[region, kinds] = tuple(sorted({row[0] for row in rows}))
            moves: dict[str, list[tuple[date, bool]]] = {}
            for subject, since, here in self._connection.execute(QUERIES.moves, bound):
                moves.setdefault(subject, []).append((since, here))
            for subject, entries in moves.items():
                self._stays.setdefault(subject, {})[f"region:{region}"] = stays(entries)
        return self._members[region, kinds]

    def terms(self, subjects: Sequence[str]) -> Terms:
        """On what terms the figures of subjects count: measured factors, ends of register entries, regions.

        From when to when members lay in a region is known for the regions whose members were asked for.
        """
        measured: dict[str, dict[tuple[str, date], MeasuredFactor]] = {}
        ended: dict[str, date] = {}
        regions: dict[str, str] = {}
        began: dict[str, date] = {}
        gaps: dict[str, list[tuple[date, date]]] = {}
        bound = {"subjects": list(subjects), "day": self._day}
        for subject, end, factors, region, first, closed_until in self._connection.execute(QUERIES.terms, bound):
            if end is not None and closed_until is None:
                ended[subject] = end
            elif end is not None and end < closed_until:
                gaps.setdefault(subject, []).append((end + ONE_DAY, closed_until))
            if region is not None:
                regions[subject] = region
            if first is not None:
                began[subject] = first
            for raw in factors or ():
                factor = MeasuredFactor.model_validate(raw, strict=False)
                measured.setdefault(subject, {})[factor.energy_kind, factor.valid_from] = factor
        moved = {
            (region, subject): found
            for subject in self._stays.keys() & set(subjects)
            for region, found in self._stays[subject].items()
        }
        factors_of = {subject: tuple(one.values()) for subject, one in measured.items()}
        closed = {subject: tuple(one) for subject, one in gaps.items()}
        return Terms(measured=factors_of, ended=ended, regions=regions, stays=moved, began=began, gaps=closed)


def stays(entries: Sequence[tuple[date, bool]]) -> Stays:
    """Runs of days in a region, from the first days of dated entries and whether each lies there.

    What was before the first entry is the first one's.
    """
    firsts = [date.min, *(since for since, _ in entries[1:])]
    lasts = [*(since - ONE_DAY for since, _ in entries[1:]), date.max]
    return tuple((first, last) for first, last, (_, here) in zip(firsts, lasts, entries, strict=True) if here)
