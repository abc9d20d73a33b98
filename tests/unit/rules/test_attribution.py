"""Attribution: parts that are the whole, exactly and as printed; who is missing is named and never zero."""

from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_support import (
    COAL,
    COD,
    INTENSITY,
    REGION,
    collect,
    make_figure,
    make_figures,
    make_law,
    make_single,
    make_target,
    period,
)

from planwatch.contract.attribution import Axis, PartKind
from planwatch.contract.plan import Basis, Measure, TargetKind
from planwatch.rules.attribution import attribute
from planwatch.rules.attribution_rounding import apportioned, half_up
from planwatch.rules.case import Surroundings

A, B, C = "region:500101", "region:500102", "region:500103"
AMOUNT = st.decimals(1, 10**6, places=2)


def _split(target, figures, *, members=(A, B), axis=Axis.REGION, subject=REGION, point="2025", around=()):
    return attribute(
        target,
        subject,
        period(point),
        figures,
        make_law(target),
        axis=axis,
        members=members,
        around=Surroundings(around),
    )


def _yearly(indicator, subject, before, after):
    return make_figures(indicator, {"2024": str(before), "2025": str(after)}, subject)


def _intensity(whole, gdp, *members):
    return collect(
        _yearly("energy.total", REGION, *whole),
        _yearly("gdp", REGION, *gdp),
        *(_yearly("energy.total", subject, *pair) for subject, *pair in members),
    )


def _parts(one):
    return {part.of or part.kind.value: part for part in one.parts}


def test_intensity_is_split_into_members_rest_and_the_denominator():
    one = _split(make_target(), _intensity((1000, 1100), (100, 125), (A, 300, 360), (B, 200, 190)))[0]
    parts = _parts(one)
    # Energy weighs with ½(1/100 + 1/125), GDP with ½(1000 + 1100)·(1/125 − 1/100), all × 10000.
    assert [parts[name].change for name in (A, B, "rest", "gdp")] == [F(5400), F(-900), F(4500), F(-21000)]
    assert (one.before, one.after, one.change) == (F(100000), F(88000), F(-12000))
    assert [parts[name].points for name in (A, "gdp")] == [D("5.400"), D("-21.000")]
    assert (one.unit, one.points) == ("tce/万元", D("-12.000"))


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT, st.lists(st.tuples(AMOUNT, AMOUNT), max_size=5))
def test_parts_of_an_intensity_are_the_whole(e0, e1, g0, g1, pairs):
    members = [(f"region:5001{i:02}", *pair) for i, pair in enumerate(pairs)]
    figures = _intensity((e0, e1), (g0, g1), *members)
    for one in _split(make_target(), figures, members=tuple(name for name, *_ in members))[:1]:
        assert not one.reason
        assert sum((part.change for part in one.parts), F(0)) == one.change
        assert one.change == (F(e1) / F(g1) - F(e0) / F(g0)) * 10000
        assert sum((part.shown for part in one.parts), D(0)) == one.shown
        assert sum((part.points for part in one.parts), D(0)) == one.points


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_attribution_back_in_time_is_its_negative(e0, e1, g0, g1, a0, a1):
    there = _split(make_target(), _intensity((e0, e1), (g0, g1), (A, a0, a1)), members=(A,))[0]
    back = _split(make_target(), _intensity((e1, e0), (g1, g0), (A, a1, a0)), members=(A,))[0]
    assert {name: part.change for name, part in _parts(there).items()} == {
        name: -part.change for name, part in _parts(back).items()
    }


@given(st.lists(st.fractions(-(10**6), 10**6, max_denominator=997), max_size=12), st.integers(0, 4))
def test_rounding_keeps_the_sum(parts, places):
    shown = apportioned(parts, places)
    assert sum(shown, D(0)) == half_up(sum(parts, F(0)), places)
    assert all(abs(F(one) - part) < F(1, 10**places) for one, part in zip(shown, parts, strict=True))


def test_a_member_without_figures_is_named_and_is_not_zero():
    figures = _intensity((1000, 1100), (100, 100), (A, 300, 360))
    for members in ((A, B), (A, B, C)):
        one = _split(make_target(), figures, members=members)[0]
        assert [(part.kind, part.of) for part in one.parts] == [
            (PartKind.MEMBER, A),
            (PartKind.REST, ""),
            (PartKind.ACTIVITY, "gdp"),
        ]
        assert [who for who, _ in one.missing] == [*members[1:]]
        assert "未报" in one.missing[0][1]


def test_a_held_figure_is_missing_too():
    held = make_figure("energy.total", "2025", "360", A, flag="held")
    figures = collect(_intensity((1000, 1100), (100, 100)).each(), [make_figure("energy.total", "2024", "9", A), held])
    one = _split(make_target(), figures)[0]
    assert one.missing[0][0] == A
    assert "待核" in one.missing[0][1]


