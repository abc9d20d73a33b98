"""What `planwatch missing` prints: shares of regions, who is missing, who was late, and what one must know beside."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.calendar import ReportingCalendar
from planwatch.contract.period import Period
from planwatch.rules.reporting import Expected, Share


def show_shares(console: Console, period: Period, today: date, sums: Sequence[Share], names: dict[str, str]) -> None:
    """One line for each region and duty."""
    table = _table(f"{period.label_zh}报送情况(截至 {today})")
    table.add_column("地区")
    table.add_column("义务", overflow="fold")
    for name in ("应报", "已报", "迟报", "逾期未报", "已报率", "按能耗"):
        table.add_column(name, justify="right")
    for one in sums:
        late = f"[yellow]{one.late}[/yellow]" if one.late else "0"
        overdue = f"[red]{one.overdue}[/red]" if one.overdue else "0"
        cells = (f"{one.expected:,}", f"{one.reported:,}", late, overdue, f"{one.percent:.1f}%", by_coal(one))
        place = escape(f"{one.region} {names.get(f'region:{one.region}', '')}".strip())
        table.add_row(place, escape(one.duty.zh), *cells)
    console.print(table)


def by_coal(share: Share) -> str:
    """The share of standard coal, and of how many reporters it says nothing: what they burn was never known."""
    percent = "—" if share.tce_percent is None else f"{share.tce_percent:.1f}%"
    return f"{percent}(另 {share.unknown:,} 家不明)" if share.unknown else percent


def show_missing(console: Console, found: Sequence[Expected], shown: int) -> None:
    """Whose report is missing after its deadline."""
    if not found:
        console.print("没有逾期未报的对象")
        return
    table = _table("逾期未报")
    for name in ("对象", "名称", "地区", "义务", "截止日", "上次所知月能耗"):
        table.add_column(name, overflow="fold")
    for one in found[:shown]:
        coal = "不明" if one.tce is None else f"{one.tce:,.0f} tce"
        who = (one.subject, escape(one.name), "".join(one.regions[:1]), escape(one.duty.zh))
        table.add_row(*who, str(one.deadline), coal)
    console.print(table)
    _say_rest(console, len(found) - shown)


def show_late(console: Console, found: Sequence[Expected], shown: int) -> None:
    """Whose report was received after its deadline, the latest first; nothing where nobody's was."""
    if not found:
        return
    table = _table("迟报")
    for name in ("对象", "名称", "地区", "义务", "截止日", "收到"):
        table.add_column(name, overflow="fold")
    for name in ("迟报天数", "其中工作日"):
        table.add_column(name, justify="right")
    for one in found[:shown]:
        who = (one.subject, escape(one.name), "".join(one.regions[:1]), escape(one.duty.zh))
        cells = (*who, str(one.deadline), str(one.received))
        table.add_row(*cells, f"{one.days_late:,}", f"{one.working_days_late:,}")
    console.print(table)
    _say_rest(console, len(found) - shown)


def show_notes(console: Console, calendar: ReportingCalendar, found: Sequence[Expected], today: date) -> None:
    """What the reader must know to believe the table: assumed deadlines, years without a calendar, what is not due."""
    for duty in {one.duty.id: one.duty for one in found}.values():
        if duty.assumed:
            console.print(f"[dim]{escape(duty.zh)}的截止日是设定的:{escape(duty.assumed)}[/dim]")
    years = {one.deadline.year for one in found} - calendar.working_days.years
    if years:
        listed = "、".join(map(str, sorted(years)))
        console.print(f"[yellow]{listed} 年放假安排未录入,工作日只按周末计[/yellow]")
    waiting = sum(not one.reported and one.deadline >= today for one in found)
    if waiting:
        console.print(f"[dim]{waiting:,} 个未报但未到截止日[/dim]")
    console.print("[dim]缺报的对象不会使任何指标评为绿色:缺数的地区合计不评定[/dim]")


def plain(period: Period, today: date, sums: Sequence[Share], found: Sequence[Expected]) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "period": period.label,
        "at": today.isoformat(),
        "regions": [
            {
                "region": one.region,
                "duty": one.duty.id,
                "expected": one.expected,
                "reported": one.reported,
                "late": one.late,
                "overdue": one.overdue,
                "percent": f"{one.percent:.2f}",
                "tce_percent": None if one.tce_percent is None else f"{one.tce_percent:.2f}",
                "tce_unknown": one.unknown,
            }
            for one in sums
        ],
        "missing": [
            {**_who(one), "tce": None if one.tce is None else f"{one.tce:.3f}"} for one in found if one.overdue(today)
        ],
        "late": [
            {
                **_who(one),
                "received": str(one.received),
                "days_late": one.days_late,
                "working_days_late": one.working_days_late,
            }
            for one in latest_first(found)
        ],
    }


def latest_first(found: Sequence[Expected]) -> list[Expected]:
    """Those that were late, the latest first."""
    return sorted((one for one in found if one.days_late), key=lambda one: (-one.days_late, one.subject))


def _who(one: Expected) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "name": one.name,
        "region": next(iter(one.regions), None),
        "duty": one.duty.id,
        "deadline": one.deadline.isoformat(),
    }


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")


def _say_rest(console: Console, left: int) -> None:
    if left > 0:
        console.print(f"[dim]另有 {left:,} 个(加 --all 显示)[/dim]")
