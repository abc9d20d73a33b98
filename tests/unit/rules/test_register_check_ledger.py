"""Checks of the reduction ledger: each form of cheating found, not found, not known, and the edges of each."""

from datetime import date
from decimal import Decimal as D

import pytest
from register_support import judged, make_check, make_cut, make_region, make_tonnes
from rules_support import GREEN, RED

from planwatch.contract.assessment import Status

OTHER = "project:p2"
BOTH = (make_tonnes("reduction.cod", "2022", "10"), make_tonnes("reduction.cod", "2023", "10", OTHER))


def _judged(check, *others, figures=(), point="2023", members=(OTHER,), **entry):
    return judged(make_check(check), point, make_cut(**entry), *others, figures=figures, members=members)


# Two projects of one source and pollutant, in every form methodology §5 names.
FORMS = {
    "nobody else": ((), {}, GREEN, "没有其他项目计入"),
    "one source twice": ((make_cut("p2"),), {}, RED, "与 模拟减排工程p2(p2) 重复:同一排污许可证 PW-1"),
    "another facility": ((make_cut("p2", facility="除臭塔"),), {}, GREEN, ""),
    "another permit": ((make_cut("p2", permit="PW-2"),), {}, GREEN, ""),
    "another pollutant": ((make_cut("p2", pollutants=("nh3n",)),), {}, GREEN, ""),
    "closed and treated": (
        (make_cut("p2", measure="closure", pollutants=("nh3n",)),),
        {},
        RED,
        "同一设施既计关停又计治理",
    ),
    "both treated, other pollutants": ((make_cut("p2", measure="treatment", pollutants=("nox",)),), {}, GREEN, ""),
    "county below": (
        (make_cut("p2", region="230102", facility="二沉池"),),
        {},
        RED,
        "上下级地区 230100 与 230102 同计排污许可证 PW-1 的化学需氧量",
    ),
    "province above": ((make_cut("p2", region="230000", facility="二沉池"),), {}, RED, "230000"),
    "another city": ((make_cut("p2", region="230200", facility="二沉池"),), {}, GREEN, ""),
    "a district of the municipality": (
        (make_cut("p2", region="500102", facility="二沉池"),),
        {"region": "500000"},
        RED,
        "500102",
    ),
    "two at once": ((make_cut("p2"), make_cut("p3")), {}, RED, "发现 2 个"),
    "their facility not known": ((make_cut("p2", facility=None),), {}, GREEN, ""),
}


@pytest.mark.parametrize(("others", "entry", "level", "words"), FORMS.values(), ids=FORMS)
def test_a_cut_counted_twice_is_found(others, entry, level, words):
    found = _judged("double_counted", *others, members=(OTHER, "project:p3"), **entry)
    assert found.level == level
    assert words in found.formula


def test_both_of_two_projects_show_the_double_count():
    entries = (make_cut(), make_cut("p2"))
    for subject in ("project:p1", OTHER):
        found = judged(make_check("double_counted"), "2023", *entries, members=("project:p1", OTHER), subject=subject)
        assert found.level == RED


ENDED = {"valid_to": date(2022, 12, 31)}


@pytest.mark.parametrize(
    ("figures", "follows_on", "level"),
    [(BOTH, date(2023, 1, 1), RED), (BOTH[:1], date(2023, 1, 1), GREEN), ((), date(2022, 12, 31), RED)],
    ids=["both booked, in two years", "only one booked", "overlap of a day"],
)
def test_projects_that_follow_each_other_count_once(figures, follows_on, level):
    first, second = make_cut(**ENDED), make_cut("p2", valid_from=follows_on)
    target = make_check("double_counted")
    found = judged(target, "2023", first, second, figures=figures, members=("project:p1", OTHER), subject=OTHER)
    assert found.level == level
    assert ("2022、2023 年分别计" in found.formula) == bool(figures and level == RED)


def test_only_members_are_looked_at():
    assert _judged("double_counted", make_cut("p2"), members=("project:p3",)).level == GREEN


def test_without_members_every_entry_known_is_looked_at():
    assert _judged("double_counted", make_cut("p2"), members=()).level == RED


def test_a_county_is_known_by_its_entry_too():
    zone = make_cut("p2", region="230199-K1", facility="二沉池")
    assert _judged("double_counted", zone).level == GREEN
    assert _judged("double_counted", zone, make_region("230199-K1", "230100")).level == RED


