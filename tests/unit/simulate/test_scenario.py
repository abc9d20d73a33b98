"""The made-up world: the same seed gives the same bytes, and all of it keeps the contract."""

from decimal import Decimal
from itertools import islice, pairwise

import pytest

from planwatch.contract.period import Period
from planwatch.contract.registry import parent_region, parse_record, subject_of
from planwatch.contract.report import parse_report
from planwatch.plans.loader import load_catalogue, load_regions
from planwatch.simulate import scenario, units
from planwatch.simulate.regions import BELOW, PLAN_REGIONS

CATALOGUE = load_catalogue()
Q1_2024 = (Period.month(2024, 1), Period.month(2024, 3))


def lines(seed, count=10, span=Q1_2024):
    return b"\n".join(key + b"\t" + value for key, value in scenario.messages(seed, count, *span))


def test_same_seed_gives_the_same_bytes():
    assert lines(7) == lines(7)


def test_other_seed_gives_other_bytes():
    assert lines(7) != lines(8)


def test_unit_reports_the_same_however_many_units_there_are():
    few = list(units.messages(3, 5, Period.month(2024, 5)))
    many = list(units.messages(3, 50, Period.month(2024, 5)))
    assert many[:5] == few


def test_part_of_the_time_gives_the_same_bytes_as_the_whole():
    whole = {value for _, value in scenario.messages(1, 4, scenario.FIRST, scenario.LAST)}
    part = {value for _, value in scenario.messages(1, 4, *Q1_2024)}
    assert part < whole


@pytest.mark.parametrize("profile", range(len(units.PROFILES)))
def test_hand_written_json_is_what_the_model_writes(profile):
    written = [message for month in (2, 3, 12) for message in units.messages(9, 40, Period.month(2023, month))]
    for key, value in written[profile :: len(units.PROFILES)]:
        report = parse_report(value)
        assert report.to_json() == value
        assert report.key == key


def test_every_report_fits_the_catalogue():
    for report in scenario.reports(1, 10, scenario.FIRST, scenario.LAST):
        assert CATALOGUE.faults(report) == (), report.report_id
        assert all(CATALOGUE.why_held(reading) is None for reading in report.readings), report.report_id


def test_reports_come_in_the_order_of_handing_in():
    moments = [report.submitted_at for report in scenario.reports(1, 3, scenario.FIRST, scenario.LAST)]
    assert all(earlier <= later for earlier, later in pairwise(moments))


def test_report_ids_are_unique():
    ids = [report.report_id for report in scenario.reports(1, 10, scenario.FIRST, scenario.LAST)]
    assert len(set(ids)) == len(ids)


def test_january_is_never_reported_by_those_in_the_survey():
    surveyed = [
        report
        for report in scenario.reports(1, 5, Period.month(2024, 1), Period.month(2024, 2))
        if report.subject.kind != "project"
    ]
    assert {(report.period, report.cumulative) for report in surveyed} == {("2024-02", True)}


def test_some_regions_report_year_to_date_and_some_single_months():
    march = [
        report
        for report in scenario.reports(1, 0, Period.month(2024, 3), Period.month(2024, 3))
        if report.subject.kind == "region"
    ]
    assert {report.cumulative for report in march} == {True, False}


def test_correction_is_a_delivery_of_its_own_and_names_only_what_was_wrong():
    june = list(scenario.deliveries(1, 0, Period.month(2023, 6), Period.month(2023, 6)))
    assert [delivery.corrections for delivery in june] == [False, True]
    first = {report.report_id: report for report in map(parse_report, (v for _, v in june[0].messages))}
    (correction,) = [parse_report(value) for _, value in june[1].messages]
    assert correction.revision == 1
    assert [reading.indicator for reading in correction.readings] == ["energy.total"]
    stated = {reading.indicator: reading.value for reading in first[correction.report_id.removesuffix("-r1")].readings}
    assert stated["energy.total"] == Decimal("1.33") * correction.readings[0].value


def test_registry_keeps_the_contract_and_names_parents_first():
    known = set()
    for record in scenario.registry(1, 25):
        assert parse_record(record.model_dump_json().encode()) == record
        above = parent_region(record)
        assert above is None or above in known, record.id
        known.add(record.id)
    assert len(known) == len(list(scenario.registry(1, 25)))


def test_every_reporter_is_registered():
    registered = {str(subject_of(record)) for record in scenario.registry(1, 30)}
    reporters = {str(report.subject) for report in scenario.reports(1, 30, *Q1_2024)}
    assert reporters <= registered


def test_regions_are_those_of_the_plans():
    ours = {code: name for below in BELOW.values() for code, name in below.items()} | PLAN_REGIONS
    theirs = {region.id: region.name for region in load_regions()}
    assert {code: theirs.get(code) for code in ours} == ours


def test_units_stream():
    """A million units cost nothing until they are asked for."""
    endless = scenario.messages(1, 10**6, Period.month(2024, 3), Period.month(2024, 3))
    keys = [key for key, _ in islice(endless, 100)]
    assert sum(key.startswith(b"unit:SIM") for key in keys) > 50
