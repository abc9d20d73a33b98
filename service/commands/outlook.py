"""`planwatch outlook`: what a target will come to at the end of the year and of the plan; a forecast, not a level."""

import json
import sys
from collections.abc import Sequence
from decimal import Decimal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.outlook import Horizon, Outlook, Prospect
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law, Target
from planwatch.rules.outlook import outlooks
from planwatch.rules.outlook_value import FORECAST
from planwatch.service import words
from planwatch.service.asked import year_to_date_asked
from planwatch.service.bearing import bearing_of
from planwatch.service.plain import plain
from planwatch.service.settings import read_settings
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock, law_in_force
from planwatch.storage.database import Database
from planwatch.storage.review_store import ReviewStore

PROSPECT = {
    Prospect.WILL_MEET: "预计完成",
    Prospect.WILL_MISS: "[bold]预计完不成[/bold]",
    Prospect.UNCERTAIN: "难以判断",
    Prospect.NOT_RATED: "[dim]不作预测[/dim]",
}
HORIZON = {Horizon.YEAR_END: "年末", Horizon.PLAN_END: "规划期末"}
NOT_A_LEVEL = "预测,不是评级:不产生等级和预警"


def outlook(
    subject: str = typer.Argument(help="Who: region:500000, a code, or a name such as 重庆市."),
    target: str | None = typer.Argument(None, help="Target id; all that can be forecast if left out."),
    as_of_period: str | None = typer.Option(
        None, help="Look ahead from this month, e.g. 2025-06, with later figures unknown. Newest if left out."
    ),
    as_json: bool = typer.Option(False, "--json", help="JSON on standard output, all numbers exact."),
) -> None:
    """Project a target to the end of the year and of the plan: interval, back-test, what is still needed."""
    settings, console = read_settings(), Console()
    as_of = year_to_date_asked(as_of_period, "--as-of-period")
    with Database(settings.database.url, max_size=1) as database:
        store, law = ReviewStore(database), law_in_force(database, settings)
        who = subject_named(store, subject, console)
        found = _found(store, law, who, target, as_of)
    if not found:
        console.print(f"{who} 没有可作预测的目标;已有评估的指标见 planwatch status", style="red", markup=False)
        raise typer.Exit(1)
    if as_json:
        json.dump([plain(one) for _, several in found for one in several], sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    for one, several in found:
        _print(console, one, several)


def _found(
    store: ReviewStore, law: Law, subject: str, target: str | None, as_of: Period | None
) -> list[tuple[Target, list[Outlook]]]:
    today = local_day(clock())
    with store.looking(today) as work:
        bearing = bearing_of(work, law, [subject], targets=frozenset([target]) if target else None)
    duties = [duty for duty in bearing.duties[subject] if target or duty.target.kind in FORECAST]
    found = [
        (
            duty.target,
            outlooks(duty.target, subject, bearing.figures, law, around=bearing.around(duty, today), as_of=as_of),
        )
        for duty in duties
    ]
    # Without a target asked for, what has no figures at all is not worth a page.
    return [(one, made) for one, made in found if target or any(o.expected is not None or o.needs for o in made)]


def _print(console: Console, target: Target, made: Sequence[Outlook]) -> None:
    first = made[0]
    console.rule(f"[bold]{escape(target.zh)}[/bold] · {escape(first.subject)} · 截至 {first.as_of.label_zh}")
    console.print(f"[reverse] {NOT_A_LEVEL} [/reverse]")
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("标准", "到", "预计", "区间", "要求", "判断", "后来实际"):
        table.add_column(column, overflow="fold")
    for one in made:
        table.add_row(*map(escape, _cells(one)))
    console.print(table)
    for one in made:
        if one.reason:
            told = f"{words.YARDSTICK[one.yardstick]} {HORIZON[one.horizon]}:{one.reason}"
            console.print(told, style="dim", markup=False)
    _print_needs(console, made)
    _print_back_tests(console, made)
    for method in dict.fromkeys(one.method for one in made if one.method):
        console.print(f"方法   {method}", style="dim", soft_wrap=True, markup=False)


def _cells(one: Outlook) -> list[str]:
    interval = "—"
    if one.low is not None and one.high is not None and one.coverage is not None:
        k, n = one.coverage
        interval = f"{_number(one.low, one)} ~ {_number(one.high, one)}(名义覆盖 {k}/{n})"
    return [
        words.YARDSTICK[one.yardstick],
        f"{one.year}年{HORIZON[one.horizon]}" if one.year else "—",
        _number(one.projected, one),
        interval,
        f"{one.comparator.value} {_number(one.expected, one)}" if one.expected is not None else "—",
        PROSPECT[one.prospect],
        _number(one.came, one),
    ]


def _print_needs(console: Console, made: Sequence[Outlook]) -> None:
    for need in dict.fromkeys(need for one in made for need in one.needs):
        console.print(f"还需   {need.words}", soft_wrap=True, markup=False)


def _print_back_tests(console: Console, made: Sequence[Outlook]) -> None:
    for one in made:
        if not one.back_test.backcasts:
            continue
        (inside, of), (right, said) = one.back_test.interval_hits, one.back_test.verdict_hits
        undecided = f"(另有 {one.back_test.undecided} 次难以判断)" if one.back_test.undecided else ""
        told = f"区间命中 {inside}/{of},判断应验 {right}/{said}{undecided}"
        console.print(f"回测   {words.YARDSTICK[one.yardstick]} {HORIZON[one.horizon]}:{told}")
        for back in one.back_test.backcasts:
            verdict = PROSPECT[back.prospect] if back.prospect else "无目标"
            met = "" if back.met is None else (",完成" if back.met else ",未完成")
            console.print(
                f"[dim]       {back.made.label_zh} 预计 {back.year} 年末 {_number(back.projected, one)}"
                f"({_number(back.low, one)} ~ {_number(back.high, one)}),{verdict};"
                f"实际 {_number(back.came, one)}{met}[/dim]",
                soft_wrap=True,
            )


def _number(value: Decimal | None, one: Outlook) -> str:
    return words.figure(value, one.unit, 3)
