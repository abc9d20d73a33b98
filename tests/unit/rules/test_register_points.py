"""The months register checks are judged at: where the answer can change, and nowhere else."""

from datetime import date

import pytest
from register_support import (
    PROJECT,
    make_check,
    make_check_law,
    make_cut,
    make_project,
    make_region,
    make_tonnes,
)
from rules_support import REGION, collect, make_figures, make_target, monthly

from planwatch.contract.records import Records
from planwatch.contract.registry import Disposal, Irregularity
from planwatch.rules.case import Surroundings
from planwatch.rules.points import points

OTHER = "project:p2"


def _points(check, *entries, figures=(), today=None, members=(), others=(), **over):
    target = make_check(check, **over)
    around = Surroundings(members=members, records=Records.of(entries), today=today)
    law = make_check_law(target, *others)
    return [point.label for point in points(target, PROJECT, collect(figures), law, around)]


def _listed(**over):
    return make_project(**({"valid_from": date(2022, 3, 5), "started_on": None} | over))


@pytest.mark.parametrize(
    ("over", "labels"),
    [
        ({}, ["2022-Q1"]),
        ({"valid_from": date(2019, 5, 1)}, ["2021-01"]),
        ({"valid_to": date(2023, 4, 29)}, ["2022-Q1", "2023-01~04"]),
        ({"valid_to": date(2023, 4, 30)}, ["2022-Q1", "2023-01~05"]),
        ({"started_on": date(2022, 9, 1)}, ["2022-Q1", "2022-01~09"]),
        ({"started_on": date(2021, 9, 1)}, ["2022-Q1"]),
        ({"disposal": Disposal(opinion="改", deadline=date(2023, 6, 29))}, ["2022-Q1", "2023-H1"]),
        ({"disposal": Disposal(opinion="改", deadline=date(2023, 6, 30))}, ["2022-Q1", "2023-01~07"]),
        ({"disposal": Disposal(opinion="改", done_on=date(2023, 6, 30))}, ["2022-Q1", "2023-H1"]),
        ({"disposal": Disposal(opinion="改", deadline=date(2025, 12, 31))}, ["2022-Q1"]),
        ({"valid_to": date.max}, ["2022-Q1"]),
    ],
    ids=[
        "listed",
        "listed before the plan",
        "off the list",
        "off the list at a month's end",
        "begun",
        "begun before it was listed",
        "deadline",
        "deadline at a month's end",
        "done",
        "deadline after the plan",
        "listed for ever",
    ],
)
def test_days_of_an_entry_are_points(over, labels):
    assert _points("disposal_overdue", _listed(**over)) == labels


def test_every_entry_and_irregularity_has_its_points():
    found = Irregularity(what="policy_mismatch", found_on=date(2023, 1, 9), note="x", closed_on=date(2023, 8, 1))
    entries = (_listed(), _listed(valid_from=date(2022, 12, 31), irregularities=(found,)))
    assert _points("policy_mismatch", *entries) == ["2022-Q1", "2022", "2023-01", "2023-01~08"]


@pytest.mark.parametrize(
    ("today", "labels"),
    [(date(2022, 2, 28), []), (date(2022, 3, 1), ["2022-Q1"]), (date(2023, 7, 1), ["2022-Q1", "2023-01~07"])],
)
def test_nothing_is_judged_after_todays_month(today, labels):
    entry = _listed(disposal=Disposal(opinion="改", deadline=date(2023, 6, 30)))
    assert _points("disposal_overdue", entry, today=today) == labels


def test_who_is_not_registered_has_no_points():
    assert _points("above_approved", figures=monthly("energy.raw_coal", 2022, [1], PROJECT)) == []


@pytest.mark.parametrize(
    ("check", "cadence", "labels"),
    [
        ("above_approved", "month", ["2022-Q1", "2022-01~04", "2022-01~05", "2022-H1"]),
        ("above_approved", "quarter", ["2022-Q1", "2022-H1"]),
        ("policy_mismatch", "month", ["2022-Q1"]),
    ],
)
def test_months_with_figures_count_where_the_check_needs_them(check, cadence, labels):
    figures = monthly("energy.raw_coal", 2022, [1] * 6, PROJECT)
    assert _points(check, _listed(), figures=figures, cadence=cadence) == labels


def test_a_followed_targets_figures_are_points():
    basic = make_target(id="basic")
    above = (make_region("500102", "500000"), make_region("500000", None))
    figures = make_figures("gdp", {"2021-Q1": "1", "2022-H1": "1", "2023": "1"}, REGION)
    labels = _points(
        "substitution_missing", _listed(region="500102"), *above, figures=figures, others=(basic,), follows="basic"
    )
    assert labels == ["2022-Q1", "2022-H1", "2023"]


@pytest.mark.parametrize(
    ("permit", "labels"),
    [("PW-1", ["2021-01", "2021-01~02", "2022-01~05", "2023-Q1"]), ("PW-2", ["2021-01", "2021-01~02"])],
    ids=["shares the permit", "another permit"],
)
def test_who_shares_a_permit_brings_its_points(permit, labels):
    other = make_cut("p2", permit=permit, valid_from=date(2022, 5, 1))
    figures = (make_tonnes("reduction.cod", "2021-02", "1"), make_tonnes("reduction.cod", "2023-03", "1", OTHER))
    assert _points("double_counted", make_cut(), other, figures=figures, members=(OTHER,)) == labels
