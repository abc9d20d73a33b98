"""The panels of the barometer: what is warned of, what every target says of every region, and how it came about."""

from grafana_foundation_sdk.builders import stat, statetimeline, table
from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueGraphMode, BigValueTextMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from planwatch.dashboards.looks import (
    GREY,
    LIGHT_GREY,
    box,
    coloured_cells,
    coloured_from,
    hidden,
    prose,
    state_mappings,
    steps,
    wide,
    words,
)
from planwatch.dashboards.sources import DATABASE, Sql

BAROMETER_UID = "planwatch-barometer"
TIMELINE_ID, JUDGEMENTS_ID = 6, 7
CHANGES = {
    "raised": ("发布", "orange"),
    "escalated": ("升级", "red"),
    "eased": ("缓和", "yellow"),
    "cleared": ("解除", "blue"),
    "withdrawn": ("撤回", GREY),
}
_TO_HISTORY = (
    f"/d/{BAROMETER_UID}?${{plan:queryparam}}&${{region:queryparam}}&${{yardstick:queryparam}}"
    "&var-subject=${__data.fields.subject}&var-target=${__data.fields.target}"
    "&from=${__data.fields.link_from}&to=${__data.fields.link_to}"
)


def tiles(query: str) -> stat.Panel:
    """A row of figures, each column of the answer one tile; neutral where nothing is said of its colour."""
    return (
        stat.Panel()
        .datasource(DATABASE)
        .with_target(Sql(query))
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.VALUE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .thresholds(steps((None, "text")))
        .no_value("—")
    )


def rows(query: str) -> table.Panel:
    """A table of the answer as it comes."""
    return (
        table.Panel()
        .datasource(DATABASE)
        .with_target(Sql(query))
        .thresholds(steps((None, "transparent")))
        .filterable(True)
        .inspect(True)
        .no_value("—")
    )


def warning_tiles() -> stat.Panel:
    """Active warnings by severity."""
    panel = tiles("active_warnings").id(1).title("有效预警").grid_pos(box(0, 0, 12, 4))
    panel.description("Active early warnings by severity (3 is the worst).")
    for name, colour in (("最严重（3）", "red"), ("较严重（2）", "orange"), ("轻微（1）", "yellow")):
        panel.override_by_name(name, coloured_from([(None, "text"), (1, colour)]))
    return panel


def not_rated_tiles() -> stat.Panel:
    """How many judgements gave no level: grey, for neither is ever green."""
    panel = tiles("not_rated_count").id(2).title("未评定与豁免").grid_pos(box(12, 0, 5, 4))
    panel.description("Newest judgements without a level: not rated (figures missing, held or undefined) and exempt.")
    panel.override_by_name("未评定", coloured_from([(None, "text"), (1, GREY)]))
    return panel.override_by_name("豁免", coloured_from([(None, "text"), (1, LIGHT_GREY)]))


def backlog_tiles() -> stat.Panel:
    """What waits, and whether it waits too long."""
    panel = tiles("backlog").id(3).title("积压").grid_pos(box(17, 0, 7, 4))
    panel.description(
        "Marks waiting to be judged, changes somebody must still be told of, and how long the oldest has waited: "
        "over 5 minutes is overdue. What is shown below may be that old."
    )
    bounds = coloured_from([(None, "text"), (300, "orange"), (900, "red")])
    return panel.override_by_name("最久等待", [*bounds, DynamicConfigValue("unit", "s")])


def matrix() -> table.Panel:
    """The barometer: a row per target and yardstick, a column per region."""
    corner = "目标\\地区"
    panel = rows("matrix").id(4).title("晴雨表：目标 × 尺度 × 地区").grid_pos(box(0, 4, 24, 13))
    panel.description(
        "Barometer: the newest level of every target (rows, by yardstick) in every region (columns), with the last "
        "month it covers. Grey is not rated or exempt, never green; — means that the target does not bind the region."
    )
    panel.with_transformation(
        DataTransformerConfig(
            "groupingToMatrix",
            options={"columnField": "地区", "rowField": "目标", "valueField": "等级", "emptyValue": "empty"},
        )
    )
    panel.filterable(False).min_width(130).thresholds(steps((None, GREY))).mappings(state_mappings())
    panel.override_by_regexp("^(?!目标).*", [coloured_cells()[0]])
    return panel.override_by_name(corner, wide(360))


