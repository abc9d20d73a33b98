"""Whatever the order, the batches, the repeats and the crashes: the end state is the pure function of all facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from assess_support import metrics
from confluence_support import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality_flow_support import summed

from planwatch.contract.plan import Law
from planwatch.contract.registry import ReductionProjectRecord, RegionRecord, TwoHighProjectRecord, UnitRecord
from planwatch.contract.report import Flag, Reading, Report, Subject
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics
from planwatch.plans.merged import load_merged
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
SINCE = date(2020, 1, 1)
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
def unit_years(draw):
    """A registered unit and two whole years of it, so that there is something to compare with, and perhaps a slip."""
    months = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]
    figures = [report("unit:u", month, 0, energy__raw_coal=(1000 + 7 * i, "t", None)) for i, month in enumerate(months)]
    slip = draw(st.sampled_from([None, "2021-09", "2022-05"]))
    slips = [report("unit:u", slip, 1, energy__raw_coal=(1_050_000, "t", None))] if slip else []
    return [UnitRecord(id="u", name="厂", region="500000", valid_from=SINCE, revision=4), *figures, *slips]


@st.composite
def registers(draw):
    revision = draw(st.integers(0, 3))
    region = draw(st.sampled_from(["500000", "500103"]))
    ledger = {"measure": "treatment", "pollutants": ("cod",), "base_discharge": {"cod": Decimal(99999)}}
    return draw(
        st.sampled_from(
            [
                RegionRecord(id="500103", name="渝中区", parent="500000", valid_from=SINCE, revision=revision),
                UnitRecord(id="u", name="厂", region=region, valid_from=SINCE, revision=revision),
                TwoHighProjectRecord(id="t", name="两高", region=region, valid_from=SINCE, revision=revision),
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
    st.one_of(region_reports(), project_reports(), coal_reports(), unit_reports(), registers()), min_size=1, max_size=14
)
FACTS = st.tuples(SOME, st.one_of(st.just([]), unit_years(), unit_years())).map(lambda some: some[0] + some[1])


class Crash(Exception):
    """What is thrown in the middle of a transaction."""


class Machine:
    """Ingest and assess on a real database, step by step, each of which may be cut off in the middle."""

    def __init__(self, database):
        self.database, self.law, self.offset = database, FIRST, 0
        self.decoder = Decoder(Topics.named("t."), FIRST.catalogue, "test")
        self.store = IngestStore(database, "test")

    def ingest(self, facts, crash):
        """Store a batch; with ``crash`` it is cut off before it is committed, and then stored."""
        reports = [fact for fact in facts if isinstance(fact, Report)]
        messages = [RawMessage("t.reports.v1", 0, i, one.key, one.to_json()) for i, one in enumerate(reports)]
        rows = [row for message in messages for row in self.decoder.decode(message, NOW).readings]
        records = [fact for fact in facts if not isinstance(fact, Report)]
        partition = ("t.reports.v1", 0)
        epoch, at = self.store.claim("test", 1, [partition], NOW)[partition]
        step = {partition: (epoch, at, at + 1)}
        if crash:
            with pytest.raises(Crash):
                self.store.store(
                    "test",
                    step,
                    readings=_then_crash(rows) if rows else rows,
                    records=_then_crash(records) if records else records,
                    rejects=(),
                    now=NOW,
                )
        self.store.store("test", step, readings=rows, records=records, rejects=(), now=NOW)

    def change_law(self):
        self.law = LAST
        LawStore(self.database).make_live(LAST, NOW + timedelta(days=1))

    def assess(self, limit, crash):
        store = AssessStore(self.database)
        if crash:
            with pytest.raises(Crash), store.taken(limit):
                raise Crash
        return assess_once(store, self.law, NOW, limit, metrics())

    def finish(self):
        if self.law is FIRST:
            self.change_law()
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

    def warnings(self):
        with AssessStore(self.database).taken(0) as work:
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


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ingest", "ingest", "assess", "assess", "law", "repeat"]),
        st.sampled_from([1, 1, 2, 5, 30]),
        st.booleans(),
    ),
    max_size=16,
)


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
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
        elif name == "assess":
            machine.assess(count, crash)
    if left:
        machine.ingest(left, False)
    machine.finish()
    world = World(LAST, [one for one in facts if isinstance(one, Report)], _records(seen + left), NOW)
    assert machine.assessments() == world.assessments()
    assert machine.warnings() == world.warnings()


def _records(in_order):
    """Records in the order they came: of two with one revision the later one stands."""
    return [one for one in in_order if not isinstance(one, Report)]
