"""Messages say what happened, with figures, units and the clause, so that a person who knows nothing else can read it."""

import json
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from alerts_support import YELLOW, make_assessment, make_change, make_target, make_warning, to_date

from planwatch.alerts.message import facts
from planwatch.contract.assessment import Status
from planwatch.contract.plan import TargetKind, Yardstick
from planwatch.contract.warning import Cause, ChangeKind


def told(change, assessment=None, target=None, subject="重庆市", region=""):
    return facts(change, make_warning(), assessment or make_assessment(), target or make_target(), subject, region)


def test_message_of_a_raised_warning_reads_as_a_whole():
    said = told(make_change())
    assert said["text"]["zh"] == (
        "重庆市 单位地区生产总值能耗降低：2025年1—6月累计下降2.1%，低于年度进度要求2.97%，"
        "预警等级由三级（绿色）升为二级（黄色）。"
        "依据《某市节能减排工作方案》（某府发〔2022〕1号，二）：“到2025年，单位地区生产总值能耗比2020年下降14%”。"
        "请市发展改革委、市经济信息委对高预警等级区县加强工作指导。"
    )
    assert said["text"]["en"] == (
        "重庆市, energy per unit of GDP: Jan–Jun 2025: down 2.1 %, below the annual requirement of 2.97 %; "
        "the warning is raised from level 3, green to level 2, yellow. "
        "Basis: 某市节能减排工作方案 (某府发〔2022〕1号, 二): “到2025年，单位地区生产总值能耗比2020年下降14%”."
    )
    assert said["title"]["zh"] == "重庆市 单位地区生产总值能耗降低（年度）：二级（黄色）"


KINDS = [
    (ChangeKind.RAISED, {}, "预警等级由三级（绿色）升为二级（黄色）", "raised from level 3, green to level 2, yellow"),
    (ChangeKind.RAISED, {"before": None}, "发出预警，等级为二级（黄色）", "raised to level 2, yellow"),
    (ChangeKind.ESCALATED, {}, "预警等级由二级（黄色）升为一级（红色）", "escalated from level 2, yellow to level 1, red"),
    (ChangeKind.EASED, {}, "预警等级由一级（红色）降为二级（黄色）", "eased from level 1, red to level 2, yellow"),
    (ChangeKind.CLEARED, {}, "由二级（黄色）恢复为三级（绿色），预警解除", "cleared from level 2, yellow to level 3, green"),
    (ChangeKind.CLEARED, {"after": None}, "由二级（黄色）改为免予考核，预警解除", "cleared from level 2, yellow (now exempt)"),
    (ChangeKind.WITHDRAWN, {}, "此前发出的“二级（黄色）”撤回", "the warning (level 2, yellow) is withdrawn"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "over", "zh", "en"), KINDS, ids=[f"{kind[0]} {kind[1]}" for kind in KINDS])
def test_message_says_what_happened(kind, over, zh, en):
    said = told(make_change(kind, **over))
    assert zh in said["text"]["zh"]
    assert en in said["text"]["en"]


@pytest.mark.parametrize("kind", [ChangeKind.CLEARED, ChangeKind.WITHDRAWN], ids=str)
def test_message_of_an_end_asks_for_nothing(kind):
    said = told(make_change(kind))
    assert said["asks"] is None
    assert "请" not in said["text"]["zh"]


CORRECTED = [
    (ChangeKind.EASED, Cause.CORRECTION, 2, "因数据更正，此前通知已更正。"),
    (ChangeKind.ESCALATED, Cause.PLAN, 3, "因规则变更，此前通知已更正。"),
    (ChangeKind.WITHDRAWN, Cause.CORRECTION, 2, "因数据更正，此前通知已撤回。"),
    (ChangeKind.RAISED, Cause.REGISTRY, 1, "因名录变更，对已过期间补发通知。"),
]


@pytest.mark.parametrize(("kind", "cause", "number", "zh"), CORRECTED, ids=[f"{c[0]} {c[1]}" for c in CORRECTED])
def test_message_of_a_correction_takes_back_what_was_said(kind, cause, number, zh):
    said = told(make_change(kind, cause=cause, number=number, corrected=True))
    assert zh in said["text"]["zh"]
    assert said["notice"]["zh"] == zh
    assert said["notice"]["en"] in said["text"]["en"]
    assert said["cause"]["code"] == cause


