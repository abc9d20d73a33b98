"""The dashboard 晴雨表总览: the barometer matrix, open warnings, level history and changes in words."""

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationPanelFilter,
    CustomVariable,
    Dashboard,
    QueryVariable,
)
from grafana_foundation_sdk.models import dashboard as model

from planwatch.dashboards import barometer_panels as panels
from planwatch.dashboards.controls import InPlaceAnnotation, InPlaceLink
from planwatch.dashboards.queries import panel_queries
from planwatch.dashboards.sources import DATABASE, Sql

PLANS_BEGIN = "2020-12-31T16:00:00.000Z"
"""Midnight in Asia/Shanghai before 2021, the first year of the plans: five years back would soon lose sight of it."""
_ALL = model.VariableOption(text="All", value="$__all")


def chooser(name: str, label: str, meaning: str, query: str) -> QueryVariable:
    """A variable whose values a query gives, read again whenever the time range changes."""
    return (
        QueryVariable(name)
        .label(label)
        .description(meaning)
        .datasource(DATABASE)
        .query(panel_queries()[query])
        .definition(panel_queries()[query])
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.DISABLED)
        .allow_custom_value(False)
    )


def of_all(variable: QueryVariable) -> QueryVariable:
    """Let it choose several or all. «All» is the quoted star, which the queries take for no restriction."""
    return variable.multi(True).include_all(True).all_value("'*'").current(_ALL)


def yardsticks() -> CustomVariable:
    """The closed list of yardsticks."""
    variable = CustomVariable("yardstick").label("尺度").description("Yardstick: annual task, five-year progress")
    variable.values("年度 : annual, 五年进度 : five_year, 单项 : single").allow_custom_value(False)
    return variable.multi(True).include_all(True).all_value("'*'").current(_ALL)


def changes_on_the_timeline() -> InPlaceAnnotation:
    """Changes of warnings as marks on the level history, and nowhere else."""
    return (
        InPlaceAnnotation()
        .name("等级变化")
        .datasource(DATABASE)
        .enable(True)
        .icon_color("purple")
        .filter(AnnotationPanelFilter().exclude(False).ids([panels.TIMELINE_ID]))
        .target(Sql("change_marks", "Anno"))
    )


def barometer() -> Dashboard:
    """The whole dashboard. Time is the time figures are about, in Asia/Shanghai: by default all that was watched."""
    board = Dashboard("晴雨表总览").uid(panels.BAROMETER_UID).tags(["planwatch", "监测"]).readonly()
    board.description("Barometer: levels by region, target and yardstick; open warnings; level history.")
    board.timezone("Asia/Shanghai").time(PLANS_BEGIN, "now").refresh("30s").week_start("monday")
    board.tooltip(model.DashboardCursorSync.OFF)
    board.with_variable(of_all(chooser("plan", "规划", "Plan", "plans")))
    board.with_variable(of_all(chooser("target", "目标", "Target", "targets")))
    board.with_variable(yardsticks())
    board.with_variable(of_all(chooser("region", "地区", "Region, with what lies directly in it", "regions")))
    board.with_variable(chooser("subject", "对象", "Whose level history is shown", "subjects"))
    board.annotation(changes_on_the_timeline())
    board.link(InPlaceLink("运行健康").url("/d/planwatch-service").tooltip("Service health"))
    for panel in (panels.warning_tiles(), panels.not_rated_tiles(), panels.backlog_tiles(), panels.matrix()):
        board.with_panel(panel)
    board.with_panel(panels.open_warnings()).with_panel(panels.timeline()).with_panel(panels.judgements())
    return board.with_panel(panels.recent_changes()).with_panel(panels.not_rated())
