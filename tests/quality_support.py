"""Small series and rules for the tests of planwatch.quality."""

from datetime import date
from decimal import Decimal

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import QualityRules, ThresholdRow
from planwatch.contract.records import NO_RECORDS
from planwatch.plans.loader import load_catalogue, load_coal_table
from planwatch.plans.quality_rules import load_quality_rules
from planwatch.quality.case import Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.rulebook import Rulebook

CATALOGUE = load_catalogue()
COAL = load_coal_table(None, CATALOGUE)
RULES = load_quality_rules(CATALOGUE, coal=COAL)
BOOK = Rulebook(RULES, CATALOGUE)
UNIT = "unit:91500000MA5U00000X"
TODAY = date(2026, 2, 1)
# Nothing about it repeats, rises steadily or is rounded; its median is 1002.
PLAIN = [
    1003,
    987,
    1012,
    995,
    1021,
    978,
    1004,
    1016,
    991,
    1009,
    983,
    1001,
    1018,
    989,
    1006,
    994,
    1013,
    981,
    1007,
    997,
    1011,
    986,
    1019,
    992,
]


def month(index):
    """The index-th month from January 2024."""
    return Period.month(2024 + index // 12, index % 12 + 1)


def figure(indicator, period, amount, **over):
    """A figure of the unit; the period as text («2025-03», «2025-06c» cumulative) or a Period."""
    if isinstance(period, str):
        period = Period.parse(period.removesuffix("c"), cumulative=period.endswith("c"))
    values = {"subject": UNIT, "unit": CATALOGUE.by_id[indicator].unit if indicator in CATALOGUE.by_id else ""} | over
    return Figure(indicator=indicator, period=period, amount=Decimal(str(amount)), **values)


def series(indicator, amounts, **over):
    """Month after month from January 2024; None leaves a month out."""
    return [figure(indicator, month(i), amount, **over) for i, amount in enumerate(amounts) if amount is not None]


def check(figures, *, rules=None, records=NO_RECORDS, explanations=(), today=TODAY, subject=UNIT, **evidence):
    """All findings about the unit."""
    book = BOOK if rules is None else Rulebook(rules, CATALOGUE)
    figures = list(figures)
    standing = Figures.of(one for one in figures if one.subject == subject)
    given = Evidence(**({"statements": tuple(figures)} | evidence))
    return check_subject(subject, standing, records, book, today, explanations=explanations, evidence=given)


def found(findings):
    """Findings as «rule indicator period»."""
    return [f"{one.rule.value} {one.indicator} {one.period.label}" for one in findings]


def with_rows(*rows):
    """The rules that come along and more rows, written as in YAML."""
    usual = {"valid_from": "2000-01-01", "source": "test"}
    more = tuple(ThresholdRow.model_validate(usual | row) for row in rows)
    return QualityRules.model_validate(dict(RULES) | {"thresholds": (*RULES.thresholds, *more)})