def test_message_of_news_takes_nothing_back():
    assert told(make_change(ChangeKind.ESCALATED, number=2))["notice"] == {"zh": "", "en": ""}


FIGURES = [
    ("a fall", {}, {}, "累计下降2.1%，低于年度进度要求2.97%", "down 2.1 %, below the annual requirement of 2.97 %"),
    ("a rise", {}, {"actual": Decimal("-1.25")}, "累计上升1.25%，低于年度进度要求2.97%", "up 1.25 %, below"),
    ("no move", {}, {"actual": Decimal(0)}, "持平，低于年度进度要求2.97%", "unchanged, below"),
    ("close by", {}, {"actual": Decimal("2.9712")}, "累计下降2.9712%，低于年度进度要求2.9714%", "down 2.9712 %, below"),
    ("met", {}, {"actual": Decimal("3.5")}, "累计下降3.5%，高于年度进度要求2.97%", "above the annual requirement"),
    ("just met", {}, {"actual": Decimal("2.9714")}, "等于年度进度要求2.97%", "equal to the annual requirement"),
    (
        "since the base year",
        {},
        {"yardstick": Yardstick.FIVE_YEAR, "actual": Decimal("8.2"), "expected": Decimal("8.97")},
        "比2020年累计下降8.2%，低于五年进度要求8.97%",
        "down 8.2 % on 2020, below the five-year requirement of 8.97 %",
    ),
    (
        "tonnes",
        {"kind": TargetKind.CUMULATIVE_REDUCTION, "unit": "t"},
        {"actual": Decimal("12345.678"), "expected": Decimal(43200), "unit": "t"},
        "累计减排12,345.68 t，低于年度进度要求43,200 t",
        "cut by 12,345.68 t, below the annual requirement of 43,200 t",
    ),
    (
        "a threshold",
        {"kind": TargetKind.PROJECT_THRESHOLD, "unit": "tce"},
        {"actual": Decimal(61000), "expected": Decimal(50000), "unit": "tce", "yardstick": Yardstick.SINGLE},
        "为61,000 tce，高于要求50,000 tce",
        "at 61,000 tce, above the requirement of 50,000 tce",
    ),
    (
        "points",
        {"kind": TargetKind.INCREASE_POINTS, "unit": "pp"},
        {"actual": Decimal("-0.5"), "expected": Decimal("0.4"), "unit": "pp"},
        "降低0.5个百分点，低于年度进度要求0.4个百分点",
        "down 0.5 percentage points, below the annual requirement of 0.4 percentage points",
    ),
    (
        "not rated",
        {},
        {"status": Status.NOT_RATED, "level": None, "actual": None, "expected": None, "reason": "缺3月能耗"},
        "2025年1—6月未评定：缺3月能耗，",
        "not rated: 缺3月能耗;",
    ),
    (
        "exempt",
        {},
        {"status": Status.EXEMPT, "level": None, "actual": None, "expected": None, "reason": ""},
        "2025年1—6月免予考核，",
        "Jan–Jun 2025: exempt;",
    ),
]


@pytest.mark.parametrize(("over", "judged", "zh", "en"), [f[1:] for f in FIGURES], ids=[f[0] for f in FIGURES])
def test_message_says_figures_with_units_and_which_side_they_are_on(over, judged, zh, en):
    said = told(make_change(), make_assessment(**judged), make_target(**over))
    assert zh in said["text"]["zh"]
    assert en in said["text"]["en"]


def test_message_keeps_figures_exactly():
    said = told(make_change(), make_assessment(actual=Decimal("2.100000000001")))
    assert [(figure["key"], figure["value"], figure["unit"]) for figure in said["figures"]] == [
        ("actual", "2.100000000001", "%"),
        ("expected", "2.9714", "%"),
    ]
    assert [figure["zh"] for figure in said["figures"]] == ["实际2.1%", "要求2.9714%"]


def test_message_names_the_clause_and_who_is_asked():
    said = told(make_change())
    assert said["clause"] == {
        "document": "某市节能减排工作方案",
        "number": "某府发〔2022〕1号",
        "section": "二",
        "issuer": "某市人民政府",
        "issued": "2022-09-18",
        "quote": "到2025年，单位地区生产总值能耗比2020年下降14%",
    }
    assert said["departments"] == ["市发展改革委", "市经济信息委"]
    assert said["asks"] == "对高预警等级区县加强工作指导"


