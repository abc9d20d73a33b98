"""What assess asks of the database: marks, figures, standing judgements; and what it writes, all in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from psycopg.types.json import Jsonb

from planwatch.contract.assessment import Assessment
from planwatch.contract.figures import Figure, Figures
from planwatch.contract.holds import Effect, held_by
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Target
from planwatch.contract.quality import FindingState, Outcome, Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import CalendarRecord, parse_record
from planwatch.contract.warning import Cause, Change, EarlyWarning
from planwatch.storage.beside_store import Beside, beside_of
from planwatch.storage.database import Connection, Database
from planwatch.storage.membership import Membership
from planwatch.storage.quality_store import QualityWork
from planwatch.storage.queries import load_queries
from planwatch.storage.registry_store import calendar_records
from planwatch.storage.rows import (
    assessment_columns,
    assessment_of_row,
    change_columns,
    warning_columns,
    warning_of_row,
)
from planwatch.storage.taken import Marked, Standing, Who, marked_of_row, standing_of_row

QUERIES = load_queries("assess.sql")
NOTHING: Mapping[str, Sequence[Effect]] = MappingProxyType({})
LOOK_BACK = timedelta(days=40)
"""How far back deadlines are looked for where no process has ever looked."""


class Work:
    """One open transaction of assess: the subjects taken, what bears on them, and what is to be written.

    ``day`` is the day it is: register entries that begin later are not in force yet.
    """

    def __init__(self, connection: Connection, marked: Sequence[Marked], day: date) -> None:
        self._connection = connection
        self.day = day
        self._membership = Membership(connection, day)
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
        rows = self._connection.execute(QUERIES.who, {"subjects": list(subjects), "day": self.day})
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
        bound = {"subjects": list(subjects), "day": self.day}
        return dict(self._connection.execute(QUERIES.names, bound).fetchall())

    def calendar_records(self) -> list[CalendarRecord]:
        """All registered duties and working years."""
        return calendar_records(self._connection)

    def members(self, region: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Subjects of registry kinds that lie in a region and below, or lay there before they moved."""
        return self._membership.members(region, kinds)

    def marked_elsewhere(self, subjects: Iterable[str]) -> list[str]:
        """Which of some subjects wait to be checked and are not among those taken here."""
        bound = {"subjects": sorted(set(subjects))}
        return [row[0] for row in self._connection.execute(QUERIES.marked_elsewhere, bound)]

    def figures(
        self, subjects: Iterable[str], units: Mapping[str, str], instead: Mapping[str, Sequence[Effect]] = NOTHING
    ) -> Figures:
        """All standing figures of subjects for indicators, set-wise; ``units`` are indicators with canonical units.

        What was found of them says which are out of sums; ``instead`` is what is known better than what is written.
        """
        bound = {"subjects": sorted(set(subjects)), "indicators": sorted(units)}
        effects = {**self._effects(bound["subjects"]), **instead}
        cursor = self._connection.cursor(binary=True)
        stated = (
            Figure(row[0], row[1], Period.from_start(row[2], row[3]), row[4], units[row[1]], *row[5:])
            for row in cursor.execute(QUERIES.figures, bound)
        )
        return Figures.of(held_by(stated, effects), self._membership.terms(bound["subjects"]))

    def _effects(self, subjects: Sequence[str]) -> dict[str, list[Effect]]:
        found: dict[str, list[Effect]] = {}
        for subject, rule, indicator, start, months, outcome, state in self._connection.execute(
            QUERIES.effects, {"subjects": subjects}
        ):
            period = Period.from_start(start, months)
            effect = Effect(Rule(rule), indicator, period, Outcome(outcome), FindingState(state))
            found.setdefault(subject, []).append(effect)
        return found

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
            found[row[2]].append(Standing.of(assessment_of_row(row)))
        return found

    def whole(self, standing: Standing) -> Assessment:
        """A judgement that stands, with its figures."""
        if standing.whole is not None:
            return standing.whole
        row = self._connection.execute(QUERIES.judgement, standing.columns).fetchone()
        assert row is not None, "nobody else closes judgements of a subject that is held"
        return assessment_of_row(row)

    def beside(self, subjects: Iterable[str]) -> Beside:
        """What is said beside judgements of subjects: names, open findings, withdrawn figures."""
        return beside_of(self._connection, subjects, None)

    def warnings(self, subjects: Sequence[str]) -> dict[str, list[EarlyWarning]]:
        """All warnings of subjects, oldest first."""
        found: dict[str, list[EarlyWarning]] = {subject: [] for subject in subjects}
        for row in self._connection.execute(QUERIES.warnings_of, {"subjects": list(subjects)}):
            found[row[3]].append(warning_of_row(row))
        return found

    def told(self, subjects: Sequence[str]) -> dict[str, dict[Period, Level | None]]:
        """The level that people were told last of each period, by warning, of subjects' warnings not withdrawn."""
        found: dict[str, dict[Period, Level | None]] = {}
        for warning, start, months, after in self._connection.execute(QUERIES.told, {"subjects": list(subjects)}):
            level = Level.model_validate(after) if after else None
            found.setdefault(warning, {})[Period.from_start(start, months)] = level
        return found

    def mark_related(self, subjects: Sequence[str], regions: Sequence[str], since: date | None, now: datetime) -> None:
        """Mark who depends on what was judged, from a month on or (None) from the first figures on.

        Ledger projects of the same permits depend on ``subjects``, 两高 projects below them on ``regions``.
        """
        # Who was judged in this pass from no later a month on has seen all of it.
        covered = [
            one.subject
            for one in self.marked
            if one.anew_from is None or (since is not None and one.anew_from <= since)
        ]
        bound = {
            "subjects": list(subjects), "regions": list(regions), "since": since, "covered": covered, "now": now,
        }  # fmt: skip
        if subjects:
            self._connection.execute(QUERIES.mark_same_source, bound)
        if regions:
            self._connection.execute(QUERIES.mark_projects_below, bound)

    def close_assessments(self, closed: Sequence[Standing], now: datetime) -> None:
        """Close standing judgements, whether or not another one is to stand in their place."""
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.supersede, [{**one.columns, "now": now} for one in closed])

    def save_assessments(self, fresh: Sequence[tuple[Assessment, Cause, str]], now: datetime) -> None:
        """Write judgements with their cause and what was behind it; what they stand in for must have been closed."""
        rows = [
            {**assessment_columns(one), "cause": cause.value, "caused_by": by, "now": now} for one, cause, by in fresh
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.insert_assessment, rows)

    def save_warnings(self, warnings: Sequence[EarlyWarning], now: datetime) -> None:
        """Insert or update warnings."""
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.save_warning, [{**warning_columns(one), "now": now} for one in warnings])

    def save_changes(
        self, changes: Sequence[tuple[Change, str, str]], bodies: Mapping[str, Mapping[str, Any]], now: datetime
    ) -> None:
        """Write changes, each with the law that judged it and what was behind it, and the duty to notify of each."""
        outbox = [
            {"change_id": change.id, "warning_id": change.warning_id, "body": Jsonb(bodies[change.id]), "now": now}
            for change, *_ in changes
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(
                QUERIES.insert_change,
                [{**change_columns(change, law), "caused_by": by, "now": now} for change, law, by in changes],
            )
            cursor.executemany(QUERIES.insert_outbox, outbox)
        if changes:
            self._connection.execute(QUERIES.wake_notify)


class AssessStore:
    """The database as assess sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def taken(self, limit: int, today: date) -> Iterator[Work]:
        """A transaction that holds up to ``limit`` marked subjects; nobody else judges them until it ends.

        It sees one state of everything, however long it takes. The subjects are locked before, by the session: a state
        from before the lock would miss what the last holder wrote. Register entries hold by the latest day that any
        process has begun, so that one whose clock is a little behind does not judge by yesterday's what was marked
        because a day began.
        """
        with self._database.session() as session, _let_go(session):
            with session.transaction():
                subjects = [row[0] for row in session.execute(QUERIES.lock_subjects, {"limit": limit})]
            with session.transaction():
                session.execute(QUERIES.one_snapshot)
                rows = session.execute(QUERIES.take_marks, {"subjects": subjects}).fetchall() if subjects else []
                begun = session.execute(QUERIES.day_begun).fetchone()
                day = max(today, begun[0]) if begun else today
                yield Work(session, [marked_of_row(*row) for row in rows], day)

    def mark_due(
        self, today: date, now: datetime, reports_due: Callable[[Sequence[CalendarRecord], date, date], bool]
    ) -> None:
        """Mark whom a day concerns that has begun since this was last asked.

        Whoever depends on a register entry that takes effect; projects whose disposal fell due; and all that are
        registered, where ``reports_due`` says that by the registered duties a deadline for reports lies between two
        days. Deadlines are looked for from the day last asked on, however long all processes stood still; the first
        time 40 days back. Asked once a day, whatever the number of processes.
        """
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.looked_until).fetchone()
            since = row[0] if row else today - LOOK_BACK
            if since >= today:
                return
            bound = {"since": since, "today": today, "now": now}
            connection.execute(QUERIES.mark_begun, {**bound, "after": row[0] if row else date.min})
            connection.execute(QUERIES.mark_due, bound)
            if reports_due(calendar_records(connection), bound["since"], today):
                connection.execute(QUERIES.mark_reporting_units, bound)
            connection.execute(QUERIES.look_until, bound)

    def backlog(self, now: datetime) -> tuple[int, float]:
        """How many marks wait, and the age of the oldest in seconds."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.count_marks, {"now": now}).fetchone()
            assert row is not None
            return int(row[0]), float(row[1])


@contextmanager
def _let_go(session: Connection) -> Iterator[None]:
    """Give the locks of a session back at its end; one that is cut off has none any more."""
    try:
        yield
    finally:
        if not session.closed and not session.broken:
            with session.transaction():
                session.execute(QUERIES.unlock_all)
