"""Who has not reported: what is due from whom, what counts as reported, and shares by number and by standard coal."""

from datetime import date
from decimal import Decimal as D

import pytest
from ingest_support import region, unit
from rules_support import collect, make_figure, make_law, monthly, period

from planwatch.contract.calendar import Deadline, Duty, ReportingCalendar
from planwatch.contract.records import Records
from planwatch.rules.reporting import Reports, expected_reports, newest_due, shares

LAW = make_law()
MONTHLY = Duty(
    id="monthly", zh="月报", reporter="unit", every="month", january_exempt=True, indicators=("energy.",),
    deadline=Deadline(day=15), valid_from=date(2021, 1, 1), source="test",
)  # fmt: skip
CALENDAR = ReportingCalendar((MONTHLY,))
RECORDS = Records.of(
    [
        region("12"),
        region("1201", "12"),
        region("1202", "12"),
        unit("A", "1201", name="甲"),
        unit("B", "1201"),
        unit("C", "1202"),
        unit("GONE", "1202", valid_to=date(2023, 1, 31)),
        unit("LATER", "1202", valid_from=date(2023, 5, 1)),
    ]
)
AFTER = date(2023, 4, 20)


def due(figures, when="2023-03", only=None):
    return list(expected_reports(CALENDAR, RECORDS, Reports(figures, LAW), period(when), only))


def share(figures, code, when="2023-03", today=AFTER):
    (found,) = (one for one in shares(due(figures, when), today) if one.region == code)
    return found


COAL = collect(
    monthly("energy.raw_coal", 2022, [10] * 12, "unit:A"),
    monthly("energy.raw_coal", 2022, [30] * 12, "unit:B"),
    monthly("energy.raw_coal", 2023, [10, 10, 10], "unit:A"),
)


def test_only_registered_units_owe_a_report():
    assert [one.subject for one in due(COAL)] == ["unit:A", "unit:B", "unit:C"]
    assert [one.subject for one in due(COAL, "2023-05")] == ["unit:A", "unit:B", "unit:C", "unit:LATER"]
    assert [one.subject for one in due(COAL, only="1202")] == ["unit:C"]


def test_missing_is_overdue_only_after_the_deadline():
    b = due(COAL)[1]
    assert (b.reported, b.deadline) == (False, date(2023, 4, 15))
    assert [b.overdue(day) for day in (date(2023, 4, 15), date(2023, 4, 16))] == [False, True]


@pytest.mark.parametrize(
    ("figures", "reported"),
    [
        (collect(), False),
        (collect([make_figure("energy.raw_coal", "2023-03", "0", "unit:A")]), True),  # nothing used is reported as 0
        (collect([make_figure("gdp", "2023-03", "1", "unit:A")]), False),  # no energy: not what the duty wants
        (collect([make_figure("energy.raw_coal", "2023-03", "1", "unit:A", flag="held")]), True),
        (collect([make_figure("energy.raw_coal", "2023-Q1", "1", "unit:A")]), False),  # March does not follow
        (
            collect(
                [
                    make_figure("energy.raw_coal", "2023-Q1", "3", "unit:A"),
                    make_figure("energy.raw_coal", "2023-01~02", "2", "unit:A"),
                ]
            ),
            True,
        ),
    ],
    ids=["nothing", "zero", "no energy", "held", "quarter", "quarter less two months"],
)
def test_report_counts_where_the_period_follows_from_it(figures, reported):
    assert due(figures)[0].reported is reported


def test_february_means_january_and_february_together():
    together = collect([make_figure("energy.raw_coal", "2023-01~02", "2", "unit:A")])
    (a, _, _) = due(together, "2023-02")
    assert (a.period.label, a.reported, a.deadline) == ("2023-01~02", True, date(2023, 3, 15))
    assert due(together, "2023-01") == []


def test_shares_of_a_region_take_in_all_below():
    city = share(COAL, "12")
    assert (city.expected, city.reported, city.overdue, city.unknown) == (3, 1, 2, 1)
    assert city.percent == D(100) / 3
    assert (share(COAL, "1201").expected, share(COAL, "1202").overdue) == (2, 1)


def test_share_by_standard_coal_goes_by_what_was_known_before():
    county = share(COAL, "1201")
    assert (county.tce_reported, county.tce_expected) == (D("7.143"), D("28.572"))  # 10 t and 40 t a month
    assert county.tce_percent == 25
    assert share(COAL, "1202").tce_percent is None


def test_standard_coal_of_a_new_unit_is_that_of_its_first_months():
    new = collect(monthly("energy.raw_coal", 2023, [10, 20], "unit:C"))
    c = due(new)[2]
    assert c.tce == D("10.7145")  # 15 t a month
    assert due(collect())[2].tce is None


def test_newest_period_is_the_last_whose_deadline_passed():
    assert newest_due(CALENDAR, date(2023, 4, 15)) == period("2023-01~02")
    assert newest_due(CALENDAR, date(2023, 4, 16)) == period("2023-03")
    assert newest_due(ReportingCalendar(), date(2023, 4, 16)) is None


def received(days):
    """Days on which January to March of 2023 of unit A came, as months or together."""
    return {("unit:A", "energy.raw_coal"): {period(label): date.fromisoformat(day) for label, day in days.items()}}


@pytest.mark.parametrize(
    ("days", "late", "working"),
    [
        ({"2023-03": "2023-04-15"}, 0, 0),  # on the last day: in time
        ({"2023-03": "2023-04-16"}, 1, 0),  # a Sunday
        ({"2023-03": "2023-04-24"}, 9, 6),
        ({"2023-01~02": "2023-05-05", "2023-Q1": "2023-04-18"}, 20, 15),  # March follows when both are there
        ({}, 0, 0),  # nobody knows when
    ],
    ids=["in time", "a day late", "late", "followed late", "unknown"],
)
def test_report_is_late_by_the_day_from_which_on_it_followed(days, late, working):
    figures = Reports(COAL, LAW, received(days))
    (one,) = (one for one in expected_reports(CALENDAR, RECORDS, figures, period("2023-03")) if one.subject == "unit:A")
    assert (one.days_late, one.working_days_late) == (late, working)


def test_late_reports_are_counted_in_every_region_above_and_missing_ones_are_not_late():
    figures = Reports(COAL, LAW, received({"2023-03": "2023-04-24"}))
    found = shares(expected_reports(CALENDAR, RECORDS, figures, period("2023-03")), AFTER)
    assert {one.region: (one.reported, one.late, one.overdue) for one in found} == {
        "12": (1, 1, 2),
        "1201": (1, 1, 1),
        "1202": (0, 0, 1),
    }
