"""`planwatch plans pending | approve | history`: how changed plan files come into force, and what changed when."""

from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.plans.diff import changes
from planwatch.service.commands.plans import app
from planwatch.service.commands.plans_rules import rule_changes
from planwatch.service.settings import read_settings
from planwatch.service.wiring import clock, law_of
from planwatch.storage.database import Database
from planwatch.storage.law_store import RULES, Approval, LawStore, PlanChange

KIND = {"added": "新增", "changed": "修改", "ended": "终止", RULES: "判定规则"}
SHANGHAI = timezone(timedelta(hours=8))


@app.command("pending")
def pending() -> None:
    """What the plan files would change in the law in force, and who has approved it."""
    settings, console = read_settings(), Console()
    files = law_of(settings)
    with Database(settings.database.url, max_size=1) as database:
        store = LawStore(database)
        live, approvals = store.live(), store.approvals(files.hash)
    if live is None:
        console.print(f"尚无生效的规划数据;assess 启动时 {files.hash} 直接生效")
        return
    if live.hash == files.hash:
        console.print(f"规划文件与生效的规划数据一致({live.hash})")
        return
    found = changes(live, files)
    for change in found:
        console.print(str(change), markup=False, soft_wrap=True)
    console.print(f"{live.hash} → {files.hash}:{len(found)} 处变化")
    console.print(_approved(approvals, settings.plans.approvals), markup=False)


@app.command("approve")
def approve(
    law: Annotated[str, typer.Argument(help="The hash that `plans pending` shows for the files.")],
    by: Annotated[str, typer.Option("--by", help="Your name; two people approve under two names.")],
    note: Annotated[str, typer.Option(help="Why, for the history.")] = "",
) -> None:
    """Approve the change in the plan files. What is approved is the hash: files edited afterwards need it anew."""
    settings, console = read_settings(), Console()
    files, name = law_of(settings), by.strip()
    if not name:
        console.print("--by 不能为空:写明批准人", style="red")
        raise typer.Exit(2)
    if files.hash != law:
        console.print(f"[red]规划文件现为 {files.hash},不是 {law}[/red];先运行 planwatch plans pending 查看变化")
        raise typer.Exit(1)
    with Database(settings.database.url, max_size=1) as database:
        store = LawStore(database)
        store.approve(law, name, note, clock())
        approvals = store.approvals(law)
    console.print(_approved(approvals, settings.plans.approvals), markup=False)


@app.command("history")
def history(
    target: Annotated[str | None, typer.Argument(help="Target id; all if left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many changes at most.")] = 50,
) -> None:
    """What changed in the law in force, when, and who approved it; newest first."""
    settings = read_settings()
    with Database(settings.database.url, max_size=1) as database:
        store = LawStore(database)
        found = [(one, _fields(one, store)) for one in store.history(target, limit)]
    table = Table("生效时间", "目标", "名称", "变化", "内容", "批准人", "规则指纹")
    for one, fields in found:
        when = f"{one.changed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        approvers = "、".join(one.approvers) or "—"
        name, zh = ("—", f"{one.targets:,} 个目标") if one.kind == RULES else (one.target, one.target_zh)
        table.add_row(when, *map(escape, (name, zh, KIND[one.kind], fields, approvers)), one.law)
    Console().print(table)


def _fields(change: PlanChange, store: LawStore) -> str:
    if change.kind == RULES:
        return rule_changes(store, change.changed_at)
    return "\n".join(f"{name}: {before} → {after}" for name, (before, after) in change.fields.items())


def _approved(approvals: Sequence[Approval], needed: int) -> str:
    names = "、".join(f"{one.approver}({one.approved_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M})" for one in approvals)
    if not needed:
        return f"批准人:{names or '无'};设置不要求批准,assess 会自动采用"
    state = "已够,assess 将采用" if len(approvals) >= needed else f"还差 {needed - len(approvals)} 人"
    return f"批准人:{names or '无'};需要 {needed} 人,{state}"
