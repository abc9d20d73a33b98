"""A webhook that listens for real, answers as it is told, and lets tests wait for what it hears."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """What to answer; ``hold`` is waited for first."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


class Hook:
    """Listens on a free port of this machine while its context is open."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: list[Answer] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, heard: Heard) -> Answer:
        """Keep a request; the answer it gets."""
        with self._changed:
            self.heard.append(heard)
            self._changed.notify_all()
            return self.answers.pop(0) if self.answers else Answer()

    def wait_until(self, satisfied: Callable[[list[Heard]], bool]) -> None:
        """Wait until what was heard satisfies; fails the test if it never does."""
        with self._changed:
            met = self._changed.wait_for(lambda: satisfied(self.heard), PATIENCE_SECONDS)
        assert met, f"never heard; only: {[(one.path, one.body) for one in self.heard]}"


def _answering(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = hook.take(Heard(self.path, dict(self.headers), json.loads(content)))
            if answer.hold is not None:
                answer.hold.wait(PATIENCE_SECONDS)
            try:
                self._answer(answer)
            except ConnectionError:
                self.close_connection = True  # whoever asked is gone

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Requests are kept, not printed."""

    return Handler
