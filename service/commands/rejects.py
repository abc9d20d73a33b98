"""`planwatch rejects`: what was not accepted and why, and sending it again once it would be."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.rejected import Rejected, RejectReason
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.redrive import redriven, why_not_redrive
from planwatch.ingest.topics import Topics
from planwatch.service.settings import Settings, read_settings
from planwatch.storage.database import Database
from planwatch.storage.reject_store import RejectStore, StoredReject

app = typer.Typer(
    help="List rejected messages, show one in full, or send them again.", no_args_is_help=True, rich_markup_mode=None
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = {
    "not_json": "不是 JSON",
    "breaks_contract": "不符合报文格式",
    "unknown_indicator": "指标不在目录中",
    "unfit_unit": "计量单位不符",
    "wrong_key": "消息键不符",
    "refused_by_database": "数据库拒绝",
}
MEND = {
    "not_json": "请发送方检查报文编码与截断；报文须为 UTF-8 的 JSON。更正后由发送方重新发送，本条不必重投。",
    "breaks_contract": "请发送方按报文格式(docs/schemas/report.schema.json)改正上列字段后重新发送。",
    "unknown_indicator": "用 planwatch plans indicators 核对指标编码与报送主体；若应属目录，补入后重投本条。",
    "unfit_unit": "按上列允许的计量单位改正后重新发送；若该单位应予接受，补入 plans/units.yaml 后重投本条。",
    "wrong_key": "消息键须为报送主体(如 unit:统一社会信用代码)；请发送方改正键后重新发送。",
    "refused_by_database": "多为文本中含数据库不接受的字符(如 NUL)；改正后重新发送，或排除数据库限制后重投本条。",
}


@app.command("list")
def list_(
    reason: Annotated[RejectReason | None, typer.Option(help="Only rejects of this reason.")] = None,
    topic: str | None = typer.Option(None, help="Only messages of this topic."),
    limit: int = typer.Option(50, min=1, help="At most so many, newest first."),
    as_json: bool = typer.Option(False, "--json", help="One JSON array on standard output."),
) -> None:
    """List rejected messages, newest first."""
    with Database(read_settings().database.url, max_size=1) as database:
        found = RejectStore(database).rejects(reason=reason.value if reason else None, topic=topic, limit=limit)
    if as_json:
        json.dump(found, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    _print_list(Console(), found)


@app.command()
def show(reject_id: str = typer.Argument(metavar="ID", help="TOPIC/PARTITION/OFFSET as listed.")) -> None:
    """Show every fault of a rejected message, the message as it came, and how to mend it."""
    with Database(read_settings().database.url, max_size=1) as database:
        try:
            stored = RejectStore(database).reject(reject_id)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    if stored is None:
        Console(stderr=True).print(f"没有编号为 {escape(reject_id)} 的拒收报文；用 planwatch rejects list 查看。")
        raise typer.Exit(1)
    _print_one(Console(), stored)


@app.command()
def redrive(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="TOPIC/PARTITION/OFFSET as listed.")] = None,
    reason: Annotated[RejectReason | None, typer.Option(help="All of this reason not sent again yet.")] = None,
    limit: int = typer.Option(10_000, min=1, help="At most so many of a reason."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be sent again."),
) -> None:
    """Send rejected messages to their topic again, as they came, after what was wrong with us has been mended."""
    if bool(ids) == bool(reason):
        raise typer.BadParameter("name the messages, or a --reason; not both")
    settings, console = read_settings(), Console()
    with Database(settings.database.url, max_size=1) as database:
        try:
            sent, left = _redrive(settings, RejectStore(database), ids or [], reason, limit, dry_run=dry_run)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    for rejected, why in left:
        console.print(f"[yellow]未重投[/yellow] {escape(rejected.id)}: {why}")
    console.print(
        f"{'将重投' if dry_run else '已重投'} {len(sent):,} 条" + (f", 略过 {len(left):,} 条" if left else "")
    )
    raise typer.Exit(0 if sent or not left else 1)


def _redrive(
    settings: Settings,
    store: RejectStore,
    ids: Sequence[str],
    reason: RejectReason | None,
    limit: int,
    *,
    dry_run: bool,
) -> tuple[list[Rejected], list[tuple[Rejected, str]]]:
    """Send again and note it; what was sent, and what was not with why. Repeated by a crash, it does no harm."""
    sent: list[Rejected] = []
    left: list[tuple[Rejected, str]] = []
    kafka, now = settings.kafka, datetime.now(UTC)
    with store.redriving(ids, reason.value if reason else None, limit) as redriving:
        for rejected in redriving.rejects:
            why = why_not_redrive(rejected)
            left.append((rejected, why)) if why else sent.append(rejected)
        if sent and not dry_run:
            with ReportProducer(kafka.servers, Topics.named(kafka.topic_prefix), kafka.client) as producer:
                for message in map(redriven, sent):
                    producer.send_raw(message.topic, message.key, message.value, message.headers)
            redriving.mark(sent, now)
    return sent, left


def _print_list(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        console.print("[dim]没有拒收的报文。[/dim]")
        return
    table = Table(title="拒收的报文", title_style="bold", header_style="bold", pad_edge=False)
    for name in ("编号", "原因", "首个问题", "问题数", "次数", "拒收时间", "状态"):
        table.add_column(name, overflow="fold")
    for row in found:
        table.add_row(
            escape(row["id"]),
            WORDS[row["reason"]],
            escape(f"{row['path']}: {row['fault']}"),
            str(row["faults"]),
            str(row["attempt"]),
            _time(row["rejected_at"]),
            f"已重投 {_time(row['redriven_at'])}" if row["redriven_at"] else "待处理",
        )
    console.print(table)
    console.print("[dim]planwatch rejects show 编号 查看全部问题与原文[/dim]")


def _print_one(console: Console, stored: StoredReject) -> None:
    one = stored.rejected
    console.print(f"[bold]{escape(one.id)}[/bold] · {WORDS[one.reason]} · 第 {one.attempt} 次")
    console.print(
        f"产生 {_time(one.timestamp)} · 拒收 {_time(one.rejected_at)} · 版本 {one.service_version}", style="dim"
    )
    if stored.redriven_at:
        console.print(f"已于 {_time(stored.redriven_at)} 重投", style="dim")
    for number, fault in enumerate(one.faults, 1):
        given = f"  [dim]给出的值: {escape(fault.given)}[/dim]" if fault.given else ""
        console.print(f"{number:>3}. [red]{escape(fault.path)}[/red]: {escape(fault.message)}{given}", soft_wrap=True)
    console.print(f"[bold]如何处理[/bold] {MEND[one.reason]}")
    console.print(f"[bold]消息键[/bold] {escape(_text(one.raw_key))}", soft_wrap=True)
    for name, value in one.headers:
        console.print(f"[bold]消息头[/bold] {escape(name)} (base64) {escape(value)}", soft_wrap=True)
    console.print("[bold]原文[/bold]")
    console.print(_text(one.raw_value), markup=False, highlight=False, soft_wrap=True)


def _text(raw: bytes | None) -> str:
    """Bytes for reading: text where they are text, escapes where they are not."""
    return "(无)" if raw is None else raw.decode("utf-8", "backslashreplace")


def _time(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
