"""The made-up figures give exactly the levels the stories tell, worked out here by hand."""

from fractions import Fraction

import pytest
from simulate_support import (
    GREEN,
    ORANGE,
    RED,
    YELLOW,
    barometer,
    changes,
    completion,
    figures,
    nearness,
    progress,
    reduction,
)

from planwatch.contract.period import Period
from planwatch.simulate.expected import (
    ANSHAN_NOX,
    BUILDING_PROJECT,
    CHONGQING_INTENSITY,
    CHONGQING_PROJECT,
    DOUBLE_COUNT,
    DOUBLED_PROJECTS,
    EXPECTED_CHANGES,
    HEILONGJIANG_PROJECT,
    TIANJIN_INTENSITY,
)
from planwatch.simulate.register import registry as projects
from planwatch.simulate.register_stories import BUILDING
from planwatch.simulate.stories import DOUBLED, REDUCTIONS, REGIONS, TWO_HIGH

SEEDS = (1, 2, 20251)
FIVE_YEAR_RATE = {"120000": "14.5", "500000": "14", "210300": "15.5", "230000": "14.5"}
QUARTER_ENDS = (3, 6, 9, 12)


def annual_rate(code):
    """The yearly rate that compounds to the five-year one, to ten decimals: 14 % gives 2.9714."""
    return Fraction(str(round(100 * (1 - (1 - float(FIVE_YEAR_RATE[code]) / 100) ** 0.2), 10)))


def due_by(code, year):
    return Fraction(str(round(100 * (1 - (1 - float(FIVE_YEAR_RATE[code]) / 100) ** ((year - 2020) / 5)), 10)))


def expected(subject, target, yardstick):
    return [
        (change.kind.value, change.period)
        for change in EXPECTED_CHANGES
        if (change.subject, change.target, change.yardstick) == (subject, target, yardstick)
    ]


def labelled(found):
    return [(kind, Period(year, 1, month).label) for kind, (year, month) in found]


@pytest.fixture(scope="module", params=SEEDS)
def known(request):
    return figures(request.param)


def levels_of(known, code, measure, level):
    energy, gdp = known[f"region:{code}"]["energy.total"], known[f"region:{code}"]["gdp"]
    points = [point for point in sorted(energy) if point[0] > 2020 and point[1] in QUARTER_ENDS]
    return {point: level(measure(energy, gdp, *point), point[0]) for point in points}


def annual_levels(known, code):
    return levels_of(known, code, reduction, lambda rate, year: barometer(rate, annual_rate(code)))


def five_year_levels(known, code):
    return levels_of(known, code, progress, lambda rate, year: barometer(rate, due_by(code, year)))


def test_chongqing_slips_and_recovers_as_told(known):
    levels = annual_levels(known, "500000")
    assert labelled(changes(levels)) == expected(*CHONGQING_INTENSITY)
    assert [levels[point] for point in ((2024, 3), (2024, 6), (2024, 9), (2025, 6), (2025, 9), (2025, 12))] == [
        GREEN,
        YELLOW,
        RED,
        YELLOW,
        GREEN,
        GREEN,
    ]


def test_chongqing_keeps_the_five_year_promise_throughout(known):
    assert set(five_year_levels(known, "500000").values()) == {GREEN}


@pytest.mark.parametrize("code", ["120000", "230000", "210300"])
def test_regions_that_keep_their_promise_are_green_on_both_yardsticks(known, code):
    assert set(annual_levels(known, code).values()) == {GREEN}
    assert set(five_year_levels(known, code).values()) == {GREEN}


@pytest.mark.parametrize("seed", SEEDS)
def test_tianjin_is_red_until_the_correction(seed):
    before = figures(seed, corrected=False, until=Period.month(2023, 6))
    assert annual_levels(before, "120000")[2023, 6] == RED
    assert five_year_levels(before, "120000")[2023, 6] == RED
    for yardstick in ("annual", "five_year"):
        assert expected(*TIANJIN_INTENSITY, yardstick) == [("raised", "2023-H1"), ("withdrawn", "2023-H1")]


def test_anshan_lacks_one_month_and_cannot_be_rated_after_it(known):
    energy = known["region:210300"]["energy.total"]
    assert (2025, 8) in energy
    assert not [point for point in energy if point > (2025, 8)]


def test_industry_is_ahead_of_every_plan(known):
    for code in FIVE_YEAR_RATE:
        energy = known[f"region:{code}"]["energy.industrial"]
        value = known[f"region:{code}"]["value_added.industrial"]
        for point in energy:
            if point[0] > 2020:
                assert reduction(energy, value, *point) > Fraction("3.4"), (code, point)


