"""What assess asks of the database: marks, figures, standing judgements; and what it writes, all in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.figures import Figure, Figures, Terms
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Target, Yardstick
from planwatch.contract.records import Records
from planwatch.contract.registry import MeasuredFactor, parse_record
from planwatch.contract.warning import Cause, Change, EarlyWarning
from planwatch.storage.database import Connection, Database
from planwatch.storage.quality_store import QualityWork
from planwatch.storage.queries import load_queries
from planwatch.storage.rows import (
    assessment_columns,
    assessment_of_row,
    change_columns,
    level_of_row,
    warning_columns,
    warning_of_row,
)

QUERIES = load_queries("assess.sql")
LOOK_BACK = timedelta(days=40)
"""How far back deadlines are looked for after a stand-still."""
# A correction says more about why something was judged again than the new figures that came with it.
_STRENGTH = (Cause.RELATED, Cause.FIGURES, Cause.REGISTRY, Cause.PLAN, Cause.CORRECTION)


@dataclass(frozen=True, slots=True)
class Marked:
    """A subject to be judged again, from a month on, and why."""

    subject: str
    since: date
    cause: Cause
    caused_by: str

    @property
    def anew_from(self) -> date | None:
        """The first day of the month from which on judgements may come out differently; None: any of them may.

        New figures bear on their own month and later ones, for the subject and for whoever depends on it; a changed
        register entry or target on all.
        """
        return None if self.cause in (Cause.REGISTRY, Cause.PLAN) else self.since.replace(day=1)


@dataclass(frozen=True, slots=True)
class Who:
    """What the registry says of a subject. ``regions`` is the chain above it, nearest first; ``traits`` a unit's."""

    subject: str
    kind: str
    name: str
    two_high: bool
    regions: tuple[str, ...]
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a judgement that stands says, and the how-manieth of its key it is.

    ``whole`` is the judgement with its figures; None where it lies before the months that are judged anew.
    """

    plan: str
    target: str
    subject: str
    yardstick: Yardstick
    period: Period
    status: Status
    level: Level | None
    judgement: int
    whole: Assessment | None = None

    @classmethod
    def of(cls, whole: Assessment, judgement: int) -> "Standing":
        """The whole judgement."""
        spot = (whole.plan, whole.target, whole.subject, whole.yardstick, whole.period)
        return cls(*spot, whole.status, whole.level, judgement, whole)

    @property
    def columns(self) -> dict[str, Any]:
        """Its key as columns."""
        return {
            "subject": self.subject,
            "target": self.target,
            "yardstick": self.yardstick.value,
            "period_start": self.period.start,
            "months": self.period.months,
        }


class Work:
    """One open transaction of assess: the subjects taken, what bears on them, and what is to be written."""

    def __init__(self, connection: Connection, marked: Sequence[Marked]) -> None:
        self._connection = connection
        self._members: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self.marked = marked

    def quality(self) -> QualityWork:
        """What the checks of figures ask of this transaction and write in it."""
        return QualityWork(self._connection)

    def live_law(self) -> str | None:
        """The hash of the law in force as this transaction sees it; None before the first."""
        row = self._connection.execute(QUERIES.live_law_hash).fetchone()
        return str(row[0]) if row else None

    def who(self, subjects: Sequence[str]) -> dict[str, Who]:
        """Registry entries of those subjects that are registered."""
        rows = self._connection.execute(QUERIES.who, {"subjects": list(subjects)})
        return {row[0]: Who(row[0], row[1], row[2], row[3], tuple(row[4]), row[5]) for row in rows}

    def records(self, subjects: Sequence[str]) -> Records:
        """All register entries of subjects, those that ended too."""
        rows = self._connection.execute(QUERIES.records, {"subjects": list(subjects)})
        return Records.of(parse_record(row[0].encode()) for row in rows)

    def targets(self, names: Sequence[str]) -> dict[str, Target]:
        """Targets as they last were live, whether or not they still are."""
        rows = self._connection.execute(QUERIES.targets, {"targets": list(names)})
        return {row[0]: Target.model_validate_json(row[1]) for row in rows}

    def names(self, subjects: Iterable[str]) -> dict[str, str]:
        """Registered names of subjects."""
        return dict(self._connection.execute(QUERIES.names, {"subjects": list(subjects)}).fetchall())

    def members(self, region: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Subjects of registry kinds in a region and below; asked once a pass, whatever the number of targets."""
        if (region, kinds) not in self._members:
            rows = self._connection.execute(QUERIES.members, {"region": region, "kinds": list(kinds)})
            self._members[region, kinds] = tuple(row[0] for row in rows)
        return self._members[region, kinds]

    def figures(self, subjects: Iterable[str], units: Mapping[str, str]) -> Figures:
        """All standing figures of subjects for indicators, set-wise; ``units`` are indicators with canonical units."""
        bound = {"subjects": sorted(set(subjects)), "indicators": sorted(units)}
        cursor = self._connection.cursor(binary=True)
        found = (
            Figure(row[0], row[1], Period.from_start(row[2], row[3]), row[4], units[row[1]], *row[5:])
            for row in cursor.execute(QUERIES.figures, bound)
        )
        return Figures.of(found, self._terms(bound["subjects"]))

    def _terms(self, subjects: Sequence[str]) -> Terms:
        """On what terms the figures of subjects count: measured factors, and the ends of register entries."""
        measured: dict[str, dict[tuple[str, date], MeasuredFactor]] = {}
        ended: dict[str, date] = {}
        for subject, end, factors in self._connection.execute(QUERIES.terms, {"subjects": subjects}):
            if end is not None:
                ended[subject] = end
            for raw in factors or ():
                factor = MeasuredFactor.model_validate(raw, strict=False)
                measured.setdefault(subject, {})[factor.energy_kind, factor.valid_from] = factor
        return Terms({subject: tuple(one.values()) for subject, one in measured.items()}, ended)

    def standing(self) -> dict[str, list[Standing]]:
        """The judgements that stand of the marked subjects: whole where they may come out differently now."""
        found: dict[str, list[Standing]] = {one.subject: [] for one in self.marked}
        bound = {
            "subjects": [one.subject for one in self.marked],
            "since": [one.anew_from or date.min for one in self.marked],
        }
        for row in self._connection.execute(QUERIES.standing, bound):
            found[row[2]].append(standing_of_row(row))
        for row in self._connection.execute(QUERIES.standing_whole, bound):
            found[row[2]].append(Standing.of(assessment_of_row(row), row[24]))
        return found

    def whole(self, standing: Standing) -> Assessment:
        """A judgement that stands, with its figures."""
        if standing.whole is not None:
            return standing.whole
        row = self._connection.execute(QUERIES.judgement, standing.columns).fetchone()
        assert row is not None, "nobody else closes judgements of a subject that is held"
        return assessment_of_row(row)

    def warnings(self, subjects: Sequence[str]) -> dict[str, list[EarlyWarning]]:
        """All warnings of subjects, oldest first."""
        found: dict[str, list[EarlyWarning]] = {subject: [] for subject in subjects}
        for row in self._connection.execute(QUERIES.warnings_of, {"subjects": list(subjects)}):
            found[row[3]].append(warning_of_row(row))
        return found

    def mark_related(self, subjects: Sequence[str], regions: Sequence[str], since: date | None, now: datetime) -> None:
        """Mark who depends on what was judged, from a month on or (None) from the first figures on.

        Ledger projects of the same permits depend on ``subjects``, 两高 projects below them on ``regions``.
        """
        bound = {"subjects": list(subjects), "regions": list(regions), "since": since, "now": now}
        if subjects:
            self._connection.execute(QUERIES.mark_same_source, bound)
        if regions:
            self._connection.execute(QUERIES.mark_projects_below, bound)

    def close_assessments(self, closed: Sequence[Standing], now: datetime) -> None:
        """Close standing judgements without another one in their place."""
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.supersede, [{**one.columns, "now": now} for one in closed])

    def save_assessments(self, fresh: Sequence[tuple[Assessment, int, Cause]], now: datetime) -> None:
        """Write judgements with their numbers; a number above 1 closes the one before."""
        rows: list[dict[str, Any]] = [
            {**assessment_columns(assessment), "judgement": number, "cause": cause.value, "now": now}
            for assessment, number, cause in fresh
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.supersede, [row for row in rows if row["judgement"] > 1])
            cursor.executemany(QUERIES.insert_assessment, rows)

    def save_warnings(self, warnings: Sequence[EarlyWarning], now: datetime) -> None:
        """Insert or update warnings."""
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.save_warning, [{**warning_columns(one), "now": now} for one in warnings])

    def save_changes(
        self, changes: Sequence[tuple[Change, str]], bodies: Mapping[str, Mapping[str, Any]], now: datetime
    ) -> None:
        """Write changes (each with the law that judged it) and, for each, the duty to notify with its body."""
        outbox = [
            {"change_id": change.id, "warning_id": change.warning_id, "body": Jsonb(bodies[change.id]), "now": now}
            for change, _ in changes
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(
                QUERIES.insert_change, [{**change_columns(change, law), "now": now} for change, law in changes]
            )
            cursor.executemany(QUERIES.insert_outbox, outbox)
        if changes:
            self._connection.execute(QUERIES.wake_notify)


class AssessStore:
    """The database as assess sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def taken(self, limit: int) -> Iterator[Work]:
        """A transaction that holds up to ``limit`` marked subjects; nobody else judges them until it ends."""
        with self._database.transaction() as connection:
            subjects = [row[0] for row in connection.execute(QUERIES.take_subjects, {"limit": limit})]
            rows = connection.execute(QUERIES.take_marks, {"subjects": subjects}).fetchall() if subjects else []
            yield Work(connection, [Marked(row[0], row[1], _strongest(row[2]), row[3]) for row in rows])

    def mark_due(self, today: date, now: datetime, reports_due: Callable[[date, date], bool]) -> None:
        """Mark whom a deadline concerns that passed since this was last asked, at most 40 days back.

        Projects whose disposal fell due; and all units, where ``reports_due`` says that a deadline for reports lies
        between two days. Asked once a day, whatever the number of processes.
        """
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.looked_until).fetchone()
            since = row[0] if row else today - LOOK_BACK
            if since >= today:
                return
            bound = {"since": max(since, today - LOOK_BACK), "today": today, "now": now}
            connection.execute(QUERIES.mark_due, bound)
            if reports_due(bound["since"], today):
                connection.execute(QUERIES.mark_reporting_units, bound)
            connection.execute(QUERIES.look_until, bound)

    def backlog(self, now: datetime) -> tuple[int, float]:
        """How many marks wait, and the age of the oldest in seconds."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.count_marks, {"now": now}).fetchone()
            assert row is not None
            return int(row[0]), float(row[1])


def standing_of_row(row: Sequence[Any]) -> Standing:
    """What a judgement says, from the columns of the query `standing`."""
    plan, target, subject, yardstick, start, months, status, *level, judgement = row
    period = Period.from_start(start, months)
    return Standing(
        plan, target, subject, Yardstick(yardstick), period, Status(status), level_of_row(*level), judgement
    )


def _strongest(causes: Sequence[str]) -> Cause:
    return max((Cause(cause) for cause in causes), key=_STRENGTH.index)
