"""Factor codes and monitoring points from YAML: what is read, and every fault with its line."""

from datetime import date

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.report import SubjectKind
from planwatch.plans.hj212_factors import load_factors, load_stations
from planwatch.plans.loader import load_catalogue

POINT = "  - {mn: M1, unit: 91500000MA5U00000X, st: 32, factors: [w01018, '060']}\n"


def stations(tmp_path, text):
    path = tmp_path / "stations.yaml"
    path.write_text(text, "utf-8")
    return load_stations(path, load_factors())


def test_indicators_of_the_factors_exist_and_units_may_report_them():
    catalogue = load_catalogue()
    for factor in load_factors().factors:
        if factor.indicator:
            found = catalogue.by_id[factor.indicator]
            assert SubjectKind.UNIT in found.reported_by, factor.code
            assert factor.unit == "kg"


def test_codes_of_methodology_are_there():
    water, gas = load_factors().by_code(32), load_factors().by_code(31)
    assert {code: water[code].indicator for code in ("w01018", "011", "w21003", "060")} == {
        "w01018": "emission.cod", "011": "emission.cod", "w21003": "emission.nh3n", "060": "emission.nh3n",
    }  # fmt: skip
    assert [gas[code].indicator for code in ("a21002", "03", "a21026", "02")] == ["emission.nox"] * 2 + [
        "emission.so2"
    ] * 2


def test_points_are_read(tmp_path):
    (one,) = stations(tmp_path, "stations:\n" + POINT.replace("]}", "], since: 2024-03-01}")).stations
    assert (one.mn, one.st, one.since) == ("M1", 32, date(2024, 3, 1))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param(POINT.replace("w01018", "a21002"), 2, "a21002 is no factor of st 32", id="code of the other kind"),
        pytest.param(POINT.replace("st: 32", "st: 22"), 2, "31 or 32", id="ambient water"),
        pytest.param(POINT + POINT, 1, "mn stands twice", id="twice"),
        pytest.param(POINT.replace("[w01018, '060']", "[]"), 2, "at least 1", id="no factors"),
        pytest.param(POINT.replace("unit:", "subject:"), 2, "'unit' is missing", id="no unit"),
        pytest.param(
            POINT.replace("]}", "], since: 2024-03-01, until: 2023-01-01}"), 2, "before it begins", id="ends first"
        ),
    ],
)
def test_faulty_point_is_told_with_its_line(tmp_path, text, line, said):
    with pytest.raises(InvalidDocument) as refused:
        stations(tmp_path, "stations:\n" + text)
    assert any(at == line and said in message for at, message in refused.value.faults), refused.value.faults