@pytest.mark.parametrize(
    ("entry", "blank"),
    [
        ({"permit": None}, "排污许可证(permit)"),
        ({"facility": None}, "设施(facility)"),
        ({"pollutants": ()}, "污染物(pollutants)"),
    ],
)
def test_a_source_that_is_not_known_cannot_be_compared(entry, blank):
    found = _judged("double_counted", make_cut("p2", permit="PW-9"), **entry)
    assert (found.status, found.reason) == (Status.NOT_RATED, f"台账未填 {blank}")


def test_pollutants_follow_from_figures_where_the_entry_names_none():
    other = make_cut("p2", pollutants=())
    assert _judged("double_counted", other, figures=BOTH).level == RED
    assert _judged("double_counted", make_cut("p2"), figures=BOTH, pollutants=()).level == RED
    assert _judged("double_counted", other, figures=BOTH[:1], pollutants=()).level == GREEN


@pytest.mark.parametrize(
    ("entry", "things"),
    [
        ({}, 0),
        ({"permit": None}, 1),
        ({"permit": None, "facility": None}, 2),
        ({"base_discharge": {}}, 1),
        ({"base_discharge": {"nox": D(1)}}, 1),
        ({"pollutants": ("cod", "nh3n")}, 1),
        ({"base_discharge": {"cod": D(0)}}, 0),
    ],
    ids=["known", "no permit", "nothing", "not in the base", "another pollutant's base", "one of two", "in it with 0"],
)
def test_a_source_is_in_the_base_of_the_statistics(entry, things):
    assert _judged("source_unknown", **entry).actual == things


def test_a_source_of_no_pollutant_is_not_rated():
    assert "pollutants" in _judged("source_unknown", pollutants=()).reason


CLAIMED, VERIFIED, OFFSET = "reduction.cod.claimed", "reduction.cod", "reduction.cod.offset"


@pytest.mark.parametrize(
    ("figures", "level", "cut"),
    [
        ([make_tonnes(CLAIMED, "2022", "100")], GREEN, "100"),
        ([make_tonnes(CLAIMED, "2022", "100.01")], RED, "100.01"),
        ([make_tonnes(CLAIMED, "2021", "60"), make_tonnes(CLAIMED, "2022", "60")], RED, "120"),
        ([make_tonnes(CLAIMED, "2021", "60"), make_tonnes(CLAIMED, "2022", "60", OTHER)], RED, "120"),
        ([make_tonnes(CLAIMED, "2022", "60"), make_tonnes(VERIFIED, "2022", "90")], GREEN, "60"),
        ([make_tonnes(CLAIMED, "2021", "60"), make_tonnes(VERIFIED, "2022", "50")], RED, "110"),
        ([make_tonnes(CLAIMED, "2023-02", "70"), make_tonnes(CLAIMED, "2023-09", "70")], GREEN, "70"),
    ],
    ids=[
        "exactly the base",
        "above",
        "over years",
        "over projects",
        "the claim, not what is verified of it",
        "verified where nothing is claimed",
        "after the point",
    ],
)
def test_a_source_cuts_no_more_than_it_discharged(figures, level, cut):
    found = _judged("above_base_discharge", make_cut("p2"), figures=figures, point="2023-01~06")
    assert found.level == level
    assert f"累计削减 {cut} 吨" in found.formula


def test_other_sources_do_not_add_up():
    figures = [make_tonnes(CLAIMED, "2022", "60"), make_tonnes(CLAIMED, "2022", "60", OTHER)]
    assert _judged("above_base_discharge", make_cut("p2", facility="别的"), figures=figures).level == GREEN


@pytest.mark.parametrize(
    ("figures", "entry", "words"),
    [
        ([], {}, "尚未报送减排量"),
        ([make_tonnes(CLAIMED, "2022", "60")], {"base_discharge": {}}, "base_discharge.cod"),
        ([make_tonnes(CLAIMED, "2022", "60")], {"permit": None}, "排污许可证(permit)"),
        ([make_tonnes(CLAIMED, "2022-05", "60", flag="held")], {}, "待核不计"),
    ],
    ids=["no figures", "no base", "no permit", "held"],
)
def test_a_bound_that_is_not_known_is_not_rated(figures, entry, words):
    found = _judged("above_base_discharge", figures=figures, **entry)
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert words in found.reason


