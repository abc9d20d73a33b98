"""A lock file that keeps two runs of the stack apart."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from process import wait_until
from report import StackError, say

WAIT_SECONDS = 600.0


@contextmanager
def only_one(file: Path, doing: str) -> Iterator[None]:
    """Hold the lock; the kernel lets go of it however this process ends."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _try(descriptor):
            say("stack", f"another run is {doing}; waiting for it")
            if not wait_until(lambda: _try(descriptor), WAIT_SECONDS):
                raise StackError(f"Another run is still {doing} after {WAIT_SECONDS:.0f} s (lock {file}). End it first.")
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