def test_anshan_nox_falls_behind_and_catches_up_as_told(known):
    ledger = known["project:sim-jp-210300-a"]["reduction.nox"]
    yearly = Fraction("18962.98") / 5
    annual, five_year, before = {}, {}, Fraction(0)
    for year in range(2021, 2026):
        for month in range(1, 13):
            part = Fraction(month, 12)
            annual[year, month] = completion(ledger[year, month] / (yearly * part))
            five_year[year, month] = completion((before + ledger[year, month]) / (yearly * (year - 2021 + part)))
        before += ledger[year, 12]
    assert labelled(changes(annual)) == expected(*ANSHAN_NOX, "annual")
    assert labelled(changes(five_year)) == expected(*ANSHAN_NOX, "five_year")


def test_other_ledgers_are_ahead_every_month(known):
    for story in REDUCTIONS:
        for indicator, due in story.due:
            if (story.id, indicator) == ("sim-jp-210300-a", "reduction.nox"):
                continue
            for (_, month), amount in known[f"project:{story.id}"][indicator].items():
                assert amount >= Fraction(due, 500) * Fraction(month, 12), (story.id, indicator)


def tce(known, story, year, month):
    """Year-to-date standard coal of a project at 当量值: 0.7143 t per t of raw coal, 0.1229 kg per kWh."""
    used = known[f"project:{story.id}"]
    coal, power = used["energy.raw_coal"][year, month], used["energy.electricity"][year, month]
    return coal * Fraction("0.7143") + power * Fraction("0.0001229")


@pytest.mark.parametrize("story", TWO_HIGH, ids=lambda story: story.id)
def test_two_high_projects_near_and_pass_their_threshold_as_told(known, story):
    threshold = 5_000 if story.region.startswith("50") else 50_000
    levels = {}
    for year in range(2021, 2026):
        for month in range(1, 13):
            rest = tce(known, story, year - 1, 12) - tce(known, story, year - 1, month)
            levels[year, month] = nearness((rest + tce(known, story, year, month)) / threshold)
    told = {CHONGQING_PROJECT[0]: CHONGQING_PROJECT, HEILONGJIANG_PROJECT[0]: HEILONGJIANG_PROJECT}
    key = told.get(f"project:{story.id}")
    assert labelled(changes(levels)) == (expected(*key) if key else [])


def test_a_level_is_never_near_the_edge_of_its_band(known):
    """A tenth of a point to spare, so that published rounding to four decimals changes no level."""
    energy, gdp = known["region:500000"]["energy.total"], known["region:500000"]["gdp"]
    edges = (annual_rate("500000"), annual_rate("500000") * Fraction(9, 10))
    for year, month in energy:
        if year > 2020 and month in QUARTER_ENDS:
            rate = reduction(energy, gdp, year, month)
            assert min(abs(rate - edge) for edge in edges) > Fraction(1, 10), (year, month)


def test_each_story_is_told_in_words():
    of_projects = (*TWO_HIGH, *BUILDING, *REDUCTIONS, *DOUBLED)
    assert all(story.told for story in (*REGIONS, *of_projects))
    assert {record.id for record in projects()} == {story.id for story in of_projects}


def test_one_project_is_begun_before_its_review_and_dealt_with_later():
    (late,) = [one for one in projects() if one.kind == "two_high_project" and one.stage == "under_construction"]
    assert late.started_on < late.energy_review.approved_on
    assert late.eia.approved_on <= late.started_on
    told = [Period(day.year, 1, day.month).label for day in (late.started_on, late.disposal.done_on)]
    assert expected(*BUILDING_PROJECT) == [("raised", told[0]), ("cleared", told[1])]
    others = [one for one in projects() if one.kind == "two_high_project" and one.id != late.id]
    assert all(max(one.energy_review.approved_on, one.eia.approved_on) <= one.started_on for one in others)


def test_two_projects_of_the_ledger_name_one_source_and_no_others_do():
    ledger = [one for one in projects() if one.kind == "reduction_project"]
    sources = [(one.permit, one.facility) for one in ledger]
    doubled = [one for one in ledger if sources.count((one.permit, one.facility)) > 1]
    assert {f"project:{one.id}" for one in doubled} == set(DOUBLED_PROJECTS)
    later = max(one.valid_from for one in doubled)
    for project in DOUBLED_PROJECTS:
        assert expected(project, DOUBLE_COUNT, "single") == [("raised", Period(later.year, 1, later.month).label)]


def test_projects_use_and_cut_no_more_than_their_entries_allow(known):
    entries = {f"project:{one.id}": one for one in projects()}
    for story in TWO_HIGH:
        most = max(tce(known, story, year, 12) for year in range(2020, 2026))
        assert most * Fraction(11, 10) < entries[f"project:{story.id}"].reviewed_tce
    for story in REDUCTIONS:
        base = entries[f"project:{story.id}"].base_discharge
        for indicator, _ in story.due:
            cut = sum(known[f"project:{story.id}"][indicator][year, 12] for year in range(2021, 2026))
            assert 2 * cut < base[indicator.removeprefix("reduction.")]


def test_orange_is_reached_and_not_only_neared(known):
    story = TWO_HIGH[0]
    rest = tce(known, story, 2024, 12) - tce(known, story, 2024, 6)
    assert nearness((rest + tce(known, story, 2025, 6)) / 5_000) == ORANGE
