"""两高 projects against their approvals: found, not found, not known, and the very day of each date."""

from datetime import date
from decimal import Decimal as D

import pytest
from register_support import PROJECT, judged, make_check, make_cut, make_project, make_review
from rules_support import GREEN, RED, make_figure, monthly

from planwatch.contract.assessment import Status
from planwatch.contract.registry import Disposal, Irregularity


def _judged(check, point="2023", figures=(), today=None, **entry):
    return judged(make_check(check), point, make_project(**entry), figures=figures, today=today)


def _irregular(what="policy_mismatch", closed=None):
    return {
        "irregularities": (
            Irregularity(
                what=what,
                found_on=date(2023, 5, 10),
                note="未列入规划",
                closed_on=date.fromisoformat(closed) if closed else None,
            ),
        )
    }


@pytest.mark.parametrize(
    ("point", "closed", "level"),
    [
        ("2023-01~04", None, GREEN),
        ("2023-01~05", None, RED),
        ("2023", None, RED),
        ("2023-01~07", "2023-08-31", RED),
        ("2023-01~08", "2023-08-31", GREEN),
    ],
    ids=["not yet found", "month it is found", "open", "before it is closed", "day it is closed"],
)
@pytest.mark.parametrize("what", ["policy_mismatch", "irregular_approval", "built_otherwise", "above_approved"])
def test_what_inspectors_wrote_down_stands_until_it_is_closed(what, point, closed, level):
    figures = _coal(2022, [1] * 12) + _coal(2023, [1] * 12)
    found = _judged(what, point, figures, **_irregular(what, closed))
    assert found.level == level
    assert ("2023-05-10 检查发现" in found.formula, found.actual) == (level == RED, int(level == RED))


def test_each_check_looks_for_its_own_kind_of_irregularity():
    assert _judged("policy_mismatch", **_irregular("irregular_approval")).level == GREEN


def test_more_than_one_thing_found_is_counted_and_listed():
    both = _irregular()["irregularities"] * 2
    found = _judged("policy_mismatch", irregularities=both)
    assert (found.actual, found.expected, found.gap, found.unit) == (2, 0, 2, "个")
    assert found.formula.count("未列入规划") == 2
    assert found.better == "叫停整改,检查人员确认后登记了结日期 可达三级(绿)"


BEGUN = date(2022, 7, 1)
APPROVALS = {
    "both before": ({}, GREEN, ""),
    "review the same day": ({"energy_review": make_review("2022-07-01")}, GREEN, ""),
    "review a day late": (
        {"energy_review": make_review("2022-07-02")},
        RED,
        "2022-07-01 开工,节能审查 2022-07-02 才批复(文号 节审〔2022〕1号)",
    ),
    "EIA a day late": (
        {"eia": make_review("2022-07-02", number="环审9号")},
        RED,
        "2022-07-01 开工,环评 2022-07-02 才批复(文号 环审9号)",
    ),
    "both late": ({"eia": make_review("2022-07-02"), "energy_review": make_review("2022-07-02")}, RED, "发现 2 个"),
    "approved after the day": (
        {"energy_review": make_review("2024-02-01")},
        RED,
        "2022-07-01 开工,节能审查至 2023-12-31 尚未批复",
    ),
    "begun without a review": ({"energy_review": None}, RED, "2022-07-01 开工,台账没有节能审查批复"),
    "under construction without a review": (
        {"energy_review": None, "started_on": None, "stage": "under_construction"},
        RED,
        "在建,台账没有节能审查批复 [台账未填 开工日期(started_on)]",
    ),
    "proposed": ({"energy_review": None, "eia": None, "started_on": None, "stage": "proposed"}, GREEN, "尚未开工"),
    "to begin later": ({"energy_review": None, "started_on": date(2024, 1, 1)}, GREEN, "尚未开工"),
    "late and dealt with": (
        {
            "energy_review": make_review("2022-09-01"),
            "disposal": Disposal(opinion="补办", done_on=date(2023, 12, 31)),
        },
        GREEN,
        "处置已完成",
    ),
    "dealt with later": (
        {"energy_review": make_review("2022-09-01"), "disposal": Disposal(opinion="补办", done_on=date(2024, 1, 1))},
        RED,
        "才批复",
    ),
    "dealt with but never approved": (
        {"energy_review": None, "disposal": Disposal(opinion="补办", done_on=date(2023, 1, 1))},
        RED,
        "没有节能审查批复",
    ),
}


