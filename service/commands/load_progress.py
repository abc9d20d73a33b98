"""How far `planwatch load` is: rows read, then messages sent with their share of the file."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from planwatch.ingest.files.account import Account

EVERY = 500


def progress_of_a_load() -> Progress:
    """A line on the terminal that is gone at the end; nothing where standard error is no terminal."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), TaskProgressColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    return Progress(*columns, console=Console(stderr=True), transient=True)


class Meter:
    """Shows how many rows were read, and then how much of the file is sent.

    ``rows`` is how many rows the file has, where that is known before they are read.
    """

    def __init__(self, progress: Progress, path: Path, rows: int | None = None, *, sending: bool = True) -> None:
        self._progress, self._name, self._rows = progress, path.name, rows
        self._done = "已发送 sent" if sending else "已核对 checked"
        self._task = progress.add_task(path.name, total=None)

    def __call__(self, rows: int) -> None:
        """Rows read so far."""
        if rows % EVERY == 0:
            self.tell(f"已读 {rows:,} 行 rows read")

    def sent(self, messages: int, account: Account) -> None:
        """Messages sent so far, and the account of the rows they came from."""
        if messages % EVERY:
            return
        total = max(self._rows or 0, account.rows_read)
        words = f"{self._done} {messages:,} · 第 {account.accounted:,} / {total:,} 行 rows"
        self.tell(words, completed=account.accounted, total=total)

    def tell(self, words: str, *, completed: int | None = None, total: int | None = None) -> None:
        """Say what goes on."""
        description = f"{self._name}: {words}"
        self._progress.update(self._task, description=description, completed=completed, total=total)
