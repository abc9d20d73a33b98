"""Values of holders: read from YAML and CSV alike, with faults on their line and column, and held against the plan."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from plans_support import law, plan, target

from planwatch.contract.decomposition import SubTarget
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import Law, PathKind
from planwatch.contract.registry import RegionRecord
from planwatch.plans.decomposition_check import split_findings
from planwatch.plans.decompositions import with_decompositions

TEXT = "下降10%,减排100吨,分解到各区"
NAMES = {"120101": "和平区", "120102": "河东区", "120101-KF": "和平开发区", "120116": "滨海新区"}
REGIONS = {
    code: RegionRecord.model_validate_json(
        f'{{"id": "{code}", "name": "{name}", "valid_from": "2020-01-01", "parent": "{parent}", "standard": "{made_by}"}}'
    )
    for code, name, parent, made_by in (
        ("120101", "和平区", "120000", "GB/T 2260"),
        ("120102", "河东区", "120000", "GB/T 2260"),
        ("120101-KF", "和平开发区", "120101", "local"),
        ("120000-GX", "高新区", "120000", "local"),
    )
}


def split_law(**changed: Any) -> Law:
    """A rate and a tonnage of the county, each split, and a flexible total of the districts."""
    rate = {"kind": "reduction_rate", "path": "geometric", "base_year": 2020, "target_year": 2025}
    tonnes = {"kind": "cumulative_reduction", "path": "linear", "unit": "t", "base_year": 2020, "target_year": 2025}
    tonnes["measure"] = {"of": "reduction.cod", "unit": "t"}
    total = {"kind": "flexible_total", "comparator": "<=", "base_year": 2020, "target_year": 2025, "unit": "万tce"}
    by_weight = {"sums_to": "county.rate", "adding": "weighted_mean"}
    by_sum = {"sums_to": "county.tonnes", "adding": "sum"}
    return law(
        plan(
            target(TEXT, "下降10%", id="county.rate", value="10", **rate),
            target(TEXT, "减排100吨", id="county.tonnes", value="100", **tonnes),
            target(TEXT, "分解到各区", id="county.rates", decompose=by_weight, **rate),
            target(TEXT, "分解到各区", id="county.shares", decompose=by_sum, **tonnes),
            target(TEXT, "分解到各区", id="county.total", decompose={}, follows="county.rates", **total),
            target(TEXT, "分解到各区", id="county.quota", decompose={"holders": "unit"}, kind="quota", comparator="<="),
        )
    )


def folder_with(tmp_path: Path, name: str, content: str) -> Path:
    """A folder with one file of values."""
    (tmp_path / "decompositions").mkdir(exist_ok=True)
    (tmp_path / "decompositions" / name).write_text(content, "utf-8")
    return tmp_path


def loaded(folder: Path) -> Law:
    """The law with the folder's values."""
    return with_decompositions(split_law(), [folder], NAMES)


YAML = """of: county.rates
about: 各区目标
source: 通知
approved_by: 某县人民政府
approved_on: 2022-06-01
rows:
  - holder: region:120101
    value: "12"
    weight: "3000"
    basis: 能源产出率
    milestones: [{year: 2021, value: "2"}, {year: 2023, value: "7"}]
"""
CSV = """\ufeffof,holder,value,weight,basis,2021,2023,approved_by,approved_on
county.rates,region:120101,12,3000,能源产出率,2,7,某县人民政府,2022-06-01
"""


