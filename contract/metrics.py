"""Every metric planwatch exposes: name, type, labels, one line of meaning. Nothing else may be exposed."""

from dataclasses import dataclass
from typing import Literal

from planwatch.contract.quality import Rule


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``values`` are the label values that exist at zero from the start."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()
    buckets: tuple[float, ...] = ()


_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_REASONS = (
    ("empty",),
    ("not_json",),
    ("breaks_contract",),
    ("unknown_indicator",),
    ("unfit_unit",),
    ("wrong_key",),
    ("refused_by_database",),
)
_CHANGES = (("raised",), ("escalated",), ("eased",), ("cleared",), ("withdrawn",), ("restated",))

METRICS: tuple[Metric, ...] = (
    Metric("planwatch_ingest_reports_total", "counter", "Reports stored."),
    Metric("planwatch_ingest_readings_total", "counter", "Readings stored, new or superseding."),
    Metric("planwatch_ingest_records_total", "counter", "Registry records stored."),
    Metric("planwatch_ingest_rejected_total", "counter", "Messages rejected, by reason.", ("reason",), _REASONS),
    Metric("planwatch_ingest_fenced_total", "counter", "Batches dropped because another consumer owns the partition."),
    Metric("planwatch_ingest_pauses_total", "counter", "Times ingest paused because the database could not serve."),
    Metric(
        "planwatch_ingest_batch_seconds", "histogram", "Seconds from poll to commit of one batch.", buckets=_SECONDS
    ),
    Metric(
        "planwatch_ingest_lag_messages",
        "gauge",
        "Messages between the stored position and the end of the assigned partitions.",
    ),
    Metric(
        "planwatch_ingest_last_message_timestamp_seconds",
        "gauge",
        "When the newest stored message was produced, Unix time.",
    ),
    Metric("planwatch_assess_marks_count", "gauge", "Marks waiting to be judged."),
    Metric("planwatch_assess_oldest_mark_seconds", "gauge", "Age of the oldest waiting mark."),
    Metric(
        "planwatch_assess_findings_count",
        "gauge",
        "Findings about figures that are open or explained, by rule.",
        ("rule",),
        tuple((rule.value,) for rule in Rule),
    ),
    Metric("planwatch_assess_held_figures_count", "gauge", "Figures stated and kept out of sums by findings."),
    Metric("planwatch_assess_subjects_total", "counter", "Subjects judged."),
    Metric(
        "planwatch_assess_assessments_total",
        "counter",
        "Assessments written, by status.",
        ("status",),
        (("rated",), ("not_rated",), ("exempt",), ("ended",)),
    ),
    Metric("planwatch_assess_level_changes_total", "counter", "Changes of warnings, by kind.", ("kind",), _CHANGES),
    Metric("planwatch_assess_subject_seconds", "histogram", "Seconds to judge one subject.", buckets=_SECONDS),
    Metric("planwatch_assess_failures_total", "counter", "Passes that failed and will be tried again."),
    Metric(
        "planwatch_assess_law_failures_total",
        "counter",
        "Changed plan files that could not be used; the law in force stayed.",
    ),
    Metric("planwatch_notify_outbox_count", "gauge", "Changes somebody still has to be told of."),
    Metric("planwatch_notify_oldest_outbox_seconds", "gauge", "Age of the oldest change nobody was told of."),
    Metric(
        "planwatch_notify_deliveries_total",
        "counter",
        "Tries to deliver, by receiver and outcome.",
        ("receiver", "outcome"),
        tuple(
            (receiver, outcome)
            for receiver in ("alertmanager", "webhook", "topic")
            for outcome in ("delivered", "suppressed", "retried", "failed")
        ),
    ),
    Metric(
        "planwatch_notify_delivery_seconds",
        "histogram",
        "Seconds one request to a receiver took.",
        ("receiver",),
        (("alertmanager",), ("webhook",), ("topic",)),
        _SECONDS,
    ),
    Metric(
        "planwatch_notify_active_warnings_count",
        "gauge",
        "Active warnings, by severity.",
        ("severity",),
        (("1",), ("2",), ("3",)),
    ),
    Metric(
        "planwatch_api_requests_total",
        "counter",
        "HTTP requests to send messages, by status of the answer.",
        ("status",),
        tuple((str(status),) for status in (200, 202, 207, 400, 401, 403, 413, 415, 429, 500, 503)),
    ),
    Metric(
        "planwatch_api_messages_total",
        "counter",
        "Messages sent over HTTP, by outcome.",
        ("outcome",),
        (("accepted",), ("refused",), ("not_acknowledged",)),
    ),
    Metric("planwatch_api_request_seconds", "histogram", "Seconds to answer one HTTP request.", buckets=_SECONDS),
    Metric(
        "planwatch_gateway_frames_total",
        "counter",
        "Frames of data loggers dealt with, by outcome.",
        ("outcome",),
        (("stored",), ("part",), ("unused",), ("refused",)),
    ),
    Metric(
        "planwatch_gateway_closed_total",
        "counter",
        "Connections of data loggers closed by the gateway, by reason.",
        ("reason",),
        (("silent",), ("slow",), ("garbage",), ("full",), ("error",)),
    ),
    Metric(
        "planwatch_gateway_reports_total",
        "counter",
        "Monthly reports made of daily messages, by the gravest mark of their readings.",
        ("mark",),
        (("none",), ("estimated",), ("suspect",), ("held",), ("withdrawn",)),
    ),
    Metric("planwatch_gateway_connections_count", "gauge", "Connections of data loggers open now."),
    Metric("planwatch_gateway_waiting_count", "gauge", "Months over and not reported yet, and reports not sent yet."),
    Metric(
        "planwatch_gateway_silent_points_count",
        "gauge",
        "Monitoring points in service that stated neither yesterday nor the day before.",
    ),
    Metric(
        "planwatch_service_reload_failures_total",
        "counter",
        "Changed files a running process could not use, by file; what was in force stayed.",
        ("file",),
        (("tokens",), ("plans",), ("stations",)),
    ),
    Metric("planwatch_service_ready", "gauge", "1 when the process is ready to serve, else 0."),
    Metric("planwatch_service_database_up", "gauge", "1 when the last database round trip worked, else 0."),
    Metric("planwatch_service_info", "gauge", "Always 1; the version and the stage are labels.", ("version", "stage")),
)
BY_NAME = {metric.name: metric for metric in METRICS}
