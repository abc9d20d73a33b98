"""Collectors of the ingest stage, made from their descriptions; all of them exist at zero from the start."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from planwatch.contract.metrics import BY_NAME


class IngestMetrics:
    """What ingest counts. Counters are advanced once the transaction they speak of is committed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.reports = _counter("planwatch_ingest_reports_total", registry)
        self.readings = _counter("planwatch_ingest_readings_total", registry)
        self.records = _counter("planwatch_ingest_records_total", registry)
        self.rejected = _counter("planwatch_ingest_rejected_total", registry)
        self.fenced = _counter("planwatch_ingest_fenced_total", registry)
        self.pauses = _counter("planwatch_ingest_pauses_total", registry)
        self.seconds = _histogram("planwatch_ingest_batch_seconds", registry)
        self.lag = _gauge("planwatch_ingest_lag_messages", registry)
        self._newest = _gauge("planwatch_ingest_last_message_timestamp_seconds", registry)
        self._newest_seen = 0.0

    def seen(self, produced: datetime) -> None:
        """A message produced at this time was stored."""
        self._newest_seen = max(self._newest_seen, produced.timestamp())
        self._newest.set(self._newest_seen)


def _counter(name: str, registry: CollectorRegistry) -> Counter:
    metric = BY_NAME[name]
    made = Counter(metric.name, metric.meaning, metric.labels, registry=registry)
    for values in metric.values:
        made.labels(*values)
    return made


def _gauge(name: str, registry: CollectorRegistry) -> Gauge:
    metric = BY_NAME[name]
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)


def _histogram(name: str, registry: CollectorRegistry) -> Histogram:
    metric = BY_NAME[name]
    return Histogram(metric.name, metric.meaning, metric.labels, buckets=metric.buckets, registry=registry)
