"""Ledgers: what counts as booked, who is added up, the pro-rated path, and no silent zero."""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_support import make_ledger
from rules_support import (
    COD,
    GREEN,
    ORANGE,
    RED,
    REGION,
    YELLOW,
    collect,
    make_figure,
    make_figures,
    make_law,
    monthly,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

A, B = "project:a", "project:b"


def _judge(figures, point, target=None, members=(A, B)):
    target = target or make_ledger()
    return judge(target, REGION, period(point), figures, make_law(target), around=Surroundings(members=members))


def _booked(amounts, subject=A):
    return make_figures("reduction.cod", amounts, subject)


@pytest.mark.parametrize(
    ("amount", "level"), [("60", GREEN), ("59.99", YELLOW), ("54", YELLOW), ("53.99", ORANGE), ("30", RED)]
)
def test_the_sum_is_compared_with_the_months_elapsed(amount, level):
    (found,) = _judge(collect(_booked({"2022": amount})), "2023-01~06")
    assert (found.actual, found.expected, found.level) == (D(amount), 60, level)


@pytest.mark.parametrize(
    ("amounts", "booked"),
    [
        ({"2021": "10", "2022": "20", "2023-02": "3"}, "33"),
        ({"2021-Q1": "10", "2021-05": "1", "2022-01~09": "7", "2022-12": "2"}, "20"),
        ({"2021-H1": "10", "2021-Q1": "4", "2021": "30"}, "30"),
        ({"2021-Q1": "4", "2021-02": "1", "2021-05": "2", "2021-Q2": "6"}, "10"),
        ({"2023-Q1": "4", "2023": "40", "2023-07": "9"}, "4"),
        ({"2021-01~05": "5", "2021-01~03": "2", "2021-06": "1"}, "6"),
        ({"2020": "100", "2021": "1", "2024": "50"}, "1"),
        ({"2021": "10", "2022": "-3"}, "7"),
    ],
    ids=["years and a month", "runs", "nested", "month in quarter", "ends later", "chain", "other years", "taken back"],
)
def test_figures_of_any_length_count_once(amounts, booked):
    (found,) = _judge(collect(_booked(amounts)), "2023-01~06")
    assert found.actual == D(booked)


def test_months_that_lack_are_said():
    (found,) = _judge(collect(_booked({"2021": "10"})), "2023-01~06")
    assert "10 (2021) + 0 (2022) + 0 (2023-H1) = 10 t ; due 60 t" in found.formula
    assert "5 of 6 ledger years lack months" in found.formula


def test_members_and_the_regions_own_figure_are_never_both_added():
    figures = collect(_booked({"2021": "10"}), _booked({"2021": "5"}, B), _booked({"2021": "99"}, REGION))
    (found,) = _judge(figures, "2021")
    assert found.actual == 15
    assert "sum over 2 projects, region:500000's own figure is not added" in found.formula
    assert {used.figure.subject for used in found.used} == {A, B}


@pytest.mark.parametrize("members", [(), (A, B)])
def test_the_regions_own_figure_is_used_where_no_member_reports(members):
    (found,) = _judge(collect(_booked({"2021": "99"}, REGION)), "2021", members=members)
    assert (found.actual, found.level) == (99, GREEN)


def test_a_member_named_twice_counts_once():
    (found,) = _judge(collect(_booked({"2021": "10"})), "2021", members=(A, A, REGION))
    assert found.actual == 10


def test_an_empty_ledger_is_not_a_ledger_of_zero():
    (found,) = _judge(collect([]), "2021")
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert "nobody has booked" in found.reason


def test_a_held_figure_is_not_rated_unless_another_covers_it():
    held = make_figure("reduction.cod", "2021-05", "9999", A, flag="held")
    (found,) = _judge(collect([held], _booked({"2021-Q1": "10"})), "2021")
    assert "待核不计:2021-05" in found.reason
    (found,) = _judge(collect([held], _booked({"2021-H1": "10"})), "2021")
    assert (found.status, found.actual) == (Status.RATED, 10)


def test_the_years_task_is_what_falls_due_this_year():
    target = make_ledger(yardsticks=("annual", "five_year"))
    annual, progress = _judge(collect(_booked({"2021": "40", "2022-Q1": "6"})), "2022-01~03", target)
    assert (annual.actual, annual.expected, annual.level) == (6, 6, GREEN)
    assert (progress.actual, progress.expected) == (46, 30)


def test_last_years_shares_spread_the_year():
    target = make_ledger(path="last_year_shares", sum_of=None)
    figures = collect(_booked({"2021-Q1": "18", "2021": "24", "2022-Q1": "1"}, REGION))
    (found,) = _judge(figures, "2022-01~03", target)
    assert (found.expected, found.path) == (24 + 18, "last_year_shares")
    (found,) = _judge(figures, "2021-01~03", target)
    assert "2020" in found.reason


def test_tonnes_convert_to_the_unit_of_the_clause():
    (found,) = _judge(collect(_booked({"2021": "16000"})), "2021", make_ledger(value=D("1.6"), unit="万t"))
    assert (found.actual, found.expected, found.unit) == (D("1.6"), D("0.32"), "万t")


def test_better_names_the_missing_tonnes():
    (found,) = _judge(collect(_booked({"2021": "22"})), "2021")
    assert (found.level, found.better) == (YELLOW, "reduction.cod再增加 2 t 可达三级(绿)")


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"measure": COD.model_copy(update={"of": "share.good_air"})}, "has no sum over the years"),
        ({"measure": COD.model_copy(update={"per": "gdp"})}, "has no sum over the years"),
        ({"measure": COD.model_copy(update={"of": "reduction.unknown"})}, "not in the catalogue"),
        ({"measure": COD.model_copy(update={"of": "energy.standard_coal"})}, "nobody books it"),
        ({"unit": "个"}, "does not convert"),
        ({"path": "geometric"}, "does not fit a quantity"),
    ],
)
def test_what_has_no_sum_is_not_rated(over, words):
    (found,) = _judge(collect(_booked({"2021": "22"})), "2021", make_ledger(**over))
    assert found.level is None
    assert words in found.reason


runs = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted)


@settings(deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=12, max_size=12), st.lists(runs, max_size=8), st.integers(1, 12))
def test_a_ledger_never_counts_a_month_twice(true, known, month):
    figures = [
        make_figure("reduction.cod", f"2021-{first}~{last}", str(sum(true[first - 1 : last])), A)
        for first, last in known
    ]
    (found,) = _judge(collect(figures), f"2021-1~{month}")
    assert found.actual is None or found.actual <= sum(true[:month])


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_figures_does_not_matter(random):
    figures = [
        *monthly("reduction.cod", 2021, [1, 2, 3], A),
        *_booked({"2021-H1": "9.5", "2022": "4"}),
        *_booked({"2021": "7"}, B),
    ]
    expected = _judge(collect(figures), "2022")
    random.shuffle(figures)
    assert _judge(collect(figures), "2022", members=(B, A)) == expected
