"""Rejects in words for people: why a message was rejected, what to do about it, and the message itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.hj212 import ORIGIN
from planwatch.contract.rejected import Rejected
from planwatch.storage.reject_store import StoredReject

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = {
    "empty": "没有内容",
    "not_json": "不是 JSON",
    "breaks_contract": "不符合报文格式",
    "unknown_indicator": "指标不在目录中",
    "unfit_unit": "计量单位不符",
    "wrong_key": "消息键不符",
    "refused_by_database": "数据库拒绝",
}
MEND = {
    "empty": "报文没有内容，什么也没有撤回或终止；请发送方按上列办法重发，本条不必重投。",
    "not_json": "请发送方检查报文编码与截断；报文须为 UTF-8 的 JSON。更正后由发送方重新发送，本条不必重投。",
    "breaks_contract": "请发送方按报文格式(docs/schemas/report.schema.json)改正上列字段后重新发送。",
    "unknown_indicator": "用 planwatch plans indicators 核对指标编码与报送主体；若应属目录，补入后重投本条。",
    "unfit_unit": "按上列允许的计量单位改正后重新发送；若该单位应予接受，补入 plans/units.yaml 后重投本条。",
    "wrong_key": "消息键须为报送主体(如 unit:统一社会信用代码)；请发送方改正键后重新发送。",
    "refused_by_database": "多为文本中含数据库不接受的字符(如 NUL)；改正后重新发送，或排除数据库限制后重投本条。",
}
MEND_HJ212 = (
    "按所列问题更正数采仪设置,或补全监测点对应表(PLANWATCH_HJ212__STATIONS)后重启网关,"
    "再用 planwatch hj212 redrive 重投(docs/howto/hj212.md)。"
)
SHORT, LONG, SHOWN = 500, 20_000, 200
"""Characters shown of a key, header or path, and of a message; how many headers and faults are shown."""


def print_list(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Print rejects as a table."""
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


def print_counts(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Print how many were rejected for which reason."""
    table = Table(title="拒收的报文(按原因)", title_style="bold", header_style="bold", pad_edge=False)
    for name in ("原因", "条数", "待处理", "重投后再拒", "最早", "最近"):
        table.add_column(name, justify="left" if name in ("原因", "最早", "最近") else "right")
    for row in found:
        counted = (f"{row[name]:,}" for name in ("rejects", "pending", "repeated"))
        table.add_row(WORDS[row["reason"]], *counted, _time(row["first"]), _time(row["last"]))
    console.print(table)


def print_one(console: Console, stored: StoredReject) -> None:
    """Print everything known of one reject."""
    one = stored.rejected
    console.print(f"[bold]{escape(one.id)}[/bold] · {WORDS[one.reason]} · 第 {one.attempt} 次")
    console.print(
        f"产生 {_time(one.timestamp)} · 拒收 {_time(one.rejected_at)} · 版本 {one.service_version}", style="dim"
    )
    if stored.redriven_at:
        console.print(f"已于 {_time(stored.redriven_at)} 重投", style="dim")
    if len(one.faults) > SHOWN:
        console.print(f"{len(one.faults):,} 个问题，列出前 {SHOWN} 个")
    for number, fault in enumerate(one.faults[:SHOWN], 1):
        given = f"  [dim]给出的值: {escape(fault.given)}[/dim]" if fault.given else ""
        path, message = escape(_cut(fault.path)), escape(_cut(fault.message, LONG))
        console.print(f"{number:>3}. [red]{path}[/red]: {message}{given}", highlight=False, soft_wrap=True)
    console.print(f"[bold]如何处理[/bold] {MEND_HJ212 if one.topic == ORIGIN else MEND[one.reason]}")
    _print_pieces(console, one)


def _print_pieces(console: Console, one: Rejected) -> None:
    """Key, headers and value, long ones cut: thousands of lines help nobody, and the terminal is slow with them."""
    pieces = [("消息键", _text(one.raw_key))]
    pieces += [(f"消息头 {_cut(name)} (base64)", value) for name, value in one.headers[:SHOWN]]
    for name, text in pieces:
        console.print(f"[bold]{escape(name)}[/bold] {escape(_cut(text))}", highlight=False, soft_wrap=True)
    if len(one.headers) > SHOWN:
        console.print(f"[dim]另有 {len(one.headers) - SHOWN:,} 个消息头[/dim]")
    value = _text(one.raw_value)
    console.print("[bold]原文[/bold]")
    console.print(_cut(value, LONG), markup=False, highlight=False, soft_wrap=True)
    if _is_cut(one):
        console.print(f"[dim]全部内容: planwatch rejects show {escape(one.id)} --json[/dim]", soft_wrap=True)


def _is_cut(one: Rejected) -> bool:
    """Whether anything of it is not shown."""
    short = [_text(one.raw_key), *(text for header in one.headers for text in header)]
    short += [fault.path for fault in one.faults]
    long = [_text(one.raw_value), *(fault.message for fault in one.faults)]
    limits = ((short, SHORT), (long, LONG))
    return max(len(one.headers), len(one.faults)) > SHOWN or any(len(t) > limit for ts, limit in limits for t in ts)


def _cut(text: str, at_most: int = SHORT) -> str:
    """A text with how much of it was left out, if it is long."""
    left_out = len(text) - at_most
    return text if left_out <= 0 else f"{text[:at_most]}…[共 {len(text):,} 字符，此处省略 {left_out:,}]"


def _text(raw: bytes | None) -> str:
    """Bytes for reading: text where they are text, escapes where they are not."""
    return "(无)" if raw is None else raw.decode("utf-8", "backslashreplace")


def _time(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
