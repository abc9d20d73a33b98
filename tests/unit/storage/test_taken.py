"""Marks of one subject together: why it is judged again, and what was behind it."""

from datetime import date

import pytest

from planwatch.contract.warning import Cause
from planwatch.storage.taken import marked_of_row

MARCH = date(2025, 3, 1)


def marked(*marks):
    """From marks (cause, what was behind it), newest first."""
    causes, caused_by = zip(*marks, strict=True)
    return marked_of_row("unit:a", MARCH, causes, caused_by)


def test_each_cause_has_what_was_behind_it():
    found = marked(("figures", "A-2025-06-0"), ("correction", "A-2025-03-1"))
    assert (found.cause, found.news) == (Cause.CORRECTION, Cause.FIGURES)
    assert found.behind == {Cause.FIGURES: "A-2025-06-0", Cause.CORRECTION: "A-2025-03-1"}
    assert found.anew_from == MARCH


@pytest.mark.parametrize(
    ("caused_by", "named"),
    [
        (["a", "a"], "a"),
        (["b", "", "a"], "b, a"),
        (["c", "b", "a", "c"], "c, b +1"),
        ([""], ""),
    ],
)
def test_newest_are_named_once_and_the_others_counted(caused_by, named):
    assert marked(*(("figures", one) for one in caused_by)).behind == {Cause.FIGURES: named}


def test_a_register_entry_bears_on_all_months():
    assert marked(("figures", "a"), ("registry", "region:1")).anew_from is None
