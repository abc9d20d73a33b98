"""Coverage: how much of a sum over several is there when somebody has not reported."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from rules_support import COAL, REGION, collect, make_figures, make_law, make_single, make_target, period

from planwatch.contract.plan import Basis
from planwatch.plans.loader import load_catalogue
from planwatch.plans.quality_rules import load_quality_rules
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

QUALITY = load_quality_rules(load_catalogue())
MEMBERS = ("unit:1", "unit:2", "unit:3")
TARGET = make_single(
    kind="level_max", measure=COAL, unit="tce", value=D(9999), sum_of="unit", basis=Basis.EQUIVALENT, rule_set="limit"
)


def _judge(*figures, asked=None):
    law = make_law(TARGET)
    if asked is not None:
        quality = QUALITY.model_copy(update={"coverage": D(asked)})
        law = type(law)(**{**dict(law), "quality": quality})
    around = Surroundings(members=MEMBERS)
    (found,) = judge(TARGET, REGION, period("2022-01~03"), collect(*figures), law, around=around)
    return found


def _reason(*figures):
    found = _judge(*figures)
    assert found.level is None, "a sum that lacks anybody is not rated unless the law says so"
    return found.reason


def _coal(member, last_year, this_year):
    amounts = {"2021-Q1": last_year} | ({"2022-Q1": this_year} if this_year else {})
    return make_figures("energy.raw_coal", amounts, member)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            [_coal("unit:1", "700", "700"), _coal("unit:2", "200", "210"), _coal("unit:3", "100", None)],
            "覆盖率 90%(2/3 家,按上年同期量)",
        ),
        ([_coal("unit:1", "700", "700"), _coal("unit:2", "300", None)], "覆盖率 33.3333%(1/3 家,按家数)"),
    ],
    ids=["by last year's amounts", "by number where somebody is new"],
)
def test_reason_says_how_much_is_there(figures, words):
    assert words in _reason(*figures)


NINE_TENTHS = [_coal("unit:1", "700", "700"), _coal("unit:2", "200", "210"), _coal("unit:3", "100", None)]


@pytest.mark.parametrize(("asked", "status"), [("90", "rated"), ("90.1", "not_rated")])
def test_law_may_ask_for_less_than_all(asked, status):
    found = _judge(*NINE_TENTHS, asked=asked)
    assert found.status == status
    assert "覆盖率 90%(2/3 家,按上年同期量)" in found.formula + found.reason


def test_sum_with_somebody_new_must_be_whole_whatever_the_law_asks():
    assert _judge(_coal("unit:1", "700", "700"), _coal("unit:2", "300", None), asked="1").status == "not_rated"


@pytest.mark.parametrize("asked", [None, "90"], ids=["the law asks for all", "the law asks for less"])
def test_coverage_stands_beside_every_sum_over_members(asked):
    found = _judge(*NINE_TENTHS, asked=asked)
    assert (found.coverage, found.sources_there, found.sources) == (D(90), 2, 3)
    whole = _judge(*NINE_TENTHS[:2], _coal("unit:3", "100", "90"), asked=asked)
    assert (whole.coverage, whole.sources_there, whole.sources) == (D(100), 3, 3)


def test_own_figure_has_no_coverage():
    found = _judge(make_figures("energy.raw_coal", {"2022-Q1": "5"}, REGION))
    assert (found.coverage, found.sources_there, found.sources) == (None, None, None)


def test_reason_names_everybody_who_lacks_something_held_first():
    late = [_coal(f"unit:{one}", "700", None) for one in (1, 2)]
    held = [replace(one, flag="held") for one in make_figures("energy.raw_coal", {"2022-Q1": "5"}, "unit:3")]
    reason = _reason(*late, held)
    assert reason.startswith("unit:3 的 energy.raw_coal 待核不计:2022-Q1;")
    assert all(f"{one} 未报 energy.raw_coal:2022-Q1" in reason for one in ("unit:1", "unit:2")), reason


MONTHS = {f"2021-{month:02}": "10" for month in range(1, 13)}


def _months(member, last, lacking=()):
    return make_figures(
        "energy.raw_coal",
        MONTHS | {f"2022-{month:02}": "9" for month in range(1, last + 1) if month not in lacking},
        member,
    )


def _two(target, last, lacking=(6,), asked="50"):
    law = make_law(target)
    law = type(law)(**{**dict(law), "quality": QUALITY.model_copy(update={"coverage": D(asked)})})
    figures = collect(_months("unit:1", last), _months("unit:2", last, lacking))
    around = Surroundings(members=("unit:1", "unit:2"))
    (found,) = judge(target, REGION, period(f"2022-01~{last:02}"), figures, law, around=around)
    return found


def test_months_that_are_there_count_in_a_sum_that_may_lack_some():
    before, after = (_two(TARGET, last) for last in (5, 7))
    assert after.coverage == D("92.857142857143"), "13 of the 14 months of a year before"
    assert after.actual / before.actual == D(13) / D(10)
    assert "覆盖率 92.8571%(1/2 家,另 1 家只计已报月份,按上年同期量)" in after.formula


def test_sum_that_may_lack_something_never_falls_from_month_to_month():
    amounts = [_two(TARGET, last).actual for last in range(1, 13)]
    assert amounts == sorted(amounts)


def test_comparison_is_of_like_with_like():
    target = make_target(measure=COAL, sum_of="unit", basis=Basis.EQUIVALENT, yardsticks=("annual",))
    found = _two(target, 7)
    assert found.actual == D(10), "each month that is there fell by a tenth; June is in neither sum"
    assert _two(target, 7, lacking=()).actual == D(10)