def open_warnings() -> table.Panel:
    """Active warnings, each with a link to its history."""
    panel = rows("open_warnings").id(5).title("有效预警清单").grid_pos(box(0, 17, 24, 10))
    panel.description(
        "Open warnings with the formula (numbers filled in), what would make it one level better, and the clause. "
        "Click the subject or the indicator to see the level history around the warning's periods."
    )
    link = [{"title": "查看等级历史 / level history", "url": _TO_HISTORY, "targetBlank": False}]
    panel.override_by_name("等级", [*coloured_cells(), *wide(130)])
    for name, width in (("对象", 160), ("指标", 240)):
        panel.override_by_name(name, [*wide(width), DynamicConfigValue("links", link)])
    for name in ("公式", "改善一级所需", "依据"):
        panel.override_by_name(name, prose(300))
    for name in ("subject", "target", "link_from", "link_to"):
        panel.override_by_name(name, hidden())
    return panel


def timeline() -> statetimeline.Panel:
    """Levels of the chosen subject over time, one bar per target and yardstick."""
    panel = statetimeline.Panel().id(TIMELINE_ID).title("等级历史：${subject:text}").grid_pos(box(0, 27, 24, 10))
    panel.description("Level history of the chosen subject. A gap is a time nobody judged; it says nothing.")
    panel.datasource(DATABASE).with_target(Sql("timeline"))
    panel.with_transformation(
        DataTransformerConfig(
            "partitionByValues", options={"fields": ["series"], "keepFields": False, "naming": {"asLabels": True}}
        )
    )
    panel.mappings(state_mappings()).thresholds(steps((None, GREY))).fill_opacity(85).line_width(0).span_nulls(False)
    panel.merge_values(True).show_value(VisibilityMode.AUTO).row_height(0.85).per_page(20)
    return panel.legend(VizLegendOptions().show_legend(False)).no_value("所选对象在此时段没有研判")


def judgements() -> table.Panel:
    """What stands behind each piece of the timeline."""
    panel = rows("judgements").id(JUDGEMENTS_ID).title("研判明细：${subject:text}").grid_pos(box(0, 37, 24, 10))
    panel.description("Judgements of the chosen subject: figures, formula, why not rated, what would be one better.")
    panel.override_by_name("等级", [*coloured_cells(), *wide(130)]).override_by_name("指标", wide(240))
    for name in ("公式", "未评定原因", "改善一级所需"):
        panel.override_by_name(name, prose(300))
    return panel


def recent_changes() -> table.Panel:
    """The latest changes of warnings in words."""
    panel = rows("recent_changes").id(8).title("最近等级变化").grid_pos(box(0, 47, 12, 10))
    panel.description("Recent changes of warnings in words; corrections say that they revise what was said before.")
    cells = [DynamicConfigValue("custom.cellOptions", {"type": "color-text"})]
    panel.override_by_name("变化", [*cells, *wide(80), DynamicConfigValue("mappings", words(CHANGES))])
    return panel.override_by_name("时间", wide(170)).override_by_name("说明", prose(560))


def not_rated() -> table.Panel:
    """Where no level could be given, and why."""
    panel = rows("not_rated").id(9).title("未评定与豁免清单").grid_pos(box(12, 47, 12, 10))
    panel.description("Not rated and exempt, with the reason a person can act on.")
    panel.override_by_name("状态", [*coloured_cells(), *wide(90)]).override_by_name("指标", wide(200))
    return panel.override_by_name("原因", prose(360))
