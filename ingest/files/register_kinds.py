"""The kinds of register tables: their columns, in the order of the templates, and the model a row is held against."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from planwatch.contract.calendar_records import DutyRecord, WorkingYearRecord
from planwatch.contract.registry import (
    AnyRegistryRecord,
    ReductionProjectRecord,
    RegionRecord,
    TwoHighProjectRecord,
    UnitRecord,
)
from planwatch.ingest.files.register_cells import (
    Column,
    choice,
    day,
    entries,
    figure,
    pairs,
    rows,
    whole,
    yes_no,
)

STAGES = {"拟建": "proposed", "在建": "under_construction", "存量": "existing"}
LEVELS = {"国家": "state", "省": "province", "市": "prefecture", "县": "county"}
CATEGORIES = {"万吨以上": "ge_10000", "指定": "designated"}
MEASURES = {"治理": "treatment", "关停": "closure", "压减产能": "capacity_cut", "替代": "substitution"}
POLLUTANTS = {"化学需氧量": "cod", "氨氮": "nh3n", "氮氧化物": "nox", "挥发性有机物": "voc"}
FOUND = {"不符合政策": "policy_mismatch", "违规审批": "irregular_approval", "批建不符": "built_otherwise",
         "超标用能": "above_approved"}  # fmt: skip
STANDARDS = {"国标": "GB/T 2260", "地方": "local"}
EVERY = {"月": "month", "季": "quarter", "年": "year"}
REPORTERS = {"用能单位": "unit", "地区": "region", "项目": "project"}

Records = AnyRegistryRecord


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of register table: its name on the command line, what rows become, and its columns.

    ``filled`` gives the fields that follow from the other cells of a row where they are left out.
    """

    name: str
    zh: str
    model: type[Records]
    columns: tuple[Column, ...]
    filled: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda body: {}

    def column(self, header: str) -> Column | None:
        """The column a header names by its Chinese name or field, whatever blanks and asterisks stand around it."""
        plain = "".join(header.split()).strip("*\uff0a")
        return next((one for one in self.columns if plain in (one.zh, one.path)), None)


def _ends(says: str = "该条记录生效的第一天") -> tuple[Column, ...]:
    return (
        Column("valid_from", "生效日期", says, day, required=True, example="2024-01-01"),
        Column("valid_to", "失效日期", "最后一天;一直有效则留空", day),
        Column("revision", "修订号", "更正同一生效日期的记录时加 1", whole),
    )


def _approval(field: str, zh: str) -> tuple[Column, ...]:
    return (
        Column(f"{field}.number", f"{zh}文号", f"{zh}批复文号;有批复则文号、机关、日期三项都要写"),
        Column(f"{field}.authority", f"{zh}机关", "批复机关"),
        Column(f"{field}.authority_level", f"{zh}机关级别", "、".join(LEVELS), choice(LEVELS)),
        Column(f"{field}.approved_on", f"{zh}日期", "批复日期", day),
        Column(f"{field}.tce", f"{zh}批复能耗", "吨标准煤/年", figure),
        Column(f"{field}.capacity", f"{zh}批复产能", "单位与实际产能相同", figure),
    )


_REGION = Column("region", "行政区划代码", "所在县区的代码(GB/T 2260 或地方编码)", required=True, example="120110")
_INDUSTRY = Column("industry", "行业代码", "GB/T 4754 门类字母加至多四位数字", example="C3011")