def test_base_year_is_compared_too():
    figures = collect(
        _intensity((1000, 1100), (100, 125), (A, 300, 360), (B, 200, 190)).each(),
        make_figures("energy.total", {"2020": "800"}),
        make_figures("gdp", {"2020": "90"}),
    )
    last, base = _split(make_target(), figures)
    assert (last.against, base.against) == (period("2024"), period("2020"))
    assert base.change == (F(1100, 125) - F(800, 90)) * 10000
    assert {who for who, _ in base.missing} == {A, B}


def test_sum_of_members_is_split_into_them_and_leaves_no_rest():
    target = make_target(sum_of="region", measure=Measure(of="energy.total", unit="tce"))
    figures = _intensity((1, 1), (1, 1), (A, 300, 360), (B, 200, 190))
    one = _split(target, figures, around=(A, B))[0]
    assert {part.of: part.change for part in one.parts} == {A: F(60), B: F(-10)}
    assert (one.before, one.after) == (F(500), F(550))


def test_ledger_counts_what_is_booked_and_leaves_strangers_out():
    target = make_target(kind=TargetKind.CUMULATIVE_REDUCTION, measure=COD, sum_of="project", path="linear", unit="t")
    members = ("project:a", "project:b", "project:air")
    figures = collect(
        make_figures("reduction.cod", {"2024-03": "10", "2025-02": "4", "2025-05": "5"}, "project:a"),
        make_figures("reduction.cod", {"2025-04": "7"}, "project:b"),
    )
    one = _split(target, figures, members=members, axis=Axis.UNIT, around=members, point="2025-H1")[0]
    assert {part.of: part.change for part in one.parts} == {"project:a": F(-1), "project:b": F(7)}
    assert one.missing == ()


UNIT, OTHER = "unit:a", "unit:b"


def _burnt(unit, **kinds):
    return [figure for name, pair in kinds.items() for figure in _yearly(f"energy.{name}", unit, pair[0], pair[1])]


FUELS = collect(_burnt(UNIT, raw_coal=(1000, 900), electricity=(5000, 9000)), _burnt(OTHER, raw_coal=(10, 30)))


def test_fuels_of_a_unit_add_up_to_its_standard_coal():
    target = make_single(
        kind=TargetKind.PROJECT_THRESHOLD, measure=COAL, unit="tce", rule_set="threshold", basis=Basis.EQUIVALENT
    )
    one = _split(target, FUELS, members=(UNIT,), axis=Axis.FUEL, subject=UNIT)[0]
    assert {part.of: part.change for part in one.parts} == {
        "energy.raw_coal": F(-100) * F("0.7143"),
        "energy.electricity": F(4000) * F("0.0001229"),
    }
    assert one.change == F(-100) * F("0.7143") + F(4000) * F("0.0001229")
    assert "当量值" in one.note


@pytest.mark.parametrize("axis", [Axis.UNIT, Axis.FUEL])
def test_units_under_a_regions_own_total_are_a_whole_of_their_own(axis):
    figures = collect(FUELS.each(), _intensity((1000, 1100), (100, 125)).each())
    one = _split(make_target(), figures, members=(UNIT, OTHER, "unit:silent"), axis=axis)[0]
    assert one.measured == "energy.standard_coal"
    assert "不是本目标的计量值" in one.note
    assert one.change == F(-80) * F("0.7143") + F(4000) * F("0.0001229")
    assert [who for who, _ in one.missing] == ["unit:silent"]


def test_a_fuel_given_up_or_begun_counts_whole():
    target = make_single(
        kind=TargetKind.PROJECT_THRESHOLD, measure=COAL, unit="tce", rule_set="threshold", basis=Basis.EQUIVALENT
    )
    figures = collect(
        make_figures("energy.raw_coal", {"2024": "1000", "2025": "0"}, UNIT),
        make_figures("energy.natural_gas", {"2025": "1000"}, UNIT),
    )
    one = _split(target, figures, members=(UNIT,), axis=Axis.FUEL, subject=UNIT)[0]
    assert {part.of: (part.before, part.after) for part in one.parts} == {
        "energy.raw_coal": (F("714.3"), F(0)),
        "energy.natural_gas": (F(0), F("1.2143")),
    }


@pytest.mark.parametrize(
    ("target", "figures", "axis", "reason"),
    [
        (make_target(), _intensity((1, 1), (0, 1)), Axis.REGION, "not above zero"),
        (make_target(), collect(), Axis.REGION, "未报"),
        (make_target(measure=INTENSITY), collect(), Axis.FUEL, "reports no energy"),
        (
            make_target(kind=TargetKind.CUMULATIVE_REDUCTION, measure=COD, path="linear", unit="t"),
            collect(),
            Axis.FUEL,
            "减排台账没有能源品种",
        ),
    ],
    ids=["no-gdp", "no-figures", "no-fuels", "ledger-by-fuel"],
)
def test_what_cannot_be_attributed_says_why(target, figures, axis, reason):
    one = _split(target, figures, axis=axis)[0]
    assert one.parts == ()
    assert reason in one.reason
