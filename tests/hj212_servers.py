"""The HJ 212 gateway as a process of its own, and a logger that talks to it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import yaml
from ingest_servers import topic_messages, wait_until

from planwatch.contract.hj212 import Station
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Report, parse_report
from planwatch.gateway.client import exchange
from planwatch.gateway.segment import parse_segment
from planwatch.ingest.topics import Topics, create_topics


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class GatewayUnderTest:
    """A database, topics and a mapping file of a test, and the gateway that is started and ended on them."""

    def __init__(self, dsn: str, servers: str, prefix: str, folder: Path, stations: Sequence[Station]) -> None:
        self.dsn, self.servers, self.topics = dsn, servers, Topics.named(prefix)
        self.port, self.mapping = free_port(), folder / "stations.yaml"
        self.map(*stations)
        self.environment = {
            "PLANWATCH_DATABASE__DSN": dsn,
            "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": servers,
            "PLANWATCH_KAFKA__TOPIC_PREFIX": prefix,
            "PLANWATCH_OBSERVE__PORT": "0",
            "PLANWATCH_HJ212__PORT": str(self.port),
            "PLANWATCH_HJ212__STATIONS": str(self.mapping),
            "PLANWATCH_HJ212__POLL_SECONDS": "0.1",
            "PLANWATCH_HJ212__SETTLE_SECONDS": "3600",
        }
        create_topics([servers], self.topics, 2, 1)

    def map(self, *stations: Station) -> None:
        """Write the mapping file."""
        points = [one.model_dump(mode="json", exclude_none=True) for one in stations]
        self.mapping.write_text(yaml.safe_dump({"stations": points}), "utf-8")

    @contextmanager
    def running(self, end: int = signal.SIGTERM, **settings: Any) -> Iterator["subprocess.Popen[bytes]"]:
        """The gateway while the block runs; ended by a signal, and nicely unless it is killed."""
        more = {f"PLANWATCH_{name.upper()}": str(value) for name, value in settings.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "planwatch.service", "hj212"], env=os.environ | self.environment | more
        )
        try:
            wait_until(lambda: self._listens(process))
            yield process
            process.send_signal(end)
            assert process.wait(30) == (-9 if end == signal.SIGKILL else 0)
        finally:
            process.kill()
            process.wait(30)

    def _listens(self, process: "subprocess.Popen[bytes]") -> bool:
        assert process.poll() is None, "the gateway ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, frames: Sequence[bytes]) -> list[str]:
        """Send frames over one connection; the command of each answer, with what CP says («9011 QnRtn=4»), or «»."""
        answers = [one.answer for one in exchange("127.0.0.1", self.port, frames, 20)]
        read = [parse_segment(one) if one else None for one in answers]
        return [f"{one.cn} {one.cp}".strip() if one else "" for one in read]

    def reports(self) -> list[Report]:
        """What was produced on the reports topic."""
        return [parse_report(one.value) for one in topic_messages(self.servers, self.topics.reports)]

    def rejects(self) -> list[Rejected]:
        """What was produced on the rejects topic."""
        found = topic_messages(self.servers, self.topics.rejects)
        return [Rejected.model_validate_json(one.value) for one in found]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(query).fetchall()

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.rows(f"SELECT count(*) FROM planwatch.{table}")[0][0])
