"""How far a load is, as it is said while it runs."""

from pathlib import Path

import pytest
from rich.progress import Progress

from planwatch.ingest.files.account import Account
from planwatch.service.commands.load_progress import EVERY, Meter


@pytest.fixture
def progress():
    return Progress(disable=True)


def test_rows_are_counted_while_they_are_read(progress):
    meter = Meter(progress, Path("t.csv"))
    meter(2 * EVERY)
    (task,) = progress.tasks
    assert f"已读 {2 * EVERY:,} 行" in task.description
    assert task.total is None


@pytest.mark.parametrize(
    ("rows", "read"), [(None, 8 * EVERY), (8 * EVERY, 2 * EVERY)], ids=["table read before", "messages read as sent"]
)
def test_share_of_the_file_is_shown_while_it_is_sent(progress, rows, read):
    meter = Meter(progress, Path("t.csv"), rows)
    meter.sent(EVERY, Account(rows_read=read, rows_used=2 * EVERY))
    (task,) = progress.tasks
    assert (task.completed, task.total, task.percentage) == (2 * EVERY, 8 * EVERY, 25)
    assert f"sent {EVERY:,}" in task.description
