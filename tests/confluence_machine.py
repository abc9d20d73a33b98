"""The real ingest and assess on a real database, driven step by step, each of which may be cut off in the middle."""

from contextlib import contextmanager, suppress
from datetime import date, timedelta

import pytest
from assess_support import Meanwhile, metrics
from confluence_facts import FIRST, LAST, LATER, NOW

from planwatch.contract.period import Period, local_day
from planwatch.contract.report import Report
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.service.checking import deadline_between
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import QUERIES, AssessStore
from planwatch.storage.ingest_store import IngestStore
from planwatch.storage.law_store import LawStore
from planwatch.storage.rows import assessment_of_row


class Crash(Exception):
    """What is thrown in the middle of a transaction."""


class CutOff:
    """The store of assess, whose transaction ends with a crash after so many writes."""

    def __init__(self, store, after):
        self.store, self.after = store, after

    @contextmanager
    def taken(self, *words):
        with self.store.taken(*words) as work:
            yield _Counting(work, self)


class _Counting:
    WRITES = ("close_assessments", "save_assessments", "save_warnings", "save_changes", "mark_related")

    def __init__(self, work, cut):
        self._work, self._cut = work, cut

    def __getattr__(self, name):
        found = getattr(self._work, name)
        return self._written(found) if name in self.WRITES else found

    def _written(self, write):
        def written(*words):
            if self._cut.after == 0:
                raise Crash
            self._cut.after -= 1
            write(*words)

        return written


TOLD_OTHERWISE = """
    SELECT told.subject, told.target, told.yardstick, told.period_start, told.after_severity, stands.severity
    FROM (
        SELECT DISTINCT ON (c.warning_id, c.period_start, c.months) c.*
        FROM planwatch.level_change c JOIN planwatch.warning w USING (warning_id)
        WHERE w.state <> 'withdrawn'
        ORDER BY c.warning_id, c.period_start, c.months, c.number DESC
    ) told
    LEFT JOIN planwatch.assessment stands
        ON (stands.subject, stands.target, stands.yardstick, stands.period_start, stands.months)
         = (told.subject, told.target, told.yardstick, told.period_start, told.months)
       AND stands.superseded_at IS NULL
    WHERE stands.severity IS DISTINCT FROM told.after_severity
"""


UNTOLD = """
    SELECT w.warning_id, w.changes, count(c.change_id), count(o.change_id)
    FROM planwatch.warning w LEFT JOIN planwatch.level_change c USING (warning_id)
    LEFT JOIN planwatch.outbox o ON o.change_id = c.change_id
    GROUP BY w.warning_id, w.changes
    HAVING (w.changes, w.changes) <> (count(c.change_id), count(o.change_id))
"""


class Machine:
    """Ingest and assess on a real database, step by step, each of which may be cut off in the middle."""

    def __init__(self, database):
        self.database, self.law, self.now = database, FIRST, NOW
        self.decoder = Decoder(Topics.named("t."), FIRST.catalogue, "test")
        self.store = IngestStore(database, "test")
        self.begin_day(NOW)

    def begin_day(self, now):
        """What the assess process does when a day begins."""
        self.now = now
        due = lambda known, since, today: deadline_between(self.law, known, since, today)  # noqa: E731 - as the loop has it
        AssessStore(self.database).mark_due(local_day(now), now, due)

    def ingest(self, facts, crash):
        """Store a batch; unless ``crash`` is False it is cut off before it is committed, and then stored."""
        reports = [fact for fact in facts if isinstance(fact, Report)]
        messages = [RawMessage("t.reports.v1", 0, i, one.key, one.to_json()) for i, one in enumerate(reports)]
        rows = [row for message in messages for row in self.decoder.decode(message, self.now).readings]
        records = [fact for fact in facts if not isinstance(fact, Report)]
        partition = ("t.reports.v1", 0)
        epoch, at = self.store.claim("test", 1, [partition], self.now)[partition]
        step = {partition: (epoch, at, at + 1)}
        if crash is not False:
            with pytest.raises(Crash):
                self.store.store(
                    "test",
                    step,
                    readings=_then_crash(rows) if rows else rows,
                    records=_then_crash(records) if records else records,
                    rejects=(),
                    now=self.now,
                )
        self.store.store("test", step, readings=rows, records=records, rejects=(), now=self.now)

    def change_law(self):
        self.law = LAST
        LawStore(self.database).make_live(LAST, self.now + timedelta(hours=1))

    def assess(self, limit, crash):
        """A pass; unless ``crash`` is False one is cut off before, after that many of its writes."""
        store = AssessStore(self.database)
        if crash is not False:
            with suppress(Crash):
                assess_once(CutOff(store, int(crash)), self.law, self.now, limit, metrics())
                return 1  # there was less to write than that
        return assess_once(store, self.law, self.now, limit, metrics())

    def assess_while(self, limit, facts):
        """A pass while facts come in between its checks and its judgements; whether there was anything to judge."""
        ingest = lambda: self.ingest(facts, False)  # noqa: E731 - done where the pass is in the middle
        return assess_once(Meanwhile(AssessStore(self.database), ingest), self.law, self.now, limit, metrics())

    def finish(self):
        if self.law is FIRST:
            self.change_law()
        if self.now is NOW:
            self.begin_day(LATER)
        for _ in range(200):
            if not self.assess(50, False):
                return
        raise AssertionError("marks never run out")

    def assessments(self):
        with self.database.transaction() as connection:
            subjects = [row[0] for row in connection.execute("SELECT DISTINCT subject FROM planwatch.assessment")]
            bound = {"subjects": subjects, "since": [date.min] * len(subjects)}
            rows = connection.execute(QUERIES.standing_whole, bound).fetchall()
        standing = [assessment_of_row(row) for row in rows]
        return {(one.subject, one.target, one.yardstick, one.period): one for one in standing}

    def findings(self):
        """What the checks find, as it stands."""
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT rule, subject, indicator, period_start, months FROM planwatch.finding"
                " WHERE superseded_at IS NULL AND state = 'open'"
            ).fetchall()
        return {(row[0], row[1], row[2], Period.from_start(row[3], row[4])) for row in rows}

    def told_otherwise(self):
        """Levels that people were told last of a period, of warnings that stand, which are not what stands there."""
        with self.database.transaction() as connection:
            return connection.execute(TOLD_OTHERWISE).fetchall()

    def untold(self):
        """Warnings of which not every change is in the history and on its way to people."""
        with self.database.transaction() as connection:
            return connection.execute(UNTOLD).fetchall()

    def warnings(self):
        with AssessStore(self.database).taken(0, NOW.date()) as work:
            rows = work._connection.execute("SELECT DISTINCT subject FROM planwatch.warning").fetchall()
            found = [one for several in work.warnings([row[0] for row in rows]).values() for one in several]
        return sorted(
            (
                one.key.subject,
                one.key.target,
                one.key.yardstick,
                one.first,
                one.last,
                one.level.severity,
                one.peak,
                one.cleared_at,
            )
            for one in found
            if one.state != "withdrawn"
        )


def _then_crash(rows):
    """All rows, and then the end of the process."""

    class Rows(list):
        def __iter__(self):
            yield from list.__iter__(self)
            raise Crash

    return Rows(rows)