@pytest.mark.parametrize(("entry", "level", "words"), APPROVALS.values(), ids=APPROVALS)
def test_building_before_approval(entry, level, words):
    found = _judged("built_before_approval", **entry)
    assert found.level == level
    assert words in found.formula


@pytest.mark.parametrize(
    ("entry", "blank"),
    [
        ({"started_on": None}, "开工日期(started_on)"),
        ({"started_on": None, "energy_review": None}, "开工日期(started_on)、节能审查批复(energy_review)"),
        ({"eia": None}, "环评批复(eia)"),
    ],
    ids=["no date", "an old project of which nothing is known", "no EIA"],
)
def test_building_before_approval_is_not_rated_where_a_field_is_blank(entry, blank):
    found = _judged("built_before_approval", **entry)
    assert (found.status, found.level, found.reason) == (Status.NOT_RATED, None, f"台账未填 {blank}")


def _level_case(level, approved_on="2023-06-01", tce="10000"):
    review = make_review(approved_on, authority="某局", authority_level=level, tce=None if tce is None else D(tce))
    return {"energy_review": review, "reviewed_tce": None}


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        (_level_case("prefecture"), RED),
        (_level_case("county", "2025-08-31"), RED),
        (_level_case("county", tce="9999.99"), GREEN),
        (_level_case("province"), GREEN),
        (_level_case("state"), GREEN),
        (_level_case("county", "2023-05-31"), GREEN),
        (_level_case("county", "2025-09-01"), GREEN),
        (_level_case("province", tce=None), GREEN),
        ({"energy_review": None, "stage": "proposed", "started_on": None}, GREEN),
    ],
    ids=[
        "first day",
        "last day",
        "below 10,000",
        "province",
        "state",
        "before the order",
        "after the order",
        "province, energy not known",
        "nothing to approve yet",
    ],
)
def test_a_review_by_too_low_an_authority_is_irregular(entry, level):
    found = _judged("irregular_approval", "2025", **entry)
    assert found.level == level
    assert ("应由省级节能审查机关负责" in found.formula) == (level == RED)


@pytest.mark.parametrize(
    ("entry", "blank"),
    [
        (_level_case(None), "authority_level"),
        (_level_case("county", tce=None), "energy_review.tce"),
        ({"energy_review": None}, "energy_review"),
    ],
)
def test_an_authority_that_is_not_known_is_not_rated(entry, blank):
    found = _judged("irregular_approval", **entry)
    assert (found.status, blank in found.reason) == (Status.NOT_RATED, True)


@pytest.mark.parametrize(
    ("entry", "level", "words"),
    [
        ({}, GREEN, "一致"),
        ({"capacity": D("100.0")}, GREEN, "一致"),
        ({"capacity": D(120)}, RED, "建成产能 120,节能审查批准 100(文号 节审〔2022〕1号)"),
        ({"capacity": D(80)}, RED, "建成产能 80,节能审查批准 100"),
        ({"eia": make_review(capacity=D(90))}, RED, "建成产能 100,环评批准 90"),
        ({"capacity": D(120), "eia": make_review(capacity=D(90))}, RED, "发现 2 个"),
        ({"stage": "proposed", "started_on": None, "capacity": None}, GREEN, "尚未建成"),
    ],
    ids=["as approved", "same number", "more", "less", "EIA", "both", "proposed"],
)
def test_capacity_is_compared_with_what_was_approved(entry, level, words):
    found = _judged("built_otherwise", **entry)
    assert found.level == level
    assert words in found.formula


