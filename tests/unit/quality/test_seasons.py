"""Units that burn in winter only: a median of zero silences nothing, and an ordinary winter is no fault."""

from decimal import Decimal
from random import Random

import pytest
from quality_support import check, figure, found, month

COAL = "energy.raw_coal"
USUAL = {11: 610, 12: 1150, 1: 1300, 2: 1080, 3: 520, 10: 40, 4: 12}
"""Tonnes a month: two whole months at either end, a few days before and after."""


def winters(seed=0, noise=200, **over):
    """Three years; ``m24=…`` replaces the 24th month after January 2024 (counted from 0)."""
    random = Random(seed)
    stated = []
    for i in range(30):
        usual = USUAL.get(i % 12 + 1, 0) * random.randint(1000 - noise, 1000 + noise) / 1000
        stated.append(figure(COAL, month(i), Decimal(str(over.get(f"m{i}", round(usual, 2)))) * 1000))
    return stated


@pytest.mark.parametrize("seed", range(40))
def test_ordinary_winters_give_no_finding(seed):
    assert [one for one in found(check(winters(seed))) if one[:3] in ("Q08", "Q09")] == []


@pytest.mark.parametrize(
    ("index", "tonnes"),
    [(24, 1_250_000), (24, 12_500_000), (24, 1.25), (23, 11.3), (23, 0.12), (12, 130_000)],
)
def test_winter_month_in_another_unit_is_held(index, tonnes):
    doubts = [one for one in found(check(winters(noise=40, **{f"m{index}": tonnes}))) if one.startswith("Q08")]
    assert doubts == [f"Q08 {COAL} {month(index).label}"]


def test_first_days_of_a_season_are_small_every_year():
    assert [one for one in found(check(winters(m21=1.1, m9=1.2))) if one.startswith("Q08")] == []


def test_month_out_of_use_is_no_jump_where_others_are_too():
    doubts = [one for one in found(check(winters(noise=40, m13=0))) if one.startswith("Q09")]
    assert doubts == []


def test_winter_month_far_above_all_others_is_asked_about():
    assert f"Q09 {COAL} {month(24).label}" in found(check(winters(noise=40, m24=13_000)))
