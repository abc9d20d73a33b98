"""What a benchmark run measured, printed line by line and written as a table."""

import os
import platform
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Measured:
    """What a run measured, line by line."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, value: str, budget: str = "") -> None:
        """Note and print one figure."""
        self.lines.append((what, value, budget))
        sys.stdout.write(f"{what:<58} {value:>20}   {budget}\n")
        sys.stdout.flush()

    def write(self, file: Path) -> None:
        """Write the table."""
        rows = "\n".join(f"| {what} | {value} | {budget} |" for what, value, budget in self.lines)
        today = f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores · {platform.system()}"
        file.write_text(
            "# Benchmarks\n\nWritten by `make bench`. Shares are within one run; broker, database and planwatch share"
            f" one machine.\n\n{today} · Python {platform.python_version()}\n\n"
            f"| what | measured | budget (design) |\n|---|---:|---|\n{rows}\n",
            "utf-8",
        )
