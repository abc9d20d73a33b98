"""Register tables: templates, every field reachable by a column, every fault with row and column."""

import csv
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import xlsxwriter
from pydantic import BaseModel

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.registry import MeasuredFactor, UnitCategory
from planwatch.ingest.files.register_checks import Outside, check_register
from planwatch.ingest.files.register_kinds import KINDS, REDUCTION, REGIONS, TWO_HIGH, UNITS
from planwatch.ingest.files.register_table import letter, read_register
from planwatch.ingest.files.register_template import write_register_template
from planwatch.plans.calendar_files import load_industries

CODE = "91350100M000100Y43"
SOUND = {"统一社会信用代码": CODE, "单位名称": "示例厂", "行政区划代码": "120110", "生效日期": "2024-01-01"}
PROJECT = {"项目代码": "LG-1", "项目名称": "示例", "行政区划代码": "120110", "生效日期": "2024-01-01"}


def write(folder: Path, *rows: dict[str, str], headers: list[str] | None = None, encoding: str = "utf-8") -> Path:
    names = headers or list(dict.fromkeys(name for row in rows for name in row))
    path = folder / "register.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(folder: Path, kind, *rows: dict[str, str], **over: Any):
    return read_register(write(folder, *rows, **over), kind)


def one(folder: Path, kind, row: dict[str, str]):
    found = read(folder, kind, row)
    assert found.faults == []
    (entry,) = found.entries
    return entry.record


def outside(**over: Any) -> Outside:
    given: dict[str, Any] = {
        "regions": frozenset({"12", "120110"}),
        "industries": load_industries(),
        "fault_of_factor": lambda factor: "" if factor.kgce < 1 else f"{factor.kgce} is outside 0 to 1",
        "standing": {},
    }
    return Outside(**(given | over))


def said(found) -> list[str]:
    return [str(fault) for fault in found.faults]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_template_has_no_fault_and_no_record(tmp_path, kind, ending):
    path = tmp_path / f"t.{ending}"
    write_register_template(path, kind)
    with pytest.raises(InvalidDocument, match="没有数据行"):
        read_register(path, kind)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_example_of_each_template_is_a_record(tmp_path, kind):
    given = {column.zh: column.example for column in kind.columns if column.example}
    if kind.name == "duties":
        given["设定说明"] = "示例"
    assert one(tmp_path, kind, given).valid_from == date(2024, 1, 1)


