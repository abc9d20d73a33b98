"""What the service dashboard asks Prometheus, chart by chart; every name here is one of ``contract.metrics``.

Counts and ages of what waits are read from one database by every process, so the highest is shown, not the sum;
lag belongs to the partitions a process holds, so it is summed.
"""

from dataclasses import dataclass

from planwatch.dashboards.looks import CHANGES, GREY, LIGHT_GREY

SEVERITIES = {3: "red", 2: "orange", 1: "yellow"}


@dataclass(frozen=True, slots=True)
class Chart:
    """One time series panel: its questions as (PromQL, legend).

    ``counts_up_to`` says that it counts whole things, and how far the axis goes while there are few. ``waits`` are the
    legends of waits in seconds, on an axis of their own. ``words`` says how series look whose colour means something:
    (expression for the whole legend, word or nothing, colour); elsewhere colours only tell series apart.
    """

    title: str
    meaning: str
    unit: str
    asked: tuple[tuple[str, str], ...]
    counts_up_to: float | None = None
    waits: tuple[str, ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()


CHARTS: tuple[Chart, ...] = (
    Chart(
        "报告入库",
        "Reports and registry records stored per second.",
        "suffix: 条/s",
        (
            ("sum(rate(planwatch_ingest_reports_total[$__rate_interval]))", "报告"),
            ("sum(rate(planwatch_ingest_records_total[$__rate_interval]))", "名录"),
        ),
    ),
    Chart(
        "指标值入库",
        "Readings stored per second, new or superseding.",
        "suffix: 个/s",
        (("sum(rate(planwatch_ingest_readings_total[$__rate_interval]))", "指标值"),),
    ),
    Chart(
        "拒收（按原因）",
        "Messages rejected per second, by reason.",
        "suffix: 条/s",
        (("sum by (reason) (rate(planwatch_ingest_rejected_total[$__rate_interval]))", "{{reason}}"),),
    ),
    Chart(
        "消费滞后",
        "Messages not yet stored, and the age of the newest stored message.",
        "short",
        (
            ("sum(planwatch_ingest_lag_messages)", "滞后消息"),
            ("time() - (max(planwatch_ingest_last_message_timestamp_seconds) > 0)", "最新消息距今"),
        ),
        counts_up_to=5,
        waits=("最新消息距今",),
    ),
    Chart(
        "批次耗时",
        "Seconds from poll to commit of one batch, median and 99th percentile.",
        "s",
        (
            (
                "histogram_quantile(0.5, sum by (le) (rate(planwatch_ingest_batch_seconds_bucket[$__rate_interval])))",
                "p50",
            ),
            (
                "histogram_quantile(0.99, sum by (le) (rate(planwatch_ingest_batch_seconds_bucket[$__rate_interval])))",
                "p99",
            ),
        ),
    ),
    Chart(
        "入库暂停与失主批次",
        "Times ingest paused for the database, and batches dropped because another consumer owns the partition.",
        "short",
        (
            ("sum(increase(planwatch_ingest_pauses_total[$__rate_interval]))", "暂停"),
            ("sum(increase(planwatch_ingest_fenced_total[$__rate_interval]))", "失主批次"),
        ),
        counts_up_to=5,
    ),
    Chart(
        "待研判标记",
        "Marks waiting to be judged and the age of the oldest.",
        "short",
        (
            ("max(planwatch_assess_marks_count)", "标记"),
            ("max(planwatch_assess_oldest_mark_seconds)", "最久等待"),
        ),
        counts_up_to=5,
        waits=("最久等待",),
    ),
    Chart(
        "研判耗时",
        "Seconds to judge one subject, median and 99th percentile.",
        "s",
        (
            (
                (
                    "histogram_quantile(0.5, sum by (le) "
                    "(rate(planwatch_assess_subject_seconds_bucket[$__rate_interval])))"
                ),
                "p50",
            ),
            (
                (
                    "histogram_quantile(0.99, sum by (le) "
                    "(rate(planwatch_assess_subject_seconds_bucket[$__rate_interval])))"
                ),
                "p99",
            ),
        ),
    ),
    Chart(
        "研判数量",
        "Subjects judged, assessments written by status, and passes that failed, per second.",
        "suffix: 次/s",
        (
            ("sum(rate(planwatch_assess_subjects_total[$__rate_interval]))", "对象"),
            ("sum by (status) (rate(planwatch_assess_assessments_total[$__rate_interval]))", "{{status}}"),
            ("sum(rate(planwatch_assess_failures_total[$__rate_interval]))", "失败"),
        ),
        words=(
            ("rated", "已评定", "blue"),
            ("not_rated", "未评定", GREY),
            ("exempt", "豁免", LIGHT_GREY),
            ("对象", "", "purple"),
            ("失败", "", "red"),
        ),
    ),
    Chart(
        "等级变化",
        "Changes of warnings, by kind.",
        "short",
        (("sum by (kind) (increase(planwatch_assess_level_changes_total[$__rate_interval]))", "{{kind}}"),),
        counts_up_to=5,
        words=tuple((kind, word, colour) for kind, (word, colour) in CHANGES.items()),
    ),
    Chart(
        "有效预警",
        "Active warnings, by severity.",
        "short",
        (("max by (severity) (planwatch_notify_active_warnings_count)", "严重度 {{severity}}"),),
        counts_up_to=5,
        words=tuple((f"严重度 {severity}", "", colour) for severity, colour in SEVERITIES.items()),
    ),
    Chart(
        "待通知",
        "Changes somebody must still be told of, and the age of the oldest.",
        "short",
        (
            ("max(planwatch_notify_outbox_count)", "条数"),
            ("max(planwatch_notify_oldest_outbox_seconds)", "最久等待"),
        ),
        counts_up_to=5,
        waits=("最久等待",),
    ),
    Chart(
        "送达（按接收方与结果）",
        "Tries to deliver per second, by receiver and outcome, of those that happened within a day.",
        "suffix: 次/s",
        (
            (
                (
                    "sum by (receiver, outcome) (rate(planwatch_notify_deliveries_total[$__rate_interval])) "
                    "and sum by (receiver, outcome) (increase(planwatch_notify_deliveries_total[1d])) > 0"
                ),
                "{{receiver}} {{outcome}}",
            ),
        ),
        words=((".* failed", "", "red"), (".* retried", "", "orange")),
    ),
    Chart(
        "送达耗时",
        "Seconds one request to a receiver took, 99th percentile.",
        "s",
        (
            (
                (
                    "histogram_quantile(0.99, sum by (le, receiver) "
                    "(rate(planwatch_notify_delivery_seconds_bucket[$__rate_interval])))"
                ),
                "{{receiver}} p99",
            ),
        ),
    ),
    Chart(
        "HTTP 报送（按结果）",
        "Messages sent over HTTP per second, by outcome, and requests turned away as a whole.",
        "suffix: 条/s",
        (
            ("sum by (outcome) (rate(planwatch_api_messages_total[$__rate_interval]))", "{{outcome}}"),
            ("sum by (status) (rate(planwatch_api_requests_total[$__rate_interval])) > 0", "HTTP {{status}}"),
        ),
        words=(("refused", "", "orange"), ("not_acknowledged", "", "red"), ("HTTP 50.", "", "red")),
    ),
    Chart(
        "HTTP 应答耗时",
        "Seconds to answer one HTTP request, median and 99th percentile.",
        "s",
        (
            (
                "histogram_quantile(0.5, sum by (le) (rate(planwatch_api_request_seconds_bucket[$__rate_interval])))",
                "p50",
            ),
            (
                "histogram_quantile(0.99, sum by (le) (rate(planwatch_api_request_seconds_bucket[$__rate_interval])))",
                "p99",
            ),
        ),
    ),
    Chart(
        "HJ 212 报文（按结果）",
        "Frames of data loggers per second, by outcome; connections open, and those closed by the gateway, by reason.",
        "short",
        (
            ("sum by (outcome) (rate(planwatch_gateway_frames_total[$__rate_interval]))", "{{outcome}}"),
            ("sum(planwatch_gateway_connections_count)", "连接数"),
            ("sum by (reason) (increase(planwatch_gateway_closed_total[$__rate_interval])) > 0", "断开 {{reason}}"),
        ),
        counts_up_to=5,
        words=(("refused", "", "orange"), ("断开 .*", "", "red")),
    ),
    Chart(
        "HJ 212 月报",
        "Monthly reports made of daily messages, by their gravest mark; what waits, and monitoring points gone silent.",
        "short",
        (
            ("sum by (mark) (increase(planwatch_gateway_reports_total[$__rate_interval]))", "{{mark}}"),
            ("max(planwatch_gateway_waiting_count)", "等待"),
            ("max(planwatch_gateway_silent_points_count)", "失联监测点"),
        ),
        counts_up_to=5,
        words=(("held", "", "orange"), ("withdrawn", "", "red"), ("失联监测点", "", "purple")),
    ),
    Chart(
        "数据质量",
        "Findings about figures that stand, by rule, and figures kept out of sums by them.",
        "short",
        (
            ("max by (rule) (planwatch_assess_findings_count) > 0", "{{rule}}"),
            ("max(planwatch_assess_held_figures_count)", "暂不计入"),
        ),
        counts_up_to=5,
        words=(("暂不计入", "", "red"),),
    ),
    Chart(
        "改动后不能用的文件",
        "Changed files of tokens, monitoring points or plans that a running process could not use.",
        "short",
        (
            (
                "sum by (stage, file) (increase(planwatch_service_reload_failures_total[$__rate_interval]))",
                "{{stage}} {{file}}",
            ),
        ),
        counts_up_to=5,
    ),
    Chart(
        "可达进程",
        "How many processes of each stage Prometheus reaches.",
        "short",
        (('sum by (stage) (up{job=~"planwatch.*"})', "{{stage}}"),),
        counts_up_to=5,
    ),
)
