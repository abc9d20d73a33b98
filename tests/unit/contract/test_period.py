"""Periods: their names, their identity, and how figures of some follow from figures of others."""

import pytest
from factories import make_period
from hypothesis import given
from hypothesis import strategies as st

from planwatch.contract.period import Period, derive

spans = st.builds(
    lambda year, ends: Period(year, min(ends), max(ends)),
    st.integers(2019, 2026),
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
)


@pytest.mark.parametrize(
    ("text", "cumulative", "months", "label"),
    [
        ("2025-03", False, (3, 3), "2025-03"),
        ("2025-03", True, (1, 3), "2025-Q1"),
        ("2025-02", True, (1, 2), "2025-01~02"),
        ("2025-Q2", False, (4, 6), "2025-Q2"),
        ("2025-Q2", True, (1, 6), "2025-H1"),
        ("2025-H2", False, (7, 12), "2025-H2"),
        ("2025", False, (1, 12), "2025"),
        ("2025-12", True, (1, 12), "2025"),
    ],
)
def test_period_is_its_months_whatever_it_is_called(text, cumulative, months, label):
    period = Period.parse(text, cumulative=cumulative)
    assert (period.first, period.last) == months
    assert period.label == label


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "2025-Q5", "25-03", "2025/03", "", "2025-3"])
def test_period_refuses_other_forms_and_names_the_allowed(text):
    with pytest.raises(ValueError, match=r"2025|month"):
        Period.parse(text)


@given(spans)
def test_period_survives_storing(period):
    assert Period.from_start(period.start, period.months) == period


@given(spans)
def test_wire_form_says_the_same_period(period):
    if period.first == 1 or period.months == 1:
        text, cumulative = period.wire
        assert Period.parse(text, cumulative=cumulative) == period


@given(spans)
def test_months_of_a_period_make_it_up(period):
    months = period.each_month()
    assert derive(period, months) == [(1, month) for month in months]
    assert months[0].first == period.first
    assert months[-1].after == period.after


@given(spans, st.lists(spans, max_size=12))
def test_derived_terms_cover_exactly_the_wanted_months(wanted, known):
    terms = derive(wanted, known)
    if terms is None:
        return
    counted = dict.fromkeys(Period.whole_year(wanted.year).each_month(), 0)
    for sign, period in terms:
        assert period in known
        for month in period.each_month():
            counted[month] += sign
    assert counted == {month: int(wanted.contains(month)) for month in counted}


@given(spans, st.lists(spans, max_size=8), st.randoms(use_true_random=False))
def test_derivation_does_not_depend_on_order(wanted, known, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    assert derive(wanted, known) == derive(wanted, shuffled)


@pytest.mark.parametrize(
    ("wanted", "known", "terms"),
    [
        ("2025-03", ["2025-03c", "2025-02c"], [(-1, "2025-02c"), (1, "2025-03c")]),
        ("2025-03c", ["2025-02c", "2025-03"], [(1, "2025-02c"), (1, "2025-03")]),
        ("2025-Q1", ["2025-Q1", "2025-02c", "2025-03"], [(1, "2025-Q1")]),
        ("2025-06c", ["2025-Q1", "2025-Q2"], [(1, "2025-Q1"), (1, "2025-Q2")]),
        ("2025", ["2025-11c"], None),
        ("2025-01", ["2024-01"], None),
    ],
)
def test_figures_follow_from_others(wanted, known, terms):
    found = derive(make_period(wanted), [make_period(text) for text in known])
    assert found == (terms and [(sign, make_period(text)) for sign, text in terms])
