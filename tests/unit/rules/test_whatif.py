"""What if: which targets another rule set or path fits, what a closure takes off, and which levels shift."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_support import (
    COAL,
    COD,
    REGION,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_single,
    make_target,
    monthly,
    period,
)

from planwatch.contract.figures import Figure
from planwatch.contract.plan import Basis, Measure, PathKind, TargetKind, Yardstick
from planwatch.rules.judge import judge_all
from planwatch.rules.sums import Sums
from planwatch.rules.whatif import shifts, touched, why, with_path, with_rule_set, with_value
from planwatch.rules.whatif_closure import VALUE_ADDED, closed

RATE = make_target()
LEDGER = make_target(
    id="cq.cod", kind=TargetKind.CUMULATIVE_REDUCTION, measure=COD, path="linear", unit="t", rule_set="completion"
)
THRESHOLD = make_single(
    id="cq.5000",
    kind=TargetKind.PROJECT_THRESHOLD,
    measure=COAL,
    unit="tce",
    rule_set="threshold",
    basis=Basis.EQUIVALENT,
)
CEILING = make_single(
    id="cq.max",
    kind=TargetKind.LEVEL_MAX,
    measure=Measure(of="energy.total", unit="tce"),
    unit="tce",
    rule_set="national",
    value=D(990),
    comparator="<=",
)
LAW = make_law(RATE, LEDGER, THRESHOLD, CEILING)
UNIT, DISTRICT = "unit:a", "region:500101"


@pytest.mark.parametrize(
    ("rule_set", "chosen", "touches"),
    [
        ("sign", (), {RATE.id}),
        ("hangzhou", (), {RATE.id}),
        ("completion", (), {RATE.id, CEILING.id}),
        ("national", (), {LEDGER.id}),
        ("limit", (), {THRESHOLD.id}),
        ("sign", (CEILING.id,), {CEILING.id}),
    ],
)
def test_rule_set_is_tried_on_what_it_fits_or_on_what_is_named(rule_set, chosen, touches):
    assert touched(LAW, with_rule_set(LAW, rule_set, chosen)) == touches


@pytest.mark.parametrize(
    ("path", "touches"), [(PathKind.LINEAR, {RATE.id}), (PathKind.GEOMETRIC, set())], ids=["linear", "as-it-is"]
)
def test_path_is_tried_on_what_it_fits(path, touches):
    assert touched(LAW, with_path(LAW, path)) == touches


def test_an_unknown_rule_set_is_refused():
    with pytest.raises(KeyError):
        with_rule_set(LAW, "none")


def test_the_law_itself_stays_as_it_is():
    before = LAW.model_dump_json()
    with_value(with_path(with_rule_set(LAW, "sign"), PathKind.LINEAR), RATE.id, D(99))
    assert LAW.model_dump_json() == before


FIGURES = collect(
    make_figures("energy.total", {"2020": "1000", "2021": "975", "2022": "940"}),
    make_figures("gdp", {"2020": "1", "2021": "1", "2022": "1"}),
)


def _shifts(target, after):
    return shifts(
        judge_all(target, REGION, Sums(FIGURES, make_law(target))),
        judge_all(after.targets[target.id], REGION, Sums(FIGURES, after)),
    )


def test_only_differing_levels_are_shifts_newest_first_with_the_reason():
    law = make_law(RATE)
    found = _shifts(RATE, with_value(law, RATE.id, D("12")))
    assert [
        (one.either.yardstick, one.either.period.year, one.before.level.colour, one.after.level.colour, one.worse_by)
        for one in found
    ] == [
        (Yardstick.ANNUAL, 2021, "red", "yellow", -2),
        (Yardstick.FIVE_YEAR, 2022, "yellow", "green", -1),
        (Yardstick.FIVE_YEAR, 2021, "red", "yellow", -2),
    ]
    assert why(found[0]) == "要求 3.0845 → 2.52426 %"


def test_a_level_that_is_lost_names_the_reason():
    found = _shifts(RATE, with_path(make_law(RATE), PathKind.LAST_YEAR_SHARES, (RATE.id,)))
    assert {one.either.yardstick for one in found} == {Yardstick.FIVE_YEAR}
    assert {one.worse_by for one in found} == {None}
    assert all("last_year_shares" in why(one) for one in found)


def test_judgements_that_are_new_or_gone_are_shifts():
    judged = judge_all(RATE, REGION, Sums(FIGURES, make_law(RATE)))
    assert [why(one) for one in shifts(judged[:1], [])] == ["不再有这项判断"]
    assert [why(one) for one in shifts([], judged[:1])] == ["原来没有这项判断"]
    assert shifts(judged, judged) == []


def _closed(*groups, since="2025-03", regions=(DISTRICT,)):
    return closed(collect(*groups), UNIT, period(since), regions, LAW)


def _amount(closure, subject, indicator, when):
    return closure.figures.at(subject, indicator, period(when)).amount


def test_a_closed_unit_uses_nothing_from_that_month_on():
    found = _closed(
        monthly("energy.raw_coal", 2025, [10, 20, 30, 40], UNIT), monthly("energy.raw_coal", 2024, [9, 9, 9, 9], UNIT)
    )
    assert [one.amount for one in found.figures.each()] == [D(9)] * 4 + [D(10), D(20), D(0), D(0)]
    assert found.notes == ()


def test_a_cumulative_figure_keeps_the_months_before():
    found = _closed(make_figures("energy.raw_coal", {"2025-01~02": "25", "2025-01~06": "90"}, UNIT))
    assert _amount(found, UNIT, "energy.raw_coal", "2025-01~06") == D(25)


def test_a_figure_that_cannot_be_cut_is_left_out_and_named():
    found = _closed(make_figures("energy.raw_coal", {"2025-01~06": "90"}, UNIT))
    assert list(found.figures.each()) == []
    assert "无法分出关停前的部分" in found.notes[0]


def test_the_regions_above_have_its_energy_taken_off():
    found = _closed(
        monthly("energy.raw_coal", 2025, [1000, 1000, 1000, 1000], UNIT),
        make_figures("energy.total", {"2025-Q1": "5000", "2025-04": "2000", "2024-04": "3000"}, DISTRICT),
        make_figures("energy.total", {"2025-04": "7000"}, "region:999999"),
    )
    assert _amount(found, DISTRICT, "energy.total", "2025-Q1") == D("5000") - D("714.3")
    assert _amount(found, DISTRICT, "energy.total", "2025-04") == D("2000") - D("714.3")
    assert _amount(found, DISTRICT, "energy.total", "2024-04") == D(3000)
    assert _amount(found, "region:999999", "energy.total", "2025-04") == D(7000)


def test_value_added_goes_from_gdp_too():
    def _figure(subject, indicator, amount):
        return Figure(subject, indicator, period("2025-04"), D(amount), "CNY")

    found = _closed([_figure(UNIT, VALUE_ADDED, "30")], [_figure(DISTRICT, "gdp", "100")])
    assert _amount(found, DISTRICT, "gdp", "2025-04") == D(70)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (make_figures("energy.raw_coal", {"2025-01~04": "9"}, UNIT), "无法扣减"),
        (monthly("energy.raw_coal", 2025, [10**6] * 4, UNIT), "小于"),
    ],
    ids=["not-by-month", "more-than-all"],
)
def test_what_cannot_be_taken_off_stays_and_is_named(figures, said):
    found = _closed(figures, [make_figure("energy.total", "2025-04", "2000", DISTRICT)])
    assert _amount(found, DISTRICT, "energy.total", "2025-04") == D(2000)
    assert any(said in note for note in found.notes)


@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=12), st.integers(1, 12))
def test_closing_a_unit_takes_off_exactly_what_it_used_since(amounts, month):
    region = [make_figure("energy.total", "2025", str(10**8), DISTRICT)]
    found = _closed(monthly("energy.raw_coal", 2025, amounts, UNIT), region, since=f"2025-{month:02}")
    taken = 10**8 - _amount(found, DISTRICT, "energy.total", "2025")
    assert taken == sum(amounts[month - 1 :]) * D("0.7143")
