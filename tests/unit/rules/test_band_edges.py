"""The rule sets that come with planwatch: an example at every edge of every band, and levels that only get worse."""

from decimal import Decimal as D

import pytest

from planwatch.contract.plan import Comparator, RuleSetKind, TargetKind
from planwatch.plans.folder import example_files
from planwatch.plans.loader import examples_with_lines, load_law
from planwatch.rules.level import level_of

RULE_SETS = load_law().rule_sets
DIRECT = [one for file in example_files(None) for _, one in examples_with_lines(file) if one.rule_set]
LESS_IS_BETTER = (TargetKind.GROWTH_MAX, TargetKind.LEVEL_MAX, TargetKind.LIMIT, TargetKind.QUOTA)
TRACE = D("1e-9")


def _bounds(band):
    return [one for one in (band.at_least, band.more_than, band.at_most, band.less_than) if one is not None]


def _quantities(rule_set):
    """What the examples of a rule set come to, with the month they are of."""
    for one in DIRECT:
        if one.rule_set == rule_set.id:
            side = Comparator.AT_MOST if one.kind in LESS_IS_BETTER else Comparator.AT_LEAST
            found = level_of(rule_set, actual=one.actual, expected=one.expected, month=one.month, comparator=side)
            if found.quantity is not None:
                yield found.quantity, one.month


EDGES = [
    (rule_set, band, bound) for rule_set in RULE_SETS.values() for band in rule_set.bands for bound in _bounds(band)
]


@pytest.mark.parametrize(
    ("rule_set", "band", "bound"), EDGES, ids=[f"{one.id} {b.level.colour} {n} {b.months}" for one, b, n in EDGES]
)
def test_an_example_stands_exactly_at_every_edge(rule_set, band, bound):
    first, last = band.months or (1, 12)
    assert any(quantity == bound and first <= month <= last for quantity, month in _quantities(rule_set))


@pytest.mark.parametrize("rule_set", RULE_SETS.values(), ids=list(RULE_SETS))
def test_severity_never_falls_as_the_gap_grows(rule_set):
    more_is_better = rule_set.kind is RuleSetKind.COMPLETION_RATE
    for months in {band.months for band in rule_set.bands}:
        bands = [band for band in rule_set.bands if band.months == months]
        edges = sorted({edge for band in bands for edge in _bounds(band)})
        around = [edge + step for edge in edges for step in (-TRACE, D(0), TRACE)]
        found = [[b.level.severity for b in bands if b.holds(quantity)] for quantity in around]
        severities = [one[0] for one in found if one]
        assert severities == sorted(severities, reverse=more_is_better)
        assert all(len(one) <= 1 for one in found)


@pytest.mark.parametrize("rule_set", RULE_SETS.values(), ids=list(RULE_SETS))
def test_colours_and_severities_go_together(rule_set):
    colours = {0: "green", 1: "yellow", 2: "orange", 3: "red"}
    levels = [band.level for band in rule_set.bands] + [rule_set.undefined] * (rule_set.undefined is not None)
    assert all(level.colour == colours[level.severity] for level in levels)


def test_the_label_says_nothing_about_severity():
    first = {
        name: {band.level.severity for band in RULE_SETS[name].bands if band.level.zh.startswith(label)}
        for name, label in (
            ("national-relative-gap-10", "一级"),
            ("hangzhou-gap-pp", "Ⅰ级"),
            ("prefecture-2010-completion-rate", "一级"),
        )
    }
    assert first == {
        "national-relative-gap-10": {3},
        "hangzhou-gap-pp": {1},
        "prefecture-2010-completion-rate": {1},
    }