def test_message_without_a_demand_names_who_is_responsible():
    assert "责任部门：市发展改革委、市经济信息委。" in told(make_change(), target=make_target(asks=None))["text"]["zh"]


def test_message_without_a_document_number_leaves_it_out():
    target = make_target()
    target = target.model_copy(update={"reference": target.reference.model_copy(update={"number": None})})
    assert "《某市节能减排工作方案》（二）" in told(make_change(), target=target)["text"]["zh"]


def test_message_says_where_a_unit_is_and_routes_by_its_region():
    change = make_change()
    change = replace(change, key=replace(change.key, subject="unit:91500000MA5U00000X"))
    said = told(change, subject="某某钢铁", region="渝北区")
    assert said["title"]["zh"].startswith("渝北区 某某钢铁 ")
    assert said["region"] == "渝北区"


def test_message_of_a_region_routes_by_the_region_itself():
    assert told(make_change(), subject="渝北区", region="重庆市")["region"] == "渝北区"


def test_message_links_to_the_history_of_the_target_in_its_time():
    link = urlsplit(told(make_change())["link"])
    query = parse_qs(link.query)
    assert link.path.startswith("/d/")
    assert query["var-target"] == ["cq.energy-intensity"]
    assert query["var-subject"] == ["region:500000"]
    assert query["from"] == ["1735660800000"]  # 2025-01-01 in Shanghai
    assert query["to"] == ["1751299200000"]  # 2025-07-01 in Shanghai


def test_message_does_not_say_a_colour_twice():
    level = YELLOW.model_copy(update={"zh": "黄色预警", "en": "Yellow warning"})
    said = told(make_change(after=level))
    assert "升为黄色预警。" in said["text"]["zh"]
    assert "to Yellow warning." in said["text"]["en"]


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (to_date(12), "2025年", "2025"),
        (to_date(1), "2025年1月", "Jan 2025"),
        (to_date(2), "2025年1—2月", "Jan–Feb 2025"),
    ],
    ids=["year", "month", "run"],
)
def test_message_names_the_period(period, zh, en):
    said = told(make_change(period=period), make_assessment(period=period))
    assert (said["period"]["zh"], said["period"]["en"]) == (zh, en)
    assert f"：{zh}累计" in said["text"]["zh"]


@pytest.mark.parametrize("kind", list(ChangeKind), ids=str)
def test_message_is_ready_for_json(kind):
    said = told(make_change(kind))
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("subject", "headline"),
    [("重庆市", "重庆市 单位能耗"), ("渝中区", "渝中区 重庆单位能耗"), ("市", "市 重庆单位能耗")],
    ids=["its own", "another", "too short"],
)
def test_message_does_not_say_its_place_twice(subject, headline):
    said = told(make_change(), target=make_target(zh="重庆单位能耗"), subject=subject)
    assert said["title"]["zh"].startswith(headline)
    assert said["text"]["zh"].startswith(headline)


@pytest.mark.parametrize(("asks_from", "asked"), [(1, True), (3, False)], ids=["any level", "the worst only"])
def test_message_asks_only_at_the_levels_the_clause_is_about(asks_from, asked):
    said = told(make_change(), target=make_target(asks="加强工作指导", asks_from=asks_from))
    assert ("加强工作指导" in said["text"]["zh"]) is asked
    assert (said["asks"] is not None) is asked


@pytest.mark.parametrize(
    ("there", "share", "zh", "en"),
    [(35, "97.206", "，覆盖率97.2%（35/36家），", ", coverage 97.2 % (35 of 36);"), (36, "100", None, None)],
    ids=["something is missing", "whole"],
)
def test_message_says_how_much_of_a_sum_is_there(there, share, zh, en):
    said = told(make_change(), make_assessment(coverage=Decimal(share), sources_there=there, sources=36))
    covered = said["coverage"]
    assert (covered["percent"], covered["there"], covered["sources"]) == (share, there, 36)
    assert ("覆盖率" in said["text"]["zh"], "coverage" in said["text"]["en"]) == (zh is not None, en is not None)
    assert (zh or "") in said["text"]["zh"] and (en or "") in said["text"]["en"]


def test_message_of_an_own_figure_speaks_of_no_coverage():
    assert told(make_change())["coverage"] is None