@pytest.mark.parametrize(
    ("entry", "blank"),
    [({"capacity": None}, "建成产能(capacity)"), ({"energy_review": make_review()}, "批准产能")],
)
def test_a_capacity_that_is_not_known_is_not_rated(entry, blank):
    found = _judged("built_otherwise", **entry)
    assert (found.status, blank in found.reason) == (Status.NOT_RATED, True)


def _coal(year, tonnes):
    return tuple(monthly("energy.raw_coal", year, tonnes, PROJECT))


# One tonne of raw coal is 0.7143 tce: 14,000 t are 10,000.2 tce, 1,000 t a month are 8,571.6 tce a year.
@pytest.mark.parametrize(
    ("figures", "point", "level", "words"),
    [
        ((make_figure("energy.raw_coal", "2023", "14000", PROJECT),), "2023", RED, "2023: 10000.2 = 10000.2 吨标准煤"),
        ((make_figure("energy.electricity", "2023", "81366965", PROJECT),), "2023", GREEN, "未超过"),
        (_coal(2022, [1000] * 12) + _coal(2023, [1000] * 3), "2023-01~03", GREEN, "2022-04~12: 6428.7 + 2023-Q1"),
        (_coal(2022, [1000] * 12) + _coal(2023, [2000] * 3), "2023-01~03", RED, "= 10714.5 吨标准煤"),
        (_coal(2023, [5000] * 3), "2023-01~03", RED, "至少 10714.5"),
    ],
    ids=["over", "electricity at 当量值", "twelve months in order", "twelve months over", "year to date alone"],
)
def test_energy_of_twelve_months_is_held_against_the_review(figures, point, level, words):
    found = _judged("above_approved", point, figures)
    assert found.level == level
    assert words in found.formula
    within = [one for one in figures if one.period.year == 2023 or one.period.last > 3]
    assert {used.figure for used in found.used} == set(within)


def test_exactly_the_reviewed_energy_is_not_above_it():
    figure = make_figure("energy.raw_coal", "2023", "10000", PROJECT)
    assert _judged("above_approved", figures=(figure,), reviewed_tce=D(7143)).level == GREEN
    assert _judged("above_approved", figures=(figure,), reviewed_tce=D("7142.9")).level == RED


def test_the_figure_of_the_review_stands_in_for_the_one_of_the_entry():
    figure = make_figure("energy.raw_coal", "2023", "10000", PROJECT)
    review = make_review(tce=D(7143))
    assert _judged("above_approved", figures=(figure,), reviewed_tce=None, energy_review=review).level == GREEN


@pytest.mark.parametrize(
    ("figures", "entry", "words"),
    [
        (_coal(2023, [1000] * 3), {}, "近12个月用能不全"),
        ((), {}, "reports no energy"),
        (_coal(2023, [1000] * 12), {"reviewed_tce": None, "energy_review": None}, "节能审查能耗(reviewed_tce)"),
    ],
    ids=["three months", "no figures", "no review"],
)
def test_energy_that_is_not_known_is_not_rated(figures, entry, words):
    found = _judged("above_approved", "2023-01~03", figures, **entry)
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert words in found.reason


def test_a_proposed_project_uses_no_energy_yet():
    assert _judged("above_approved", stage="proposed", started_on=None).level == GREEN


@pytest.mark.parametrize("check", ["policy_mismatch", "built_before_approval", "above_approved", "disposal_overdue"])
@pytest.mark.parametrize(
    "entry",
    [make_project(valid_from=date(2024, 1, 1)), make_project(valid_to=date(2023, 6, 30)), make_cut()],
    ids=["not yet listed", "off the list", "another register"],
)
def test_without_an_entry_nothing_can_be_said(check, entry):
    found = judged(make_check(check), "2023", entry)
    assert found.status is Status.NOT_RATED
    assert "没有有效的“两高”项目台账条目" in found.reason


def test_the_day_is_today_where_the_month_is_not_over():
    open_until = _irregular(closed="2023-12-20")
    assert _judged("policy_mismatch", today=date(2023, 12, 19), **open_until).level == RED
    assert _judged("policy_mismatch", today=date(2023, 12, 20), **open_until).level == GREEN
