"""Deadlines: days and working days, periods of duties, and whose duty holds for whom."""

from datetime import date

import pytest
from factories import make_period

from planwatch.contract.calendar import DaysOff, Deadline, Duty, ReportingCalendar, WorkingDays, WorkingYear
from planwatch.contract.period import Period

SPRING_2025 = WorkingYear(
    year=2025,
    source="test",
    off=(DaysOff(zh="春节", first=date(2025, 1, 28), last=date(2025, 2, 4)),),
    worked=(date(2025, 1, 26), date(2025, 2, 8)),
)
DAYS = WorkingDays.of([SPRING_2025])


def make_duty(**over):
    given = {
        "id": "d",
        "zh": "月报",
        "reporter": "unit",
        "every": "month",
        "deadline": Deadline(day=15),
        "valid_from": date(2021, 1, 1),
        "source": "test",
    }
    return Duty.model_validate(given | over)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-26", True),  # a Sunday worked instead
        ("2025-01-25", False),  # a plain Saturday
        ("2025-01-28", False),  # a holiday on a Tuesday
        ("2025-02-05", True),
        ("2025-02-08", True),
        ("2027-10-01", True),  # a year that is not known: only weekends are off
    ],
)
def test_working_day_knows_holidays_and_days_worked_instead(day, worked):
    assert DAYS.is_worked(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("deadline", "period", "due"),
    [
        ({"day": 15}, "2025-03", "2025-04-15"),
        ({"day": 31}, "2025-01", "2025-02-28"),  # a day the month does not have is its last
        ({"day": 31}, "2024-01", "2024-02-29"),
        ({"day": 20}, "2025-12", "2026-01-20"),
        ({"day": 31, "months_after": 3}, "2024-12", "2025-03-31"),
        ({"day": 1, "rolls": True}, "2025-01", "2025-02-05"),  # past the whole of the holiday
        ({"day": 1}, "2025-01", "2025-02-01"),
        ({"working_day": 1}, "2025-01", "2025-02-05"),
        ({"working_day": 4}, "2025-01", "2025-02-08"),  # the Saturday worked instead
        ({"working_day": 5}, "2025-01", "2025-02-10"),
    ],
)
def test_deadline_falls_in_the_months_after(deadline, period, due):
    duty = make_duty(deadline=Deadline(**deadline))
    assert duty.due(make_period(period), DAYS) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("over", "labels"),
    [
        ({}, ["2025-01", "2025-02", "2025-03"]),
        ({"january_exempt": True}, ["2025-01~02", "2025-03", "2025-04"]),
        ({"january_exempt": True, "from_january": True}, ["2025-01~02", "2025-Q1", "2025-01~04"]),
        ({"every": "quarter"}, ["2025-Q1", "2025-Q2", "2025-Q3"]),
        ({"every": "quarter", "from_january": True, "ends": (6, 12)}, ["2025-H1", "2025"]),
        ({"every": "year"}, ["2025"]),
        ({"valid_from": date(2025, 11, 30)}, ["2025-11", "2025-12"]),
        ({"valid_to": date(2024, 12, 31)}, []),
    ],
)
def test_duty_asks_for_its_periods(over, labels):
    assert [one.label for one in make_duty(**over).periods(2025)][:3] == labels


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"deadline": {}}, "either day or working_day"),
        ({"deadline": {"day": 1, "working_day": 1}}, "either day or working_day"),
        ({"deadline": {"working_day": 1, "rolls": True}}, "never rolls"),
        ({"source": None}, "either source"),
        ({"assumed": "why"}, "either source"),
        ({"every": "quarter", "january_exempt": True}, "for monthly duties"),
    ],
)
def test_duty_that_contradicts_itself_is_refused(over, words):
    with pytest.raises(ValueError, match=words):
        make_duty(**over)


EVERYWHERE = make_duty(id="everywhere", deadline=Deadline(day=20))
PROVINCE = make_duty(id="province", regions=("120000",), january_exempt=True)
COUNTY = make_duty(id="county", regions=("120110",), deadline=Deadline(day=10))
CALENDAR = ReportingCalendar((EVERYWHERE, PROVINCE, COUNTY), DAYS)


@pytest.mark.parametrize(
    ("subject", "regions", "period", "due"),
    [
        ("unit:A", ("120110", "120000"), "2025-03", "2025-04-10"),  # the nearest region's duty stands alone
        ("unit:A", ("120111", "120000"), "2025-03", "2025-04-15"),
        ("unit:A", ("500101", "500000"), "2025-03", "2025-04-20"),
        ("unit:A", (), "2025-03", "2025-04-20"),
        ("unit:A", ("120111", "120000"), "2025-02c", "2025-03-15"),
        ("unit:A", ("120111", "120000"), "2025-H1", None),
        ("region:120000", (), "2025-03", None),  # duties of units only
        ("project:P", ("120110", "120000"), "2025-03", None),
    ],
)
def test_due_is_that_of_the_nearest_region(subject, regions, period, due):
    assert CALENDAR.due(subject, regions, make_period(period)) == (date.fromisoformat(due) if due else None)


def test_january_is_due_only_where_nobody_exempts_it():
    exempt = ReportingCalendar((PROVINCE,), DAYS)
    months = [Period.month(2025, 1), Period.month(2025, 2), Period(2025, 1, 2)]
    assert [exempt.due("unit:A", ("120000",), one) for one in months] == [None, None, date(2025, 3, 15)]


def test_region_duty_without_those_below_binds_the_region_alone():
    own = make_duty(reporter="region", regions=("120000",), below=False)
    calendar = ReportingCalendar((own,), DAYS)
    assert calendar.due("region:120000", (), Period.month(2025, 3)) == date(2025, 4, 15)
    assert calendar.due("region:120110", ("120000",), Period.month(2025, 3)) is None


def test_deadlines_look_up_where_a_subject_lay_at_the_end_of_the_period():
    moved = {"unit:A": lambda day: ("120110",) if day < date(2025, 4, 1) else ("500101",)}
    due = CALENDAR.deadlines(lambda subject, day: moved[subject](day))
    assert due("unit:A", Period.month(2025, 3)) == date(2025, 4, 10)
    assert due("unit:A", Period.month(2025, 4)) == date(2025, 5, 20)
