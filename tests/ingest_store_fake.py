"""The store of ingest in memory, and any store of ingest put under test."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ingest_support import NOW, REPORTS, Seen, SeenInDatabase

from planwatch.contract.errors import Fenced, StorageRefused
from planwatch.contract.registry import counts_in, subject_of
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore


@dataclass
class _Offset:
    next_offset: int
    owner: str
    generation: int
    epoch: int
    updated_at: datetime


@dataclass
class _State:
    offsets: dict[tuple[str, int], _Offset] = field(default_factory=dict)
    readings: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    superseded: set[tuple[Any, ...]] = field(default_factory=set)
    marks: list[tuple[str, date, str, str]] = field(default_factory=list)
    registry: dict[tuple[str, date], Any] = field(default_factory=dict)
    rejects: dict[str, list[Any]] = field(default_factory=dict)


class InMemoryIngestStore:
    """The store of ingest in memory. It passes the suite of the real one (tests/integration/test_ingest_store.py).

    ``failures`` are raised by the next calls of ``store``, one each; ``calls`` are the sizes of what was stored.
    """

    def __init__(self, grace_seconds: float = 60.0) -> None:
        self._state, self._grace = _State(), timedelta(seconds=grace_seconds)
        self.failures: list[Exception | None] = []
        self.claim_failures: list[Exception] = []
        self.calls: list[int] = []

    def __call__(self) -> Seen:
        state = self._state
        return Seen(
            set(state.readings.values()),
            set(state.superseded),
            sorted(state.marks, key=lambda mark: (mark[0], mark[2], mark[1])),
            {(s, day, r.revision, r.name, counts_in(r)) for (s, day), r in state.registry.items()},
            {place: published for place, (_, published) in state.rejects.items()},
            self.positions(),
        )

    def positions(self) -> dict[tuple[str, int], int]:
        return {where: one.next_offset for where, one in self._state.offsets.items()}

    def claim(self, owner, generation, partitions, now):
        if self.claim_failures:
            raise self.claim_failures.pop(0)
        claimed = {}
        for where in partitions:
            standing = self._state.offsets.get(where)
            if standing and standing.generation > generation and standing.updated_at >= now - self._grace:
                raise Fenced("older generation")
            epoch, offset = (standing.epoch + 1, standing.next_offset) if standing else (1, 0)
            claimed[where] = epoch, offset
        for where, (epoch, offset) in claimed.items():
            self._state.offsets[where] = _Offset(offset, owner, generation, epoch, now)
        return claimed

    def move(self, owner, epochs, offsets):
        for where, offset in offsets.items():
            standing = self._state.offsets[where]
            if (standing.owner, standing.epoch) != (owner, epochs[where]):
                raise Fenced("not the owner")
            standing.next_offset = offset

    def store(self, owner, advances, *, readings, records, rejects, now, sent=lambda: None):
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        before = copy.deepcopy(self._state)
        try:
            stored = self._store(owner, advances, readings, records, rejects, now)
        except Exception:
            self._state = before
            raise
        self.calls.append(sum(after - first for _, first, after in advances.values()))
        return stored

    def _store(self, owner, advances, readings, records, rejects, now):
        for where, (epoch, first, after) in advances.items():
            standing = self._state.offsets.get(where)
            if standing is None or (standing.owner, standing.epoch) != (owner, epoch) or standing.next_offset > first:
                raise Fenced("not the owner, or stored already")
            standing.next_offset, standing.updated_at = after, now
        touched: dict[tuple[str, str], list[tuple[date, str]]] = {}
        left: set[tuple[str, str]] = set()
        moved: set[str] = set()
        changed = [record for record in records if self._record(record, left, moved)]
        stored = self._readings(readings, touched)
        for record in changed:
            subject = str(subject_of(record))
            starts = [row[2] for row in self._state.readings.values() if record.kind == "region" or row[0] == subject]
            start = min(starts, default=record.valid_from.replace(day=1))
            touched.setdefault((subject, "registry"), []).append((start, subject))
        self._mark(touched, left, moved)
        for one in rejects:
            standing = self._state.rejects.get(one.id)
            if standing is None or (standing[0].key, standing[0].value) != (one.key, one.value):
                self._state.rejects[one.id] = [one, False]
        return stored

    def _record(self, record, left, moved):
        at = str(subject_of(record)), record.valid_from
        standing = self._state.registry.get(at)
        if standing is not None and (standing.revision > record.revision or standing == record):
            return False
        if standing is not None and counts_in(standing):
            left.add((at[0], counts_in(standing)))
        lay = standing and (counts_in(standing), standing.valid_to)
        if record.kind == "region" and lay != (counts_in(record), record.valid_to):
            moved.add(at[0])
        self._state.registry[at] = record
        return True

    def _readings(self, readings, touched):
        """One after the other, each against what stands: the plainest reading of the rule."""
        before = dict(self._state.readings)
        if any("\x00" in (row[11] or "") for row in readings):
            raise StorageRefused("22021: invalid byte sequence")
        for row in readings:
            standing = self._state.readings.get(row[:4])
            if row == standing or row in self._state.superseded:
                continue
            if standing is None or _rank(row) > _rank(standing):
                self._state.readings[row[:4]] = row
                self._state.superseded |= {standing} - {None}
            else:
                self._state.superseded.add(row)
        changed = {key: row for key, row in self._state.readings.items() if before.get(key) != row}
        for key, row in changed.items():
            cause = "correction" if key in before else "figures"
            judged = (4, 6, 8, 9, 10, 12)  # revision, report, unit, amount, flag, source
            if cause == "figures" or [before[key][i] for i in judged] != [row[i] for i in judged]:
                touched.setdefault((row[0], cause), []).append((row[2], row[6]))
        return len(changed)

    def _mark(self, touched, left, moved):
        judged: dict[tuple[str, str], tuple[date, set[tuple[str, str]]]] = {}
        for (subject, cause), notes in touched.items():
            reached = self._reached(subject, left) if _goes_up(subject, cause) else set()
            below = self._reached(subject, left, down=True) if cause == "registry" and subject in moved else set()
            for who in {subject} | reached | below:
                start, by = judged.get((who, cause), (date.max, set()))
                judged[who, cause] = min(start, *(day for day, _ in notes)), by | {(subject, name) for _, name in notes}
        for (who, cause), (start, by) in judged.items():
            many = f"{len(by)} {'records' if cause == 'registry' else 'reports'}"
            self._state.marks.append((who, start, cause, next(iter(by))[1] if len(by) == 1 else many))

    def _reached(self, subject, left, *, down=False):
        """Everybody above a subject, or everybody below it."""
        stands = {(who, counts_in(record)) for (who, _), record in self._state.registry.items()} | left
        edges = {(who, f"region:{up}") for who, up in stands if up}
        edges = {(up, who) for who, up in edges} if down else edges
        found, frontier = set(), {subject}
        while frontier:
            frontier = {there for here, there in edges if here in frontier} - found
            found |= frontier
        return found

    @contextmanager
    def unpublished(self, limit, now):
        waiting = [one for one in self._state.rejects.values() if not one[1]][:limit]
        yield [one[0] for one in waiting]
        for one in waiting:
            one[1] = True


def _goes_up(subject, cause):
    return cause == "registry" or not subject.startswith("region:")


def _rank(row):
    return (*row[4:8], row[9], row[8], row[12], row[10] or "", row[11] or "")


class StoreUnderTest:
    """A store with what it holds, and with its offsets kept track of."""

    def __init__(self, store: Any, seen: Any) -> None:
        self.store, self.seen = store, seen
        self.offset = 0
        self._looked: list[Any] = []
        store.claim("me", 1, [REPORTS], NOW)

    def batch(self, *rows: Any, records: Any = (), rejects: Any = (), now: datetime = NOW) -> int:
        """Store rows as the next batch."""
        self.offset += 1
        advances = {REPORTS: (1, self.offset - 1, self.offset)}
        return self.store.store("me", advances, readings=rows, records=records, rejects=rejects, now=now)

    def marks(self) -> list[Any]:
        """Marks that are new since the last look."""
        before, self._looked = self._looked, self.seen().marks
        new = list(self._looked)
        for mark in before:
            new.remove(mark)
        return new


KINDS = ("memory", "database")


def store_under_test(request: Any) -> Iterator[StoreUnderTest]:
    """The store that the parameter of a fixture names."""
    if request.param == "memory":
        store = InMemoryIngestStore()
        yield StoreUnderTest(store, store)
        return
    dsn = request.getfixturevalue("database_dsn")
    with Database(dsn, max_size=2) as database:
        yield StoreUnderTest(IngestStore(database, "test"), SeenInDatabase(dsn))
