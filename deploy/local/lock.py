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
    held = _try(file)
    if held is None:
        say("stack", f"another run is {doing}; waiting for it")
        waiting: list[int | None] = []

        def got_it() -> bool:
            waiting.append(_try(file))
            return waiting[-1] is not None

        if not wait_until(got_it, WAIT_SECONDS):
            raise StackError(f"Another run is still {doing} after {WAIT_SECONDS:.0f} s (lock {file}). End it first.")
        held = waiting[-1]
    assert held is not None
    try:
        yield
    finally:
        os.close(held)


def _try(file: Path) -> int | None:
    """The descriptor of the locked file, if nobody else has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The holder before us may have deleted it: then another run can hold a new file of this name.
        if os.path.samestat(os.fstat(descriptor), file.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None
