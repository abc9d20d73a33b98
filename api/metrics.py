"""Collectors of the HTTP endpoint, made from their descriptions; all of them exist at zero from the start."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from planwatch.contract.metrics import BY_NAME


class ApiMetrics:
    """What the endpoint counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = _counter("planwatch_api_requests_total", registry)
        self._messages = _counter("planwatch_api_messages_total", registry)
        seconds = BY_NAME["planwatch_api_request_seconds"]
        self._seconds = Histogram(seconds.name, seconds.meaning, buckets=seconds.buckets, registry=registry)

    def answered(self, status: int, seconds: float) -> None:
        """A request was answered with this HTTP status."""
        self._requests.labels(f"{status}").inc()
        self._seconds.observe(seconds)

    def judged(self, outcome: str, count: int) -> None:
        """So many messages met this fate."""
        self._messages.labels(outcome).inc(count)


def _counter(name: str, registry: CollectorRegistry) -> Counter:
    metric = BY_NAME[name]
    made = Counter(metric.name, metric.meaning, metric.labels, registry=registry)
    for values in metric.values:
        made.labels(*values)
    return made
