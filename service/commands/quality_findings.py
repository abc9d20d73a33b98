"""`planwatch quality list | answer`: the findings people work through, and what they say about them."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.period import Period, local_day
from planwatch.contract.quality import DOES, Explanation, FindingState, Rule, Tracked
from planwatch.service.asked import period_listed
from planwatch.service.quality_names import NAMES
from planwatch.service.settings import read_settings
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock
from planwatch.storage.database import Database
from planwatch.storage.quality_store import QualityStore
from planwatch.storage.review_store import ReviewStore

OUTCOME = {"reject": "退回", "hold": "暂不计入", "query": "待说明", "note": "提示"}
STATE = {"open": "未处理", "explained": "已说明", "accepted": "已认可", "corrected": "已更正", "lapsed": "已消失"}


def list_findings(
    region: Annotated[str | None, typer.Option(help="Only this region (code or name) and all below it.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only this subject: unit:…, a code, or a registered name.")
    ] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule, e.g. Q08.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is settled.")] = False,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Findings to work through: those that keep figures out of sums first."""
    console, wanted = Console(), rule_named(rule) if rule else None
    with Database(read_settings().database.url, max_size=1) as database:
        place = _known(database, f"region:{region}" if region and region.isdigit() else region, console)
        if place is not None and not place.startswith("region:"):
            raise typer.BadParameter(f"{place} is no region; for one subject use --subject")
        rows = QualityStore(database).listed(
            clock(),
            region=place.removeprefix("region:") if place else None,
            subject=_known(database, subject, console),
            rule=wanted,
            everything=everything,
            limit=limit,
        )
    if as_json:
        json.dump(rows, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    show_findings(console, rows)


def show_findings(console: Console, rows: list[dict[str, Any]]) -> None:
    """The table, with how many there are in all; what is settled does nothing any more, whatever it once did."""
    in_all = rows[0]["in_all"] if rows else 0
    some = f",列出前 {len(rows)} 项(其余见 --limit)" if in_all > len(rows) else ""
    table = Table("规则", "对象", "指标", "期间", "处理", "状态", "说明", title=f"数据质量问题 {in_all} 项{some}")
    for row in rows:
        table.add_row(
            f"{row['rule']}\n[dim]{NAMES[Rule(row['rule'])]}[/dim]",
            f"{escape(row['subject_name'])}\n[dim]{row['subject']}[/dim]",
            row["indicator"],
            Period.from_start(row["period_start"], row["months"]).label,
            done_with(row["outcome"], row["state"]),
            STATE[row["state"]],
            _said(row),
        )
    console.print(table)
    console.print("说明或认可:planwatch quality answer 规则 对象 指标 期间 --text … --by … [--accept]", markup=False)


def done_with(outcome: str, state: str) -> str:
    """What is done with a figure because of a finding in this state."""
    if DOES[FindingState(state)]:
        return OUTCOME[outcome]
    return "认可,计入" if state == FindingState.ACCEPTED else "—"


def _said(row: dict[str, Any]) -> str:
    if not row["said"]:
        return escape(row["message"])
    return f"{escape(row['message'])}\n[bold]{escape(row['author'])} {row['said_on']}:[/bold]{escape(row['said'])}"


def answer(
    rule: Annotated[str, typer.Argument(help="The rule, e.g. Q09.")],
    subject: Annotated[str, typer.Argument(help="Who: unit:…, a code, or a registered name.")],
    indicator: Annotated[str, typer.Argument(help="The indicator as listed; * for a whole report.")],
    period: Annotated[str, typer.Argument(help="The period as listed, e.g. 2025-03 or 2025-01~02.")],
    *,
    text: Annotated[str, typer.Option(help="Why the figure is as it is.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    accept: Annotated[
        bool, typer.Option(help="Accept the figure: the rule is silent for this key while the figures are the same.")
    ] = False,
) -> None:
    """Explain a finding, or accept the figure; its subject is then checked and judged again.

    The newest answer counts: one without --accept takes an acceptance back.
    """
    console, now, wanted = Console(), clock(), rule_named(rule)
    if not text.strip() or not by.strip():
        console.print("--text 和 --by 都不能为空", style="red")
        raise typer.Exit(2)
    span = period_listed(period)
    with Database(read_settings().database.url, max_size=1) as database:
        store, whom = QualityStore(database), _known(database, subject, console) or subject
        found: Tracked | None = store.find(wanted, whom, indicator, span)
        if found is None:
            console.print(f"没有这项问题:{wanted} {whom} {indicator} {span.label}", style="red", markup=False)
            console.print(f"已有的问题见 planwatch quality list --subject {whom} --all", markup=False)
            raise typer.Exit(1)
        finding = found.finding
        store.say(Explanation(finding.key, finding.fingerprint, text, by, local_day(now), accept), now)
    console.print(f"已记下,{whom} 将重新核查和研判", markup=False)


def rule_named(text: str) -> str:
    """The code of a rule, in capitals; BadParameter with all codes where there is none such."""
    code = text.strip().upper()
    if code not in list(Rule):
        listed = "、".join(f"{one.value} {NAMES[one]}" for one in Rule)
        raise typer.BadParameter(f"{text} is no rule; there are {listed}")
    return code


def _known(database: Database, text: str | None, console: Console) -> str | None:
    """The subject a text names; BadParameter where nothing is known of it."""
    if text is None:
        return None
    whom = subject_named(ReviewStore(database), text, console)
    if not QualityStore(database).knows(whom):
        raise typer.BadParameter(f"nothing is registered or reported of {whom}; see planwatch registry list")
    return whom
