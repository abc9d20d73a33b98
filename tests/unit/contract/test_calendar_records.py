"""Registered duties and years beside those of the law: which one counts for whom, and from when."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planwatch.contract.calendar import DaysOff, Deadline, Duty, Every, WorkingDays, WorkingYear
from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord, calendar_of
from planwatch.contract.errors import InvalidMessage
from planwatch.contract.period import Period
from planwatch.contract.registry import entry_name, parse_record

CITY, DISTRICT = "500000", "500103"
SHARED = {"reporter": "unit", "every": "month", "regions": (CITY,), "source": "test", "valid_from": date(2021, 1, 1)}
LAW = Duty(id="law.monthly", zh="月报", deadline=Deadline(day=15), **SHARED)


def record(**over):
    return DutyRecord(**(SHARED | {"id": "own", "name": "月报", "deadline": Deadline(day=8)} | over))


def due(duties, records, period="2024-03", chain=(DISTRICT, CITY)):
    calendar = calendar_of(duties, (), records)
    return {(one.id, calendar.due("unit:u", chain, Period.parse(period))) for one in _duties(calendar, chain, period)}


def _duties(calendar, chain, period):
    return calendar.duties_of("unit:u", chain, Period.parse(period))


@pytest.mark.parametrize(
    ("law", "records", "period", "found"),
    [
        ({}, (), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(),), "2024-03", {("own", "2024-04-08")}),
        ({}, (record(regions=(DISTRICT,)),), "2024-03", {("own", "2024-04-08")}),
        ({}, (record(regions=("120000",)),), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(reporter="region"),), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(every="quarter"),), "2024-02", {("law.monthly", "2024-03-15")}),
        ({}, (record(valid_from=date(2024, 4, 1)),), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(valid_to=date(2024, 2, 29)),), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(january_exempt=True),), "2024-01", set()),  # it speaks of January, to say that none is due
        ({}, (record(ends=(3,)),), "2024-02", {("law.monthly", "2024-03-15")}),  # it says nothing of February
        ({"every": "quarter"}, (record(every="quarter", from_january=True),), "2024-Q2", set()),
        ({"every": "quarter"}, (record(every="quarter", from_january=True),), "2024-H1", {("own", "2024-07-08")}),
        ({}, (record(id="law.monthly"),), "2024-03", {("law.monthly", "2024-04-08")}),
        ({}, (record(id="law.monthly", valid_from=date(2024, 4, 1)),), "2024-03", {("law.monthly", "2024-04-15")}),
        ({}, (record(id="law.monthly", valid_from=date(2024, 4, 1)),), "2024-04", {("law.monthly", "2024-05-08")}),
    ],
    ids=[
        "law alone",
        "same region and period kind",
        "nearer region",
        "other region",
        "other reporters",
        "other period kind",
        "not begun",
        "ended",
        "january exempt",
        "other months",
        "cumulative instead of single quarters",
        "cumulative quarter",
        "same id",
        "same id, before it begins",
        "same id, from its first day",
    ],
)
def test_registered_duty_stands_in_place_of_the_laws(law, records, period, found):
    duty = LAW.model_copy(update={name: Every(value) for name, value in law.items()})
    assert due((duty,), records, period) == {(one, date.fromisoformat(day)) for one, day in found}


def test_duty_that_is_changed_leaves_the_laws_other_duty_of_the_region_its_own_months():
    halves = tuple(LAW.model_copy(update={"id": name, "ends": ends}) for name, ends in (("a", (3, 6)), ("b", (9, 12))))
    changed = (record(id="a", ends=(3, 6)),)
    assert due(halves, changed, "2024-09") == {("b", date(2024, 10, 15))}
    assert due(halves, changed, "2024-06") == {("a", date(2024, 7, 8))}


@pytest.mark.parametrize("order", [0, 1])
def test_entries_of_one_duty_follow_on_each_other_in_any_order(order):
    entries = [record(), record(deadline=Deadline(day=5), valid_from=date(2024, 3, 31))]
    entries = entries[::-1] if order else entries
    assert due((), entries, "2024-02") == {("own", date(2024, 3, 8))}
    assert due((), entries, "2024-03") == {("own", date(2024, 4, 5))}


def test_higher_revision_of_an_entry_stands():
    entries = [record(deadline=Deadline(day=5), revision=1), record()]
    assert due((), entries) == {("own", date(2024, 4, 5))}


def test_registered_year_replaces_the_laws():
    law = WorkingYear(year=2024, source="s", off=(DaysOff(zh="假", first=date(2024, 4, 15), last=date(2024, 4, 15)),))
    own = WorkingYearRecord(id="2024", name="年", source="t", off=(), valid_from=date(2024, 1, 1))
    assert not calendar_of((), (law,)).working_days.is_worked(date(2024, 4, 15))
    assert calendar_of((), (law,), (own,)).working_days.is_worked(date(2024, 4, 15))


def wire(kind, **fields):
    body = {"kind": kind, "name": "n", "source": "s", **fields}
    return json.dumps({name: value for name, value in body.items() if value is not None}).encode()


def of_2024(**fields):
    return wire("working_year", **({"id": "2024", "valid_from": "2024-01-01", "off": []} | fields))


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        (
            wire("duty", id="d", valid_from="2024-01-01", reporter="unit", every="month", deadline={}, source=None),
            "deadline",
            "give either day or working_day",
        ),
        (of_2024(valid_from="2024-02-01"), "valid_from", "must be 2024-01-01"),
        (of_2024(off=[{"zh": "假", "first": "2024-05-03", "last": "2024-05-01"}]), "off", "no run of days of 2024"),
        (of_2024(worked=["2024-05-06"]), "worked", "no Saturday or Sunday"),
        (of_2024(id="24"), "id", "pattern"),
    ],
    ids=["no day", "not its first day", "backwards", "worked anyway", "no year"],
)
def test_record_that_cannot_be_is_refused_with_the_field(raw, path, message):
    with pytest.raises(InvalidMessage) as refused:
        parse_record(raw)
    assert any(fault.path.endswith(path) and message in fault.message for fault in refused.value.faults)


def test_records_come_back_from_the_wire_as_they_went():
    for one in (record(), WorkingYearRecord(id="2024", name="年", source="t", off=(), valid_from=date(2024, 1, 1))):
        assert parse_record(one.model_dump_json().encode()) == one
        assert entry_name(one) == f"{one.kind}:{one.id}"


@given(
    every=st.sampled_from(list(Every)),
    from_january=st.booleans(),
    exempt=st.booleans(),
    ends=st.sets(st.integers(1, 12)).map(tuple),
    first=st.integers(1, 12),
    months=st.integers(0, 11),
)
def test_asks_for_is_being_one_of_the_periods(every, from_january, exempt, ends, first, months):
    period = Period(2024, first, min(12, first + months))
    duty = LAW.model_copy(
        update={
            "every": every,
            "from_january": from_january,
            "january_exempt": exempt and every is Every.MONTH,
            "ends": ends,
        }
    )
    assert duty.asks_for(period) == (period in duty.periods(2024))


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [("2024-05-10", "2024-05-13", 1), ("2024-05-10", "2024-05-10", 0), ("2024-05-10", "2024-05-01", 0)],
)
def test_working_days_between_count_the_last_day_and_not_the_first(after, until, days):
    assert WorkingDays().between(date.fromisoformat(after), date.fromisoformat(until)) == days