@pytest.mark.parametrize(
    ("figures", "promised", "level", "words"),
    [
        ([make_tonnes(VERIFIED, "2022", "30")], None, GREEN, "没有用于新建项目的减排量"),
        ([make_tonnes(VERIFIED, "2022", "30")], "new-1", RED, "已用于新建项目 new-1,但未报抵扣量"),
        ([make_tonnes(VERIFIED, "2022", "30"), make_tonnes(OFFSET, "2022", "30")], "new-1", GREEN, "抵扣 30 吨"),
        ([make_tonnes(VERIFIED, "2022", "30"), make_tonnes(OFFSET, "2022", "30.1")], "new-1", RED, "抵扣多于核实"),
        ([make_tonnes(OFFSET, "2022", "5")], None, RED, "抵扣 5 吨,核实 0 吨"),
        (
            [make_tonnes(VERIFIED, "2021", "30"), make_tonnes(OFFSET, "2022", "20"), make_tonnes(OFFSET, "2023", "11")],
            "new-1",
            RED,
            "抵扣 31 吨,核实 30 吨",
        ),
    ],
    ids=["nothing promised", "not reported", "all of it", "more than all", "nothing to give", "over years"],
)
def test_what_a_new_project_was_promised_is_deducted(figures, promised, level, words):
    found = _judged("offset_not_deducted", figures=figures, offset_for=promised)
    assert found.level == level
    assert words in found.formula


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        ([make_tonnes(VERIFIED, "2021-05", "1")], GREEN),
        ([make_tonnes(VERIFIED, "2021-04", "1")], RED),
        ([make_tonnes(CLAIMED, "2021-03", "1")], RED),
        ([make_tonnes(VERIFIED, "2021-04", "0"), make_tonnes(VERIFIED, "2021-05", "1")], GREEN),
        ([make_tonnes(VERIFIED, "2021-Q1", "1")], RED),
        ([make_tonnes(VERIFIED, "2021-H1", "1")], GREEN),
        ([make_tonnes(VERIFIED, "2020", "1")], RED),
    ],
    ids=["second month after", "first month after", "the month itself", "a zero", "a quarter", "a half year", "before"],
)
def test_a_project_counts_from_the_second_month_after_it_runs(figures, level):
    found = _judged("counted_too_early", figures=figures)
    assert found.level == level
    assert "2021-03-15 稳定运行,自 2021-05 起计" in found.formula


def test_the_second_month_may_be_next_years():
    figures = [make_tonnes(VERIFIED, "2021-12", "1"), make_tonnes(VERIFIED, "2022-01", "1")]
    found = _judged("counted_too_early", figures=figures, running_since=date(2021, 11, 30))
    assert (found.actual, "自 2022-01 起计" in found.formula) == (1, True)


@pytest.mark.parametrize(
    ("figures", "entry", "words"),
    [([], {}, "尚未报送减排量"), ([make_tonnes(VERIFIED, "2022", "1")], {"running_since": None}, "running_since")],
)
def test_a_start_that_is_not_known_is_not_rated(figures, entry, words):
    found = _judged("counted_too_early", figures=figures, **entry)
    assert (found.status, words in found.reason) == (Status.NOT_RATED, True)


@pytest.mark.parametrize(
    ("figures", "level", "words"),
    [
        ([make_tonnes(CLAIMED, "2022", "10")], RED, "化学需氧量申报 10 吨,尚未核实"),
        ([make_tonnes(CLAIMED, "2022", "10"), make_tonnes(VERIFIED, "2022", "0")], GREEN, "核实 0 吨"),
        ([make_tonnes(CLAIMED, "2022", "10"), make_tonnes(VERIFIED, "2022", "10")], GREEN, "核实 10 吨"),
        ([make_tonnes(CLAIMED, "2022", "10"), make_tonnes(VERIFIED, "2022", "10.5")], RED, "核实多于申报"),
        ([make_tonnes(CLAIMED, "2022", "10"), make_tonnes("reduction.nox", "2022", "1")], RED, "尚未核实"),
    ],
    ids=["due", "verified to be nothing", "all", "more than claimed", "another pollutant's"],
)
def test_what_is_claimed_is_verified(figures, level, words):
    found = _judged("not_verified", figures=figures)
    assert found.level == level
    assert words in found.formula


@pytest.mark.parametrize(
    ("figures", "words"), [([], "尚未报送减排量"), ([make_tonnes(VERIFIED, "2022", "1")], "reduction.cod.claimed")]
)
def test_without_a_claim_there_is_nothing_to_verify(figures, words):
    found = _judged("not_verified", figures=figures)
    assert (found.status, words in found.reason) == (Status.NOT_RATED, True)


@pytest.mark.parametrize("check", ["double_counted", "source_unknown", "counted_too_early", "not_verified"])
@pytest.mark.parametrize("entry", [{"valid_from": date(2024, 1, 1)}, {"valid_to": date(2023, 12, 30)}])
def test_without_an_entry_nothing_can_be_said(check, entry):
    found = _judged(check, **entry)
    assert (found.status, "没有有效的减排项目台账条目" in found.reason) == (Status.NOT_RATED, True)
