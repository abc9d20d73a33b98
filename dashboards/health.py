"""The dashboard 运行健康: how the stages run, from Prometheus, and what waits or was rejected, from the database."""

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions, VizTextDisplayOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)

from planwatch.dashboards.barometer_panels import BAROMETER_UID, rows, tiles
from planwatch.dashboards.controls import InPlaceLink
from planwatch.dashboards.health_charts import CHARTS, Chart
from planwatch.dashboards.looks import (
    GREY,
    box,
    coloured_from,
    coloured_words,
    drawn_in,
    figures,
    moments,
    prose,
    steps,
    wide,
    words,
)
from planwatch.dashboards.sources import PROMETHEUS, promql, promql_now

SERVICE_UID = "planwatch-service"
_ON_THE_RIGHT = [
    model.DynamicConfigValue("unit", "s"),
    model.DynamicConfigValue("custom.axisPlacement", "right"),
    model.DynamicConfigValue("custom.axisSoftMax", 60),
]
DELIVERIES = {"pending": ("待送达", "text"), "failed": ("已放弃", "red")}
_COLUMNS, _WIDTH, _HEIGHT, _TOP = 3, 8, 8, 4


def lamps(number: int, metric: str, title: str, meaning: str, *, x: int) -> stat.Panel:
    """One lamp per process: 1 is good, 0 is not; one that Prometheus cannot reach keeps its lamp, and it is red."""
    panel = stat.Panel().id(number).title(title).description(meaning).datasource(PROMETHEUS).grid_pos(box(x, 0, 6, 4))
    reached_or_not = f'{metric} or (up{{job=~"planwatch.*"}} == 0) - 1'
    panel.targets(promql_now(reached_or_not, "{{stage}} {{instance}}"))
    panel.reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
    panel.graph_mode(BigValueGraphMode.NONE).color_mode(BigValueColorMode.BACKGROUND)
    panel.text(VizTextDisplayOptions().title_size(14).value_size(30))
    panel.text_mode(BigValueTextMode.VALUE_AND_NAME).thresholds(steps((None, GREY))).no_value("无数据")
    return panel.mappings(words({"1": ("正常", "green"), "0": ("异常", "red"), "-1": ("失联", "red")}))


def versions() -> stat.Panel:
    """Which versions of which stages are running."""
    panel = (
        stat.Panel().id(3).title("版本与阶段").description("How many processes of each stage and version are scraped.")
    )
    panel.datasource(PROMETHEUS).grid_pos(box(12, 0, 6, 4))
    panel.targets(promql_now("sum by (stage, version) (planwatch_service_info)", "{{stage}} {{version}}"))
    panel.reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
    panel.graph_mode(BigValueGraphMode.NONE).color_mode(BigValueColorMode.NONE)
    return panel.text_mode(BigValueTextMode.VALUE_AND_NAME).thresholds(steps((None, "text"))).no_value("无数据")


def waiting() -> stat.Panel:
    """What waits, as the database counts it: true even where no process is scraped."""
    panel = tiles("backlog").id(4).title("积压（数据库）").grid_pos(box(18, 0, 6, 4))
    panel.description("Marks and outbox rows waiting, counted in the database, and the age of the oldest.")
    bounds = coloured_from([(None, "text"), (300, "orange"), (900, "red")])
    return panel.override_by_name("最久等待", [*bounds, model.DynamicConfigValue("unit", "s")])


def chart(number: int, drawn: Chart) -> timeseries.Panel:
    """A time series panel at the place its number gives it."""
    row, column = divmod(number, _COLUMNS)
    panel = timeseries.Panel().id(10 + number).title(drawn.title).description(drawn.meaning).datasource(PROMETHEUS)
    panel.grid_pos(box(column * _WIDTH, _TOP + row * _HEIGHT, _WIDTH, _HEIGHT)).unit(drawn.unit).min(0)
    panel.targets(promql(*drawn.asked)).thresholds(steps((None, "text"))).no_value("无数据")
    panel.line_width(1).fill_opacity(10).show_points(VisibilityMode.NEVER)
    legend = VizLegendOptions().show_legend(True).display_mode(LegendDisplayMode.LIST)
    panel.legend(legend.placement(LegendPlacement.BOTTOM))
    if drawn.counts_up_to is not None:
        panel.decimals(0).axis_soft_max(drawn.counts_up_to)
    for name in drawn.waits:
        panel.override_by_name(name, _ON_THE_RIGHT)
    for name, word, colour in drawn.words:
        named = [model.DynamicConfigValue("displayName", word)] if word else []
        panel.override_by_regexp(f"^{name}$", [*named, *drawn_in(colour)])
    return panel


def rejects_by_reason(top: int) -> table.Panel:
    """What was rejected and not sent again."""
    panel = rows("rejects_open").id(40).title("待处理的拒收").grid_pos(box(0, top, 12, 9))
    panel.description("Rejects not redriven, by reason; «unpublished» ones the reject topic has not acknowledged.")
    panel.override_by_name("原因", prose(150))
    for name in ("待重投", "未发布"):
        panel.override_by_name(name, figures(105))
    return panel.override_by_name("最早", moments()).override_by_name("最近", moments())


def unfinished_deliveries(top: int) -> table.Panel:
    """Who must still be told, and whom nobody tries to tell any more."""
    panel = rows("deliveries_open").id(41).title("未完成的送达").grid_pos(box(12, top, 12, 9))
    panel.description("Deliveries pending or given up, by receiver.").override_by_name("接收方", wide(150))
    panel.override_by_name("状态", coloured_words(95, DELIVERIES))
    for name in ("条数", "最多尝试"):
        panel.override_by_name(name, figures(105))
    return panel.override_by_name("错误", prose(240))


def latest_rejects(top: int) -> table.Panel:
    """The newest rejected messages."""
    panel = rows("rejects_latest").id(42).title("最近拒收").grid_pos(box(0, top, 24, 10))
    panel.description("Latest rejected messages with their first fault; redrive them with `planwatch rejects`.")
    for name, width in (("原因", 165), ("消息", 250), ("字段", 190)):
        panel.override_by_name(name, wide(width))
    panel.override_by_name("第一处错误", prose(300)).override_by_name("错误数", figures(95))
    return panel.override_by_name("时间", moments()).override_by_name("已重投", moments())


def health() -> Dashboard:
    """The whole dashboard; times are those of the machines, so the range is the last hour."""
    board = Dashboard("运行健康").uid(SERVICE_UID).tags(["planwatch", "运行"]).readonly()
    board.description("Service health: ingest, assess, notify, the database and what waits between them.")
    board.timezone("Asia/Shanghai").time("now-1h", "now").refresh("10s").week_start("monday")
    board.tooltip(model.DashboardCursorSync.CROSSHAIR).variables([]).annotations([])
    board.link(InPlaceLink("晴雨表总览").url(f"/d/{BAROMETER_UID}").tooltip("Barometer"))
    board.with_panel(lamps(1, "planwatch_service_ready", "进程就绪", "Is each process ready to serve?", x=0))
    board.with_panel(lamps(2, "planwatch_service_database_up", "数据库可达", "Did the last round trip work?", x=6))
    board.with_panel(versions()).with_panel(waiting())
    for number, drawn in enumerate(CHARTS):
        board.with_panel(chart(number, drawn))
    below = _TOP + _HEIGHT * -(-len(CHARTS) // _COLUMNS)
    board.with_panel(rejects_by_reason(below)).with_panel(unfinished_deliveries(below))
    return board.with_panel(latest_rejects(below + 9))
