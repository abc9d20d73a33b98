"""减排量达到 N 吨: the sum of a ledger since the base year, against a path that is pro-rated within the year."""

from collections.abc import Sequence
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import PathKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.ledger import Booked, booked
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.path import quantity_due


def cumulative_reduction(case: Case, yardstick: Yardstick) -> Finding:
    """Tonnes (or any quantity) booked since the base year, or this year for the annual yardstick, against what is due.

    No figure from anybody is *not rated*: an empty ledger is not a ledger of zero.
    """
    _check(case)
    annual = yardstick is Yardstick.ANNUAL
    first = case.point.year if annual else case.base_year + 1
    windows = [*(Period.whole_year(year) for year in range(first, case.point.year)), case.point]
    entries = [[_booked(case, source, window) for source in case.sources(case.measure.of)] for window in windows]
    used = tuple(used for year in entries for entry in year for used in entry.used)
    if not used:
        raise CannotRate(f"nobody has booked any {case.measure.of} for {case.subject} since {first}")
    scale = case.scale()
    by_year = [sum((entry.amount for entry in year), Decimal(0)) * scale for year in entries]
    actual, expected = sum(by_year, Decimal(0)), _due(case, annual)
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=_formula(case, windows, by_year, actual, expected, gaps=_gaps(windows, entries)),
        used=used,
        edition="",
        remedy=lambda needed, beyond: f"{case.noun}再增加{show_effort(needed - actual, beyond)} {case.unit}",
    )


def _check(case: Case) -> None:
    """Refuse what does not add up over time."""
    if case.is_coal:
        raise CannotRate("standard coal is worked out from energy used; nobody books it in a ledger")
    indicator = case.sums.law.catalogue.by_id.get(case.measure.of)
    if indicator is None:
        raise CannotRate(f"{case.measure.of} is not in the catalogue of indicators")
    if indicator.behaviour is not Behaviour.FLOW or case.measure.per is not None:
        raise CannotRate(f"{case.target.id} measures a state or a ratio, which has no sum over the years")


def _booked(case: Case, source: str, window: Period) -> Booked:
    found = booked(case.sums, source, case.measure.of, window)
    if isinstance(found, Missing):
        raise CannotRate(found)
    return found


def _due(case: Case, annual: bool) -> Decimal:
    """The quantity due by the point; for the year's task what is due since the end of last year."""
    share: Decimal | Missing = Missing("no monthly shares are used")
    if case.target.path is PathKind.LAST_YEAR_SHARES:
        share = share_of_last_year(case)
    due = quantity_due(case.target, case.point, share)
    if isinstance(due, Missing):
        raise CannotRate(due)
    if not annual or case.point.year == case.base_year + 1:
        return due
    before = quantity_due(case.target, Period.whole_year(case.point.year - 1), Decimal(1))
    if isinstance(before, Missing):
        raise CannotRate(before)
    return due - before


def share_of_last_year(case: Case) -> Decimal:
    """Which fraction of last year's quantity fell into the same months."""
    last = case.point.last_year()
    whole = case.amount(case.measure.of, Period.whole_year(last.year)).amount
    if whole <= 0:
        raise CannotRate(
            f"{case.measure.of} of {case.subject} is not above zero for {last.year}, so it has no monthly shares"
        )
    return case.amount(case.measure.of, last).amount / whole


def _gaps(windows: Sequence[Period], entries: Sequence[Sequence[Booked]]) -> str:
    """How many ledger years lack months, which then count as nothing achieved."""
    pairs = [(window, entry) for window, year in zip(windows, entries, strict=True) for entry in year]
    short = sum(entry.months < window.months for window, entry in pairs)
    return f" [{short} of {len(pairs)} ledger years lack months, which add nothing]" if short else ""


def _formula(
    case: Case,
    windows: Sequence[Period],
    by_year: Sequence[Decimal],
    actual: Decimal,
    expected: Decimal,
    *,
    gaps: str,
) -> str:
    terms = " + ".join(f"{show(amount)} ({window.label})" for window, amount in zip(windows, by_year, strict=True))
    remark = gaps + case.about_sources(case.measure.of)
    return f"{terms} = {show(actual)} {case.unit} ; due {show(expected)} {case.unit}{remark}"