UNITS = Kind(
    "units",
    "重点用能单位",
    UnitRecord,
    (
        Column("credit_code", "统一社会信用代码", "18 位,末位为校验码(GB 32100-2015)", example="91350100M000100Y43"),
        Column("id", "单位编号", "留空则用统一社会信用代码"),
        Column("name", "单位名称", "全称", required=True, example="示例水泥厂"),
        Column("legal_person", "法人单位", "能源消费核算所属的法人单位;与本单位相同可不写"),
        _REGION,
        _INDUSTRY,
        Column("category", "单位类别", "万吨以上:年综合能耗一万吨标准煤及以上;指定:五千至一万吨", choice(CATEGORIES)),
        Column("two_high", "是否两高", "是 或 否", yes_no),
        Column("traits", "特征", "名称=值,多个用分号隔开,如 institution=hospital", pairs),
        Column(
            "measured_factors",
            "实测折标系数",
            "能源品种|kgce 每单位|起始日|截止日|检测报告;多条用分号隔开,如 raw_coal|0.6512|2024-01-01",
            rows(("energy_kind", str), ("kgce", figure), ("valid_from", day), ("valid_to", day), ("source", str)),
        ),
        *_ends(),
    ),
    lambda body: {"id": body["credit_code"]} if "credit_code" in body else {},
)

TWO_HIGH = Kind(
    "two-high",
    "两高项目",
    TwoHighProjectRecord,
    (
        Column("id", "项目代码", "清单内唯一", required=True, example="LG-2024-001"),
        Column("name", "项目名称", "全称", required=True, example="示例焦化扩建项目"),
        _REGION,
        Column("unit", "建设单位编号", "已登记用能单位的编号"),
        _INDUSTRY,
        Column("stage", "项目阶段", "、".join(STAGES), choice(STAGES)),
        Column("low_level", "是否低水平", "是 或 否", yes_no),
        Column("reviewed_tce", "节能审查能耗", "吨标准煤/年", figure),
        *_approval("energy_review", "节能审查"),
        *_approval("eia", "环评"),
        Column("started_on", "开工日期", "未开工留空", day),
        Column("capacity", "实际产能", "单位与批复产能相同", figure),
        Column("in_park", "是否在园区", "是 或 否;不清楚留空", yes_no),
        Column("expansion", "是否新增产能", "是 或 否;不清楚留空", yes_no),
        Column("saturated", "是否产能饱和行业", "是 或 否;不清楚留空", yes_no),
        Column("capacity_replacement", "产能置换", "置换方案或文号"),
        Column(
            "substitutions",
            "等量减量替代",
            "来源|吨标准煤;多条用分号隔开",
            rows(("source", str), ("tce", figure)),
        ),
        Column(
            "irregularities",
            "检查问题",
            f"问题|发现日期|说明|整改完成日期;问题为 {'、'.join(FOUND)};多条用分号隔开",
            rows(("what", choice(FOUND)), ("found_on", day), ("note", str), ("closed_on", day)),
        ),
        Column("disposal.opinion", "处置意见", "书面处置意见"),
        Column("disposal.deadline", "处置期限", "完成期限", day),
        Column("disposal.done_on", "处置完成日期", "未完成留空", day),
        Column("listed_by", "单列批准文件", "国家批准能耗单列的文件"),
        *_ends(),
    ),
)

REDUCTION = Kind(
    "reduction",
    "减排项目",
    ReductionProjectRecord,
    (
        Column("id", "项目编号", "台账内唯一", required=True, example="JP-2024-001"),
        Column("name", "项目名称", "全称", required=True, example="示例污水治理工程"),
        _REGION,
        Column("permit", "排污许可证号", "减排来源的排污许可证"),
        Column("facility", "设施", "治理或关停的设施"),
        Column("measure", "减排方式", "、".join(MEASURES), choice(MEASURES)),
        Column("pollutants", "污染物", f"{'、'.join(POLLUTANTS)};多个用分号隔开", entries(choice(POLLUTANTS))),
        Column("running_since", "稳定运行日期", "治理设施稳定运行的第一天", day),
        *(
            Column(f"base_discharge.{key}", f"基年排放量({zh})", "环境统计基年排放量,吨", figure)
            for zh, key in POLLUTANTS.items()
        ),
        Column("offset_for", "替代去向项目", "减排量承诺给的新建项目编号"),
        Column("method", "核算方法", "核算依据"),
        *_ends(),
    ),
)

