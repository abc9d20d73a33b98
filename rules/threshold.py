"""年综合能源消费量 N 吨标准煤及以上: twelve months of a project or unit against a threshold."""

from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import RuleSetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.numbers import show, show_effort


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months up to the point, or as much of them as is known."""

    amount: Decimal
    used: tuple[Used, ...]
    edition: str
    words: str
    missing: str = ""


def project_threshold(case: Case, yardstick: Yardstick) -> Finding:
    """The last twelve months against the threshold.

    Where they are not all known, the year to date is a lower bound: it is rated if it alone reaches a level above the
    best one, and is *not rated* otherwise (three months of figures do not make a small consumer).
    """
    rule_set = case.sums.law.rule_sets[case.target.rule_set or ""]
    if rule_set.kind is not RuleSetKind.THRESHOLD or case.measure.per is not None:
        raise CannotRate(f"{case.target.id}: a threshold needs a plain quantity and a rule set of kind threshold")
    year, scale = twelve_months(case), case.scale()
    actual, expected = year.amount * scale, case.value
    least = "at least " if year.missing else ""
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=f"{year.words} = {least}{show(actual)} {case.unit} ; threshold {case.target.comparator.value} "
        f"{show(expected)} {case.unit}" + case.about_sources(case.measure.of),
        used=year.used,
        edition=year.edition,
        remedy=lambda needed, beyond: f"近12个月{case.noun}再降{show_effort(actual - needed, beyond)} {case.unit}",
        comparator=case.target.comparator,
        at_least=bool(year.missing),
        note=year.missing,
    )


def twelve_months(case: Case) -> Year:
    """The twelve months that end with the point, over two calendar years if need be; else the year to date."""
    point, of = case.point, case.measure.of
    now = case.amount(of, point)
    words = f"{point.label}: {show(now.amount)}"
    if point.last == MONTHS_OF_A_YEAR:
        return Year(now.amount, now.used, now.edition, words)
    rest = Period(point.year - 1, point.last + 1, MONTHS_OF_A_YEAR)
    try:
        before = case.amount(of, rest)
    except CannotRate as why:
        return Year(now.amount, now.used, now.edition, words, why.missing.reason)
    return Year(
        now.amount + before.amount,
        (*before.used, *now.used),
        now.edition,
        f"{rest.label}: {show(before.amount)} + {words}",
    )
