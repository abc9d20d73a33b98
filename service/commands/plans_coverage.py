"""`planwatch plans coverage`: what the commitments of each plan rest on."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from planwatch.plans.coverage import Feed, PlanCoverage, coverage
from planwatch.service.commands.plans_folders import Folder, merged_law
from planwatch.service.commands.plans_tables import STATE, id_column, whole

_FEED = {
    Feed.UNIT_REPORTS: "单位上报可算",
    Feed.STATISTICS: "需统计数据",
    Feed.REGISTERS: "台账可算",
    Feed.NOT_COMPUTABLE: "不可计算",
}


def show_coverage(
    folder: Folder = None,
    plan: Annotated[str | None, typer.Option(help="Only this plan, with each of its commitments.")] = None,
) -> None:
    """Count what can be computed from unit reports, statistics and registers, and name what feeds it."""
    console = Console()
    plans = [one for one in coverage(merged_law(folder)) if plan is None or one.plan.id.startswith(plan)]
    if not plans:
        console.print(f"没有方案 {plan}", markup=False)
        raise typer.Exit(1)
    console.print(_counts(plans))
    for one in plans if plan else ():
        console.print(_commitments(one))


def _counts(plans: list[PlanCoverage]) -> Table:
    heads = ("目标", *_FEED.values(), *(f"机制{word}" for word in STATE.values()))
    table = Table(id_column("方案"), *(Column(head, overflow="fold") for head in heads))
    for one in plans:
        counts = [str(one.counts[feed]) for feed in _FEED]
        table.add_row(one.plan.id, str(len(one.commitments)), *counts, *map(str, one.states.values()))
    return table


def _commitments(one: PlanCoverage) -> Table:
    table = Table(id_column("目标"), whole("名称"), "依据", whole("数据来源或原因"), title=one.plan.zh)
    for commitment in one.commitments:
        target = commitment.target
        fed = [f"{source.indicator} {source.zh} ({'/'.join(source.reported_by)})" for source in commitment.sources]
        if target.check:
            fed.insert(0, f"登记信息: {target.check.value}")
        reason = "\n".join(fed) or target.not_computable or "—"
        table.add_row(target.id, escape(target.zh), _FEED[commitment.feed], escape(reason))
    return table
