"""What the quality checks cost: loading and checking a unit's history, per reading and for a national month close."""

from datetime import date
from time import process_time

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.period import Period
from planwatch.contract.quality import QualityRules
from planwatch.contract.report import parse_report
from planwatch.quality.rulebook import Rulebook
from planwatch.service.bench_report import Measured
from planwatch.service.quality_measure import survey_due
from planwatch.service.quality_subjects import Stated, stated
from planwatch.simulate.clock import each_month
from planwatch.simulate.faults_beside import beside
from planwatch.simulate.units import messages
from planwatch.storage.database import Database
from planwatch.storage.quality_store import QualityWork

SEED, UNITS, MONTHS = 1, 40, (Period.month(2024, 1), Period.month(2025, 12))
TODAY = date(2026, 2, 1)
NATIONAL = 100_000 * 24 * 20
"""Readings behind the units of a national month close: two years of twenty figures a month, all of them checked."""


def checking(database: Database, subjects: list[str], catalogue: Catalogue, rules: QualityRules, out: Measured) -> None:
    """Processor time of loading what subjects stated and of checking (simulated units with stocks and meters)."""
    raw = [value for month in each_month(*MONTHS) for _, value in messages(SEED, UNITS, month)]
    decoding = _decoding(raw, catalogue)
    loading, checks = _loading(database, subjects, catalogue), _checks(raw, catalogue, Rulebook(rules, catalogue))
    out.add("all quality checks, per reading of a unit's 24 months", f"{checks * 1e6:.1f} µs")
    out.add("quality checks as a share of decoding and validating", f"{checks / decoding:.1f} ×")
    out.add("loading what they look at, per reading", f"{loading * 1e6:.1f} µs")
    minutes = (loading + checks) * NATIONAL / 60
    out.add("checks of a national month close, one core", f"{minutes:.0f} min")


def _decoding(raw: list[bytes], catalogue: Catalogue) -> float:
    catalogue.faults(parse_report(raw[0]))  # what is worked out once is no cost of a reading
    began = process_time()
    read = [parse_report(value) for value in raw]
    assert not any(catalogue.faults(report) for report in read), "simulated reports are clean"
    return (process_time() - began) / sum(len(report.readings) for report in read)


def _loading(database: Database, subjects: list[str], catalogue: Catalogue) -> float:
    with database.transaction() as connection:
        work, units = QualityWork(connection), {one.id: one.unit for one in catalogue.indicators}
        began = process_time()
        found = work.statements(subjects, units)
        return (process_time() - began) / sum(len(one.all) for one in found.values())


def _checks(raw: list[bytes], catalogue: Catalogue, book: Rulebook) -> float:
    units = []
    for clean in stated(map(parse_report, raw), catalogue).values():
        figures, metered = beside(SEED, tuple(clean.statements))
        ordered = sorted(figures, key=lambda one: (one.indicator, one.period))  # as the database gives them
        units.append(Stated(clean.subject, ordered, metered=list(metered)))
    units[0].findings(book, TODAY, due=survey_due)
    began = process_time()
    for unit in units[1:]:
        unit.findings(book, TODAY, due=survey_due)
    return (process_time() - began) / sum(len(unit.statements) for unit in units[1:])
