"""`planwatch quality list | answer`: the findings people work through, and what they say about them."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from planwatch.contract.period import Period, local_day
from planwatch.contract.quality import Explanation, Tracked
from planwatch.service.settings import read_settings
from planwatch.service.wiring import clock
from planwatch.storage.database import Database
from planwatch.storage.quality_store import QualityStore

OUTCOME = {"reject": "退回", "hold": "暂不计入", "query": "待说明", "note": "提示"}
STATE = {"open": "未处理", "explained": "已说明", "accepted": "已认可", "corrected": "已更正", "lapsed": "已消失"}


def list_findings(
    region: Annotated[str | None, typer.Option(help="Only subjects registered directly in this region (code).")] = None,
    subject: Annotated[str | None, typer.Option(help="Only this subject, e.g. unit:91500000….")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule, Q01 to Q23.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is settled.")] = False,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Findings to work through: those that keep figures out of sums first."""
    with Database(read_settings().database.url, max_size=1) as database:
        rows = QualityStore(database).listed(
            region=region, subject=subject, rule=rule, everything=everything, limit=limit
        )
    if as_json:
        json.dump(rows, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    table = Table("规则", "对象", "指标", "期间", "处理", "状态", "说明", title=f"数据质量问题 {len(rows)} 项")
    for row in rows:
        table.add_row(
            row["rule"],
            f"{row['subject_name']}\n[dim]{row['subject']}[/dim]",
            row["indicator"],
            Period.from_start(row["period_start"], row["months"]).label,
            OUTCOME[row["outcome"]],
            STATE[row["state"]],
            row["message"],
        )
    console = Console()
    console.print(table)
    console.print("说明或认可:planwatch quality answer 规则 对象 指标 期间 --text … --by … [--accept]", markup=False)


def answer(
    rule: Annotated[str, typer.Argument(help="The rule, e.g. Q09.")],
    subject: Annotated[str, typer.Argument(help="The subject, e.g. unit:91500000….")],
    indicator: Annotated[str, typer.Argument(help="The indicator as listed; * for a whole report.")],
    period: Annotated[str, typer.Argument(help="The period as listed, e.g. 2025-03.")],
    *,
    text: Annotated[str, typer.Option(help="Why the figure is as it is.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    accept: Annotated[
        bool, typer.Option(help="Accept the figure: the rule is silent for this key while the figures are the same.")
    ] = False,
) -> None:
    """Explain a finding, or accept the figure; its subject is then checked and judged again."""
    console, now = Console(), clock()
    if not text.strip() or not by.strip():
        console.print("--text 和 --by 都不能为空", style="red")
        raise typer.Exit(2)
    with Database(read_settings().database.url, max_size=1) as database:
        store = QualityStore(database)
        found: Tracked | None = store.find(rule, subject, indicator, Period.parse(period))
        if found is None:
            console.print(f"没有这项问题:{rule} {subject} {indicator} {period}", style="red", markup=False)
            raise typer.Exit(1)
        finding = found.finding
        store.say(Explanation(finding.key, finding.fingerprint, text, by, local_day(now), accept), now)
    console.print(f"已记下,{subject} 将重新核查和研判", markup=False)
