"""`planwatch registry list | show | unknown`: what the registers say on a day, and who reports without an entry."""

import json
import sys
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.period import local_day
from planwatch.contract.registry import AnyRegistryRecord
from planwatch.plans.calendar_files import load_industries
from planwatch.service.settings import read_settings
from planwatch.service.whom import registered_region
from planwatch.service.wiring import clock
from planwatch.storage.database import Database
from planwatch.storage.registry_store import Listed, RegistryStore

app = typer.Typer(
    help="Load the registers of units, projects, regions and reporting duties, and look into them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
KINDS_ZH = {
    "unit": "用能单位",
    "two_high_project": "两高项目",
    "reduction_project": "减排项目",
    "region": "地区",
    "duty": "报送义务",
    "working_year": "放假安排",
}
CATEGORIES_ZH = {"ge_10000": "万吨以上", "designated": "指定"}


class KindName(StrEnum):
    """Kinds of registers that can be listed."""

    UNITS = "units"
    TWO_HIGH = "two-high"
    REDUCTION = "reduction"
    REGIONS = "regions"
    DUTIES = "duties"
    WORKING_YEARS = "working-years"


RECORD_KINDS = dict(
    zip(KindName, ("unit", "two_high_project", "reduction_project", "region", "duty", "working_year"), strict=True)
)
At = Annotated[
    datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day looked at; today if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command("list")
def list_(
    *,
    kind: Annotated[KindName | None, typer.Option(help="Only this register.")] = None,
    region: Annotated[str | None, typer.Option(help="Only what lies in this region (code) or below it.")] = None,
    at: At = None,
    ended: Annotated[bool, typer.Option("--ended", help="Also entries that ended before that day.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the entries that hold on a day."""
    settings = read_settings()
    day = at.date() if at else local_day(clock())
    with Database(settings.database.url, max_size=1) as database:
        found = RegistryStore(database).entries(
            day, kind=RECORD_KINDS[kind] if kind else None, region=region, ended=ended
        )
        if region and not found:
            registered_region(RegistryStore(database), region)
    if as_json:
        rows = [{name: getattr(one, name) for name in Listed.__slots__} for one in found]
        _print_json(rows)
        return
    industries = load_industries(settings.plans.folder)
    table = Table(title=f"名录 {day}", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("对象", "名称", "地区", "类别", "行业", "有效期"):
        table.add_column(name, overflow="fold")
    for one in found:
        table.add_row(*map(escape, _cells(one, industries.name_of(one.industry or ""))))
    Console().print(table)
    Console().print(f"[dim]共 {len(found):,} 条[/dim]")


def _cells(one: Listed, industry: str) -> list[str]:
    what = CATEGORIES_ZH.get(one.category or "", "")
    marks = [KINDS_ZH[one.kind], what, "两高" if one.two_high and one.kind == "unit" else ""]
    return [
        one.subject,
        one.name,
        one.region or "",
        " ".join(filter(None, marks)),
        f"{one.industry or ''} {industry}".strip(),
        f"{one.valid_from} — {one.valid_to or ''}",
    ]


@app.command()
def show(
    subject: Annotated[str, typer.Argument(help="A subject (unit:91…), its id, or part of its name.")],
    *,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Show all dated entries of a subject, and which of them holds on a day."""
    day = at.date() if at else local_day(clock())
    with Database(read_settings().database.url, max_size=1) as database:
        store = RegistryStore(database)
        who = _one(store, subject)
        versions = store.versions(who)
    holding = next((record for record, _ in reversed(versions) if record.valid_from <= day), None)
    if holding is not None and holding.valid_to is not None and holding.valid_to < day:
        holding = None
    if as_json:
        _print_json(
            [
                {"holds": record is holding, "known_at": known.isoformat(), **record.model_dump(mode="json")}
                for record, known in versions
            ]
        )
        return
    console = Console()
    console.print(f"[bold]{escape(versions[-1][0].name)}[/bold] {escape(who)}")
    for record, known in versions:
        _show_entry(console, record, known, holds=record is holding)
    if holding is None:
        console.print(f"[yellow]{day} 没有有效的记录[/yellow]")


def _one(store: RegistryStore, text: str) -> str:
    found = store.find(text)
    exact = {who for who, _ in found if text in (who, who.partition(":")[2])}
    subjects = exact or {who for who, _ in found}
    if len(subjects) == 1:
        return subjects.pop()
    console = Console(stderr=True)
    if found:
        console.print(f"“{text}” 不是唯一的对象,名录中相符的:", markup=False)
        for who, name in found:
            console.print(f"  {who}  {name}", markup=False)
    else:
        console.print(f"名录中没有 {text};未登记而有上报的见 planwatch registry unknown", markup=False)
    raise typer.Exit(1)


def _show_entry(console: Console, record: AnyRegistryRecord, known: datetime, *, holds: bool) -> None:
    until = record.valid_to or "至今"
    mark = "[green]●[/green]" if holds else "○"
    console.print(f"{mark} {record.valid_from} — {until}  修订 {record.revision},{known:%Y-%m-%d %H:%M} 起已知")
    left_out = {"id", "kind", "valid_from", "valid_to", "revision"}
    for name, value in record.model_dump(mode="json", exclude=left_out, exclude_defaults=True).items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        console.print(f"    {name}: {shown}", markup=False)


@app.command()
def unknown(*, as_json: AsJson = False) -> None:
    """List who reports without being registered: kept, in no regional sum, judged once registered."""
    with Database(read_settings().database.url, max_size=1) as database:
        found = RegistryStore(database).unknown()
    if as_json:
        _print_json([{name: getattr(one, name) for name in one.__slots__} for one in found])
        return
    console = Console()
    if not found:
        console.print("没有未登记的上报对象")
        return
    table = Table(title="未登记的上报对象", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("对象", "数值", "报表", "所属期", "首次收到"):
        table.add_column(name)
    for one in found:
        span = f"{one.first_start} — {one.last_end}"
        known = f"{one.first_known_at:%Y-%m-%d %H:%M}"
        table.add_row(escape(one.subject), f"{one.figures:,}", f"{one.reports:,}", span, known)
    console.print(table)
    console.print("[dim]数值已保存,不进入任何地区合计;用 planwatch registry load 登记后自动评估[/dim]")


def _print_json(found: Any) -> None:
    json.dump(found, sys.stdout, ensure_ascii=False, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
