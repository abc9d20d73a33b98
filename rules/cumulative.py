"""减排量达到 N 吨: the sum of a ledger since the base year, against a path that is pro-rated within the year."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Missing, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import PathKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.ledger import Booked
from planwatch.rules.ledger_standing import DISCHARGE_PREFIX, NOT_LOOKED_UP, Standing, about_standing, standing_of
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.path import quantity_due


def cumulative_reduction(case: Case, yardstick: Yardstick) -> Finding:
    """Tonnes (or any quantity) booked since the base year, or this year for the annual yardstick, against what is due.

    ``Σ over projects and years (verified − promised to new projects)``: ``measure.of`` less ``measure.less``. A project
    whose source is unknown or that another one counts already is left out, and one counts from the second month after
    it runs stably (HLJ 三(四), methodology §5); the formula says whom that concerns. What is claimed is shown, never
    counted. No figure from anybody is *not rated*: an empty ledger is not a ledger of zero.
    """
    _check(case)
    annual = yardstick is Yardstick.ANNUAL
    first = case.point.year if annual else case.base_year + 1
    windows = [*(Period.whole_year(year) for year in range(first, case.point.year)), case.point]
    sources = case.sources(case.measure.of)
    standing = standing_of(case, sources)
    entries = [
        [_booked(case, source, window, standing.get(source, NOT_LOOKED_UP)) for source in sources] for window in windows
    ]
    used = tuple(used for year in entries for entry in year for used in entry.used)
    remark = about_standing(case, standing)
    if not used:
        counted = "that counts " if "不计入" in remark else ""
        raise CannotRate(f"nobody has booked any {case.measure.of} {counted}for {case.subject} since {first}{remark}")
    scale = case.scale()
    by_year = [sum((entry.amount for entry in year), Decimal(0)) * scale for year in entries]
    actual, expected = sum(by_year, Decimal(0)), _due(case, annual)
    remark = _gaps(windows, entries) + case.about_sources(case.measure.of) + remark + _claimed(case, sources, windows)
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=_formula(case, windows, by_year, expected, remark),
        used=used,
        edition="",
        remedy=lambda needed, beyond: f"{case.noun}再增加{show_effort(needed - actual, beyond)} {case.unit}",
    )


def _check(case: Case) -> None:
    """Refuse what does not add up over time."""
    if case.is_coal:
        raise CannotRate("standard coal is worked out from energy used; nobody books it in a ledger")
    if case.measure.of.startswith(DISCHARGE_PREFIX):
        raise CannotRate(f"{case.measure.of} 是排放量,读数之差不是减排量:减排量来自重点工程台账(reduction.*)")
    indicator = case.sums.law.catalogue.by_id.get(case.measure.of)
    if indicator is None:
        raise CannotRate(f"{case.measure.of} is not in the catalogue of indicators")
    if indicator.behaviour is not Behaviour.FLOW or case.measure.per is not None:
        raise CannotRate(f"{case.target.id} measures a state or a ratio, which has no sum over the years")


def _booked(case: Case, source: str, window: Period, how: Standing) -> Booked:
    """What one source counts within a window; nothing where it is left out or does not run stably yet.

    A figure of months before the first that counts is taken off; one that spans it counts as it was verified.
    """
    first = how.first or Period.month(window.year, window.first)
    if how.doubt or (first.year, first.first) > (window.year, window.last):
        return Booked(Decimal(0), (), window.months)
    whole = _entered(case, source, case.measure.of, window)
    if (first.year, first.first) > (window.year, window.first):
        early = _entered(case, source, case.measure.of, Period(window.year, window.first, first.first - 1))
        whole = _without(whole, early)
    if case.measure.less is None:
        return whole
    return _without(whole, _entered(case, source, case.measure.less, window))


def _entered(case: Case, source: str, indicator: str, window: Period) -> Booked:
    found = case.sums.booked(source, indicator, window)
    if isinstance(found, Missing):
        raise CannotRate(found)
    return found


def _without(whole: Booked, off: Booked) -> Booked:
    """One sum less another; a figure that is in both is in neither."""
    both = {one.figure for one in whole.used} & {one.figure for one in off.used}
    used = [one for one in whole.used if one.figure not in both]
    used += [Used(-one.sign, one.figure) for one in off.used if one.figure not in both]
    return replace(whole, amount=whole.amount - off.amount, used=tuple(used))


def _claimed(case: Case, sources: Sequence[str], windows: Sequence[Period]) -> str:
    """What was claimed in the same years, for comparison."""
    name = f"{case.measure.of}.claimed"
    claiming = [source for source in sources if case.sums.reports(source, name)]
    entries = [_entered(case, source, name, window) for source in claiming for window in windows]
    if not any(entry.used for entry in entries):
        return ""
    claimed = sum((entry.amount for entry in entries), Decimal(0)) * case.scale()
    return f" [申报 {show(claimed)} {case.unit},只计核实量]"


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
    last = case.span.last_year()
    whole = case.amount(case.measure.of, case.full(last.year)).amount
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


def _formula(case: Case, windows: Sequence[Period], by_year: Sequence[Decimal], expected: Decimal, remark: str) -> str:
    terms = " + ".join(f"{show(amount)} ({window.label})" for window, amount in zip(windows, by_year, strict=True))
    actual = sum(by_year, Decimal(0))
    return f"{terms} = {show(actual)} {case.unit} ; due {show(expected)} {case.unit}{remark}"
