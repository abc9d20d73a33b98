"""Levels become episodes and changes: tables of what is told the first time, and what a revision tells."""

import pytest
from alerts_support import GREEN, KEY, NOW, RED, YELLOW, History, judged, point, stands, to_date, told

from planwatch.alerts.lifecycle import replay, warning_id
from planwatch.contract.assessment import Status
from planwatch.contract.warning import Cause, EpisodeState

FIRST_TIME = [
    ("nothing", "", [], []),
    ("all good", "0000", [], []),
    ("raised", "001", ["raised 3 0>1"], ["3-3 active 1^1"]),
    ("raised at once", "2", ["raised 1 .>2"], ["1-1 active 2^2"]),
    ("goes on without a change", "0111", ["raised 2 0>1"], ["2-4 active 1^1"]),
    (
        "a full life",
        "0123210",
        [
            "raised 2 0>1",
            "escalated 3 1>2",
            "escalated 4 2>3",
            "eased 5 3>2",
            "eased 6 2>1",
            "cleared 7 1>0",
        ],
        ["2-6 cleared 1^3 /7"],
    ),
    (
        "each recurrence is new",
        "1013",
        ["raised 1 .>1", "cleared 2 1>0", "raised 3 0>1", "escalated 4 1>3"],
        ["1-1 cleared 1^1 /2", "3-4 active 3^3"],
    ),
    ("not rated raises nothing", "0--", [], []),
    ("not rated keeps it active", "01--", ["raised 2 0>1"], ["2-2 active 1^1"]),
    ("not rated is passed over", "02-10", ["raised 2 0>2", "eased 4 2>1", "cleared 5 1>0"], ["2-4 cleared 1^2 /5"]),
    ("exempt clears", "02x", ["raised 2 0>2", "cleared 3 2>."], ["2-2 cleared 2^2 /3"]),
    ("exempt comes first", "x2", ["raised 2 .>2"], ["2-2 active 2^2"]),
]


@pytest.mark.parametrize(("levels", "changes", "warnings"), [c[1:] for c in FIRST_TIME], ids=[c[0] for c in FIRST_TIME])
def test_levels_judged_for_the_first_time_tell_every_change_in_period_order(levels, changes, warnings):
    history = History()
    history.judge(judged(levels))
    assert told(history.changes) == changes
    assert stands(history.standing) == warnings


