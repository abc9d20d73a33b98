"""The made-up world as messages: the registry, then the reports in the order in which they are handed in."""

from collections.abc import Iterator
from dataclasses import dataclass

from planwatch.contract.period import Period
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Report, parse_report
from planwatch.simulate import projects, region_reports, register
from planwatch.simulate import units as key_units
from planwatch.simulate.clock import each_month

FIRST, LAST = Period.month(2020, 1), Period.month(2025, 12)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What comes in on one day of a month: the key and value of each message.

    Corrections are a delivery of their own. A story that tells of a warning withdrawn needs what came before to be
    judged first; who sends everything at once sees the same end state, but never the warning.
    """

    month: Period
    corrections: bool
    messages: Iterator[tuple[bytes, bytes]]


def registry(seed: int, units: int) -> Iterator[RegistryRecord]:
    """Who exists: regions, projects, then as many units as asked for. The seed changes figures, not who exists."""
    del seed
    yield from region_reports.registry()
    yield from register.registry()
    yield from key_units.registry(units)


def deliveries(seed: int, units: int, first: Period, last: Period) -> Iterator[Delivery]:
    """The reports about the months from ``first`` to ``last``, by day of handing in."""
    series = region_reports.all_series(seed, last.year)
    for month in each_month(first, last):
        yield Delivery(month, False, _first_statements(series, seed, units, month))
        corrections = [report for region in series if (report := region.correction(month))]
        if corrections:
            yield Delivery(month, True, (_message(report) for report in corrections))


def _first_statements(
    series: list[region_reports.RegionSeries], seed: int, units: int, month: Period
) -> Iterator[tuple[bytes, bytes]]:
    for region in series:
        if report := region.report(month):
            yield _message(report)
    yield from map(_message, projects.reports(seed, month))
    yield from key_units.messages(seed, units, month)


def _message(report: Report) -> tuple[bytes, bytes]:
    return report.key, report.to_json()


def messages(seed: int, units: int, first: Period, last: Period) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of all reports, streamed in the order of handing in."""
    for delivery in deliveries(seed, units, first, last):
        yield from delivery.messages


def reports(seed: int, units: int, first: Period, last: Period) -> Iterator[Report]:
    """All reports in the order of handing in, month by month; corrections when they were made."""
    for _, value in messages(seed, units, first, last):
        yield parse_report(value)
