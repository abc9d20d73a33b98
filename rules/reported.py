"""Whether every month due is reported: months with a figure against months elapsed."""

from decimal import Decimal
from math import ceil

from planwatch.contract.figures import Figure, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.standard_coal import in_use


def reported_months(case: Case, yardstick: Yardstick) -> Finding:
    """Months of the year to date that a counting figure covers (a cumulative one covers its months) of those elapsed.

    For standard coal a month is reported when every energy kind in use is; with members, their months add up.
    """
    sources = tuple(sorted(set(case.around.members))) if case.target.sum_of and case.around.members else (case.subject,)
    reported, used = 0, []
    for source in sources:
        months, figures = _covered(case, source)
        reported += months
        used.extend(figures)
    due = case.span.months * len(sources)
    return Finding(
        actual=Decimal(reported),
        expected=Decimal(due),
        unit=case.unit,
        formula=f"{reported} of {due} months of {case.span.label} reported",
        used=tuple(Used(1, figure) for figure in used),
        edition="",
        remedy=lambda needed, _: f"再补报 {max(1, ceil(needed - reported))} 个月",
    )


def _covered(case: Case, source: str) -> tuple[int, list[Figure]]:
    """How many months of the point are reported by one subject, and the figures that say so."""
    figures, point = case.sums.figures, case.span
    stated = case.sums.stated(case.measure.of)
    names = [name for name in stated if len(stated) == 1 or in_use(source, name, point.year, figures)]
    if not stated or any(name not in case.sums.law.catalogue.by_id for name in stated):
        raise CannotRate(f"{case.measure.of} is not in the catalogue of indicators")
    found = [
        figure
        for name in names
        for period in figures.periods(source, name)
        if period.year == point.year and period.last <= point.last
        if (figure := figures.at(source, name, period)) is not None and figure.counts
    ]
    months = sum(all(_has(found, name, month) for name in names) for month in point.each_month()) if names else 0
    return months, found


def _has(found: list[Figure], name: str, month: Period) -> bool:
    return any(figure.indicator == name and figure.period.contains(month) for figure in found)
