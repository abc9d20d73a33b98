"""Reports as the quality checks see them: each subject's standing figures, all statements, and values as written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, MeterMonth
from planwatch.contract.records import NO_RECORDS, Records
from planwatch.contract.report import Report
from planwatch.quality.case import Due, Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.rulebook import Rulebook


@dataclass
class Stated:
    """What one subject stated."""

    subject: str
    statements: list[Figure] = field(default_factory=list)
    written: dict[tuple[str, Period], Decimal] = field(default_factory=dict)
    metered: list[MeterMonth] = field(default_factory=list)
    notes: dict[tuple[str, Period], str] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Figures:
        """The standing figures; of two statements of one revision the one with the later report id stands."""
        return Figures.of(sorted(self.statements, key=lambda one: (one.revision, one.report_id, one.amount)))

    def findings(
        self, book: Rulebook, today: date, *, records: Records = NO_RECORDS, due: Due | None = None
    ) -> tuple[Finding, ...]:
        """What the checks find, with nothing explained."""
        evidence = Evidence(tuple(self.statements), tuple(self.metered), self.written, due, self.notes)
        return check_subject(self.subject, self.figures, records, book, today, evidence=evidence)


def stated(reports: Iterable[Report], catalogue: Catalogue) -> dict[str, Stated]:
    """Reports taken apart by subject, amounts in canonical units, figures that cannot be true held as ingest does."""
    found: dict[str, Stated] = {}
    for report in reports:
        subject = str(report.subject)
        one = found.setdefault(subject, Stated(subject))
        for reading in report.readings:
            flag = "held" if catalogue.why_held(reading) else (reading.flag.value if reading.flag else None)
            one.statements.append(
                Figure(
                    subject,
                    reading.indicator,
                    report.span,
                    catalogue.amount(reading),
                    catalogue.by_id[reading.indicator].unit,
                    report.revision,
                    flag,
                    report.report_id,
                    report.source.value,
                )
            )
            one.written[reading.indicator, report.span] = reading.value
            if flag == "held":
                one.notes[reading.indicator, report.span] = reading.note or ""
    return found
