"""What a 两高 project needs: an opinion, a park, cuts in a saturated sector, energy given up elsewhere."""

from datetime import date
from decimal import Decimal as D

import pytest
from register_support import judged, make_check, make_project, make_region
from rules_support import GREEN, RED, make_figures, make_target

from planwatch.contract.assessment import Status
from planwatch.contract.plan import AppliesTo
from planwatch.contract.registry import Disposal, Substitution
from planwatch.contract.report import SubjectKind


def _judged(check, point="2023", today=None, **entry):
    return judged(make_check(check), point, make_project(**entry), today=today)


def _disposal(deadline=None, done=None):
    days = {"deadline": deadline, "done_on": done}
    return Disposal(opinion="限期改造", **{key: date.fromisoformat(day) for key, day in days.items() if day})


@pytest.mark.parametrize(
    ("disposal", "level", "words"),
    [
        (None, RED, "台账没有书面处置意见"),
        (_disposal("2023-12-31"), GREEN, "期限 2023-12-31 未到"),
        (_disposal("2023-12-30"), RED, "处置意见“限期改造”期限 2023-12-30,至 2023-12-31 未办结"),
        (_disposal("2023-06-30", "2023-12-31"), GREEN, "已于 2023-12-31 办结"),
        (_disposal("2023-06-30", "2024-01-01"), RED, "未办结"),
        (_disposal(done="2023-07-01"), GREEN, "办结"),
    ],
    ids=["none", "day of the deadline", "day after", "done late", "done later than the day", "done, no deadline"],
)
def test_a_disposal_opinion_is_written_and_kept(disposal, level, words):
    found = _judged("disposal_overdue", disposal=disposal)
    assert found.level == level
    assert words in found.formula


def test_a_deadline_passes_with_the_day_not_with_the_month():
    in_time, late = date(2023, 12, 15), date(2023, 12, 16)
    assert _judged("disposal_overdue", today=in_time, disposal=_disposal("2023-12-15")).level == GREEN
    assert _judged("disposal_overdue", today=late, disposal=_disposal("2023-12-15")).level == RED


def test_an_opinion_without_a_deadline_is_not_rated():
    found = _judged("disposal_overdue", disposal=_disposal())
    assert (found.status, found.reason) == (Status.NOT_RATED, "台账未填 处置期限(disposal.deadline)")


@pytest.mark.parametrize(
    ("industry", "expansion", "in_park", "level"),
    [
        ("C3120", True, False, RED),
        ("2521", True, False, RED),
        ("C30", True, False, RED),
        ("C3252", True, False, RED),
        ("C2511", True, False, GREEN),
        ("C2614", True, False, GREEN),
        ("C3120", True, True, GREEN),
        ("C3120", None, True, GREEN),
        ("C3120", False, False, GREEN),
        ("C3120", False, None, GREEN),
        ("C2614", None, None, GREEN),
        (None, None, True, GREEN),
    ],
)
def test_the_four_sectors_do_not_expand_outside_a_park(industry, expansion, in_park, level):
    found = _judged("outside_park", industry=industry, expansion=expansion, in_park=in_park)
    assert found.level == level


@pytest.mark.parametrize(
    ("entry", "blank"),
    [
        ({"industry": None, "expansion": True, "in_park": False}, "行业代码(industry)"),
        ({"industry": "C25", "expansion": True, "in_park": False}, "行业代码(industry)"),
        ({"industry": "C3120", "expansion": None, "in_park": False}, "是否扩建(expansion)"),
        ({"industry": "C3120", "expansion": True, "in_park": None}, "是否在园区(in_park)"),
    ],
    ids=["no code", "a code too short to tell", "expansion", "park"],
)
def test_a_place_that_is_not_known_is_not_rated(entry, blank):
    found = _judged("outside_park", **entry)
    assert (found.status, found.reason) == (Status.NOT_RATED, f"台账未填 {blank}")


SOURCE = (Substitution(source="关停一厂", tce=D(4000)),)


@pytest.mark.parametrize(
    ("entry", "found_things"),
    [
        ({"saturated": False}, 0),
        ({"saturated": True, "substitutions": SOURCE, "capacity_replacement": "置换方案1号"}, 0),
        ({"saturated": True, "substitutions": SOURCE}, 1),
        ({"saturated": True, "substitutions": (), "capacity_replacement": "置换方案1号"}, 1),
        ({"saturated": True}, 2),
    ],
    ids=["not saturated", "both named", "no capacity", "no energy", "neither"],
)
def test_a_saturated_sector_gives_up_capacity_and_energy(entry, found_things):
    assert _judged("saturated_without_cuts", **entry).actual == found_things


