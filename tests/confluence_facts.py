"""What the model test of confluence draws: reports, corrections, register entries, duties, and two laws."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from quality_flow_support import summed

from planwatch.contract.calendar import DaysOff, Deadline
from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord
from planwatch.contract.plan import Law
from planwatch.contract.registry import (
    ProjectStage,
    ReductionProjectRecord,
    RegionRecord,
    TwoHighProjectRecord,
    UnitRecord,
)
from planwatch.contract.report import Flag, Reading, Report, Subject
from planwatch.plans.merged import load_merged

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SHIPPED = load_merged()
NAMES = ("chongqing.energy-intensity", "chongqing.cod-reduction", "chongqing.two-high-5000", "tianjin.district-total")
LATER = datetime(2024, 8, 1, tzinfo=UTC)
"""The end: register entries have begun by then that were to come at first, and deadlines have passed."""
SINCE, MIDWAY, TO_COME = date(2020, 1, 1), date(2022, 4, 1), date(2024, 7, 1)
SUMMED = "chongqing.industrial-intensity"


def law_of(value, names):
    """Some targets of the shipped plans, Chongqing's intensity at a value, and for Chongqing two checks of other regions:
    Tianjin's of the ledger, and Heilongjiang's that projects make up for what they use where the region falls behind."""
    ledger = next(one for one in SHIPPED.judged if one.check == "double_counted")
    moved = {ledger.id: _for_chongqing(ledger)}
    if names == NAMES:
        substitution = next(one for one in SHIPPED.judged if one.check == "substitution_missing")
        moved[substitution.id] = _for_chongqing(substitution, follows="chongqing.energy-intensity")
    plans = []
    for plan in SHIPPED.plans:
        own = [
            summed(SHIPPED) if one.id == SUMMED else moved.get(one.id, one)
            for one in plan.targets
            if one.id in (*names, SUMMED, *moved)
        ]
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


def _for_chongqing(target, **update):
    return target.model_copy(
        update={"applies_to": target.applies_to.model_copy(update={"region": "500000"}), **update}
    )  # fmt: skip


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
    closed = draw(st.sampled_from([None, None, date(2022, 2, 28), TO_COME])) if since < MIDWAY else None
    ledger = {"measure": "treatment", "pollutants": ("cod",), "base_discharge": {"cod": Decimal(99999)}}
    return draw(
        st.sampled_from(
            [
                RegionRecord(id="500103", name="渝中区", parent="500000", valid_from=SINCE, revision=revision),
                RegionRecord(id="500103", name="渝中区", parent="120000", valid_from=TO_COME, revision=revision),
                UnitRecord(id="u", name="厂", region=region, valid_from=since, valid_to=closed, revision=revision),
                UnitRecord(id="u", name="厂", region="120000", valid_from=since, revision=revision),
                TwoHighProjectRecord(
                    id="t",
                    name="两高",
                    region=region,
                    valid_from=since,
                    revision=revision,
                    stage=draw(st.sampled_from([ProjectStage.EXISTING, ProjectStage.PROPOSED])),
                    reviewed_tce=Decimal(6000),
                ),
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
