"""Mappings: faults are named with file and line, and those in docs/examples do what they say on public figures."""

import re
from decimal import Decimal

import pytest
from files_support import CASES, CATALOGUE, MAPPINGS, figures, load

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.report import Flag
from planwatch.ingest.files.mapping_check import mapping_faults
from planwatch.service.commands.load import read_mapping

USUAL = """\
id: test
zh: 测试
en: test
origin: made up
reports:
  subject: {kind: {constant: unit}, id: {column: id}}
  period: {form: YYYY-MM, column: month}
  report_id: {template: "{id}-{month}"}
  submitted_at: {days_after: 10}
  readings:
    - {indicator: energy.raw_coal, unit: t, column: coal}
"""


def refused(folder, text):
    path = folder / "m.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidDocument) as caught:
        read_mapping(path, CATALOGUE)
    return str(caught.value).removeprefix(f"{folder}/")


def test_mapping_without_faults_is_read(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(USUAL, "utf-8")
    assert read_mapping(path, CATALOGUE).reports.readings[0].column == "coal"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("column: coal", "colunm: coal", "m.yaml:11: unknown key 'colunm'"),
        ("column: coal", "column: coal, sum_of: [a]", "m.yaml:11: .*either column or sum_of"),
        ("unit: t", "unit: kWh", "m.yaml:11: unit 'kWh' does not fit energy.raw_coal; allowed: t,"),
        ("energy.raw_coal", "energy.coal", "m.yaml:11: no indicator 'energy.coal'"),
        ("energy.raw_coal, unit: t", "gdp, unit: CNY", "m.yaml:11: gdp is reported by region, not by a unit"),
        ("constant: unit", "constant: castle", "m.yaml:6: .*castle"),
        ("form: YYYY-MM,", "form: YYYY,", "m.yaml:7: .*YYYY-MM"),
        ("form: YYYY-MM,", "form: year+month,", "m.yaml:7: .*takes year, month; given: column"),
        ('template: "{id}', 'column: a, template: "{id}', "m.yaml:8: .*exactly one of column, constant, template"),
        ("days_after: 10", "days_after: -1", "m.yaml:9: "),
        ("{days_after: 10}", "{}", "m.yaml:9: .*give column, days_after or both"),
        ("en: test", "en: test\nen: test", "m.yaml:4: 'en' stands here twice"),
    ],
    ids=[
        "unknown key",
        "two origins",
        "unit",
        "indicator",
        "not by a unit",
        "kind of subject",
        "form of period",
        "columns of the form",
        "two origins of a text",
        "negative days",
        "no time",
        "key twice",
    ],
)
def test_fault_is_named_with_its_line(tmp_path, old, new, said):
    assert re.search(said, refused(tmp_path, USUAL.replace(old, new)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    - {indicator: energy.raw_coal, unit: t, column: x}\n", "m.yaml:12: energy.raw_coal is read twice"),
        ("  source: {constant: rumour}\n", "m.yaml:12: source is 'rumour'; allowed: meter"),
        (
            "  balances:\n    - {inputs: [a], outputs: [b], marks: [electricity.sold], note: x}\n",
            "m.yaml:13: no reading states electricity.sold",
        ),
        ("  aggregate: sum_by_month\n", "needs the long form"),
        ("  incomplete: reject\n", "allowed are accept, suspect, hold"),
        ("registry: {record: unit, fields: {id: {column: id}}}\n", "either reports or registry"),
    ],
    ids=["reading twice", "source", "balance", "aggregate", "incomplete", "two products"],
)
def test_fault_of_the_whole_is_named(tmp_path, more, said):
    assert said in refused(tmp_path, USUAL + more)


def test_registry_mapping_is_held_against_the_record(tmp_path):
    text = (
        USUAL.split("reports:", maxsplit=1)[0]
        + "registry:\n  record: unit\n  fields:\n    id: {column: a}\n    colour: {column: b}\n"
    )
    said = refused(tmp_path, text)
    assert "m.yaml:9: a unit record has no field 'colour'; allowed: category, credit_code, id, industry" in said
    assert "a unit record needs the field 'region'" in said


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_example_mappings_fit_the_catalogue(path):
    mapping = read_mapping(path, CATALOGUE)
    assert mapping_faults(mapping, CATALOGUE) == ()
    assert mapping.id == path.stem


NET_GENERATION = (
    "64182.91",
    "171748.3",
    "3967.0",
    "42058.33",
    "879332.01",
    "1547921.0",
    "48101.66",
    "297787.63",
)
"""MWh of AOR, COW, HPS, HYC, NG, NUC, OTH and PEL in Connecticut, January 2014."""


def test_states_are_read_as_published():
    """Figures of Connecticut, January 2014, added up by hand from the rows of the EIA extract."""
    mapping = read_mapping(MAPPINGS / "us-states.yaml", CATALOGUE)
    reports, account, rejected = load(CASES / "states_monthly.csv", mapping)
    by_id = {report.report_id: report for report in reports}
    assert figures(by_id["eia-CT-2014-01"]) == {
        "energy.fuel_heat": ("12225940.0", None),
        "output.electricity": (
            str(sum(map(Decimal, NET_GENERATION))),
            None,
        ),
    }
    assert (account.rows_read, len(reports), rejected) == (204, 12, [])


def test_state_with_an_unpublished_fuel_is_suspect():
    mapping = read_mapping(MAPPINGS / "us-states.yaml", CATALOGUE)
    reports, account, _ = load(CASES / "states_monthly.csv", mapping)
    suspect = [report for report in reports if report.readings[0].flag is Flag.SUSPECT]
    assert {report.subject.id for report in suspect} == {"US-RI"}
    assert {reading.note for report in suspect for reading in report.readings} == {"without PEL: not reported"}
    assert account.rows_empty == 6


def test_days_of_an_area_become_months():
    """January and February 2009 are whole; of March there are ten days, so it is held."""
    mapping = read_mapping(MAPPINGS / "us-areas-daily.yaml", CATALOGUE)
    reports, _, _ = load(CASES / "areas_daily.csv", mapping)
    assert [report.report_id for report in reports] == ["US-CT-2009-01", "US-CT-2009-02", "US-CT-2009-03"]
    january, _, march = reports
    assert figures(january)["emission.nox"] == ("462.556", None)
    assert {(reading.flag, reading.note) for reading in march.readings} == {(Flag.HELD, "sum of 10 of 31 days")}
