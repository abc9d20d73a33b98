"""`planwatch attribute`: which units, energy kinds or sub-regions made a change; the parts add up exactly."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.attribution import Attribution, Axis, Part, PartKind
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law, Target
from planwatch.contract.report import SubjectKind
from planwatch.rules.attribution import attribute as split_change
from planwatch.rules.attribution_rounding import half_up, places_for
from planwatch.rules.lawbook import lawbook_of
from planwatch.rules.points import needed, points
from planwatch.service import words
from planwatch.service.asked import year_to_date_asked
from planwatch.service.bearing import bearing_of
from planwatch.service.following import Duty
from planwatch.service.plain import plain
from planwatch.service.settings import read_settings
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock, law_in_force
from planwatch.storage.assess_store import Work
from planwatch.storage.database import Database
from planwatch.storage.review_store import ReviewStore

SHOWN = 20
AXIS = {Axis.UNIT: "单位(项目)", Axis.FUEL: "能源品种", Axis.REGION: "下级地区"}


def attribute(
    subject: str = typer.Argument(help="Who: region:500000, a code, or a name such as 重庆市."),
    target: str = typer.Argument(help="Target id, e.g. chongqing.energy-intensity."),
    period: str | None = typer.Option(None, help="Year to date, by its last month: 2025-06. Newest if left out."),
    by: Annotated[
        Axis | None, typer.Option(help="unit, fuel or region; what the target sums over if left out.")
    ] = None,
    as_json: bool = typer.Option(False, "--json", help="JSON on standard output; exact changes as fractions."),
) -> None:
    """Split the change of a measured quantity, on last year and on the base year, into parts that add up exactly."""
    settings, console = read_settings(), Console()
    point = year_to_date_asked(period)
    with Database(settings.database.url, max_size=1) as database:
        store, law = ReviewStore(database), law_in_force(database, settings)
        who = subject_named(store, subject, console)
        with store.looking(local_day(clock())) as work:
            found, names = _split(work, law, who, target, point=point, by=by, console=console)
    if as_json:
        json.dump([plain(one) for one in found], sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    names |= {one.id: one.zh for one in law.catalogue.indicators}
    for one in found:
        _print(console, law.targets[target], one, names)


def _split(
    work: Work, law: Law, subject: str, target: str, *, point: Period | None, by: Axis | None, console: Console
) -> tuple[list[Attribution], dict[str, str]]:
    bearing = bearing_of(work, law, [subject], targets=frozenset([target]))
    duty = next(iter(bearing.duties[subject]), None)
    if duty is None or duty.target.measure is None:
        console.print(f"{target} 不约束 {subject},或没有计量值;见 planwatch status", style="red", markup=False)
        raise typer.Exit(1)
    axis = by or _axis(subject, duty)
    members = _members(work, subject, duty, axis)
    names = [one.id for one in law.catalogue.indicators if one.id in _indicators(duty.target, law)]
    units = {name: law.catalogue.by_id[name].unit for name in names}
    figures = work.figures({subject, *members, *duty.members}, units)
    around = bearing.around(duty, local_day(clock()))
    if point is None:
        judged = points(duty.target, subject, figures, law, around)
        if not judged:
            console.print(f"{subject} 没有 {target} 的数据", style="red", markup=False)
            raise typer.Exit(1)
        point = judged[-1]
    found = split_change(duty.target, subject, point, figures, law, axis=axis, members=members, around=around)
    return found, work.names({subject, *members})


def _axis(subject: str, duty: Duty) -> Axis:
    if duty.target.sum_of is not None:
        return Axis.REGION if duty.target.sum_of is SubjectKind.REGION else Axis.UNIT
    return Axis.REGION if subject.startswith("region:") else Axis.FUEL


def _members(work: Work, subject: str, duty: Duty, axis: Axis) -> tuple[str, ...]:
    """The candidates for parts: the regions directly below, the ledger's projects, the units registered below."""
    kind, _, code = subject.partition(":")
    if kind != "region":
        return (subject,)
    if axis is Axis.REGION:
        below = work.members(code, ("region",))
        return tuple(one for one, who in work.who(below).items() if who.regions[:1] == (code,))
    if duty.target.sum_of is SubjectKind.PROJECT:
        return duty.members
    return work.members(code, ("unit",))


def _indicators(target: Target, law: Law) -> set[str]:
    return set(needed(target, law)) | set(lawbook_of(law).energy)


def _print(console: Console, target: Target, one: Attribution, names: Mapping[str, str]) -> None:
    spans = f"{one.period.label_zh} 比 {one.against.label_zh}"
    about = escape(names.get(one.subject, one.subject))
    console.rule(f"[bold]{escape(target.zh)}[/bold] · {about} · {spans} · 按{AXIS[one.axis]}")
    if one.reason:
        console.print(f"不可归因:{one.reason}", style="dim", markup=False)
        return
    share = "" if one.points is None else f",{one.points:+f}%"
    change = f"变化 {one.shown:+f} {one.unit}{share}"
    console.print(f"{_amount(one.before)} → {_amount(one.after)} {one.unit}({change}),各部分相加恰等于变化")
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("部分", overflow="fold")
    for column in ("此前", "现在", f"贡献 ({one.unit})", "百分点"):
        table.add_column(column, overflow="fold", justify="right")
    for part in one.parts[:SHOWN]:
        table.add_row(*map(escape, _cells(part, names)))
    if len(one.parts) > SHOWN:
        table.add_row(*_others(one.parts[SHOWN:]))
    table.add_row("[bold]合计[/bold]", "", "", f"{one.shown:+f}", "" if one.points is None else f"{one.points:+f}")
    console.print(table)
    for why, who in _missing(one).items():
        told = "、".join(names.get(each, each) for each in who)
        console.print(f"[yellow]未报,不可归因[/yellow]({len(who)} 个):{escape(f'{told}:{why}')}", soft_wrap=True)
    method = f"方法   {one.method}{';' + one.note if one.note else ''}"
    console.print(method, style="dim", soft_wrap=True, markup=False)


def _missing(one: Attribution) -> dict[str, list[str]]:
    """Who is missing, by the reason without the name in it: many lack the same."""
    by_reason: dict[str, list[str]] = {}
    for who, why in one.missing:
        by_reason.setdefault(why.replace(who, "").strip(" 的"), []).append(who)
    return by_reason


def _cells(part: Part, names: Mapping[str, str]) -> list[str]:
    name = {PartKind.REST: "其余(未报或不在所列之内)", PartKind.ACTIVITY: f"分母:{names.get(part.of, part.of)}"}
    return [
        name.get(part.kind, names.get(part.of, part.of)),
        f"{_amount(part.before)} {part.unit}",
        f"{_amount(part.after)} {part.unit}",
        f"{part.shown:+f}",
        "" if part.points is None else f"{part.points:+f}",
    ]


def _others(parts: Sequence[Part]) -> list[str]:
    shown = sum((part.shown for part in parts), Decimal(0))
    points = sum((part.points or Decimal(0) for part in parts), Decimal(0))
    return [f"… 另 {len(parts)} 项(用 --json 查看全部)", "", "", f"{shown:+f}", f"{points:+f}"]


def _amount(amount: Fraction) -> str:
    return words.figure(half_up(amount, places_for(amount)), "", 6)
