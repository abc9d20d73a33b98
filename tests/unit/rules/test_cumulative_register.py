"""What a sum of the ledger takes from the register: whom it leaves out, from when one counts, what was promised away."""

from datetime import date
from decimal import Decimal as D

import pytest
from register_support import make_check_law, make_cut, make_ledger, make_tonnes
from rules_support import COD, GREEN, REGION, collect, period

from planwatch.contract.assessment import Status
from planwatch.contract.records import Records
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge
from planwatch.rules.points import needed, points

P1, P2, P3 = "project:p1", "project:p2", "project:p3"


def _judge(*entries, figures, point="2022", **over):
    target = make_ledger(**over)
    around = Surroundings(members=(P1, P2, P3), records=Records.of(entries))
    (found,) = judge(target, REGION, period(point), collect(figures), make_check_law(target), around=around)
    return found


def _tonnes(**amounts):
    return [make_tonnes("reduction.cod", "2022", amount, f"project:{name}") for name, amount in amounts.items()]


OTHER_SOURCE = {"permit": "PW-2"}
DOUBTS = {
    "both count": ({}, OTHER_SOURCE, "15", ""),
    "the later one of two": (
        {},
        {"valid_from": date(2021, 2, 1)},
        "10",
        "模拟减排工程p2(p2) 与先登记的 模拟减排工程p1(p1)",
    ),
    "the earlier one stays": ({"valid_from": date(2021, 2, 1)}, {}, "5", "模拟减排工程p1(p1) 与先登记的"),
    "registered on one day: the first id stays": ({}, {}, "10", "模拟减排工程p2(p2)"),
    "no permit": ({}, {"permit": None}, "10", "模拟减排工程p2(p2) 来源不明(缺排污许可证)"),
    "no facility": ({}, OTHER_SOURCE | {"facility": None}, "10", "缺设施"),
    "not in the base": ({}, OTHER_SOURCE | {"base_discharge": {"nox": D(9)}}, "10", "缺基年排放量"),
    "the first of two has no base": ({"base_discharge": {}}, {}, "5", "模拟减排工程p1(p1) 来源不明"),
    "the same source, another pollutant": ({}, {"pollutants": ("nox",)}, "15", ""),
    "registered after the day": ({}, {"valid_from": date(2023, 1, 1)}, "15", "台账未登记:project:p2"),
}


@pytest.mark.parametrize(("one", "other", "counted", "words"), DOUBTS.values(), ids=DOUBTS)
def test_doubtful_projects_are_left_out_and_named(one, other, counted, words):
    base = {"base_discharge": {"cod": D(100), "nox": D(1)}}
    found = _judge(make_cut(**(base | one)), make_cut("p2", **(base | other)), figures=_tonnes(p1="10", p2="5"))
    assert (found.actual, words in found.formula) == (D(counted), True)
    assert ("[不计入:" in found.formula) == (bool(words) and "未登记" not in words)
    assert sum(used.figure.amount for used in found.used) == D(counted)


def test_of_three_with_one_source_one_counts():
    entries = (make_cut(), make_cut("p2"), make_cut("p3"))
    assert _judge(*entries, figures=_tonnes(p1="10", p2="5", p3="3")).actual == 10


def test_a_project_that_only_repeats_one_left_out_counts():
    entries = (make_cut(base_discharge={}), make_cut("p2", valid_from=date(2021, 2, 1)), make_cut("p3", permit="PW-3"))
    assert _judge(*entries, figures=_tonnes(p1="10", p2="5", p3="3")).actual == 8


def test_where_all_are_left_out_nothing_is_rated():
    found = _judge(make_cut(permit=None), figures=_tonnes(p1="99"))
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert "来源不明(缺排污许可证)" in found.reason


def test_without_entries_all_count_and_it_is_said():
    found = _judge(figures=_tonnes(p1="40", p2="20"))
    assert (found.actual, found.level) == (60, GREEN)
    assert found.formula.endswith("[台账未登记:project:p1、project:p2]")


