"""Levels: every edge of every kind of rule set, strict comparators, and where a rule cannot be applied."""

from decimal import Decimal as D

import pytest
from rules_support import COMPLETION, GREEN, HANGZHOU, LIMIT, NATIONAL, ORANGE, RED, SIGN, THRESHOLD, YELLOW

from planwatch.contract.plan import Band, Comparator
from planwatch.rules.level import Verdict, level_of, step_better

EDGES = [
    # rule set, actual, expected, month, level
    (NATIONAL, "3", "3", 12, GREEN),
    (NATIONAL, "2.9999999999999999", "3", 12, YELLOW),
    (NATIONAL, "2.7", "3", 12, YELLOW),
    (NATIONAL, "2.6999999999999999", "3", 12, RED),
    (NATIONAL, "-1", "3", 12, RED),
    (SIGN, "3", "3", 12, GREEN),
    (SIGN, "2.99", "3", 12, YELLOW),
    (SIGN, "0", "3", 12, YELLOW),
    (SIGN, "-0.01", "3", 12, RED),
    (SIGN, "-0.01", "-1", 12, GREEN),
    (HANGZHOU, "2.71", "3", 6, GREEN),
    (HANGZHOU, "2.7", "3", 6, YELLOW),
    (HANGZHOU, "2", "3", 6, ORANGE),
    (HANGZHOU, "1", "3", 6, ORANGE),
    (HANGZHOU, "0.99", "3", 6, RED),
    (COMPLETION, "100", "100", 12, GREEN),
    (COMPLETION, "99.99", "100", 12, YELLOW),
    (COMPLETION, "90", "100", 12, YELLOW),
    (COMPLETION, "89.99", "100", 12, ORANGE),
    (COMPLETION, "50.01", "100", 12, ORANGE),
    (COMPLETION, "50", "100", 12, RED),
    (THRESHOLD, "39999.999", "50000", 12, GREEN),
    (THRESHOLD, "40000", "50000", 12, YELLOW),
    (THRESHOLD, "49999.999", "50000", 12, YELLOW),
    (THRESHOLD, "50000", "50000", 12, RED),
]


@pytest.mark.parametrize(
    ("rule_set", "actual", "expected", "month", "level"),
    EDGES,
    ids=[f"{edge[0].id} {edge[1]} of {edge[2]}" for edge in EDGES],
)
def test_level_at_the_edges(rule_set, actual, expected, month, level):
    verdict = level_of(rule_set, actual=D(actual), expected=D(expected), month=month)
    assert (verdict.level, verdict.reason) == (level, "")


def test_level_keeps_the_quantity_it_compared():
    assert level_of(NATIONAL, actual=D("2.7"), expected=D(3)).quantity == D("0.1")
    assert level_of(COMPLETION, actual=D(1), expected=D(4)).quantity == D("0.25")


@pytest.mark.parametrize(
    ("comparator", "actual", "expected", "level"),
    [
        (Comparator.AT_MOST, "3", "3", GREEN),
        (Comparator.AT_MOST, "3.3", "3", YELLOW),
        (Comparator.AT_MOST, "3.31", "3", RED),
        (Comparator.LESS_THAN, "3", "3", YELLOW),
        (Comparator.LESS_THAN, "2.99", "3", GREEN),
        (Comparator.MORE_THAN, "3", "3", YELLOW),
        (Comparator.MORE_THAN, "3.01", "3", GREEN),
        (Comparator.EQUAL, "3.01", "3", YELLOW),
        (Comparator.ABOUT, "3.4", "3", RED),
    ],
)
def test_level_respects_the_comparator(comparator, actual, expected, level):
    verdict = level_of(NATIONAL, actual=D(actual), expected=D(expected), comparator=comparator)
    assert verdict.level == level


@pytest.mark.parametrize(
    ("rule_set", "comparator", "level"),
    [
        (COMPLETION, Comparator.MORE_THAN, YELLOW),
        (COMPLETION, Comparator.AT_LEAST, GREEN),
        (THRESHOLD, Comparator.MORE_THAN, YELLOW),
        (THRESHOLD, Comparator.AT_LEAST, RED),
        (LIMIT, Comparator.AT_MOST, GREEN),
        (LIMIT, Comparator.LESS_THAN, RED),
    ],
)
def test_exactly_the_number_is_not_reached_by_a_strict_comparator(rule_set, comparator, level):
    verdict = level_of(rule_set, actual=D(7), expected=D(7), comparator=comparator)
    assert (verdict.level, round(verdict.quantity, 20)) == (level, 1)