def _paths(model: type[BaseModel]) -> set[str]:
    """Every field of a model and of the single models inside it; lists and dictionaries are one cell."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        single = get_origin(field.annotation) is not tuple
        inner = [one for one in (field.annotation, *get_args(field.annotation)) if isinstance(one, type) and single]
        nested = next((one for one in inner if issubclass(one, BaseModel)), None)
        found |= {f"{name}.{path}" for path in _paths(nested)} if nested else {name}
    return found - {"kind"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_of_the_contract_has_a_column(kind):
    columns = {column.path for column in kind.columns}
    reached = columns | {path.partition(".")[0] for path in columns if path.startswith("base_discharge.")}
    assert _paths(kind.model) <= reached
    assert len(columns) == len(kind.columns) == len({column.zh for column in kind.columns})


def test_headers_may_be_fields_and_codes_may_be_gbk(tmp_path):
    row = {"credit_code": CODE, "name": "示例厂", "region": "120110", "valid_from": "2024年1月5日"}
    (entry,) = read(tmp_path, UNITS, row, encoding="gbk").entries
    assert (entry.record.id, entry.record.valid_from, entry.row) == (CODE, date(2024, 1, 5), 2)


def test_unit_with_everything(tmp_path):
    unit = one(
        tmp_path,
        UNITS,
        SOUND
        | {
            "单位编号": "U-1",
            "法人单位": "示例集团",
            "行业代码": "C3011",
            "单位类别": "万吨以上",
            "是否两高": "是",
            "特征": "institution=hospital; facility=data_centre",
            "实测折标系数": "raw_coal|0.6512|2024-01-01|2024-12-31|检-1; coke|0.97|2024/1/1",
            "修订号": "2",
        },
    )
    assert (unit.id, unit.credit_code, unit.legal_person) == ("U-1", CODE, "示例集团")
    assert (unit.category, unit.two_high, unit.revision) == (UnitCategory.GE_10000, True, 2)
    assert unit.traits == {"institution": "hospital", "facility": "data_centre"}
    assert unit.measured_factors[1] == MeasuredFactor.model_validate_json(
        '{"energy_kind": "coke", "kgce": "0.97", "valid_from": "2024-01-01"}'
    )
    assert unit.measured_factors[0].source == "检-1"


def test_two_high_project_with_nested_fields(tmp_path):
    project = one(
        tmp_path,
        TWO_HIGH,
        PROJECT
        | {
            "项目阶段": "在建",
            "节能审查能耗": "50,000",
            "节能审查文号": "津审〔2024〕1号",
            "节能审查机关": "市发改委",
            "节能审查机关级别": "省",
            "节能审查日期": "2024/2/1",
            "是否在园区": "否",
            "等量减量替代": "A厂关停|30000; B厂改造|20000.5",
            "检查问题": "批建不符|2024-05-01|多建一条线|2024-09-01;超标用能|2024-06-01|超 5%、已约谈",
            "处置意见": "限期整改",
            "处置期限": "2024-12-31",
        },
    )
    assert (project.stage.value, str(project.reviewed_tce), project.in_park) == ("under_construction", "50000", False)
    assert (project.energy_review.authority_level, project.energy_review.approved_on) == ("province", date(2024, 2, 1))
    assert [str(one.tce) for one in project.substitutions] == ["30000", "20000.5"]
    assert [one.what for one in project.irregularities] == ["built_otherwise", "above_approved"]
    assert project.irregularities[1].note == "超 5%、已约谈"
    assert (project.disposal.opinion, project.disposal.done_on) == ("限期整改", None)


def test_reduction_project_with_base_discharge(tmp_path):
    project = one(
        tmp_path,
        REDUCTION,
        {"项目编号": "JP-1", "项目名称": "治理", "行政区划代码": "120110", "生效日期": "2024-01-01", "减排方式": "治理",
         "污染物": "化学需氧量、氨氮", "基年排放量(化学需氧量)": "1,234.5", "基年排放量(氨氮)": "10"},
    )  # fmt: skip
    assert project.pollutants == ("cod", "nh3n")
    assert {name: str(value) for name, value in project.base_discharge.items()} == {"cod": "1234.5", "nh3n": "10"}


def test_workbook_is_read_past_its_explanations(tmp_path):
    path = tmp_path / "u.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(SOUND))
        sheet.write_row(1, 0, ["说明:18 位", "全称", "代码", "日期"])
        sheet.write_row(2, 0, [CODE, "示例厂", 120110, ""])
        sheet.write_datetime(2, 3, date(2024, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    (entry,) = read_register(path, UNITS).entries
    assert (entry.row, entry.record.region, entry.record.valid_from) == (3, "120110", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("kind", "row", "words"),
    [
        (UNITS, SOUND | {"统一社会信用代码": CODE[:-1] + "4"}, "第 2 行 A 列「统一社会信用代码」: credit_code: check character is '4', the first 17 characters ask for '3'"),
        (UNITS, SOUND | {"单位名称": ""}, "第 2 行 B 列「单位名称」: 必填,不能为空"),
        (UNITS, SOUND | {"生效日期": "2024-02-30"}, "第 2 行 D 列「生效日期」: 不是日期,请写成 2024-03-01 (given: '2024-02-30')"),
        (UNITS, SOUND | {"单位类别": "大"}, "E 列「单位类别」: 只能是 万吨以上、指定 (given: '大')"),
        (UNITS, SOUND | {"是否两高": "也许"}, "E 列「是否两高」: 请写 是 或 否"),
        (UNITS, SOUND | {"修订号": "-1"}, "E 列「修订号」: 不是整数"),
        (UNITS, SOUND | {"行业代码": "301A"}, "E 列「行业代码」: industry: "),
        (UNITS, SOUND | {"特征": "hospital"}, "E 列「特征」: 请写成 名称=值"),
        (UNITS, SOUND | {"实测折标系数": "raw_coal|0.6512|2024|x"}, "valid_from: 不是日期,请写成 2024-03-01 (given: '2024'); valid_to: 不是日期"),
        (UNITS, SOUND | {"实测折标系数": "raw_coal|0.6512"}, "E 列「实测折标系数」: 'valid_from' is missing"),
        (TWO_HIGH, PROJECT | {"节能审查文号": "1号"}, "E 列「节能审查文号」: 'authority' is missing"),
        (TWO_HIGH, PROJECT | {"等量减量替代": "A|1|2"}, "每条最多 2 项:source|tce"),
        (REGIONS, {"地区代码": "120119", "地区名称": "某区", "生效日期": "2020-01-01", "并入地区": "120110"}, "needs valid_to"),
        (UNITS, SOUND | {"颜色": "红"}, "第 1 行 E 列「颜色」: 没有这一列;重点用能单位的列有:统一社会信用代码、"),
        (UNITS, SOUND | {"credit_code": CODE}, "第 1 行 E 列「credit_code」: 与另一列同为「统一社会信用代码」"),
        (UNITS, {"单位编号": "A", "单位名称": "甲"}, "第 1 行: 缺少必填的列「行政区划代码」"),
    ],
)  # fmt: skip
def test_fault_names_row_and_column(tmp_path, kind, row, words):
    assert any(words in text for text in said(read(tmp_path, kind, row)))


def test_all_faults_of_a_file_are_in_one_report(tmp_path):
    bad = SOUND | {"统一社会信用代码": "X", "单位类别": "大", "行政区划代码": "999999", "行业代码": "C99"}
    found = read(tmp_path, UNITS, SOUND, bad, SOUND | {"单位名称": ""}, headers=[*SOUND, "单位类别", "行业代码"])
    check_register(found, outside())
    assert [(fault.row, letter(fault.number)) for fault in found.faults] == [
        (3, "A"), (3, "C"), (3, "E"), (3, "F"), (4, "B"),
    ]  # fmt: skip


def test_row_with_too_few_cells_is_a_fault(tmp_path):
    path = write(tmp_path, SOUND)
    path.write_text(path.read_text("utf-8") + "a,b\r\n", "utf-8")
    assert said(read_register(path, UNITS)) == ["第 3 行: 格数与表头不符: has 2 cells, the header has 4"]


def test_repeated_rows_count_once_and_contradicting_ones_are_faults(tmp_path):
    found = read(tmp_path, UNITS, SOUND, SOUND, SOUND | {"单位名称": "别名"})
    assert (len(found.entries), found.repeated) == (1, 1)
    assert said(found) == [f"第 4 行: 编号 {CODE} 自 2024-01-01 的记录与第 2 行不同;请只留一条"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"行政区划代码": "120199"}, "C 列「行政区划代码」: 没有登记的地区代码 120199"),
        ({"失效日期": "2023-12-31"}, "失效日期 2023-12-31 早于生效日期 2024-01-01"),
        ({"行业代码": "D3011"}, "division 30 (非金属矿物制品业) is in section C, not D"),
        ({"实测折标系数": "raw_coal|2|2024-01-01"}, "E 列「实测折标系数」: 2 is outside 0 to 1"),
        ({"实测折标系数": "raw_coal|0.6|2024-01-01;raw_coal|0.7|2024-06-01"}, "时间重叠,请写截止日"),
    ],
)
def test_fault_that_shows_only_beside_others(tmp_path, row, words):
    found = read(tmp_path, UNITS, SOUND | row)
    check_register(found, outside())
    assert any(words in text for text in said(found)), said(found)


def test_sound_file_has_no_fault_beside_others(tmp_path):
    found = read(
        tmp_path, UNITS, SOUND | {"实测折标系数": "raw_coal|0.6|2024-01-01|2024-05-31;raw_coal|0.7|2024-06-01"}
    )
    check_register(found, outside())
    assert found.faults == []


def test_one_credit_code_cannot_be_of_two_units(tmp_path):
    found = read(tmp_path, UNITS, SOUND | {"单位编号": "A"}, SOUND | {"单位编号": "B"})
    check_register(found, outside())
    assert said(found) == ["第 3 行 A 列「统一社会信用代码」: 与第 2 行的 A 相同,一个信用代码只能属于一个单位"]


def test_regions_of_the_file_itself_are_known(tmp_path):
    city = {"地区代码": "13", "地区名称": "某市", "上级代码": "12", "生效日期": "2020-01-01"}
    county = {"地区代码": "1301", "地区名称": "某区", "上级代码": "13", "生效日期": "2020-01-01"}
    stray = {"地区代码": "1401", "地区名称": "某县", "上级代码": "14", "生效日期": "2020-01-01"}
    found = read(tmp_path, REGIONS, county, city, stray)
    check_register(found, outside())
    assert [fault.row for fault in found.faults] == [4]


def test_regions_that_lie_in_each_other_are_faults(tmp_path):
    one = {"地区代码": "1301", "地区名称": "某区", "上级代码": "1302", "生效日期": "2020-01-01"}
    other = {"地区代码": "1302", "地区名称": "某县", "上级代码": "1301", "生效日期": "2020-01-01"}
    found = read(tmp_path, REGIONS, one, other, {**one, "地区代码": "1303", "上级代码": "1301"})
    check_register(found, outside())
    assert [text.partition(": ")[2] for text in said(found)] == [
        "上级成环:1301 → 1302 → 1301", "上级成环:1302 → 1301 → 1302",
    ]  # fmt: skip


def test_reviewed_energy_below_zero_is_a_fault(tmp_path):
    found = read(tmp_path, TWO_HIGH, PROJECT | {"节能审查能耗": "-5"})
    check_register(found, outside())
    assert any("不得小于 0 (given: -5)" in text for text in said(found)), said(found)


def test_revision_lower_than_the_one_that_stands_is_a_fault(tmp_path):
    (before,) = read(tmp_path, UNITS, SOUND | {"修订号": "3"}).entries
    found = read(tmp_path, UNITS, SOUND | {"修订号": "2"})
    check_register(found, outside(standing={(CODE, date(2024, 1, 1)): before.record}))
    assert "E 列「修订号」: 已有修订号 3 的记录;要更正请写 4" in said(found)[0]


@pytest.mark.parametrize(("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA")])
def test_columns_are_named_as_in_excel(number, name):
    assert letter(number) == name
