"""Who is told in the demo: somebody behind Alertmanager, and what is printed."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# In production messages are grouped for seconds to minutes; here each is to be seen when it happens.
ALERTMANAGER = """
route:
  receiver: person
  group_by: [warning]
  group_wait: 50ms
  group_interval: 100ms
  repeat_interval: 24h
receivers:
  - name: person
    webhook_configs:
      - {{url: "{url}", send_resolved: true}}
"""


def say(text: str) -> None:
    """One line of the story."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Person:
    """Somebody behind Alertmanager: a webhook that notes each message the first time it comes."""

    def __init__(self) -> None:
        self.told: dict[tuple[str, str, str], str] = {}
        self.news = threading.Event()
        person = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                person.read(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silent: the demo prints the messages itself."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def read(self, post: dict[str, Any]) -> None:
        """Note what is new in a grouped message of Alertmanager; Prometheus' own alerts about planwatch are none."""
        for alert in (one for one in post["alerts"] if "warning" in one["labels"]):
            key = (alert["fingerprint"], alert["status"], alert["startsAt"])
            if key not in self.told:
                self.told[key] = alert["annotations"].get("summary", "")
                self.news.set()
                mark = "解除" if alert["status"] == "resolved" else "预警"
                say(f"   ✉ [{mark}] {self.told[key]}")

    def hear_out(self, silence_seconds: float = 0.5) -> None:
        """Wait until no new message has come for a while: Alertmanager passes on what it is told a little later."""
        while self.news.wait(silence_seconds):
            self.news.clear()
