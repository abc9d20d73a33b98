"""The panels of the barometer: what is warned of, what every target says of every region, and how it came about."""

from grafana_foundation_sdk.builders import stat, statetimeline, table
from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueGraphMode, BigValueTextMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from planwatch.dashboards.looks import (
    CHANGES,
    GREY,
    LIGHT_GREY,
    box,
    coloured_cells,
    coloured_from,
    coloured_words,
    figures,
    hidden,
    moments,
    prose,
    state_mappings,
    steps,
    wide,
)
from planwatch.dashboards.sources import DATABASE, Sql

BAROMETER_UID = "planwatch-barometer"
TIMELINE_ID, JUDGEMENTS_ID = 6, 7
_COMPARED = (
    "判定值 is what the rule compared with its bands, and not always in the unit: a share of the target done, "
    "a shortfall relative to it, or percentage points. 覆盖率 is the share of what was expected that is in a sum over "
    "members, 家数 those with all their months of all; empty for the subject's own figure."
)
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


def judged(panel: table.Panel) -> table.Panel:
    """Give the columns that every table of judgements has their looks, narrow enough that the words beside them fit."""
    panel.override_by_name("等级", [*coloured_cells(), *wide(110)]).override_by_name("尺度", wide(85))
    for name, width in (("实际", 90), ("应达", 90), ("判定值", 95)):
        panel.override_by_name(name, figures(width))
    return covered(panel).override_by_name("单位", wide(75))


def covered(panel: table.Panel) -> table.Panel:
    """Give the coverage of sums its looks: per cent, and members with all their months of all members."""
    panel.override_by_name("覆盖率", [*wide(85), DynamicConfigValue("unit", "percent")])
    return panel.override_by_name("家数", wide(80))


def warning_tiles() -> stat.Panel:
    """Active warnings by severity."""
    panel = tiles("active_warnings").id(1).title("有效预警").grid_pos(box(0, 0, 10, 4))
    panel.description("Active early warnings by severity (3 is the worst).")
    for name, colour in (("最严重（3）", "red"), ("较严重（2）", "orange"), ("轻微（1）", "yellow")):
        panel.override_by_name(name, coloured_from([(None, "text"), (1, colour)]))
    return panel


def not_rated_tiles() -> stat.Panel:
    """How many judgements gave no level: grey, for neither is ever green."""
    panel = tiles("not_rated_count").id(2).title("未评定与豁免").grid_pos(box(10, 0, 6, 4))
    panel.description("Newest judgements without a level: not rated (figures missing, held or undefined) and exempt.")
    panel.override_by_name("未评定", coloured_from([(None, "text"), (1, GREY)]))
    return panel.override_by_name("豁免", coloured_from([(None, "text"), (1, LIGHT_GREY)]))


def backlog_tiles() -> stat.Panel:
    """What waits, and whether it waits too long."""
    panel = tiles("backlog").id(3).title("积压").grid_pos(box(16, 0, 8, 4))
    panel.description(
        "Marks waiting to be judged, changes somebody must still be told of, and how long the oldest has waited: "
        "over 5 minutes is overdue. What is shown below may be that old."
    )
    bounds = coloured_from([(None, "text"), (300, "orange"), (900, "red")])
    return panel.override_by_name("最久等待", [*bounds, DynamicConfigValue("unit", "s")])


def matrix() -> table.Panel:
    """The barometer: a row per target and yardstick, a column per region."""
    corner = "目标\\地区"
    panel = rows("matrix").id(4).title("晴雨表：目标 × 尺度 × 地区").grid_pos(box(0, 4, 24, 14))
    panel.description(
        "Barometer: the newest level of every target (rows, by yardstick) in every region (columns), with the last "
        "month it covers. Targets that differ only in the name of their region share a row. Grey is not rated or "
        "exempt, never green; — means that no such target binds the region. 覆盖 is the share of what was expected of "
        "its members that is in a sum."
    )
    panel.with_transformation(
        DataTransformerConfig(
            "groupingToMatrix",
            options={"columnField": "地区", "rowField": "目标", "valueField": "等级", "emptyValue": "empty"},
        )
    )
    panel.filterable(False).min_width(130).thresholds(steps((None, GREY))).mappings(state_mappings())
    panel.override_by_regexp("^(?!目标).*", [coloured_cells()[0]]).no_value("所选范围内没有对地区的研判")
    return panel.override_by_name(corner, wide(310))


def open_warnings() -> table.Panel:
    """Active warnings, each with a link to its history."""
    panel = rows("open_warnings").id(5).title("有效预警清单").grid_pos(box(0, 18, 24, 10))
    panel.description(
        "Open warnings with the formula (numbers filled in), what would make it one level better, and the clause. "
        f"{_COMPARED} Click the subject or the indicator to see the level history around the warning's periods."
    )
    link = [{"title": "查看等级历史 / level history", "url": _TO_HISTORY, "targetBlank": False}]
    judged(panel)
    for name, width in (("对象", 135), ("指标", 215)):
        panel.override_by_name(name, [*wide(width), DynamicConfigValue("links", link)])
    for name, at_least in (("公式", 200), ("改善一级所需", 150), ("依据", 150)):
        panel.override_by_name(name, prose(at_least))
    for name in ("自", "至"):
        panel.override_by_name(name, wide(80))
    panel.override_by_name("变更时间", moments())
    for name in ("subject", "target", "link_from", "link_to"):
        panel.override_by_name(name, hidden())
    return panel


def timeline() -> statetimeline.Panel:
    """Levels of the chosen subject over time, one bar per target and yardstick."""
    panel = statetimeline.Panel().id(TIMELINE_ID).title("等级历史：${subject:text}").grid_pos(box(0, 28, 24, 10))
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
    panel = rows("judgements").id(JUDGEMENTS_ID).title("研判明细：${subject:text}").grid_pos(box(0, 38, 24, 10))
    panel.description(
        "Judgements of the chosen subject: figures, formula, why not rated, what would be one level better. "
        f"{_COMPARED}"
    )
    judged(panel).override_by_name("截至", wide(90)).override_by_name("指标", wide(250))
    for name, at_least in (("公式", 240), ("未评定原因", 160), ("改善一级所需", 160)):
        panel.override_by_name(name, prose(at_least))
    return panel.override_by_name("研判时间", moments())


def recent_changes() -> table.Panel:
    """The latest changes of warnings in words."""
    panel = rows("recent_changes").id(8).title("最近等级变化").grid_pos(box(0, 48, 12, 10))
    panel.description("Recent changes of warnings in words; corrections say that they revise what was said before.")
    panel.override_by_name("变化", coloured_words(75, CHANGES))
    return panel.override_by_name("时间", moments()).override_by_name("说明", prose(300))


def not_rated() -> table.Panel:
    """Where no level could be given, and why."""
    panel = rows("not_rated").id(9).title("未评定与豁免清单").grid_pos(box(12, 48, 12, 10))
    panel.description("Not rated and exempt, with the coverage of sums and the reason a person can act on.")
    covered(panel)
    panel.override_by_name("状态", [*coloured_cells(), *wide(85)]).override_by_name("指标", prose(160))
    for name, width in (("对象", 130), ("尺度", 85), ("截至", 85)):
        panel.override_by_name(name, wide(width))
    return panel.override_by_name("原因", prose(200))
