"""年综合能源消费量 N 吨标准煤及以上, and use above the reviewed figure: a project's energy on three measures."""

from decimal import Decimal

from planwatch.contract.period import MONTHS_OF_A_YEAR
from planwatch.contract.plan import Comparator, Level, RuleSet, RuleSetKind, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.comparator import comparator_of
from planwatch.rules.level import level_of
from planwatch.rules.levels import quantity_level
from planwatch.rules.numbers import show, show_effort
from planwatch.rules.twelve_months import Year, twelve_months
from planwatch.rules.two_high import allowed_tce, entry

MONTHS_TO_ANNUALISE = 3
"""From this many months on the year to date is projected to a year; fewer say too little (our choice)."""
_BEYOND = Decimal(2)  # twice the threshold has reached it, whether or not the very number does


def project_threshold(case: Case, yardstick: Yardstick) -> Finding:
    """Calendar year to date, last twelve months and annualised energy (年综合能源消费量) against the threshold.

    ``twelve = Σ of the last twelve months``, ``annualised = year to date × 12/months``. Only the first two reach the
    threshold: the level is that of twelve months, which contain the year to date. An annualised figure that reaches
    it alone is a forecast and gives the level below, «approaching», at most.
    Where twelve months are not all known, the year to date is a lower bound: rated if it alone reaches a level above
    the best one, or its projection reaches the threshold, and *not rated* otherwise (three months of figures do not
    make a small consumer). CQ 四(三)2, HLJ 三(三).
    """
    rule_set = case.sums.law.rule_sets[case.target.rule_set or ""]
    if rule_set.kind is not RuleSetKind.THRESHOLD or case.measure.per is not None:
        raise CannotRate(f"{case.target.id}: a threshold needs a plain quantity and a rule set of kind threshold")
    year, scale = _twelve_months(case), case.scale()
    actual, to_date, expected = year.amount * scale, year.to_date * scale, stated_value(case)
    annualised = _annualised(case, to_date)
    forecast = annualised is not None and _reaches(annualised, expected, case.target.comparator)
    return Finding(
        actual=actual,
        expected=expected,
        unit=case.unit,
        formula=_formula(case, year, to_date, annualised, expected),
        used=year.used,
        edition=year.edition,
        remedy=lambda needed, beyond: _cut(case, actual - needed, beyond),
        comparator=case.target.comparator,
        at_least=bool(year.missing),
        note=year.missing,
        no_better_than=_approaching(rule_set, case, expected) if forecast else None,
    )


def limit(case: Case, yardstick: Yardstick) -> Finding:
    """A limit: the number of the clause, or with ``value_of`` the energy the subject's own review allows a year.

    The latter is held against the last twelve months (TJ 四(三) 超标用能, TJ 四(四) 后评价); where those are not all
    known the year to date is a lower bound, which is never good.
    """
    if case.target.value_of is None:
        return quantity_level(case, yardstick)
    year, scale, allowed = _twelve_months(case), case.scale(), stated_value(case)
    actual, least = year.amount * scale, "at least " if year.missing else ""
    comparator = comparator_of(case.target)
    return Finding(
        actual=actual,
        expected=allowed,
        unit=case.unit,
        formula=f"twelve months {year.words} = {least}{show(actual)} {case.unit} ; reviewed {comparator.value} "
        f"{show(allowed)} {case.unit}{case.about_sources(case.measure.of)}",
        used=year.used,
        edition=year.edition,
        remedy=lambda needed, beyond: _cut(case, actual - needed, beyond),
        comparator=comparator,
        at_least=bool(year.missing),
        note=year.missing,
    )


def stated_value(case: Case) -> Decimal:
    """The number of the clause, or what the subject's register entry says (``value_of``), in the clause's unit."""
    if case.target.value_of is None:
        return case.value
    allowed, factor = allowed_tce(entry(case)), case.sums.book.factor("tce", case.unit)
    if allowed is None:
        raise CannotRate("台账未填 节能审查能耗(reviewed_tce)")
    if factor is None:
        raise CannotRate(f"{case.target.id}: the reviewed energy is in tce, which does not convert to {case.unit}")
    return allowed * factor


def _twelve_months(case: Case) -> Year:
    return twelve_months(lambda span: case.amount(case.measure.of, span), case.point)


def _annualised(case: Case, to_date: Decimal) -> Decimal | None:
    """The year to date as if the rest of the year were like it; None before there are three months of it."""
    months = case.point.months
    return to_date * MONTHS_OF_A_YEAR / months if months >= MONTHS_TO_ANNUALISE else None


def _reaches(amount: Decimal, threshold: Decimal, comparator: Comparator) -> bool:
    strict = comparator in (Comparator.MORE_THAN, Comparator.AT_MOST)
    return amount > threshold if strict else amount >= threshold


def _approaching(rule_set: RuleSet, case: Case, threshold: Decimal) -> Level | None:
    """The worst level below that of a threshold that is reached."""
    reached = level_of(
        rule_set,
        actual=threshold * _BEYOND,
        expected=threshold,
        month=case.point.last,
        comparator=case.target.comparator,
    ).level
    below = [band.level for band in rule_set.bands if reached and band.level.severity < reached.severity]
    return max(below, key=lambda level: level.severity, default=None)


def _cut(case: Case, amount: Decimal, beyond: bool) -> str:
    return f"近12个月{case.noun}再降{show_effort(amount, beyond)} {case.unit}"


def _formula(case: Case, year: Year, to_date: Decimal, annualised: Decimal | None, expected: Decimal) -> str:
    actual = year.amount * case.scale()
    least, months = "at least " if year.missing else "", case.point.months
    projected = (
        f"annualised {show(to_date)} × {MONTHS_OF_A_YEAR}/{months} = {show(annualised)} {case.unit}"
        if annualised is not None
        else f"not annualised before {MONTHS_TO_ANNUALISE} months"
    )
    return (
        f"twelve months {year.words} = {least}{show(actual)} {case.unit} ; "
        f"year to date {show(to_date)} {case.unit} ; {projected} ; "
        f"threshold {case.target.comparator.value} {show(expected)} {case.unit}{case.about_sources(case.measure.of)}"
    )
