"""Months that are over or have changed become reports, which are sent once each."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from planwatch.contract.errors import DeliveryFailed
from planwatch.contract.hj212 import DayValue, FactorTable, Station, StationFile
from planwatch.contract.period import Period
from planwatch.contract.report import Report
from planwatch.gateway.month import MonthRules, gather, report_of

logger = logging.getLogger(__name__)
AT_ONCE = 200
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Due(Protocol):
    """A month held while it is looked at."""

    unit: str
    month: Period
    changed_at: datetime

    def days(self, stations: Sequence[Station]) -> list[DayValue]:
        """What its points stated."""

    def last_report(self) -> Report | None:
        """The newest report made of it."""

    def settle(self, report: Report | None, now: datetime, *, waits: bool) -> None:
        """Note that it was looked at, and the report that came of it."""


class Months(Protocol):
    """What reporting asks of the database."""

    def due(self, now: datetime, settle: timedelta) -> AbstractContextManager[Due | None]:
        """A month to be looked at, held for the block."""

    def unsent(self, limit: int, now: datetime) -> AbstractContextManager[list[Report]]:
        """Reports not sent, marked when the block ends without an error."""


class Sender(Protocol):
    """What reporting asks of Kafka."""

    def send_report(self, report: Report) -> None:
        """Hand a report over; errors come with flush."""

    def flush(self) -> None:
        """Wait until the broker has acknowledged everything; DeliveryFailed otherwise."""


class Counts(Protocol):
    """Who is told of reports made."""

    def reported(self, report: Report) -> None:
        """A report was made of a month."""


@dataclass
class Reporter:
    """Makes and sends monthly reports. ``fault`` says why reports made are not sent, or is None.

    A report is written to the database before it is sent: a crash between the two, or before the note that it was
    sent, sends the very same message again, and ingest takes it as the one it has.
    """

    months: Months
    sender: Sender
    stations: StationFile
    factors: FactorTable
    rules: MonthRules
    settle: timedelta
    counts: Counts
    fault: str | None = None

    def step(self, now: datetime) -> bool:
        """Look at one month that is due and send what was made; whether there was anything to do."""
        looked = self._look(now)
        return self._send(now) or looked

    def _look(self, now: datetime) -> bool:
        with self.months.due(now, self.settle) as due:
            if due is None:
                return False
            report, waits = self._made(due, now)
            due.settle(report, now, waits=waits)
        if report is not None:
            self.counts.reported(report)
            logger.info(
                "month reported",
                extra={"action": "report", "report_id": report.report_id, "unit": due.unit, "month": str(due.month)},
            )
        return True

    def _made(self, due: Due, now: datetime) -> tuple[Report | None, bool]:
        """The report of a month, if there is one to make now, and whether the month goes on waiting."""
        stations = self.stations.of_unit(due.unit)
        if not stations:
            # An emptied mapping file must not take figures back: a point is ended by its `until`.
            logger.warning("unit has no monitoring point any more", extra={"action": "report", "unit": due.unit})
            return None, False
        figures = gather(due.month, stations, due.days(stations), self.factors, self.rules)
        before = due.last_report()
        if before is None and not figures.is_complete and not is_settled(due, self.settle, now):
            return None, True
        return report_of(due.unit, due.month, figures.readings, before, now), False

    def _send(self, now: datetime) -> bool:
        try:
            with self.months.unsent(AT_ONCE, now) as reports:
                for report in reports:
                    self.sender.send_report(report)
                if reports:
                    self.sender.flush()
        except DeliveryFailed as error:
            if self.fault is None:
                logger.warning("reports not sent", extra={"action": "send_reports", "error": str(error)})
            self.fault = f"monthly reports wait in the database until the broker takes them: {error}"
            return False
        self.fault = None
        return bool(reports)


def is_settled(due: Due, settle: timedelta, now: datetime) -> bool:
    """Whether a month has been over, and quiet, for so long that what is missing is not waited for."""
    over = datetime.combine(due.month.after, datetime.min.time(), tzinfo=SHANGHAI)
    return max(due.changed_at, over) + settle <= now