REGIONS = Kind(
    "regions",
    "地区",
    RegionRecord,
    (
        Column("id", "地区代码", "GB/T 2260 六位代码,或地方功能区编码", required=True, example="120110"),
        Column("name", "地区名称", "全称", required=True, example="东丽区"),
        Column("parent", "上级代码", "上级地区代码"),
        Column("standard", "代码标准", "、".join(STANDARDS), choice(STANDARDS)),
        Column("merged_into", "并入地区", "撤并后并入的地区代码;失效日期为撤并前最后一天"),
        *_ends(),
    ),
)

DUTIES = Kind(
    "duties",
    "报送义务",
    DutyRecord,
    (
        Column("id", "义务编号", "小写字母、数字、- 和 .", required=True, example="tj.units-monthly"),
        Column("name", "名称", "如 重点用能单位能源月报", required=True, example="重点用能单位能源月报"),
        Column("reporter", "报送主体", "、".join(REPORTERS), choice(REPORTERS), required=True, example="用能单位"),
        Column("regions", "适用地区", "地区代码,多个用分号隔开;留空为全部", entries(str)),
        Column("below", "含下级", "是 或 否;留空为是", yes_no),
        Column("every", "周期", "、".join(EVERY), choice(EVERY), required=True, example="月"),
        Column("from_january", "累计数", "是:从 1 月起累计;留空为否", yes_no),
        Column("january_exempt", "一月免报", "是:1 月免报,1—2 月合报;留空为否", yes_no),
        Column("ends", "报告期末月", "只在这些月末报送,如 3;6;留空为全部", entries(whole)),
        Column("indicators", "指标", "指标编号的开头,如 energy.;多个用分号隔开;留空为任一指标", entries(str)),
        Column("deadline.day", "截止日", "报告期后某月的几日;与截止工作日二选一", whole, example="15"),
        Column("deadline.working_day", "截止工作日", "报告期后某月的第几个工作日", whole),
        Column("deadline.months_after", "几个月后", "留空为 1,即次月", whole),
        Column("deadline.rolls", "遇节假日顺延", "是 或 否;留空为否", yes_no),
        Column("source", "依据", "规定截止日的文件;没有依据时改填设定说明"),
        Column("assumed", "设定说明", "没有文件依据时,说明为何这样设定"),
        *_ends("报告期末日自该日起的,按本条报送"),
    ),
)


def _of_year(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A year of working days holds for its own days, and is named after itself."""
    year = str(body.get("id", ""))
    if not re.fullmatch(r"20\d\d", year):
        return {}
    return {"valid_from": f"{year}-01-01", "name": f"{year}年放假安排"}


WORKING_YEARS = Kind(
    "working-years",
    "放假安排",
    WorkingYearRecord,
    (
        Column("id", "年份", "四位数字", required=True, example="2024"),
        Column("source", "依据", "国务院办公厅通知的名称与文号", required=True, example="国办发明电〔2023〕7号"),
        Column(
            "off",
            "放假调休",
            "节日|第一天|最后一天;多个用分号隔开",
            rows(("zh", str), ("first", day), ("last", day)),
            required=True,
            example="元旦|2024-01-01|2024-01-01; 春节|2024-02-10|2024-02-17",
        ),
        Column("worked", "调休上班日", "改为上班的星期六、星期日;多个用分号隔开", entries(day)),
        Column("name", "名称", "留空为 某年放假安排"),
        Column("valid_from", "生效日期", "留空;只能是该年 1 月 1 日", day),
        Column("valid_to", "失效日期", "留空;只能是该年 12 月 31 日", day),
        Column("revision", "修订号", "更正同一年的安排时加 1", whole),
    ),
    _of_year,
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (UNITS, TWO_HIGH, REDUCTION, REGIONS, DUTIES, WORKING_YEARS)}
"""Kinds of register tables by their name on the command line."""
