"""Collectors of the notify stage."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from planwatch.contract.metrics import BY_NAME


class NotifyMetrics:
    """What notify counts. All label values that are known, and those of ``receivers``, exist at zero from the start."""

    def __init__(self, registry: CollectorRegistry, receivers: Iterable[str] = ()) -> None:
        self.outbox = _gauge("planwatch_notify_outbox_count", registry)
        self.oldest_outbox = _gauge("planwatch_notify_oldest_outbox_seconds", registry)
        self._active = _gauge("planwatch_notify_active_warnings_count", registry)
        deliveries = BY_NAME["planwatch_notify_deliveries_total"]
        self._deliveries = Counter(deliveries.name, deliveries.meaning, deliveries.labels, registry=registry)
        seconds = BY_NAME["planwatch_notify_delivery_seconds"]
        self._seconds = Histogram(
            seconds.name, seconds.meaning, seconds.labels, registry=registry, buckets=seconds.buckets
        )
        self._start_at_zero(list(receivers))

    def _start_at_zero(self, receivers: list[str]) -> None:
        deliveries = BY_NAME["planwatch_notify_deliveries_total"].values
        outcomes = {outcome: None for _, outcome in deliveries}
        for values in {*deliveries, *((receiver, outcome) for receiver in receivers for outcome in outcomes)}:
            self._deliveries.labels(*values)
        for values in {*BY_NAME["planwatch_notify_delivery_seconds"].values, *((name,) for name in receivers)}:
            self._seconds.labels(*values)
        self.active({})

    def tried(self, receiver: str, outcome: str) -> None:
        """One delivery came out: delivered, suppressed, retried or failed."""
        self._deliveries.labels(receiver, outcome).inc()

    def took(self, receiver: str, seconds: float) -> None:
        """One request to a receiver took so long."""
        self._seconds.labels(receiver).observe(seconds)

    def active(self, by_severity: Mapping[int, int]) -> None:
        """How many warnings are active, by severity."""
        for (severity,) in BY_NAME["planwatch_notify_active_warnings_count"].values:
            self._active.labels(severity).set(by_severity.get(int(severity), 0))


def _gauge(name: str, registry: CollectorRegistry) -> Gauge:
    metric = BY_NAME[name]
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)
