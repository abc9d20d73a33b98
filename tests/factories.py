"""Valid objects for tests: override what matters."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.report import Reading, Report, Subject, SubjectKind

SUBMITTED = datetime(2025, 4, 10, 8, tzinfo=UTC)


def make_period(text: str) -> Period:
    """«2025-06» a month, «2025-06c» January to June."""
    return Period.parse(text.removesuffix("c"), cumulative=text.endswith("c"))


def make_reading(**over: Any) -> Reading:
    """1,000 tonnes of raw coal."""
    return Reading(**({"indicator": "energy.raw_coal", "value": Decimal(1000), "unit": "t"} | over))


def make_report(**over: Any) -> Report:
    """A unit's report for March 2025."""
    values: dict[str, Any] = {
        "report_id": "r-1",
        "subject": Subject(kind=SubjectKind.UNIT, id="91500000MA5U00000X"),
        "period": "2025-03",
        "submitted_at": SUBMITTED,
        "readings": (make_reading(),),
    }
    return Report(**(values | over))


def make_region_report(region: str, period: str, **values: tuple[str, str]) -> Report:
    """A region's report: indicator (dots as two underscores) to (value, unit)."""
    text, cumulative = period.removesuffix("c"), period.endswith("c")
    return Report(
        report_id=f"{region}-{period}",
        subject=Subject(kind=SubjectKind.REGION, id=region),
        period=text,
        cumulative=cumulative,
        submitted_at=SUBMITTED,
        readings=tuple(
            Reading(indicator=name.replace("__", "."), value=Decimal(value), unit=unit)
            for name, (value, unit) in values.items()
        ),
    )


def make_figure(indicator: str, period: str, amount: str, **over: Any) -> Figure:
    """A figure of region 500000."""
    values = {"subject": "region:500000", "unit": "tce"} | over
    return Figure(indicator=indicator, period=make_period(period), amount=Decimal(amount), **values)
