"""Collectors of the HJ 212 gateway, made from their descriptions; all of them exist at zero from the start."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from planwatch.contract.metrics import BY_NAME
from planwatch.contract.report import Flag, Report
from planwatch.gateway.intake import Outcome

_GRAVEST_FIRST = (Flag.WITHDRAWN, Flag.HELD, Flag.SUSPECT, Flag.ESTIMATED)


class GatewayMetrics:
    """What the gateway counts. Frames are counted once what they state is written."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._frames = _counter("planwatch_gateway_frames_total", registry)
        self._closed = _counter("planwatch_gateway_closed_total", registry)
        self._reports = _counter("planwatch_gateway_reports_total", registry)
        self._connections = _gauge("planwatch_gateway_connections_count", registry)
        self._waiting = _gauge("planwatch_gateway_waiting_count", registry)
        self._silent = _gauge("planwatch_gateway_silent_points_count", registry)

    def connected(self, count: int) -> None:
        """So many connections are open."""
        self._connections.set(count)

    def closed(self, reason: str) -> None:
        """A connection was closed by us."""
        self._closed.labels(reason).inc()

    def decided(self, outcome: Outcome) -> None:
        """A frame was dealt with; padding between frames is not counted."""
        if outcome is not Outcome.BLANK:
            self._frames.labels(outcome.value).inc()

    def reported(self, report: Report) -> None:
        """A month's report was made; its gravest mark is counted."""
        flags = {one.flag for one in report.readings}
        self._reports.labels(next((one.value for one in _GRAVEST_FIRST if one in flags), "none")).inc()

    def waiting(self, count: int) -> None:
        """So many months and reports wait."""
        self._waiting.set(count)

    def silent(self, count: int) -> None:
        """So many points in service have not spoken of late."""
        self._silent.set(count)


def _counter(name: str, registry: CollectorRegistry) -> Counter:
    metric = BY_NAME[name]
    made = Counter(metric.name, metric.meaning, metric.labels, registry=registry)
    for values in metric.values:
        made.labels(*values)
    return made


def _gauge(name: str, registry: CollectorRegistry) -> Gauge:
    metric = BY_NAME[name]
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)
