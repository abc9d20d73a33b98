"""Intervals from back-test errors, and verdicts at the very edge of a target."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_support import REGION, collect, make_law, make_single, make_target, period

from planwatch.contract.outlook import Backcast, BackTest, Prospect
from planwatch.contract.plan import Comparator, Measure, TargetKind
from planwatch.rules.backtest import Tried, back_test, error_of, interval, prospect_of, reach
from planwatch.rules.case import Surroundings
from planwatch.rules.outlook_value import Prospects

ERRORS = st.lists(st.decimals(-1, 1, places=6), min_size=1, max_size=30)


def _prospects(target):
    return Prospects(target, REGION, collect(), make_law(target), Surroundings())


def _level(**over):
    measure = Measure(of="energy.total", unit="tce")
    return make_single(**({"kind": TargetKind.LEVEL_MAX, "measure": measure, "value": D(100), "unit": "tce"} | over))


RATE = _prospects(make_target())
QUANTITY = _prospects(_level())
SHARE = _prospects(_level(kind=TargetKind.LEVEL_MIN, measure=Measure(of="share.good_air", unit="%"), unit="%"))


@pytest.mark.parametrize(
    ("errors", "found"),
    [
        (["1"], ("1", (1, 2))),
        (["1", "-3"], ("3", (2, 3))),
        (["1", "-3", "2"], ("3", (3, 4))),
        (["1", "-3", "2", "0"], ("3", (4, 5))),
        (["1", "-3", "2", "0", "5"], ("5", (5, 6))),
        ([str(n) for n in range(1, 10)], ("8", (8, 10))),
    ],
)
def test_reach_covers_four_in_five_or_as_many_as_there_are(errors, found):
    assert reach([D(one) for one in errors]) == (D(found[0]), found[1])


@given(ERRORS)
def test_reach_holds_at_least_the_share_it_names_of_the_errors_it_was_made_from(errors):
    allowed, (k, n) = reach(errors)
    assert sum(abs(error) <= allowed for error in errors) >= k
    assert n == len(errors) + 1


@given(st.decimals(-50, 90, places=4), st.decimals(0, 1, places=4))
def test_interval_holds_its_projection(projected, allowed):
    for prospects in (RATE, QUANTITY, SHARE):
        low, high = interval(prospects, abs(projected), allowed)
        assert low <= abs(projected) <= high


def test_error_of_a_rate_is_one_of_the_index():
    # 4 % projected, 2 % came: 98 is 2.0833 % more than 96; not «half as much».
    assert round(error_of(RATE, Tried(period("2023"), 2023, D(4), D(2))), 10) == round(D(98) / D(96) - 1, 10)
    assert error_of(QUANTITY, Tried(period("2023"), 2023, D(100), D(110))) == D("0.1")
    assert error_of(SHARE, Tried(period("2023"), 2023, D(80), D(78))) == D(-2)


def test_a_projection_of_nothing_has_no_relative_error():
    assert error_of(QUANTITY, Tried(period("2023"), 2023, D(0), D(5))) is None
    assert back_test(QUANTITY, [Tried(period("2023"), 2023, D(0), D(5))]) == BackTest()


@pytest.mark.parametrize(
    ("comparator", "low", "high", "prospect"),
    [
        ("<=", "90", "100", Prospect.WILL_MEET),
        ("<=", "90", "100.1", Prospect.UNCERTAIN),
        ("<=", "100.1", "110", Prospect.WILL_MISS),
        ("<", "90", "100", Prospect.UNCERTAIN),
        ("<", "100", "110", Prospect.WILL_MISS),
    ],
)
def test_verdict_at_the_edge_of_a_ceiling(comparator, low, high, prospect):
    found = prospect_of(_prospects(_level(comparator=Comparator(comparator))), D(low), D(high), D(100))
    assert found is prospect


@pytest.mark.parametrize(
    ("low", "high", "prospect"),
    [
        ("98", "102", Prospect.WILL_MEET),
        ("97.9", "102", Prospect.UNCERTAIN),
        ("90", "97.9", Prospect.WILL_MISS),
        ("102.1", "110", Prospect.WILL_MISS),
        ("90", "110", Prospect.UNCERTAIN),
    ],
)
def test_about_has_two_wrong_sides(low, high, prospect):
    about = _prospects(_level(kind=TargetKind.LEVEL_ABOUT, comparator=Comparator.ABOUT))
    assert prospect_of(about, D(low), D(high), D(100)) is prospect


def test_hits_count_only_verdicts_that_were_given():
    def one(prospect, met):
        return Backcast(period("2023"), 2023, D(1), D(0), D(2), D(1), D(1), prospect, met)

    given_and_open = [
        one(Prospect.WILL_MEET, True),
        one(Prospect.WILL_MISS, True),
        one(Prospect.UNCERTAIN, False),
        one(None, None),
    ]
    test = BackTest(tuple(given_and_open))
    assert (test.interval_hits, test.verdict_hits, test.undecided) == ((4, 4), (1, 2), 1)
