"""`planwatch missing`: who has not reported by the deadline, per unit, county and region."""

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from planwatch.contract.calendar import ReportingCalendar
from planwatch.contract.period import Period, local_day
from planwatch.contract.records import Records
from planwatch.plans.calendar_files import load_calendar
from planwatch.rules.reporting import Expected, Reports, Share, expected_reports, forms, newest_due, shares
from planwatch.service.settings import Settings, read_settings
from planwatch.service.wiring import clock, law_of
from planwatch.storage.database import Database
from planwatch.storage.registry_store import RegistryStore
from planwatch.storage.review_store import ReviewStore

SHOWN = 50


def missing(
    period: Annotated[
        str | None, typer.Option(help="2025-03, 2025-Q1 or 2025; the newest whose deadline has passed if left out.")
    ] = None,
    *,
    region: Annotated[str | None, typer.Option(help="Only what lies in this region (code) or below it.")] = None,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day looked at; today if left out.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=f"List all that is missing, not only the first {SHOWN}.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Show whose report on a period is missing after its deadline, with numbers and shares for every region.

    Shares of standard coal go by what each unit last reported. A region with a report missing is not rated on it.
    """
    settings, today = read_settings(), at.date() if at else local_day(clock())
    calendar = load_calendar(settings.plans.folder)
    meant = _period(period, calendar, today)
    found = _expected(settings, calendar, meant, region)
    sums = shares(found, today)
    overdue = [one for one in found if one.overdue(today)]
    if as_json:
        json.dump(_plain(meant, today, sums, found), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = Console()
    if not found:
        console.print(f"{meant.label_zh}没有到期的报送义务;义务见 calendars/ 与 docs/howto/registry.md")
        return
    names = {one.subject: one.name for one in found}
    _show_shares(console, meant, today, sums, names)
    _show_missing(console, overdue if all_ else overdue[:SHOWN], len(overdue))
    _show_notes(console, calendar, found, today)


def _period(text: str | None, calendar: ReportingCalendar, today: date) -> Period:
    if text is None:
        newest = newest_due(calendar, today)
        if newest is None:
            raise typer.BadParameter("no duty is in force; name a period with --period")
        return newest
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _expected(settings: Settings, calendar: ReportingCalendar, period: Period, region: str | None) -> list[Expected]:
    """Every report due on a period, from the register and the stored figures."""
    law = law_of(settings)
    with Database(settings.database.url, max_size=1) as database:
        records = RegistryStore(database).records()
        subjects = _who_owes(calendar, records, period)
        wanted = {
            one.id: one.unit for one in law.catalogue.indicators if any(duty.wants(one.id) for duty in calendar.duties)
        }
        with ReviewStore(database).looking() as work:
            reports = Reports(work.figures(subjects, wanted), law)
    return list(expected_reports(calendar, records, reports, period, region))


def _who_owes(calendar: ReportingCalendar, records: Records, period: Period) -> list[str]:
    return [
        subject
        for subject in records.subjects()
        if any(
            calendar.duties_of(subject, records.regions_above(subject, period.end_day), form) for form in forms(period)
        )
    ]


def _show_shares(console: Console, period: Period, today: date, sums: Sequence[Share], names: dict[str, str]) -> None:
    title = f"{period.label_zh}报送情况(截至 {today})"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("地区")
    table.add_column("义务", overflow="fold")
    for name in ("应报", "已报", "逾期未报", "已报率", "按能耗"):
        table.add_column(name, justify="right")
    for one in sums:
        by_coal = "—" if one.tce_percent is None else f"{one.tce_percent:.1f}%"
        overdue = f"[red]{one.overdue}[/red]" if one.overdue else "0"
        cells = (f"{one.expected:,}", f"{one.reported:,}", overdue, f"{one.percent:.1f}%", by_coal)
        table.add_row(f"{one.region} {names.get(f'region:{one.region}', '')}".strip(), one.duty.zh, *cells)
    console.print(table)


def _show_missing(console: Console, shown: Sequence[Expected], number: int) -> None:
    if not number:
        console.print("没有逾期未报的对象")
        return
    table = Table(title="逾期未报", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("对象", "名称", "地区", "义务", "截止日", "上次所知月能耗"):
        table.add_column(name, overflow="fold")
    for one in shown:
        coal = "不明" if one.tce is None else f"{one.tce:,.0f} tce"
        table.add_row(one.subject, one.name, "".join(one.regions[:1]), one.duty.zh, str(one.deadline), coal)
    console.print(table)
    if len(shown) < number:
        console.print(f"[dim]另有 {number - len(shown):,} 个(加 --all 显示)[/dim]")


def _show_notes(console: Console, calendar: ReportingCalendar, found: Sequence[Expected], today: date) -> None:
    """What the reader must know to believe the table: assumed deadlines, years without a calendar, what is not due."""
    for duty in {one.duty.id: one.duty for one in found}.values():
        if duty.assumed:
            console.print(f"[dim]{duty.zh}的截止日是设定的:{duty.assumed}[/dim]")
    years = {one.deadline.year for one in found} - calendar.working_days.years
    if years:
        listed = "、".join(map(str, sorted(years)))
        console.print(f"[yellow]{listed} 年放假安排未录入,工作日只按周末计[/yellow]")
    waiting = sum(not one.reported and one.deadline >= today for one in found)
    if waiting:
        console.print(f"[dim]{waiting:,} 个未报但未到截止日[/dim]")
    console.print("[dim]缺报的对象不会使任何指标评为绿色:缺数的地区合计不评定[/dim]")


def _plain(period: Period, today: date, sums: Sequence[Share], found: Sequence[Expected]) -> dict[str, Any]:
    return {
        "period": period.label,
        "at": today.isoformat(),
        "regions": [
            {
                "region": one.region,
                "duty": one.duty.id,
                "expected": one.expected,
                "reported": one.reported,
                "overdue": one.overdue,
                "percent": f"{one.percent:.2f}",
                "tce_percent": None if one.tce_percent is None else f"{one.tce_percent:.2f}",
                "tce_unknown": one.unknown,
            }
            for one in sums
        ],
        "missing": [
            {
                "subject": one.subject,
                "name": one.name,
                "region": next(iter(one.regions), None),
                "duty": one.duty.id,
                "deadline": one.deadline.isoformat(),
                "tce": None if one.tce is None else f"{one.tce:.3f}",
            }
            for one in found
            if one.overdue(today)
        ],
    }
