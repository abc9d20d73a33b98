"""What the stack says to its user: progress lines, tables and errors that tell how to go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence

_one_line_at_a_time = threading.Lock()


class StackError(Exception):
    """Something the user can repair; the message says how."""


def say(subject: str, text: str) -> None:
    """Print one progress line on stderr, so that stdout stays machine-readable."""
    with _one_line_at_a_time:
        print(f"{subject}: {text}", file=sys.stderr, flush=True)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows as left-aligned columns."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
