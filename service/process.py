"""A stage as a process: repeat its step until a signal, wait out what passes, stop on what does not."""

import logging
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from planwatch.contract.errors import StorageUnavailable
from planwatch.service.observe import Health

logger = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 10.0


class Stop:
    """Set by SIGTERM or SIGINT; steps end after the transaction they are in."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def on_signals(self) -> None:
        """Listen to SIGTERM and SIGINT. Only possible in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._received)

    def _received(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    def request(self) -> None:
        """Ask for the end."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until the end is asked for."""
        return self._event.wait(seconds)


def run_until_stopped(
    step: Callable[[], bool], stop: Stop, health: Health, *, idle: Callable[[], None] = lambda: None
) -> None:
    """Call ``step`` again and again; ``idle`` when it found nothing to do.

    A database that is away makes the process not ready and is waited for with growing, jittered pauses; every other
    error ends the process, because a supervisor that restarts it is safer than a loop that hides it.
    """
    failures = 0
    health.ok("start")
    while not stop.requested:
        try:
            worked = step()
            if not worked:
                idle()
        except StorageUnavailable as error:
            failures += 1
            health.wrong("database", str(error))
            pause = pause_seconds(failures, random.random())
            logger.warning(
                "database unavailable, waiting",
                extra={"action": "wait_database", "pause_seconds": round(pause, 2), "error": str(error)},
            )
            stop.wait(pause)
            continue
        failures = 0
        health.ok("database")


def pause_seconds(failures: int, chance: float) -> float:
    """How long to wait after so many failures in a row; ``chance`` (0 to 1) spreads retries of many processes."""
    return float(min(LONGEST_PAUSE_SECONDS, 0.1 * 2 ** min(failures, 10)) * (0.5 + chance / 2))


def settle_memory() -> None:
    """Keep long-lived objects out of garbage collection: parsing then costs half (tech notes §2)."""
    import gc

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def hand_over_quickly() -> None:
    """Let a thread that waits for the interpreter have it sooner than after 5 ms.

    The storing thread of ingest needs it for a moment after each answer of the database, while the decoding thread is
    busy all the time: at the default it would wait longer for the interpreter than for the database.
    """
    sys.setswitchinterval(0.0002)


def monotonic() -> float:
    """Seconds for measuring how long something took."""
    return time.monotonic()
