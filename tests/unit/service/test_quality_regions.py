"""Figures of simulated regions and projects: what is clean is not held, and Tianjin's misstatement is asked about."""

from datetime import date

import pytest

from planwatch.contract.period import Period
from planwatch.contract.report import parse_report
from planwatch.plans.merged import load_merged
from planwatch.quality.rulebook import Rulebook
from planwatch.service.quality_subjects import stated
from planwatch.simulate.scenario import FIRST, deliveries

LAW = load_merged()
BOOK = Rulebook(LAW.quality, LAW.catalogue)


def doubts(last, today, *, corrections=True):
    """Findings about regions and projects from what was handed in until then."""
    handed_in = (one for one in deliveries(1, 0, FIRST, last) if corrections or not one.corrections)
    reports = (parse_report(value) for one in handed_in for _, value in one.messages)
    subjects = stated(reports, LAW.catalogue)
    assert {who.partition(":")[0] for who in subjects} == {"region", "project"}
    return [finding for one in subjects.values() for finding in one.findings(BOOK, today)]


@pytest.mark.parametrize("year", [2021, 2022, 2024, 2025])
def test_clean_regions_and_projects_are_not_held(year):
    found = doubts(Period.month(year, 12), date(year + 1, 2, 1))
    assert [one for one in found if one.outcome.value == "hold"] == []


def test_misstatement_of_tianjin_is_asked_about_and_counts():
    found = doubts(Period.month(2023, 6), date(2023, 7, 20), corrections=False)
    mine = {(one.rule.value, one.outcome.value) for one in found if one.subject == "region:120000"}
    assert ("Q09", "query") in mine
    assert {outcome for _, outcome in mine} == {"query"}
