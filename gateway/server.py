"""The TCP server at the edge: connections, their limits, and frames written before they are answered."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from planwatch.contract.errors import StorageUnavailable
from planwatch.gateway.frame import Event, FrameReader
from planwatch.gateway.intake import Decision, Intake, Outcome

logger = logging.getLogger(__name__)
CHUNK_BYTES = 16 * 1024
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0


class Writer(Protocol):
    """Writes what was decided about a frame; StorageUnavailable while the database is away."""

    def __call__(self, decision: Decision, now: datetime) -> None:
        """Write it, in one transaction."""


class Watcher(Protocol):
    """Who is told what goes on."""

    def connected(self, count: int) -> None:
        """So many connections are open."""

    def closed(self, reason: str) -> None:
        """A connection was closed by us."""

    def decided(self, outcome: Outcome) -> None:
        """A frame was dealt with."""

    def database(self, fault: str | None) -> None:
        """The database is away (why), or there again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may do. A connection is closed after ``silence_seconds`` without a byte, when a frame takes longer
    than ``frame_seconds`` to come in, and after ``broken_in_a_row`` frames that were none."""

    connections: int = 200
    max_segment: int = 4096
    silence_seconds: float = 900.0
    frame_seconds: float = 30.0
    broken_in_a_row: int = 20
    write_seconds: float = 10.0


@dataclass
class Gateway:
    """Accepts connections of data loggers. ``write`` runs in a thread, so that one connection waits and not all."""

    intake: Intake
    write: Writer
    watcher: Watcher
    clock: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    _tasks: dict["asyncio.Task[None]", "_Connection"] = field(default_factory=dict, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)

    async def start(self, host: str, port: int) -> int:
        """Listen; the port, which is a free one where 0 was asked for."""
        self._server = await asyncio.start_server(self._accepted, host, port, limit=CHUNK_BYTES)
        found: int = self._server.sockets[0].getsockname()[1]
        logger.info("listening", extra={"action": "listen", "host": host, "port": found})
        return found

    async def stop(self, patience: timedelta = timedelta(seconds=10)) -> None:
        """Accept nothing more and end connections; frames already read are written and answered first."""
        if self._server is not None:
            self._server.close()
        for connection in self._tasks.values():
            connection.read_no_more()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=patience.total_seconds())
            for task in late:
                task.cancel()
        if self._server is not None:
            await self._server.wait_closed()

    async def expire(self) -> None:
        """Give up parts whose message never became whole."""
        decision = self.intake.expire(self.clock())
        if decision is not None:
            await self.written(decision)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._tasks) >= self.limits.connections:
            self.watcher.closed("full")
            logger.warning("connection refused", extra={"action": "refuse", "peer": _peer(writer)})
            writer.close()
            return
        connection = self._tasks[task] = _Connection(self, reader, writer)
        self.watcher.connected(len(self._tasks))
        try:
            await connection.run()
        except (ConnectionError, TimeoutError) as error:
            logger.info("connection lost", extra={"action": "lost", "peer": _peer(writer), "error": str(error)})
        except asyncio.CancelledError:
            logger.warning("connection cut off", extra={"action": "stop", "peer": _peer(writer)})
        except Exception:
            # One logger's trouble must not end the others' connections.
            self.watcher.closed("error")
            logger.exception("connection failed", extra={"action": "fail", "peer": _peer(writer)})
        finally:
            del self._tasks[task]
            self.watcher.connected(len(self._tasks))
            writer.close()

    async def written(self, decision: Decision) -> None:
        """Write it, however long the database is away: meanwhile nothing more is read from this connection."""
        pause, now = PAUSE_SECONDS, self.clock()
        while decision.writes:
            try:
                await asyncio.shield(asyncio.to_thread(self.write, decision, now))
            except StorageUnavailable as error:
                self.watcher.database(str(error))
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
            else:
                self.watcher.database(None)
                break
        self.watcher.decided(decision.outcome)


class _Connection:
    """One logger's connection."""

    def __init__(self, gateway: Gateway, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._gateway, self._reader, self._writer = gateway, reader, writer
        self._frames = FrameReader(gateway.limits.max_segment)
        self._broken = 0

    def read_no_more(self) -> None:
        """End as if the other side had: what was read is still dealt with."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]
        self._reader.feed_eof()

    async def run(self) -> None:
        """Read until it ends or breaks a limit."""
        reason = await self._read()
        for event in self._frames.close():
            await self._dealt_with(event)
        if reason:
            self._gateway.watcher.closed(reason)
            logger.warning("connection closed", extra={"action": reason, "peer": _peer(self._writer)})

    async def _read(self) -> str | None:
        """Why we end the connection; None where the other side did."""
        limits, loop = self._gateway.limits, asyncio.get_running_loop()
        begun: float | None = None
        while True:
            # Drops of bytes do not keep a frame alive: it has to be whole some time after its first byte.
            left = limits.silence_seconds if begun is None else begun + limits.frame_seconds - loop.time()
            try:
                received = await asyncio.wait_for(self._reader.read(CHUNK_BYTES), max(0.0, left))
            except TimeoutError:
                return "silent" if begun is None else "slow"
            if not received:
                return None
            events = self._frames.feed(received)
            for event in events:
                await self._dealt_with(event)
                if self._broken >= limits.broken_in_a_row:
                    return "garbage"
            if not self._frames.pending:
                begun = None
            elif events or begun is None:
                begun = loop.time()

    async def _dealt_with(self, event: Event) -> None:
        gateway = self._gateway
        decision = gateway.intake.decide(event, gateway.clock())
        await gateway.written(decision)
        if decision.outcome is Outcome.REFUSED:
            self._broken += 1
        elif decision.outcome is not Outcome.BLANK:
            self._broken = 0
        if decision.answer is not None:
            self._writer.write(decision.answer)
            await asyncio.wait_for(self._writer.drain(), gateway.limits.write_seconds)


def _peer(writer: asyncio.StreamWriter) -> str:
    name = writer.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if name else "?"
