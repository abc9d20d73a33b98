"""Whatever the order, the batches, the repeats and the crashes: the end state is the pure function of all facts."""

from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from assess_support import metrics
from confluence_support import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality_flow_support import summed

from planwatch.contract.calendar import DaysOff, Deadline
from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law
from planwatch.contract.registry import ReductionProjectRecord, RegionRecord, TwoHighProjectRecord, UnitRecord
from planwatch.contract.report import Flag, Reading, Report, Subject
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.plans.merged import load_merged
from planwatch.service.checking import deadline_between
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import QUERIES, AssessStore
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore
from planwatch.storage.law_store import LawStore
from planwatch.storage.rows import assessment_of_row

pytestmark = pytest.mark.services
NOW = datetime(2024, 6, 1, tzinfo=UTC)
SHIPPED = load_merged()
NAMES = ("chongqing.energy-intensity", "chongqing.cod-reduction", "chongqing.two-high-5000", "tianjin.district-total")
LATER = datetime(2024, 8, 1, tzinfo=UTC)
"""The end: register entries have begun by then that were to come at first, and deadlines have passed."""
SINCE, MIDWAY, TO_COME = date(2020, 1, 1), date(2022, 4, 1), date(2024, 7, 1)
SUMMED = "chongqing.industrial-intensity"


def law_of(value, names):
    """Some targets of the shipped plans, Chongqing's intensity at a value, and Tianjin's ledger check for Chongqing."""
    check = next(one for one in SHIPPED.judged if one.check == "double_counted")
    here = check.model_copy(update={"applies_to": check.applies_to.model_copy(update={"region": "500000"})})
    plans = []
    for plan in SHIPPED.plans:
        own = [
            summed(SHIPPED) if one.id == SUMMED else one for one in plan.targets if one.id in (*names, SUMMED, check.id)
        ]
        own = [here if one.id == check.id else one for one in own]
        own = [
            one.model_copy(update={"value": Decimal(value)}) if one.id == "chongqing.energy-intensity" else one
            for one in own
        ]
        plans.append(type(plan)(**{**dict(plan), "targets": tuple(own), "mechanisms": ()}))
    return Law(
        plans=tuple(plans),
        rule_sets=SHIPPED.rule_sets,
        coal=SHIPPED.coal,
        catalogue=SHIPPED.catalogue,
        quality=SHIPPED.quality if names == NAMES else None,
    )


FIRST, LAST = law_of(14, NAMES[:2]), law_of(16, NAMES)


def report(subject, period, revision, **values):
    kind, _, name = subject.partition(":")
    return Report(
        report_id=f"{name}-{period}-{revision}",
        subject=Subject(kind=kind, id=name),
        period=period,
        revision=revision,
        submitted_at=NOW + timedelta(hours=revision),
        readings=tuple(
            Reading(indicator=key.replace("__", "."), value=Decimal(value), unit=unit, flag=flag)
            for key, (value, unit, flag) in values.items()
        ),
    )


FLAGS = st.sampled_from([None, None, None, Flag.SUSPECT, Flag.HELD, Flag.WITHDRAWN])
AMOUNTS = st.integers(min_value=-5, max_value=2000)


@st.composite
def region_reports(draw):
    value = lambda unit: (draw(AMOUNTS), unit, draw(FLAGS))  # noqa: E731 - three words used twice
    period = draw(st.sampled_from(["2020", "2021", "2022", "2021-Q1", "2022-Q1", "2022-H1"]))
    return report("region:500000", period, draw(st.integers(0, 2)), energy__total=value("tce"), gdp=value("CNY"))


@st.composite
def project_reports(draw):
    name = draw(st.sampled_from(["project:a", "project:b"]))
    period = draw(st.sampled_from(["2021-03", "2021-04", "2022-03"]))
    booked = (draw(st.integers(0, 20000)), "t", draw(FLAGS))
    return report(name, period, draw(st.integers(0, 2)), reduction__cod=booked)


@st.composite
def coal_reports(draw):
    period = draw(st.sampled_from([f"2022-{month:02d}" for month in range(1, 5)]))
    return report("project:t", period, draw(st.integers(0, 1)), energy__raw_coal=(draw(AMOUNTS), "万t", draw(FLAGS)))


@st.composite
def unit_reports(draw):
    """Steady months of a unit, and now and then one in kilograms that are called tonnes."""
    month = draw(st.sampled_from([f"{year}-{month:02d}" for year in (2021, 2022) for month in (1, 2, 3, 4, 5, 6)]))
    tonnes = draw(st.sampled_from([1000, 1010, 1020, 1030, 1015, 1_005_000]))
    return report("unit:u", month, draw(st.integers(0, 1)), energy__raw_coal=(tonnes, "t", draw(FLAGS)))


@st.composite
def calendars(draw):
    """What must be reported until when, of a unit that has figures of two years only."""
    revision, since = draw(st.integers(0, 2)), draw(st.sampled_from([SINCE, date(2023, 7, 1), TO_COME]))
    regions = draw(st.sampled_from([(), ("500000",), ("500103",), ("120000",)]))
    duty = DutyRecord(
        id=draw(st.sampled_from(["d", "e"])),
        name="月报",
        reporter="unit",
        every=draw(st.sampled_from(["month", "quarter"])),
        regions=regions,
        deadline=Deadline(day=15, rolls=True, months_after=draw(st.sampled_from([1, 3]))),
        source="通知",
        valid_from=since,
        revision=revision,
    )
    off = draw(st.sampled_from(["2024-06-20", "2024-08-20"]))
    holidays = DaysOff(zh="假", first="2024-06-10", last=off)
    year = WorkingYearRecord(
        id="2024", name="年", source="通知", off=(holidays,), valid_from="2024-01-01", revision=revision
    )
    return draw(st.sampled_from([duty, duty, year]))


