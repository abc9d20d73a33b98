"""When a month is reported, how often, and what a broker that is away changes."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from hj212_support import FACTORS, UNIT, make_day, make_station

from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.hj212 import StationFile
from planwatch.contract.period import Period
from planwatch.gateway.month import MonthRules
from planwatch.gateway.reporting import Reporter

OVER = datetime(2025, 1, 31, 16, tzinfo=UTC)  # midnight in Shanghai
SETTLE = timedelta(hours=12)


class FakeMonth:
    """January of the unit, in memory."""

    unit, month = UNIT, Period.month(2025, 1)

    def __init__(self, days, changed_at=OVER):
        self.stated, self.changed_at, self.reports, self.waits = days, changed_at, [], True
        self.sent = 0

    def days(self, stations):
        return self.stated

    def last_report(self):
        return self.reports[-1] if self.reports else None

    def settle(self, report, now, *, waits):
        self.waits = waits
        self.reports += [report] if report else []

    @contextmanager
    def due(self, now, settle):
        yield self if self.waits else None

    @contextmanager
    def unsent(self, limit, now):
        yield self.reports[self.sent :]
        self.sent = len(self.reports)


class FakeSender:
    """Takes reports, or is away."""

    def __init__(self):
        self.taken, self.away = [], False

    def send_report(self, report):
        if self.away:
            raise DeliveryFailed("no broker", retry=True)
        self.taken.append(report)

    def flush(self):
        pass


class FakeCounts(list):
    """Remembers what it was told."""

    reported = list.append


def january(count=31):
    return [make_day(date(2025, 1, number)) for number in range(1, count + 1)]


def make_reporter(month, *stations):
    mapping = StationFile(stations=stations or (make_station(factors=("w01018",)),))
    return Reporter(month, FakeSender(), mapping, FACTORS, MonthRules(), SETTLE, FakeCounts())


def test_whole_month_is_reported_at_once():
    month = FakeMonth(january())
    reporter = make_reporter(month)
    assert reporter.step(OVER)
    assert [report.revision for report in reporter.sender.taken] == [0]
    assert reporter.counts == reporter.sender.taken and not month.waits


@pytest.mark.parametrize(
    ("now", "changed", "reported"),
    [
        pytest.param(OVER + SETTLE - timedelta(seconds=1), OVER - SETTLE, False, id="just over"),
        pytest.param(OVER + SETTLE, OVER - SETTLE, True, id="over and quiet for long enough"),
        pytest.param(OVER + timedelta(days=40), OVER + timedelta(days=40), False, id="days still come in later"),
        pytest.param(OVER + timedelta(days=41), OVER + timedelta(days=40), True, id="and then no more"),
    ],
)
def test_month_with_gaps_is_waited_for_and_then_reported(now, changed, reported):
    month = FakeMonth(january(30), changed)
    reporter = make_reporter(month)
    reporter.step(now)
    assert bool(reporter.sender.taken) is reported and month.waits is not reported


def test_change_of_a_reported_month_is_reported_at_once_with_the_next_revision():
    month = FakeMonth(january(30), OVER)
    reporter = make_reporter(month)
    reporter.step(OVER + SETTLE)
    for revision, count in ((1, 29), (2, 31)):
        month.stated, month.changed_at, month.waits = january(count), OVER + timedelta(days=60), True
        reporter.step(month.changed_at)
        assert reporter.sender.taken[-1].revision == revision


def test_change_that_changes_nothing_is_not_reported():
    month = FakeMonth(january())
    reporter = make_reporter(month)
    reporter.step(OVER)
    month.waits = True
    reporter.step(OVER)
    assert len(reporter.sender.taken) == 1 and not month.waits


def test_reports_wait_for_a_broker_that_is_away():
    month = FakeMonth(january())
    reporter = make_reporter(month)
    reporter.sender.away = True
    reporter.step(OVER)
    assert reporter.fault and month.sent == 0
    reporter.sender.away = False
    assert reporter.step(OVER)
    assert reporter.fault is None and reporter.sender.taken == month.reports


def test_unit_without_points_keeps_what_it_reported():
    month = FakeMonth(january())
    make_reporter(month).step(OVER)
    month.waits = True
    make_reporter(month, make_station(unit="other")).step(OVER)
    assert len(month.reports) == 1 and not month.waits