def test_yaml_and_csv_give_the_same_target(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = loaded(folder_with(tmp_path / "a", "rates.yaml", YAML)).targets["county.rates.120101"]
    other = loaded(folder_with(tmp_path / "b", "rates.csv", CSV)).targets["county.rates.120101"]
    assert one == other
    assert (one.value, one.zh, one.parent) == (Decimal(12), "某县绿色出行比例(和平区)", "county.rates")
    assert (one.approved_by, str(one.approved_on)) == ("某县人民政府", "2022-06-01")
    assert [(step.year, step.value) for step in one.milestones] == [(2021, Decimal(2)), (2023, Decimal(7))]


def test_a_csv_may_hold_several_targets_and_leave_cells_empty(tmp_path: Path) -> None:
    rows = "of,holder,trait,value,growth_2021,growth_2022\n"
    rows += "county.shares,region:120101,,60,,\n\ncounty.shares,region:120102,,40,,\n"
    rows += "county.total,region:120101,,,5,5.5\ncounty.quota,,institution=hospital,30,,\n"
    found = loaded(folder_with(tmp_path, "all.csv", rows)).targets
    assert found["county.shares.120102"].value == Decimal(40)
    assert [(one.year, one.percent) for one in found["county.total.120101"].growth] == [
        (2021, Decimal(5)),
        (2022, Decimal("5.5")),
    ]
    assert found["county.total.120101"].follows == "county.rates.120101"
    assert found["county.quota.hospital"].applies_to.traits == {"institution": "hospital"}


def test_a_value_for_every_year_makes_the_path(tmp_path: Path) -> None:
    rows = "of,holder,value,2021,2022,2023,2024,2025\ncounty.rates,region:120101,10,2,4,6,8,10\n"
    assert loaded(folder_with(tmp_path, "r.csv", rows)).targets["county.rates.120101"].path is PathKind.MILESTONES


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("of,holder,amount\n", [(1, "unknown column 'amount'; allowed: of, holder, trait, value, weight, basis")]),
        ("holder,value\n", [(1, "column 'of' (the id of the decomposed target) is missing")]),
        ("of,value,value\n", [(1, "column 'value' stands twice; keep one of them")]),
        ("of,holder,value\n", [(1, "has no rows: write one line for each holder below the header")]),
        ("", [(1, "column 'of'")]),
        ("of,holder,value\ncounty.rates,region:120101\n", [(2, "2 cells, but the header has 3 columns")]),
        ("of,holder,value\n,region:120101,3\n", [(2, "column of: the id of the decomposed target is missing")]),
        (
            "of,holder,value\ncounty.rates,region:120101,12%\n",
            [(2, "column value: value: not a number, e.g. \"14.5\" (given: '12%')")],
        ),
        (
            "of,holder,value,2022\ncounty.rates,region:120101,12,four\n",
            [(2, "column 2022: value: not a number")],
        ),
        (
            "of,holder,growth_2021,growth_2022\ncounty.total,region:120101,5,six\n",
            [(2, "column growth_2022: percent: not a number")],
        ),
        (
            'of,holder,value,basis\ncounty.rates,region:120101,12,"两\n行"\ncounty.rates,region:120102,zwölf,\n',
            [(4, "column value: value: not a number")],
        ),
        (
            "of,holder,value\ncounty.rate,region:120101,3\n",
            [(2, "column of: 'county.rate' is not a decomposed target")],
        ),
        ("of,holder,value\ncounty.rates,region:129999,3\n", [(2, "column holder: unknown region '129999'")]),
        ("of,holder,value\ncounty.rates,unit:a1,3\n", [(2, "column holder: county.rates is for a region, not a unit")]),
        ("of,trait,value\ncounty.rates,size=big,3\n", [(2, "column trait: county.rates is for a region")]),
        ("of,holder,growth_2021\ncounty.rates,region:120101,3\n", [(2, "column value: county.rates needs the value")]),
        (
            "of,holder,value,growth_2021\ncounty.rates,region:120101,3,5\n",
            [(2, "column growth: county.rates is no flexible total")],
        ),
        ("of,holder,value,weight\ncounty.rates,region:120101,3,0\n", [(2, "column weight: the weight is the energy")]),
        (
            "of,holder,value,2019\ncounty.rates,region:120101,3,1\n",
            [(2, "year 2019 is not on the way; allowed: 2021 to 2025")],
        ),
        (
            "of,holder,value\ncounty.rates,region:120101,3\ncounty.rates,region:120101,4\n",
            [(3, "county.rates.120101 already has its value")],
        ),
        (
            "of,holder,value,approved_on\ncounty.rates,region:120101,3,June\n",
            [(2, "column approved_on: approved_on: must be a valid date")],
        ),
        ('of,holder,value\ncounty.rates,region:120101,"3\n', [(2, "is no valid CSV")]),
    ],
)
def test_a_fault_of_a_table_names_line_and_column(tmp_path: Path, content: str, faults: list[tuple[int, str]]) -> None:
    with pytest.raises(InvalidDocument) as caught:
        loaded(folder_with(tmp_path, "broken.csv", content))
    found = caught.value.faults
    assert {line for line, _ in found} == {line for line, _ in faults}
    assert all(any(at == line and fragment in words for at, words in found) for line, fragment in faults), found


