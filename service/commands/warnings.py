"""`planwatch warnings`: which early warnings stand, and the whole story of one."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.period import Period
from planwatch.service import words
from planwatch.service.settings import read_settings
from planwatch.storage.database import Database
from planwatch.storage.notify_store import WarningStore

app = typer.Typer(help="List early warnings, or show one in full.", rich_markup_mode=None)
SHANGHAI = ZoneInfo("Asia/Shanghai")
STATE = {"active": "生效", "cleared": "已解除", "withdrawn": "已撤回"}
KIND = {
    "raised": "发出",
    "escalated": "升级",
    "eased": "降级",
    "cleared": "解除",
    "withdrawn": "撤回",
    "restated": "更正",
}
DELIVERY = {"pending": "待重试", "delivered": "已送达", "suppressed": "不发送", "failed": "失败"}
REASON = KIND | {"before_go_live": "上线前的期间", "already_delivered": "已送达过", "reposted": "续期"}
RECEIVER = {"alertmanager": "Alertmanager", "webhook": "Webhook", "topic": "Kafka 主题"}


@app.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    all_: bool = typer.Option(False, "--all", help="Also warnings that were cleared or withdrawn."),
    region: str | None = typer.Option(None, help="Only this region (code) and what is registered directly in it."),
    as_json: bool = typer.Option(False, "--json", help="One JSON array on standard output."),
) -> None:
    """List early warnings, worst and newest first; `planwatch warnings show ID` tells the story of one."""
    if context.invoked_subcommand is not None:
        return
    with Database(read_settings().database.url, max_size=1) as database:
        found = WarningStore(database).warnings(everything=all_, region=region)
    if as_json:
        _print_json(found)
        return
    _print_list(Console(), found, everything=all_)


@app.command()
def show(
    warning_id: str = typer.Argument(help="The id of a warning, or how it begins."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object on standard output."),
) -> None:
    """Show every change of a warning with its cause and what was said, and who was told when."""
    with Database(read_settings().database.url, max_size=1) as database:
        store = WarningStore(database)
        found = store.find(warning_id)
        if len(found) != 1:
            _say_which(warning_id, found)
            raise typer.Exit(1)
        warning = found[0]
        changes, deliveries = store.changes(warning["warning_id"]), store.deliveries(warning["warning_id"])
    if as_json:
        _print_json({"warning": warning, "changes": changes, "deliveries": deliveries})
        return
    _print_story(Console(), warning, changes, deliveries)


def _say_which(warning_id: str, found: Sequence[Mapping[str, Any]]) -> None:
    console = Console(stderr=True)
    if found:
        console.print(f"不止一个预警以 {escape(warning_id)} 开头，请写完整的预警号。")
    else:
        console.print(f"没有预警号为 {escape(warning_id)} 的预警；用 planwatch warnings --all 查看全部。")


def _print_json(found: Any) -> None:
    json.dump(found, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")


def _print_list(console: Console, found: Sequence[Mapping[str, Any]], *, everything: bool) -> None:
    if not found:
        console.print("[dim]没有预警。[/dim]" if everything else "[dim]没有生效的预警（加 --all 查看历史）。[/dim]")
        return
    table = Table(title="预警", title_style="bold", header_style="bold", pad_edge=False)
    for name in ("预警号", "对象", "指标", "尺度", "等级", "状态", "起止", "变化次数", "最近变化"):
        table.add_column(name, overflow="fold")
    for row in found:
        table.add_row(
            row["warning_id"],
            _subject(row),
            escape(row["target_zh"]),
            words.YARDSTICK[row["yardstick"]],
            words.level("rated", row["colour"], row["label_zh"]),
            STATE[row["state"]],
            _span(row["first_end"], row["last_end"]),
            str(row["changes"]),
            _time(row["changed_at"]),
        )
    console.print(table)
    console.print(f"[dim]共 {len(found):,} 条；planwatch warnings show 预警号 查看全过程[/dim]")


def _print_story(
    console: Console,
    warning: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    deliveries: Sequence[Mapping[str, Any]],
) -> None:
    level = words.level("rated", warning["colour"], warning["label_zh"])
    console.print(f"[bold]{escape(warning['subject_name'])} {escape(warning['target_zh'])}[/bold]")
    console.print(
        f"预警 {warning['warning_id']} · {STATE[warning['state']]} · {level}"
        f" · {_span(warning['first_end'], warning['last_end'])} · 发出于 {_time(warning['opened_at'])}"
    )
    for change in changes:
        told = [delivery for delivery in deliveries if delivery["change_id"] == change["change_id"]]
        _print_change(console, change, told)


def _print_change(console: Console, change: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> None:
    period = Period.from_start(change["period_start"], change["months"])
    corrected = " · [magenta]更正[/magenta]" if change["corrected"] else ""
    console.print(
        f"\n[bold]{change['number']}. {KIND[change['kind']]}[/bold] {period.label_zh}"
        f"  {_level(change['before'])} → {_level(change['after'])}"
        f" · {words.CAUSE[change['cause']]}{corrected} · {_time(change['changed_at'])}"
        f" [dim]规则 {change['law']}[/dim]"
    )
    facts = change["facts"]
    if facts:
        console.print(escape(facts["text"]["zh"]), soft_wrap=True)
        if facts["formula"]:
            console.print(f"[dim]算式：{escape(facts['formula'])}[/dim]", soft_wrap=True)
    for delivery in told:
        console.print(f"  {_delivery(delivery)}", soft_wrap=True)
    if not told:
        console.print("  [dim]尚未通知[/dim]")


def _delivery(delivery: Mapping[str, Any]) -> str:
    style = {"delivered": "green", "failed": "bold red", "pending": "yellow"}.get(delivery["state"], "dim")
    parts = [
        RECEIVER.get(delivery["receiver"], delivery["receiver"]),
        f"[{style}]{DELIVERY[delivery['state']]}[/{style}]",
        REASON[delivery["reason"]],
    ]
    if delivery["delivered_at"]:
        parts.append(_time(delivery["delivered_at"]))
    if delivery["next_attempt_at"] and delivery["state"] == "pending":
        parts.append(f"下次 {_time(delivery['next_attempt_at'])}")
    if delivery["attempts"] > 1 or delivery["error"]:
        parts.append(f"已试 {delivery['attempts']} 次")
    if delivery["error"]:
        parts.append(f"[red]{escape(delivery['error'])}[/red]")
    return " · ".join(parts)


def _level(level: Mapping[str, Any] | None) -> str:
    return words.level("rated", level["colour"], escape(level["zh"])) if level else "—"


def _subject(row: Mapping[str, Any]) -> str:
    name, number = row["subject_name"], row["subject"].partition(":")[2]
    return escape(name) if name == number else f"{escape(name)} [dim]{number}[/dim]"


def _span(first_end: date, last_end: date) -> str:
    """The last months of the first and the newest period: a year to date is known by its end."""
    first, last = (f"{end - timedelta(days=1):%Y-%m}" for end in (first_end, last_end))
    return first if first == last else f"{first} 至 {last}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
