"""What stands and what is told of it depend on the levels: neither their order nor batches nor repetition matter."""

from itertools import pairwise

import pytest
from alerts_support import KEY, NOW, History, judged, point, to_date
from hypothesis import given
from hypothesis import strategies as st

from planwatch.alerts.lifecycle import Point, episodes, replay
from planwatch.contract.assessment import Status
from planwatch.contract.warning import Cause, Change, ChangeKind, EarlyWarning, EpisodeState

CHARS = st.sampled_from("0123-x")
YEAR = st.lists(CHARS, min_size=1, max_size=14)
"""What is said of up to fourteen months, the last two of the next year."""


def at(number: int, char: str) -> Point:
    return point(to_date(number % 12 + 1, 2024 + number // 12), char)


def points_of(chars: list[str]) -> list[Point]:
    return [at(number, char) for number, char in enumerate(chars)]


PASSES = st.lists(st.dictionaries(st.integers(0, 13), CHARS, max_size=6), max_size=6)
"""Passes that judge some months (again), in any order, any way."""


def essence(warning: EarlyWarning) -> tuple[object, ...]:
    return warning.first, warning.last, warning.state, warning.level, warning.peak, warning.cleared_at


def logged(changes: list[Change]) -> list[tuple[object, ...]]:
    return [
        (change.id, change.kind, change.period, change.before, change.after, change.corrected) for change in changes
    ]


@given(PASSES, YEAR)
def test_standing_warnings_depend_only_on_the_final_levels(passes, final):
    history, at_once = History(), History()
    for fresh in passes:
        history.judge([at(number, char) for number, char in fresh.items()], Cause.CORRECTION)
    whole = {**history.levels, **{one[0]: one for one in points_of(final)}}
    history.judge(points_of(final), Cause.CORRECTION)
    at_once.judge(list(whole.values()))
    assert [essence(warning) for warning in history.standing] == [essence(warning) for warning in at_once.standing]


@given(YEAR)
def test_standing_warnings_are_the_episodes_of_the_levels(chars):
    history = History()
    history.judge(points_of(chars))
    wanted = [(one.first, one.last, one.level, one.peak, one.cleared_at) for one in episodes(points_of(chars))]
    got = [(one.first, one.last, one.level, one.peak, one.cleared_at) for one in history.standing]
    assert got == wanted


@given(YEAR, st.sets(st.integers(1, 13)))
def test_change_log_does_not_depend_on_how_the_points_were_batched(chars, cuts):
    at_once, split = History(), History()
    points = points_of(chars)
    at_once.judge(points)
    for start, end in pairwise([0, *sorted(cut for cut in cuts if cut < len(points)), len(points)]):
        split.judge(points[start:end])
    assert logged(split.changes) == logged(at_once.changes)
    assert split.warnings == at_once.warnings


@given(YEAR, st.randoms(use_true_random=False))
def test_change_log_does_not_depend_on_the_order_in_which_months_were_reported(chars, random):
    """A year to date is not rated until each of its months is there, so late months make no noise."""
    at_once, shuffled = History(), History()
    points = points_of(chars)
    at_once.judge(points)
    order = list(range(len(points)))
    random.shuffle(order)
    arrived: set[int] = set()
    for number in order:
        arrived.add(number)
        complete = next((n for n in range(len(points)) if n not in arrived), len(points))
        shuffled.judge([points[n] if n < complete else at(n, "-") for n in range(len(points))])
    assert logged(shuffled.changes) == logged(at_once.changes)


@given(PASSES)
def test_change_log_tells_the_state_of_every_warning(passes):
    history = History()
    for fresh in passes:
        history.judge([at(number, char) for number, char in fresh.items()], Cause.CORRECTION)
    assert set(history.warnings) == {change.warning_id for change in history.changes}
    for warning in history.warnings.values():
        changes = [change for change in history.changes if change.warning_id == warning.id]
        assert [change.number for change in changes] == list(range(1, warning.changes + 1))
        assert changes[0].kind is ChangeKind.RAISED
        changes = [change for change in changes if change.kind is not ChangeKind.RESTATED]
        ends = {ChangeKind.CLEARED: EpisodeState.CLEARED, ChangeKind.WITHDRAWN: EpisodeState.WITHDRAWN}
        assert ends.get(changes[-1].kind, EpisodeState.ACTIVE) is warning.state
        if warning.state is EpisodeState.ACTIVE:
            assert changes[-1].after is not None
            assert changes[-1].after.severity == warning.level.severity


@given(PASSES)
def test_what_was_told_last_of_each_period_is_what_stands(passes):
    history = History()
    for fresh in passes:
        history.judge([at(number, char) for number, char in fresh.items()], Cause.CORRECTION)
        for warning in history.standing:
            for period, level in history.told[warning.id].items():
                stands = history.levels[period][2]
                assert (level and level.severity) == (stands and stands.severity)


@given(PASSES)
def test_judging_the_same_again_changes_nothing(passes):
    history = History()
    for fresh in passes:
        history.judge([at(number, char) for number, char in fresh.items()], Cause.CORRECTION)
    outcome = history.judge(list(history.levels.values()), Cause.PLAN)
    assert (outcome.warnings, outcome.changes) == ((), ())


@pytest.mark.parametrize("text", ["0123210", "1013", "02-10", "02x"])
def test_what_is_told_of_a_change_does_not_depend_on_how_much_is_judged_at_once(text):
    levels = judged(text)
    at_once = replay(KEY, (), levels, judged_until=None, cause=Cause.FIGURES, now=NOW)
    singly, warnings, until = {}, {}, None
    for i, (period, status, _) in enumerate(levels, 1):
        before = tuple(warnings.values())
        step = replay(KEY, before, levels[:i], judged_until=until, cause=Cause.FIGURES, now=NOW)
        warnings |= {warning.id: warning for warning in step.warnings}
        singly |= step.told
        until = until if status is Status.NOT_RATED else period
    assert len(at_once.told) == len(at_once.changes) > 0
    assert at_once.told == singly
