"""Waits grow, stay bounded, differ between keys, and are always the same for one."""

from datetime import timedelta

import pytest
from alerts_support import NOW
from hypothesis import given
from hypothesis import strategies as st

from planwatch.alerts.retry import RetryPolicy, TryLater, chance_of, next_attempt
from planwatch.contract.errors import DeliveryFailed

POLICY = RetryPolicy()
STEADY = RetryPolicy(jitter=0)
AWAY = DeliveryFailed("away", retry=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 3), (3, 9), (4, 27), (6, 243), (7, 300), (500, 300)], ids=str
)
def test_wait_grows_up_to_the_longest(attempts, seconds):
    assert STEADY.wait("key", attempts) == timedelta(seconds=seconds)


@given(st.text(), st.integers(1, 1000))
def test_wait_is_spread_within_bounds_and_repeatable(key, attempts):
    steady, wait = STEADY.wait(key, attempts), POLICY.wait(key, attempts)
    assert 0.79 * steady <= wait <= 1.21 * steady
    assert wait == POLICY.wait(key, attempts)


def test_wait_differs_between_keys():
    assert len({POLICY.wait(f"warning/{number}/webhook", 3) for number in range(50)}) == 50


@given(st.text())
def test_chance_lies_between_zero_and_one(key):
    assert 0 <= chance_of(key) <= 1


@pytest.mark.parametrize(
    ("attempts", "hours", "given_up"),
    [(11, 48, False), (12, 23, False), (12, 24, True), (99, 1, False), (99, 25, True)],
    ids=str,
)
def test_delivery_is_given_up_only_after_enough_attempts_and_time(attempts, hours, given_up):
    assert POLICY.gives_up(attempts, timedelta(hours=hours)) is given_up


def test_next_attempt_is_not_before_the_receiver_asked_us_back():
    busy = TryLater("busy", after_seconds=120)
    assert next_attempt(POLICY, "key", 1, busy, NOW) == NOW + timedelta(seconds=120)


def test_next_attempt_is_not_before_the_policy_allows():
    busy = TryLater("busy", after_seconds=1)
    assert next_attempt(STEADY, "key", 4, busy, NOW) == NOW + timedelta(seconds=27)
    assert next_attempt(STEADY, "key", 4, AWAY, NOW) == NOW + timedelta(seconds=27)