REVISED = [
    ("unchanged", "0122", "0122", [], ["2-4 active 2^2"]),
    ("rested on wrong figures", "0120", "0000", ["withdrawn 3 2>.!"], []),
    ("rested on figures now held", "001", "00-", ["withdrawn 3 1>.!"], []),
    ("worse than thought", "011", "013", ["escalated 3 1>3!"], ["2-3 active 3^3"]),
    ("better than thought", "013", "011", ["eased 3 3>1!"], ["2-3 active 1^1"]),
    ("was worse on the way only", "0111", "0131", [], ["2-4 active 1^3"]),
    ("began earlier", "0011", "0111", [], ["2-4 active 1^1"]),
    ("began later", "0111", "0001", ["restated 2 1>0!"], ["4-4 active 1^1"]),
    ("should have been raised", "000", "022", ["raised 3 .>2!"], ["2-3 active 2^2"]),
    (
        "should have been raised and cleared",
        "0000",
        "0130",
        ["raised 3 .>3!", "cleared 4 3>0!"],
        ["2-3 cleared 3^3 /4"],
    ),
    ("was cleared too early", "0110", "0112", ["raised 4 .>2!"], ["2-4 active 2^2"]),
    ("should be cleared", "011", "010", ["cleared 3 1>0!"], ["2-2 cleared 1^1 /3"]),
    ("was cleared earlier", "01110", "01000", [], ["2-2 cleared 1^1 /3"]),
    ("cleared by a figure now held", "010", "01-", ["raised 2 .>1!", "restated 3 0>.!"], ["2-2 active 1^1"]),
    ("moved to where it never was", "0001", "0100", ["withdrawn 4 1>.!", "raised 2 .>1!", "cleared 3 1>0!"],
     ["2-2 cleared 1^1 /3"]),
    ("two become one", "0101", "0111", ["withdrawn 2 1>.!"], ["2-4 active 1^1"]),
    ("one becomes two", "0111", "0101", ["raised 2 .>1!", "cleared 3 1>0!"], ["2-2 cleared 1^1 /3", "4-4 active 1^1"]),
    ("became exempt", "011", "0xx", ["withdrawn 3 1>.!"], []),
    ("late figures before a warning", "0-01", "0101", ["raised 2 .>1!", "cleared 3 1>0!"],
     ["2-2 cleared 1^1 /3", "4-4 active 1^1"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "revised", "changes", "warnings"), [c[1:] for c in REVISED], ids=[c[0] for c in REVISED]
)
def test_revision_tells_only_what_stands_differently_and_says_that_it_corrects(levels, revised, changes, warnings):
    history = History()
    history.judge(judged(levels))
    before = len(history.changes)
    history.judge(judged(revised), Cause.CORRECTION)
    assert told(history.changes[before:]) == changes
    assert stands(history.standing) == warnings
    assert {change.cause for change in history.changes[before:]} <= {Cause.CORRECTION}


def test_revision_and_news_in_one_pass_are_told_apart():
    history = History()
    history.judge(judged("011"))
    history.judge(judged("01230"), Cause.CORRECTION)
    assert told(history.changes) == ["raised 2 0>1", "escalated 3 1>2!", "escalated 4 2>3", "cleared 5 3>0"]


def test_late_figures_where_nothing_had_been_said_are_news():
    history = History()
    history.judge(judged("0--"))
    history.judge(judged("012"))
    assert told(history.changes) == ["raised 2 0>1", "escalated 3 1>2"]


def test_warning_keeps_its_id_while_its_first_period_shifts():
    history = History()
    history.judge(judged("0011"))
    raised = history.standing[0]
    history.judge(judged("1111"), Cause.CORRECTION)
    assert [warning.id for warning in history.standing] == [raised.id]
    assert history.standing[0].first == to_date(1)


def test_warning_raised_again_where_one_was_withdrawn_is_a_new_one():
    history = History()
    for levels in ("01", "00", "01"):
        history.judge(judged(levels), Cause.CORRECTION)
    assert told(history.changes) == ["raised 2 0>1", "withdrawn 2 1>.!", "raised 2 .>1!"]
    assert len({change.warning_id for change in history.changes}) == 2
    assert [warning.state for warning in history.warnings.values()] == [EpisodeState.WITHDRAWN, EpisodeState.ACTIVE]


def test_years_follow_one_another():
    history = History()
    history.judge([*judged("000000000012", 2024), *judged("20", 2025)])
    assert told(history.changes) == ["raised 11 0>1", "escalated 12 1>2", "cleared 2 2>0"]


def test_single_months_are_in_the_order_of_their_ends():
    months = [point(period, char) for period, char in zip(to_date(4).each_month(), "0120", strict=True)]
    history = History()
    history.judge(months[::-1])
    assert told(history.changes) == ["raised 2 0>1", "escalated 3 1>2", "cleared 4 2>0"]


def test_new_words_for_the_same_severity_are_stored_but_not_told():
    history = History()
    history.judge([(to_date(1), Status.RATED, YELLOW)])
    renamed = YELLOW.model_copy(update={"zh": "黄色"})
    outcome = history.judge([(to_date(1), Status.RATED, renamed)], Cause.PLAN)
    assert [warning.level for warning in outcome.warnings] == [renamed]
    assert outcome.changes == ()


@pytest.mark.parametrize(
    ("levels", "revised", "changes"),
    [("01", "02", ["escalated 2 1>2!"]), ("010", "012", ["raised 3 .>2!"])],
    ids=["active", "cleared"],
)
def test_stored_warnings_alone_prove_that_points_were_judged(levels, revised, changes):
    history = History()
    history.judge(judged(levels))
    stored = list(history.warnings.values())
    outcome = replay(KEY, stored, judged(revised), judged_until=None, cause=Cause.CORRECTION, now=NOW)
    assert told(outcome.changes) == changes


def test_withdrawn_warning_was_never_cleared():
    history = History()
    history.judge(judged("010"))
    history.judge(judged("000"), Cause.CORRECTION)
    (withdrawn,) = history.warnings.values()
    assert (withdrawn.state, withdrawn.cleared_at) == (EpisodeState.WITHDRAWN, None)


def test_changes_of_a_warning_are_numbered_from_one_and_stamped():
    history = History()
    history.judge(judged("0130"))
    made = warning_id(KEY, to_date(2), ())
    assert [change.id for change in history.changes] == [f"{made}/1", f"{made}/2", f"{made}/3"]
    assert {(change.at, change.key, change.cause) for change in history.changes} == {(NOW, KEY, Cause.FIGURES)}
    assert (history.changes[1].before, history.changes[1].after) == (YELLOW, RED)
    assert history.changes[2].after == GREEN
    assert history.standing[0].changes == 3


def test_warning_id_is_sixteen_hex_digits_and_differs_by_period_and_recurrence():
    first = warning_id(KEY, to_date(3), ())
    assert len(first) == 16
    assert int(first, 16) >= 0
    assert len({first, warning_id(KEY, to_date(4), ()), warning_id(KEY, to_date(3), [first])}) == 3