@st.composite
def unit_years(draw):
    """A registered unit and two whole years of it, to compare with; perhaps a slip, a move, duties."""
    months = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]
    figures = [report("unit:u", month, 0, energy__raw_coal=(1000 + 7 * i, "t", None)) for i, month in enumerate(months)]
    slip = draw(st.sampled_from([None, "2021-09", "2022-05"]))
    slips = [report("unit:u", slip, 1, energy__raw_coal=(1_050_000, "t", None))] if slip else []
    moved = [UnitRecord(id="u", name="厂", region="120000", valid_from=day) for day in (MIDWAY, TO_COME)]
    moves = draw(st.sampled_from([[], moved[:1], moved[1:]]))
    stands = UnitRecord(id="u", name="厂", region="500000", valid_from=SINCE, revision=4)
    return [stands, *figures, *slips, *moves, *draw(st.lists(calendars(), max_size=2))]


@st.composite
def registers(draw):
    revision, since = draw(st.integers(0, 3)), draw(st.sampled_from([SINCE, SINCE, MIDWAY, TO_COME]))
    region = draw(st.sampled_from(["500000", "500103"]))
    ledger = {"measure": "treatment", "pollutants": ("cod",), "base_discharge": {"cod": Decimal(99999)}}
    return draw(
        st.sampled_from(
            [
                RegionRecord(id="500103", name="渝中区", parent="500000", valid_from=SINCE, revision=revision),
                RegionRecord(id="500103", name="渝中区", parent="120000", valid_from=TO_COME, revision=revision),
                UnitRecord(id="u", name="厂", region=region, valid_from=since, revision=revision),
                UnitRecord(id="u", name="厂", region="120000", valid_from=since, revision=revision),
                TwoHighProjectRecord(id="t", name="两高", region=region, valid_from=since, revision=revision),
                *(
                    ReductionProjectRecord(
                        id=name,
                        name=name,
                        region=region,
                        valid_from=SINCE,
                        revision=revision,
                        permit="P",
                        facility="F",
                        **ledger,
                    )
                    for name in ("a", "b")
                ),
            ]
        )
    )


SOME = st.lists(
    st.one_of(
        region_reports(), project_reports(), coal_reports(), unit_reports(), registers(), registers(), calendars()
    ),
    min_size=1,
    max_size=14,
)
FACTS = st.tuples(SOME, st.one_of(st.just([]), unit_years(), unit_years())).map(lambda some: some[0] + some[1])


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


LAW_FIRST, TAKE_IN = [("law", 1, False)], [("ingest", 30, False), ("assess", 30, False), ("assess", 30, False)]
# Where the law changes or the day begins last, that alone has much judged again: mostly they come first.
FIRST_STEPS = st.sampled_from([[], [*LAW_FIRST, *TAKE_IN], [*LAW_FIRST, ("day", 1, False), *TAKE_IN]])
MORE_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ingest", "ingest", "assess", "assess", "law", "repeat", "day"]),
        st.sampled_from([1, 1, 2, 5, 30]),
        st.sampled_from([False, False, 0, 1, 2, 3, 4]),
    ),
    max_size=16,
)
STEPS = st.tuples(FIRST_STEPS, MORE_STEPS).map(lambda both: both[0] + both[1])


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=1) as opened:
        with opened.transaction():
            pass  # the pool is full: while it fills it uses random, which Hypothesis takes for ours
        yield opened


def empty(database):
    with database.transaction() as connection:
        tables = connection.execute(
            "SELECT string_agg(format('planwatch.%I', tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'planwatch' AND tablename <> 'migration'"
        ).fetchone()[0]
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    LawStore(database).make_live(FIRST, NOW - timedelta(days=1))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(facts=FACTS, steps=STEPS, data=st.data())
def test_any_order_any_batches_and_crashes_end_in_the_state_of_all_facts(database, facts, steps, data):
    empty(database)
    machine, left = Machine(database), data.draw(st.permutations(facts))
    seen = []
    for name, count, crash in steps:
        if name == "ingest" and left:
            batch, left = left[:count], left[count:]
            machine.ingest(batch, crash)
            seen += batch
        elif name == "repeat" and (again := [one for one in seen[-count:] if isinstance(one, Report)]):
            machine.ingest(again, crash)
        elif name == "law":
            machine.change_law()
        elif name == "day":
            machine.begin_day(LATER)
        elif name == "assess":
            machine.assess(count, crash)
    if left:
        machine.ingest(left, False)
    machine.finish()
    world = World(LAST, [one for one in facts if isinstance(one, Report)], _records(seen + left), LATER)
    assert machine.assessments() == world.assessments()
    assert machine.warnings() == world.warnings()
    assert machine.untold() == []
    assert machine.told_otherwise() == []
    assert machine.findings() == {(one.rule, one.subject, one.indicator, one.period) for one in world.findings}


def _records(in_order):
    """Records in the order they came: of two with one revision the later one stands."""
    return [one for one in in_order if not isinstance(one, Report)]