def test_whether_a_sector_is_saturated_must_be_known():
    assert "saturated" in _judged("saturated_without_cuts").reason


CITY, PROVINCE = "230100", "230000"
PROPOSED = {"stage": "proposed", "started_on": None, "substitutions": ()}
ABOVE = (make_region(CITY, PROVINCE), make_region(PROVINCE, None))


def _basic(name="hlj.basic", region=PROVINCE, **over):
    return make_target(id=name, applies_to=AppliesTo(kind=SubjectKind.REGION, region=region), **over)


def _region_figures(energy, code=CITY, year="2021"):
    # With equal GDP the intensity falls as energy does; 14.5 % in five years are 3.0845 % a year.
    of = make_figures("energy.total", {"2020": "1000", year: energy}, f"region:{code}")
    return (*of, *make_figures("gdp", {"2020": "1", year: "1"}, f"region:{code}"))


def _substitution(figures, *, targets=None, point="2021", **entry):
    check = make_check("substitution_missing", follows="hlj.basic")
    targets = targets or (_basic(), _basic(f"hlj.basic.{CITY}", CITY))
    return judged(check, point, make_project(**(PROPOSED | entry)), *ABOVE, figures=figures, others=targets)


BEHIND, ON_SCHEDULE = _region_figures("1000"), _region_figures("960")


def test_a_region_behind_asks_its_proposed_projects_for_substitution():
    found = _substitution(BEHIND)
    assert found.level == RED
    assert "地区 230100 2021年" in found.formula
    assert "0%,应达 3.0845%,未达到进度要求" in found.formula
    assert "项目能耗 10000 吨标准煤,台账没有替代来源" in found.formula


@pytest.mark.parametrize(
    ("given", "level"), [("10000", GREEN), ("9999.99", RED), ("12000", GREEN)], ids=["equal", "short", "more"]
)
def test_as_much_as_the_review_allows_is_given_up(given, level):
    two = (Substitution(source="一厂", tce=D(4000)), Substitution(source="二厂", tce=D(given) - 4000))
    assert _substitution(BEHIND, substitutions=two).level == level


def test_the_gate_is_closed_while_the_region_is_on_schedule():
    found = _substitution(ON_SCHEDULE)
    assert (found.level, "不要求等量减量替代" in found.formula) == (GREEN, True)


@pytest.mark.parametrize("stage", ["under_construction", "existing"])
def test_only_proposed_projects_are_in_the_review(stage):
    assert _substitution(BEHIND, stage=stage).level == GREEN


@pytest.mark.parametrize("figures", [(), BEHIND[:3]], ids=["no figures", "no GDP of the year"])
def test_a_region_that_is_not_rated_leaves_it_open(figures):
    found = _substitution(figures)
    assert (found.status, "未评定" in found.reason) == (Status.NOT_RATED, True)


def test_the_nearest_region_with_the_target_decides():
    province_behind = _region_figures("1000", PROVINCE)
    assert _substitution((*ON_SCHEDULE, *province_behind)).level == GREEN
    assert _substitution((*ON_SCHEDULE, *province_behind), targets=(_basic(),)).level == RED


def test_a_target_nobody_above_has_is_said():
    found = _substitution(BEHIND, targets=(_basic(region="120000"),))
    assert "230100、230000 都没有目标 hlj.basic" in found.reason


def test_progress_since_the_base_year_decides_not_the_years_task():
    saved_before = (*_region_figures("900"), *_region_figures("900", year="2022"))
    assert _substitution(saved_before, point="2022").level == GREEN


@pytest.mark.parametrize(
    ("point", "level"),
    [("2021-01~06", RED), ("2021-01~08", RED), ("2021-01~09", None)],
    ids=["the month", "two months on", "too long ago"],
)
def test_a_region_stands_where_it_stood_until_its_next_report_is_due(point, level):
    half = [
        *make_figures("energy.total", {"2020-H1": "1000", "2021-H1": "1000"}, f"region:{CITY}"),
        *make_figures("gdp", {"2020-H1": "1", "2021-H1": "1"}, f"region:{CITY}"),
    ]
    assert _substitution(tuple(half), point=point).level == level


def test_energy_of_the_review_must_be_known_to_be_given_up():
    entry = {"reviewed_tce": None, "energy_review": None}
    assert _substitution(BEHIND, **entry).level == RED
    assert "reviewed_tce" in _substitution(BEHIND, substitutions=SOURCE, **entry).reason
