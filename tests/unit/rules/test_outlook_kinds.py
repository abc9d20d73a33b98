"""Outlooks of each kind of target: ledgers, ceilings, shares, growth and flexible totals; which kinds have none."""

from decimal import Decimal as D

import pytest
from outlook_support import ENERGY, FIGURES, asking, outlook_of, outlooks_of
from rules_support import (
    COD,
    REGION,
    collect,
    make_figures,
    make_law,
    make_scope,
    make_scoped_law,
    make_single,
    make_target,
    period,
)

from planwatch.contract.outlook import Horizon, Prospect
from planwatch.contract.plan import Comparator, Measure, TargetKind, Yardstick
from planwatch.contract.target import Growth
from planwatch.rules.case import Surroundings
from planwatch.rules.outlook import outlooks
from planwatch.rules.outlook_value import FORECAST

YEAR_2024 = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696")


def test_ledger_is_projected_as_a_whole_and_says_tonnes_per_month():
    ledger = {"kind": TargetKind.CUMULATIVE_REDUCTION, "measure": COD, "sum_of": "project", "path": "linear"}
    target = make_target(**ledger, value=D(1000), unit="t")
    amounts = {f"{y}{part}": a for y in range(2021, 2025) for part, a in (("-H1", "100"), ("", "200"))}
    one = make_figures("reduction.cod", amounts | {"2025-H1": "50"}, "project:a")
    other = make_figures("reduction.cod", {"2025-H1": "25"}, "project:new")
    found = outlook_of(target, collect(one, other), members=("project:a", "project:new"))
    assert found.projected == D(150), "75 so far, and last year's other 100 at three quarters of last year's pace"
    assert [need.amount for need in found.needs] == [round(D(125) / 6, 12)]
    assert found.needs[0].words == "今年已 75 t,其余 6 个月月均还须 20.8333 t"
    whole = outlook_of(
        target,
        collect(one, other),
        yardstick=Yardstick.FIVE_YEAR,
        horizon=Horizon.PLAN_END,
        members=("project:a", "project:new"),
    )
    assert (whole.projected, whole.expected) == (D(950), D(1000))
    assert whole.needs[0].amount == round(D(125) / 6, 12)


def test_ceiling_is_met_from_below():
    target = make_single(
        kind=TargetKind.LEVEL_MAX,
        measure=ENERGY,
        value=D(900),
        unit="tce",
        comparator="<=",
    )
    found = outlook_of(target, FIGURES, yardstick=Yardstick.SINGLE)
    year = D(1000) * D("0.96") * D("0.9595") * D("0.98") * D("0.9696") * D("0.97")
    assert found.projected == round(year, 12)
    assert found.high == round(year * D("1.02"), 12)
    assert found.prospect is Prospect.WILL_MEET
    assert "不得超过" in found.needs[0].words


def test_share_moves_as_it_did_last_year():
    target = make_single(
        kind=TargetKind.LEVEL_MIN, measure=Measure(of="share.good_air", unit="%"), value=D(90), unit="%"
    )
    shares = {f"{y}-{m:02}": str(80 + (y - 2020) + m // 6) for y in range(2020, 2025) for m in (6, 12)}
    found = outlook_of(
        target, collect(make_figures("share.good_air", shares | {"2025-06": "86"})), yardstick=Yardstick.SINGLE
    )
    assert (found.projected, found.low, found.high) == (D(87), D(87), D(87))
    assert found.prospect is Prospect.WILL_MISS


def test_growth_is_met_from_below_and_its_error_is_one_of_the_index():
    target = make_single(kind=TargetKind.GROWTH_MAX, measure=ENERGY, value=D("-1.06"), unit="%")
    found = outlook_of(target, FIGURES, yardstick=Yardstick.SINGLE)
    assert (found.projected, found.low, found.high) == (D(-3), D("-4.94"), D("-1.06"))
    assert found.prospect is Prospect.WILL_MEET


def test_flexible_total_follows_the_growth_and_the_rate():
    rate = asking("3", id="cq.basic", path="milestones")
    total = make_target(
        id="cq.total",
        kind=TargetKind.FLEXIBLE_TOTAL,
        measure=ENERGY,
        unit="tce",
        value=None,
        path=None,
        yardsticks=("annual",),
        follows="cq.basic",
        growth=tuple(Growth(year=year, percent=D(0)) for year in range(2021, 2026)),
    )
    around = Surroundings()
    (found,) = outlooks(total, REGION, FIGURES, make_law(total, rate), around=around, as_of=period("2025-H1"))
    assert found.expected == found.projected == round(YEAR_2024 * D("0.97"), 12)
    assert found.comparator is Comparator.AT_MOST
    assert found.prospect is Prospect.UNCERTAIN
    assert len(found.back_test.backcasts) == 4


def test_what_a_scope_takes_off_is_projected_and_taken_off():
    scope = make_scope({"kind": "feedstock", "of": ["energy.feedstock.olefins"]})
    feedstock = {f"{y}{part}": amount for y in range(2020, 2026) for part, amount in (("-H1", "40"), ("", "80"))}
    feedstock.pop("2025")
    figures = collect(FIGURES.each(), make_figures("energy.feedstock.olefins", feedstock))
    target = asking("3", scope=scope.id)
    law = make_scoped_law(scope, target)
    found = outlooks(target, REGION, figures, law, around=Surroundings(), as_of=period("2025-H1"))[0]
    assert found.projected == round((1 - (YEAR_2024 * D("0.97") - 80) / (YEAR_2024 - 80)) * 100, 12)
    assert found.scope == scope.id
    assert found.needs == (), "how much energy is left would have to say in which scope"


@pytest.mark.parametrize("kind", [TargetKind.PROJECT_THRESHOLD, TargetKind.REPORTED_MONTHS])
def test_kinds_without_an_outlook_say_so(kind):
    target = make_single(kind=kind, measure=ENERGY, unit="tce")
    assert kind not in FORECAST
    assert [one.prospect for one in outlooks_of(target, FIGURES)] == [Prospect.NOT_RATED]


def test_seasonal_targets_have_no_year_end():
    found = outlooks_of(make_single(kind=TargetKind.LEVEL_MAX, measure=ENERGY, unit="tce", season=(5, 9)), FIGURES)
    assert [one.prospect for one in found] == [Prospect.NOT_RATED]
    assert "季节性" in found[0].reason