def test_a_regions_own_figure_is_not_looked_up():
    found = _judge(figures=[make_tonnes("reduction.cod", "2022", "60", REGION)])
    assert (found.actual, "[" in found.formula.replace("[1 of 2 ledger years", "")) == (60, False)


def test_long_lists_of_names_are_cut():
    members = tuple(f"project:p{number:02}" for number in range(12))
    target = make_ledger()
    figures = collect([make_tonnes("reduction.cod", "2022", "1", one) for one in members])
    around = Surroundings(members=members)
    (found,) = judge(target, REGION, period("2022"), figures, make_check_law(target), around=around)
    assert found.formula.endswith("、project:p09 等 12 个]")


# It runs since 15 March 2021, so it counts from May.
@pytest.mark.parametrize(
    ("amounts", "point", "counted"),
    [
        ({"2021-04": "7", "2021-05": "2", "2021-12": "3"}, "2021", "5"),
        ({"2021-04": "7"}, "2021-01~04", None),
        ({"2021-Q1": "7", "2021-H1": "9"}, "2021-01~06", "2"),
        ({"2021": "24"}, "2021", "24"),
        ({"2021-H1": "9"}, "2021-01~06", "9"),
        ({"2021-04": "7", "2022-01": "1"}, "2022-01", "1"),
    ],
    ids=["months", "nothing yet", "cumulative", "a year in one", "a half year that spans it", "next year"],
)
def test_a_project_counts_from_the_second_month_after_it_runs(amounts, point, counted):
    figures = [make_tonnes("reduction.cod", when, amount) for when, amount in amounts.items()]
    found = _judge(make_cut(), figures=figures, point=point)
    assert found.actual == (None if counted is None else D(counted))
    assert sum(used.sign * used.figure.amount for used in found.used) == D(counted or 0)


def test_a_start_that_is_not_known_is_said():
    found = _judge(make_cut(running_since=None), figures=_tonnes(p1="10"))
    assert (found.actual, "[未填稳定运行日期:模拟减排工程p1(p1)]" in found.formula) == (10, True)


LESS = COD.model_copy(update={"less": "reduction.cod.offset"})


@pytest.mark.parametrize(("offset", "counted"), [("0", "30"), ("12.5", "17.5"), ("30", "0")])
def test_what_new_projects_were_promised_is_taken_off(offset, counted):
    figures = [*_tonnes(p1="30"), make_tonnes("reduction.cod.offset", "2022", offset)]
    found = _judge(make_cut(), figures=figures, measure=LESS)
    assert found.actual == D(counted)
    assert {(used.sign, used.figure.amount) for used in found.used} == {(1, D(30)), (-1, D(offset))}


def test_promised_tonnes_of_a_project_left_out_are_not_taken_off_others():
    figures = [*_tonnes(p1="30", p2="9"), make_tonnes("reduction.cod.offset", "2022", "4", P2)]
    assert _judge(make_cut(), make_cut("p2"), figures=figures, measure=LESS).actual == 30


def test_claims_are_shown_and_not_counted():
    figures = [*_tonnes(p1="30"), make_tonnes("reduction.cod.claimed", "2022", "50")]
    found = _judge(make_cut(), figures=figures)
    assert (found.actual, "[申报 50 t,只计核实量]" in found.formula) == (30, True)


def test_claims_are_loaded_but_make_no_points():
    target = make_ledger()
    law = make_check_law(target)
    assert needed(target, law) == {"reduction.cod", "reduction.cod.claimed"}
    claims = collect([make_tonnes("reduction.cod.claimed", "2022", "50")])
    assert points(target, REGION, claims, law, Surroundings(members=(P1,))) == []


def test_differences_of_readings_are_no_cut():
    figures = [make_tonnes("reduction.cod", "2022", "50")]
    found = _judge(make_cut(), figures=figures, measure=COD.model_copy(update={"of": "emission.cod"}))
    assert (found.status, "读数之差不是减排量" in found.reason) == (Status.NOT_RATED, True)
