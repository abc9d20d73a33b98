"""The account of a load, printed: every row and every mark, with what to do about what was rejected."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.ingest.files.account import ADVICE, ADVICE_ZH, Account
from planwatch.ingest.files.correcting import Compared

MARKS_SHOWN = 40


NO_REVISION = (
    "{seen}没有修订号：与已存不同的数会作为冲突待核(Q02)；若是更正，请加修订号列或用 --as-correction"
    " (no revision: figures that differ from what is stored are held as conflicts; mended ones need a revision column"
    " or --as-correction)"
)
CONTESTED = (
    "{contested:,} 个数与已存不同，而修订号没有提高：会作为冲突待核(Q02)，不算更正；"
    "若是更正，请加修订号列或用 --as-correction"
    " (differ from what is stored without a higher revision: held as conflicts; mended ones need a revision column"
    " or --as-correction)"
)


def show_account(
    console: Console, path: Path, account: Account, compared: Compared | None, *, sent: bool, correct: bool
) -> None:
    """Print what became of the rows of a file and of the figures in them, and how they compare with what is stored."""
    sheet = f" 工作表「{escape(account.sheet)}」" if account.sheet else ""
    console.print(
        f"[bold]{path.name}[/bold]{sheet}: {'已发送 sent' if sent else '试运行,未发送 dry run, nothing sent'}"
    )
    console.print(_rows(account, compared, correct=correct))
    _revisions(console, account, compared, correct=correct)
    if account.sheets_unread:
        console.print(f"未读的工作表 other sheets, not read: {escape('、'.join(account.sheets_unread))}")
    _rejected(console, path, account)
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


def _rejected(console: Console, path: Path, account: Account) -> None:
    """The first rejected rows, each with its place, what was read, and what to do."""
    for row in account.rejected_examples:
        place = f"{path.name}" + (f" 工作表「{account.sheet}」" if account.sheet else "") + f" 第 {row.number} 行"
        console.print(
            f"  {place}: {row.detail}。{ADVICE_ZH[row.reason]}", markup=False, highlight=False, soft_wrap=True
        )
    more = account.rows_rejected.total() - len(account.rejected_examples)
    if more > 0:
        console.print(f"  另有 {more:,} 行被拒收，用 --rejects 文件.csv 导出全部 (write all of them with --rejects)")


def _revisions(console: Console, account: Account, compared: Compared | None, *, correct: bool) -> None:
    """What a changed figure without a higher revision comes to, told before anybody takes it for a correction."""
    if correct:
        return
    if compared is None or compared.given_up:
        if compared:
            console.print("数据库中途连不上，以上只是部分比较结果 (the database went away: compared in part)")
        if account.rows_without_revision:
            seen = f"{account.rows_without_revision:,} 行"
            console.print(NO_REVISION.format(seen=seen), style="yellow", highlight=False, soft_wrap=True)
    elif compared.contested:
        words = CONTESTED.format(contested=compared.contested)
        console.print(words, style="yellow", highlight=False, soft_wrap=True)


def _stored(table: Table, compared: Compared, *, correct: bool) -> None:
    """How the figures compare with what is stored."""
    table.add_row("与已存比较 stored", "", "")
    table.add_row("  新数 new", f"{compared.new:,}", "")
    table.add_row("  不同 changed", f"{compared.changed:,}", "sent at the next revision" if correct else "")
    table.add_row("  已存 known", f"{compared.known:,}", "not sent" if correct else "sent again; changes nothing")
    if correct:
        table.add_row("  作为更正发送 sent as corrections", f"{compared.reports:,}", "messages")


def _rows(account: Account, compared: Compared | None, *, correct: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(style="dim", overflow="fold")
    table.add_row("读取 rows read", f"{account.rows_read:,}")
    messages = f"→ {account.messages:,} messages" + (f", {account.figures:,} figures" if account.figures else "")
    table.add_row("  采用 used", f"{account.rows_used:,}", messages)
    if account.rows_identical:
        table.add_row("  重复 identical", f"{account.rows_identical:,}", "say the same as another row; counted once")
    if account.rows_blank:
        table.add_row("  空行 blank", f"{account.rows_blank:,}", "no content at all; not counted as read")
    if account.rows_empty:
        table.add_row("  空缺 empty", f"{account.rows_empty:,}", "nothing stated in them")
    for why, count in account.rows_set_aside.most_common():
        table.add_row("  不取 set aside", f"{count:,}", escape(why))
    for reason, count in account.rows_rejected.most_common():
        table.add_row(f"  [red]拒收 rejected[/red] {reason}", f"{count:,}", f"{ADVICE_ZH[reason]} {ADVICE[reason]}")
    if compared and (account.figures or correct):
        _stored(table, compared, correct=correct)
    return table


def _figures(account: Account) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("指标 indicator")
    table.add_column("标记 mark")
    table.add_column("数 figures", justify="right")
    table.add_column("原因 why", style="dim", overflow="fold")
    for indicator, count in sorted(account.missing.items()):
        table.add_row(indicator, "missing", f"{count:,}", "not reported")
    shown = account.marked.most_common(MARKS_SHOWN)
    for (indicator, flag, why), count in sorted(shown):
        table.add_row(indicator, flag, f"{count:,}", escape(why))
    if more := account.marked.total() - sum(count for _, count in shown):
        table.add_row("…", "", f"{more:,}", f"另有 {len(account.marked) - len(shown):,} 种原因 for other reasons")
    return table