@pytest.mark.parametrize(
    ("actual", "level"), [("98", GREEN), ("97.99", YELLOW), ("102", GREEN), ("102.01", YELLOW), ("80", RED)]
)
def test_about_allows_two_percent_to_either_side(actual, level):
    verdict = level_of(NATIONAL, actual=D(actual), expected=D(100), comparator=Comparator.ABOUT, tolerance=D("0.02"))
    assert verdict.level == level


@pytest.mark.parametrize("rule_set", [NATIONAL, COMPLETION])
@pytest.mark.parametrize("expected", ["0", "-2"])
def test_a_target_of_zero_or_less_has_no_relative_gap(rule_set, expected):
    met = level_of(rule_set, actual=D(expected), expected=D(expected))
    missed = level_of(rule_set, actual=D(expected) - 1, expected=D(expected))
    assert (met.level, met.quantity) == (GREEN, None)
    assert (missed.level, missed.quantity) == (rule_set.undefined, None)
    assert "undefined" in missed.reason


def test_a_threshold_of_zero_is_not_rated():
    assert level_of(THRESHOLD, actual=D(1), expected=D(0)).level is None
    assert level_of(LIMIT, actual=D(0), expected=D(0), comparator=Comparator.AT_MOST).level == GREEN


@pytest.mark.parametrize(
    ("bands", "fault"),
    [
        ((Band(level=GREEN, less_than=D(0)), Band(level=RED, more_than=D(0))), "no band"),
        ((Band(level=GREEN, at_most=D(0)), Band(level=RED, at_least=D(0))), "several bands"),
    ],
    ids=["gap in the bands", "overlap"],
)
def test_bands_that_leave_a_gap_or_overlap_are_a_fault_of_the_rule_set(bands, fault):
    verdict = level_of(NATIONAL.model_copy(update={"bands": bands}), actual=D(3), expected=D(3))
    assert verdict.level is None
    assert fault in verdict.reason
    assert "national" in verdict.reason


def test_a_month_without_bands_is_not_rated():
    assert "no band" in level_of(HANGZHOU, actual=D(3), expected=D(3), month=7).reason


def test_the_2021_rule_does_not_judge_growth():
    assert level_of(SIGN, actual=D(1), expected=D(3), comparator=Comparator.AT_MOST).level is None


STEPS = [
    (NATIONAL, "1", "3", 12, YELLOW, "2.7"),
    (NATIONAL, "2.8", "3", 12, GREEN, "3"),
    (SIGN, "-1", "3", 12, YELLOW, "0"),
    (SIGN, "1", "3", 12, GREEN, "3"),
    (HANGZHOU, "0", "3", 6, ORANGE, "1"),
    (COMPLETION, "40", "100", 12, ORANGE, "50"),
    (COMPLETION, "95", "100", 12, GREEN, "100"),
    (THRESHOLD, "60000", "50000", 12, YELLOW, "50000"),
    (THRESHOLD, "45000", "50000", 12, GREEN, "40000"),
    (THRESHOLD, "40000", "50000", 12, GREEN, "40000"),
    (NATIONAL, "-3", "-1", 12, GREEN, "-1"),
]


@pytest.mark.parametrize(
    ("rule_set", "actual", "expected", "month", "level", "needed"),
    STEPS,
    ids=[f"{step[0].id} {step[1]} of {step[2]}" for step in STEPS],
)
def test_the_next_better_level_and_its_edge(rule_set, actual, expected, month, level, needed):
    verdict = level_of(rule_set, actual=D(actual), expected=D(expected), month=month)
    step = step_better(rule_set, verdict, expected=D(expected), month=month)
    assert (step.level, step.actual) == (level, D(needed))


@pytest.mark.parametrize(
    ("rule_set", "actual", "comparator", "beyond"),
    [
        (NATIONAL, "2.8", Comparator.AT_LEAST, False),
        (NATIONAL, "3", Comparator.MORE_THAN, True),
        (THRESHOLD, "3", Comparator.AT_LEAST, True),
    ],
    ids=["closed edge", "strict comparator", "open edge"],
)
def test_an_open_edge_must_be_passed(rule_set, actual, comparator, beyond):
    verdict = level_of(rule_set, actual=D(actual), expected=D(3), comparator=comparator)
    step = step_better(rule_set, verdict, expected=D(3), comparator=comparator)
    assert (step.actual, step.beyond) == (3, beyond)


def test_nothing_is_better_than_the_best_level_or_than_none():
    assert step_better(NATIONAL, level_of(NATIONAL, actual=D(4), expected=D(3)), expected=D(3)) is None
    assert step_better(NATIONAL, Verdict(None, None, "no figures"), expected=D(3)) is None
