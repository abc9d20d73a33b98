"""The calendar and the industries that come with planwatch, and the faults of somebody else's files."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from planwatch.contract.calendar import Deadline, Duty
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.period import Period
from planwatch.plans.calendar_files import load_calendar, load_industries, save_duties
from planwatch.plans.merged import load_merged

CALENDAR = load_calendar()
INDUSTRIES = load_industries()


@pytest.mark.parametrize("year", sorted(CALENDAR.working_days.years))
def test_working_days_agree_with_the_library_day_by_day(year):
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    ours = {day: CALENDAR.working_days.is_worked(day) for day in days}
    assert ours == {day: chinese_calendar.is_workday(day) for day in days}


def test_every_year_of_the_plans_and_the_next_is_known():
    assert CALENDAR.working_days.years >= set(range(2021, 2027))


@pytest.mark.parametrize(
    ("subject", "regions", "period", "due"),
    [
        ("unit:A", ("120110", "120000"), Period(2025, 1, 2), date(2025, 3, 17)),  # 15 March is a Saturday
        ("unit:A", ("120110", "120000"), Period.month(2025, 1), None),
        ("unit:A", ("210302", "210300", "210000"), Period.month(2025, 9), date(2025, 10, 15)),
        ("unit:A", ("440100", "440000"), Period(2025, 1, 3), date(2025, 4, 15)),
        ("unit:A", ("440100", "440000"), Period(2025, 1, 9), date(2025, 10, 20)),
        ("unit:A", ("330100", "330000"), Period.month(2025, 9), None),
        ("region:500000", (), Period(2025, 1, 9), date(2025, 11, 4)),  # the holiday puts the 20th working day off
        ("region:500101", ("500000",), Period(2025, 1, 9), None),
    ],
)
def test_deadlines_that_come_with_planwatch(subject, regions, period, due):
    assert CALENDAR.due(subject, regions, period) == due


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("duties:\n  - {id: a, zh: 报, reporter: unit, every: week, deadline: {day: 1}}\n", "every: must be 'month'"),
        (
            (
                "duties:\n  - {id: a, zh: 报, reporter: unit, every: month, deadline: {day: 1}, regions: ['999999'],"
                " valid_from: 2021-01-01, source: s}\n"
            ),
            "region '999999' is in no file of regions/",
        ),
        (
            "working_years:\n  - {year: 2027, source: s, off: [{zh: 元旦, first: 2027-01-03, last: 2027-01-01}]}\n",
            "2027-01-03 to 2027-01-01 is no run of days of 2027",
        ),
        ("working_years:\n  - {year: 2027, source: s, off: [], worked: [2027-01-04]}\n", "no Saturday or Sunday"),
        (
            (
                "working_years:\n  - {year: 2027, source: s, off: [{zh: 元旦, first: 2027-01-02, last: 2027-01-03}],"
                " worked: [2027-01-03]}\n"
            ),
            "2027-01-03 is listed as a day off too",
        ),
    ],
)
def test_faulty_calendar_is_refused_with_file_and_line(tmp_path, text, words):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "own.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidDocument) as refused:
        load_calendar(tmp_path)
    assert words in str(refused.value)
    assert "own.yaml:2" in str(refused.value)


def test_own_file_replaces_a_duty_of_the_same_id(tmp_path):
    (monthly,) = (duty for duty in CALENDAR.duties if duty.id == "plans.units-monthly")
    mine = monthly.model_copy(update={"deadline": Deadline(working_day=8), "assumed": None, "source": "本局通知"})
    save_duties(tmp_path / "calendars" / "own.yaml", [mine])
    loaded = load_calendar(tmp_path)
    assert next(duty for duty in loaded.duties if duty.id == monthly.id) == mine
    assert len(loaded.duties) == len(CALENDAR.duties)


def test_folder_beside_the_plans_adds_its_duties_to_the_law(tmp_path):
    duty = Duty(id="own.weekly", zh="旬报", reporter="unit", every="month", deadline=Deadline(day=3),
                regions=("120000",), valid_from=date(2024, 1, 1), assumed="试行")  # fmt: skip
    save_duties(tmp_path / "calendars" / "own.yaml", [duty])
    law = load_merged(None, [tmp_path])
    assert duty in law.duties
    assert len(law.duties) == len(CALENDAR.duties) + 1


def test_faulty_calendar_of_a_folder_beside_the_plans_is_refused(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "own.yaml").write_text("working_years:\n  - {year: 2027}\n", "utf-8")
    with pytest.raises(InvalidDocument, match=r"own\.yaml:2"):
        load_merged(None, [tmp_path])


def test_saved_duties_are_read_back_as_they_were(tmp_path):
    duty = Duty(id="x", zh="季报", reporter="project", every="quarter", deadline=Deadline(day=3, months_after=2),
                regions=("120000",), ends=(3, 9), indicators=("reduction.",), valid_from=date(2024, 1, 1),
                valid_to=date(2024, 12, 31), assumed="试行")  # fmt: skip
    save_duties(tmp_path / "calendars" / "own.yaml", [duty])
    assert duty in load_calendar(tmp_path).duties


@pytest.mark.parametrize("industry", ["C3011", "3011", "30", "C", "D44", "4411", "S92"])
def test_industry_is_known_by_letter_and_division(industry):
    assert INDUSTRIES.fault(industry) == ""
    assert INDUSTRIES.name_of(industry)


@pytest.mark.parametrize(
    ("industry", "words"),
    [
        ("", "a letter and up to four digits"),
        ("30111", "a letter and up to four digits"),
        ("Z30", "no section Z"),
        ("D3011", "division 30 (非金属矿物制品业) is in section C, not D"),
        ("3", "no division '3'"),
        ("9911", "no division '99'"),
    ],
)
def test_industry_that_is_not_known_says_what_is(industry, words):
    assert words in INDUSTRIES.fault(industry)


def test_six_divisions_are_two_high():
    assert {one.code for one in INDUSTRIES.divisions if one.two_high} == {"25", "26", "30", "31", "32", "44"}
