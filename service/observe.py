"""What each process shows of itself over HTTP: /metrics, /healthz (alive) and /readyz (may be given work)."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from planwatch.contract.metrics import BY_NAME

logger = logging.getLogger(__name__)


class Health:
    """What is right and wrong with a process now: named conditions, each with words when it is not met."""

    def __init__(self, registry: CollectorRegistry, stage: str) -> None:
        self._wrong: dict[str, str] = {"start": "starting"}
        self._lock = threading.Lock()
        self._ready = _gauge("planwatch_service_ready", registry)
        self._database_up = _gauge("planwatch_service_database_up", registry)
        info = _gauge("planwatch_service_info", registry)
        info.labels(version=version("planwatch"), stage=stage).set(1)

    def ok(self, condition: str) -> None:
        """The condition is met (again)."""
        self._set(condition, None)

    def wrong(self, condition: str, why: str) -> None:
        """The condition is not met; the process is not ready."""
        self._set(condition, why)

    def _set(self, condition: str, why: str | None) -> None:
        with self._lock:
            if why is None:
                self._wrong.pop(condition, None)
            else:
                self._wrong[condition] = why
            self._ready.set(not self._wrong)
            if condition == "database":
                self._database_up.set(why is None)

    @property
    def faults(self) -> Mapping[str, str]:
        """Conditions that are not met, with why."""
        with self._lock:
            return dict(self._wrong)


def _gauge(name: str, registry: CollectorRegistry) -> Gauge:
    metric = BY_NAME[name]
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)


class Observer:
    """The HTTP server of one process. ``refresh`` is called before each scrape to bring gauges up to date."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, health: Health, refresh: Callable[[], None]
    ) -> None:
        self._server = ThreadingHTTPServer((host, port), _answering(registry, health, refresh))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="observer", daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()
        logger.info("serving metrics", extra={"action": "observe", "port": self.port})

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _answering(
    registry: CollectorRegistry, health: Health, refresh: Callable[[], None]
) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                refresh()
                self._send(200, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif self.path == "/healthz":
                self._send(200, "application/json", b'{"status":"alive"}')
            elif self.path == "/readyz":
                faults = health.faults
                body = json.dumps({"status": "not ready" if faults else "ready", "faults": faults}).encode()
                self._send(503 if faults else 200, "application/json", body)
            else:
                self._send(404, "text/plain", b"try /metrics, /healthz or /readyz\n")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are not worth a log line."""

    return Answer