def test_a_table_that_is_not_utf8_says_how_to_save_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "gbk.csv", "")
    (folder / "decompositions" / "gbk.csv").write_bytes("of,basis\ncounty.rates,能源\n".encode("gbk"))
    with pytest.raises(InvalidDocument, match=r"gbk\.csv:2: is not UTF-8 text: save it as «CSV UTF-8»"):
        loaded(folder)


def row(code: str, value: str, weight: str | None = None) -> SubTarget:
    """A district's value."""
    return SubTarget(holder=f"region:{code}", value=Decimal(value), weight=Decimal(weight) if weight else None)


def said(of: str, *rows: SubTarget) -> list[str]:
    """What the check says of these rows."""
    return [one.message for one in split_findings(split_law(), [(of, one) for one in rows], REGIONS)]


@pytest.mark.parametrize(
    ("of", "rows"),
    [
        ("county.shares", (row("120101", "60"), row("120102", "40"))),
        ("county.shares", (row("120101", "70"), row("120102", "40"))),
        ("county.rates", (row("120101", "12", "1"), row("120102", "8", "1"))),
        ("county.rates", (row("120101", "9", "1"), row("120102", "10.5", "2"))),
        ("county.rates", (row("120101", "10", "1"), row("120102", "10", "2"), row("120101-KF", "1", None))),
    ],
    ids=["exactly", "more than asked", "mean", "weighted mean", "a zone inside without a weight"],
)
def test_rows_that_reach_the_plan_have_no_finding(of: str, rows: tuple[SubTarget, ...]) -> None:
    assert said(of, *rows) == []


@pytest.mark.parametrize(
    ("of", "rows", "message"),
    [
        (
            "county.shares",
            (row("120101", "60"), row("120102", "39.5")),
            "its values that count (2) add up to 99.5 t; county.tonnes asks for 100 t",
        ),
        (
            "county.shares",
            (row("120101", "60"), row("120102", "30"), row("120101-KF", "10")),
            "its values that count (2) add up to 90 t; county.tonnes asks for 100 t",
        ),
        (
            "county.shares",
            (row("120101", "60"),),
            "its values that count (1) add up to 60 t; county.tonnes asks for 100 t; no row for 河东区 (120102)",
        ),
        (
            "county.rates",
            (row("120101", "12", "1"), row("120102", "8", "3")),
            "its values that count (2), weighted with energy, come to 9 %; county.rate asks for 10 %",
        ),
        (
            "county.rates",
            (row("120101", "12", "1"), row("120102", "8")),
            "cannot be checked against county.rate; no weight (energy of the base year in tce) for 120102",
        ),
        (
            "county.rates",
            (row("120101", "12", "1"),),
            "cannot be checked against county.rate; no row for 河东区 (120102)",
        ),
    ],
    ids=["short", "a zone twice", "a district absent", "mean short", "no weight", "not all"],
)
def test_rows_that_fall_short_or_cannot_be_checked_are_found(
    of: str, rows: tuple[SubTarget, ...], message: str
) -> None:
    assert said(of, *rows) == [message]


def test_a_zone_of_no_holder_counts() -> None:
    assert said("county.shares", row("120101", "60"), row("120102", "30"), row("120000-GX", "10")) == []


def test_a_split_that_nobody_loaded_has_nothing_to_check() -> None:
    assert split_findings(split_law(), [], REGIONS) == []
