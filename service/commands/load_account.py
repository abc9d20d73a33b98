"""The account of a load, printed: every row and every mark, with what to do about what was rejected."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from planwatch.ingest.files.account import ADVICE, Account


def show_account(console: Console, path: Path, account: Account, *, sent: bool) -> None:
    """Print what became of the rows of a file and of the figures in them."""
    console.print(f"[bold]{path.name}[/bold]: {'已发送 sent' if sent else '试运行,未发送 dry run, nothing sent'}")
    console.print(_rows(account))
    if account.marked or account.missing:
        console.print(_figures(account))
    if account.conflicts:
        console.print(f"报表号重复且内容不一 report ids stated differently, all kept: {account.conflicts:,}")
        for example in account.conflict_examples:
            console.print(f"  {example}", markup=False)
    months, subjects = account.months.gaps()
    if months:
        console.print(
            f"缺报月份 months missing between first and last: {months:,}, of {subjects:,} of {len(account.months):,}"
            " subjects"
        )
    if not account.balanced:
        console.print(
            f"[red]{account.rows_read - account.accounted:,} rows are not accounted for: report this fault[/red]"
        )


def _rows(account: Account) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(style="dim", overflow="fold")
    table.add_row("读取 rows read", f"{account.rows_read:,}")
    messages = f"→ {account.messages:,} messages" + (f", {account.figures:,} figures" if account.figures else "")
    table.add_row("  采用 used", f"{account.rows_used:,}", messages)
    if account.rows_identical:
        table.add_row("  重复 identical", f"{account.rows_identical:,}", "say the same as another row; counted once")
    if account.rows_empty:
        table.add_row("  空缺 empty", f"{account.rows_empty:,}", "nothing stated in them")
    for why, count in account.rows_set_aside.most_common():
        table.add_row("  不取 set aside", f"{count:,}", why)
    for reason, count in account.rows_rejected.most_common():
        table.add_row(f"  [red]拒收 rejected[/red] {reason}", f"{count:,}", ADVICE[reason])
    return table


def _figures(account: Account) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("指标 indicator")
    table.add_column("标记 mark")
    table.add_column("数 figures", justify="right")
    table.add_column("原因 why", style="dim", overflow="fold")
    for indicator, count in sorted(account.missing.items()):
        table.add_row(indicator, "missing", f"{count:,}", "not reported")
    for (indicator, flag, why), count in sorted(account.marked.items()):
        table.add_row(indicator, flag, f"{count:,}", why)
    return table
