"""What tests of the HJ 212 gateway say: monitoring points, daily messages, and the day they are sent on."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from planwatch.contract.hj212 import DayValue, FactorTable, Station, StationFile
from planwatch.gateway.frame import Frame, framed
from planwatch.gateway.intake import Intake
from planwatch.plans.hj212_factors import load_factors

NOW = datetime(2025, 3, 10, 4, tzinfo=UTC)
MN, GAS_MN, UNIT = "010000A8900016F000169DC0", "010000A8900016F000169DC1", "91500000MA5U00000X"
FACTORS: FactorTable = load_factors()


def make_station(**over: Any) -> Station:
    """A waste-water outlet that has to report COD and ammonia nitrogen."""
    return Station(**({"mn": MN, "unit": UNIT, "st": 32, "factors": ("w01018", "w21003")} | over))


def make_intake(*stations: Station) -> Intake:
    """An intake that knows these points; the outlet above if none are named."""
    return Intake(StationFile(stations=stations or (make_station(),)), FACTORS)


def make_segment(cp: str, **over: Any) -> bytes:
    """A data segment of a daily message; fields set to None are left out."""
    fields = {"QN": "20250201003000123", "ST": 32, "CN": 2031, "PW": "123456", "MN": MN, "Flag": 5} | over
    head = ";".join(f"{name}={value}" for name, value in fields.items() if value is not None)
    return f"{head};CP=&&{cp}&&".encode()


def make_frame(cp: str, **over: Any) -> Frame:
    """The same as a frame."""
    segment = make_segment(cp, **over)
    return Frame(framed(segment), segment)


def cp_of(day: date, *amounts: tuple[str, str, str]) -> str:
    """A day's CP: (code, amount, flag) each."""
    stated = ";".join(f"{code}-Cou={amount},{code}-Flag={flag}" for code, amount, flag in amounts)
    return f"DataTime={day:%Y%m%d}000000;{stated}"


def daily_frames(first: date, last: date, *amounts: tuple[str, str, str], **over: Any) -> list[bytes]:
    """One frame a day, each sent half an hour after its day ended."""
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    return [
        framed(make_segment(cp_of(day, *amounts), **({"QN": f"{day + timedelta(days=1):%Y%m%d}003000000"} | over)))
        for day in days
    ]


def make_day(day: date, cou: str | None = "1.5", **over: Any) -> DayValue:
    """1.5 kg of COD on a day."""
    values = {
        "mn": MN, "st": 32, "factor": "w01018", "unit": "kg", "flag": "N", "qn": f"{day:%Y%m%d}235959000",
        "received_at": NOW,
    }  # fmt: skip
    return DayValue(day=day, cou=None if cou is None else Decimal(cou), **(values | over))


class Sink:
    """A sender of reports, and a count of them, that keeps what is sent."""

    def __init__(self):
        self.reports = []

    def send_report(self, report):
        self.reports.append(report)

    def flush(self):
        """Everything has arrived."""

    def reported(self, report):
        """Nobody counts."""
