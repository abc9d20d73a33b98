"""When made-up reports are handed in: fixed days of the month after the one they are about."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta, timezone

from planwatch.contract.period import Period

SHANGHAI = timezone(timedelta(hours=8))  # without summer time since 1991; a fixed offset needs no time zone tables
REGION_DAY, PROJECT_DAY, UNIT_DAY, CORRECTION_DAY = 12, 14, 15, 24


def handed_in(period: Period, day: int) -> datetime:
    """Nine o'clock on a day of the month after the period, Shanghai time."""
    return datetime.combine(period.after.replace(day=day), time(9), tzinfo=SHANGHAI)


def each_month(first: Period, last: Period) -> Iterator[Period]:
    """Single months from the first month of ``first`` to the last month of ``last``."""
    for index in range(first.year * 12 + first.first - 1, last.year * 12 + last.last):
        yield Period.month(index // 12, index % 12 + 1)


def survey_period(month: Period) -> Period | None:
    """What the national survey asks for after a month: nothing in January, both months in February."""
    if month.last == 1:
        return None
    return month.year_to_date() if month.last == 2 else month
