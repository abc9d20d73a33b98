"""Missing is a finding: by the deadline given, never for January alone, never for what follows from other figures."""

from datetime import date

import pytest
from quality_support import UNIT, check, figure, found, series

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import UnitRecord
from planwatch.quality.lifecycle import changed

COAL, POWER = "energy.raw_coal", "energy.electricity"


def survey(_, period):
    """January and February together, then each month; by the 15th of the next month."""
    alone = period.months == 1 and period.first > 2
    return period.after.replace(day=15) if alone or period == Period(period.year, 1, 2) else None


def quarters(_, period):
    quarter = period.months == 3 and period.last % 3 == 0
    return period.after.replace(day=20) if quarter else None


def missing(figures, today, due=survey, **over):
    return [one for one in found(check(figures, today=today, due=due, **over)) if one.startswith("Q01")]


YEAR = [figure(COAL, "2025-02c", 2001), *(figure(COAL, f"2025-{m:02}", 1000 + 13 * m) for m in range(3, 7))]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 7, 15), []),
        (date(2025, 8, 15), []),  # the last day is still in time
        (date(2025, 8, 16), ["Q01 * 2025-07"]),
        (date(2025, 9, 30), ["Q01 * 2025-07", "Q01 * 2025-08"]),
    ],
)
def test_report_is_missing_after_its_deadline(today, expected):
    assert missing(YEAR, today) == expected


def test_january_is_not_missing_unless_due():
    assert missing(YEAR, date(2025, 7, 1)) == []
    january = Period.month(2025, 1)
    assert missing(YEAR, date(2025, 7, 1), lambda _, p: date(2025, 2, 15) if p == january else None) == [
        "Q01 * 2025-01"
    ]


def test_quarter_that_follows_from_months_is_reported():
    assert missing(YEAR, date(2025, 12, 1), quarters) == ["Q01 * 2025-Q3"]


def test_indicator_the_subject_always_reports_is_missing_by_name():
    both = [*YEAR, figure(POWER, "2025-02c", 9)] + [figure(POWER, f"2025-{m:02}", 9) for m in (3, 4, 5)]
    assert missing(both, date(2025, 7, 16)) == ["Q01 energy.electricity 2025-06"]


def test_indicator_reported_now_and_then_is_not_missed():
    assert missing([*YEAR, figure(POWER, "2025-04", 9)], date(2025, 7, 16)) == []


def test_subject_that_ended_owes_nothing_more():
    gone = UnitRecord(id=UNIT[5:], name="厂", region="500102", valid_from=date(2025, 1, 1), valid_to=date(2025, 6, 30))
    assert missing(YEAR, date(2025, 12, 1), records=Records.of([gone])) == []


def test_registered_unit_that_never_reported_is_missing():
    unit = UnitRecord(id=UNIT[5:], name="厂", region="500102", valid_from=date(2025, 10, 1))
    assert missing([], date(2026, 1, 1), records=Records.of([unit])) == ["Q01 * 2025-10", "Q01 * 2025-11"]


def test_months_before_the_first_report_are_missing_from_the_first_day_registered():
    unit = UnitRecord(id=UNIT[5:], name="厂", region="500102", valid_from=date(2025, 4, 1))
    late = [figure(COAL, "2025-06", 1003)]
    assert missing(late, date(2025, 7, 16), records=Records.of([unit])) == ["Q01 * 2025-04", "Q01 * 2025-05"]


def test_what_was_missing_is_put_right_by_a_figure_and_by_nothing_else():
    (gap,) = (one for one in check(YEAR, today=date(2025, 8, 16), due=survey) if one.rule is Rule.MISSING)
    for later, put_right in ((YEAR, False), ([*YEAR, figure(COAL, "2025-07", 1)], True)):
        assert changed(gap, Figures.of(later)) is put_right
    quarter = [*YEAR, figure(COAL, "2025-08", 1010), figure(COAL, "2025-08c", 9_000)]
    assert changed(gap, Figures.of(quarter)), "July follows from the figures since January"


def test_text_of_a_missing_report_is_the_same_every_day():
    days = (date(2025, 8, 16), date(2025, 8, 31))
    said = {one.message for day in days for one in check(YEAR, today=day, due=survey) if one.period.first == 7}
    assert said == {"2025年7月报表应于 2025-08-15 前报送,逾期未报"}


def test_without_deadlines_nothing_is_missing():
    assert check(series(COAL, [1003, None, 987])) == ()
