"""`planwatch plans whatif`: which levels would differ under another rule set, path, value, plan folder or closure."""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.assessment import Assessment
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law, PathKind
from planwatch.plans.merged import load_merged
from planwatch.rules.whatif import Shift, why, with_path, with_rule_set, with_value
from planwatch.service import words
from planwatch.service.asked import period_asked
from planwatch.service.commands.plans import app
from planwatch.service.plain import plain
from planwatch.service.settings import read_settings
from planwatch.service.whatif import Answer, Closing, Supposition
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock, law_in_force
from planwatch.storage.database import Database
from planwatch.storage.review_store import ReviewStore

SHOWN = 60
KINDS = ("变差", "变好", "严重程度不变而称谓不同", "不再有等级", "新有等级")


@app.command("whatif")
def what_if(
    *,
    ruleset: Annotated[str | None, typer.Option(help="Another rule set, for every target it fits.")] = None,
    path: Annotated[PathKind | None, typer.Option(help="geometric or linear, for every target it fits.")] = None,
    close_unit: Annotated[
        list[str] | None, typer.Option(help="A unit that closes, by code or name; may be repeated.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="First month without closed units. [default: January, newest year]")
    ] = None,
    target: Annotated[list[str] | None, typer.Option(help="Only these targets; may be repeated.")] = None,
    region: Annotated[str | None, typer.Option(help="Only this region and all registered below it.")] = None,
    value: Annotated[str | None, typer.Option(help="Another number for the target; needs one --target.")] = None,
    folder: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Candidate plans instead of those in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output, all numbers exact.")] = False,
) -> None:
    """Judge the stored figures again with something else supposed, and show which levels would differ.

    Nothing is written: the database is read in one read-only transaction.
    """
    settings, console = read_settings(), Console()
    chosen = tuple(target or ())
    with Database(settings.database.url, max_size=1) as database:
        law = law_in_force(database, settings)
    supposed = _supposed(load_merged(folder) if folder else law, ruleset, path, value, chosen)
    since = _month(from_)
    if not close_unit and supposed is law:
        raise typer.BadParameter("给出 --ruleset、--path、--value、--folder 或 --close-unit 中的至少一个")
    question = Supposition(law, supposed, local_day(clock()), frozenset(chosen) or None)
    with Database(settings.database.url, max_size=1) as database:
        store = ReviewStore(database)
        units = tuple(subject_named(store, one, console) for one in close_unit or ())
        closing = Closing(units, since) if units else None
        subjects = store.reporters(region)
        with store.looking(question.today) as work:
            answer = question.ask(work, subjects, closing)
            names = work.names({one.either.subject for one in answer.shifts} | set(units))
    if as_json:
        json.dump(_plain(answer), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    _print(console, answer, supposed, names)


def _supposed(law: Law, ruleset: str | None, path: PathKind | None, value: str | None, chosen: Sequence[str]) -> Law:
    """The law with all that is supposed; BadParameter for what it does not know."""
    for name in chosen:
        if name not in law.targets:
            raise typer.BadParameter(f"没有目标 {name};见 planwatch plans list", param_hint="--target")
    if ruleset is not None:
        if ruleset not in law.rule_sets:
            known = "、".join(sorted(law.rule_sets))
            raise typer.BadParameter(f"没有规则集 {ruleset};已有:{known}", param_hint="--ruleset")
        law = with_rule_set(law, ruleset, chosen)
    if path is not None:
        law = with_path(law, path, chosen)
    return law if value is None else with_value(law, *_one_target(value, chosen))


def _one_target(value: str, chosen: Sequence[str]) -> tuple[str, Decimal]:
    if len(chosen) != 1:
        raise typer.BadParameter("--value 要且只要一个 --target", param_hint="--value")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise typer.BadParameter(f"{value!r} 不是数", param_hint="--value")
    return chosen[0], number


def _month(text: str | None) -> Period | None:
    if text is None:
        return None
    period = period_asked(text, "--from")
    return Period.month(period.year, period.first)


def _print(console: Console, answer: Answer, law: Law, names: Mapping[str, str]) -> None:
    console.print("[reverse] 假设推演:只读,不改动任何数据,不发通知 [/reverse]")
    if answer.since is not None:
        told = "、".join(names.get(one, one) for one in answer.closed)
        since = f"自 {answer.since.label_zh}起用能与产出为零;上级地区的能耗、增加值相应扣减"
        console.print(f"关停   {told}:{since}", markup=False)
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("对象", "目标", "标准", "期间", "原来", "假设下", "为什么"):
        table.add_column(column, overflow="fold")
    for shift in answer.shifts[:SHOWN]:
        table.add_row(*_cells(shift, law, names))
    if answer.shifts:
        console.print(table)
    if len(answer.shifts) > SHOWN:
        console.print(f"[dim]… 另有 {len(answer.shifts) - SHOWN} 项,用 --json 查看全部[/dim]")
    console.print(_tally(answer))
    for note in answer.notes[:SHOWN]:
        console.print(f"说明   {note}", style="dim", soft_wrap=True, markup=False)


def _cells(shift: Shift, law: Law, names: Mapping[str, str]) -> list[str]:
    one = shift.either
    known = law.targets.get(one.target)
    return [
        escape(names.get(one.subject, one.subject)),
        f"{escape(known.zh) if known else ''} [dim]{escape(one.target)}[/dim]".strip(),
        words.YARDSTICK[one.yardstick],
        one.period.label_zh,
        _level(shift.before),
        _level(shift.after),
        escape(why(shift)),
    ]


def _level(one: Assessment | None) -> str:
    if one is None:
        return "—"
    return words.level(one.status, one.level.colour if one.level else None, one.level.zh if one.level else None)


def _tally(answer: Answer) -> str:
    """How many judgements were compared, and how many would be better, worse, or no longer or newly given."""
    counts = Counter(_kind(one) for one in answer.shifts)
    told = ",".join(f"{kind} {counts[kind]:,}" for kind in KINDS if counts[kind])
    return f"涉及 {len(answer.targets)} 项目标,比较 {answer.compared:,} 个判断:{len(answer.shifts):,} 个会不同" + (
        f"({told})" if told else ""
    )


def _kind(shift: Shift) -> str:
    """Which of the five kinds of difference it is."""
    worse, better, renamed, lost, gained = KINDS
    if shift.worse_by is not None:
        return worse if shift.worse_by > 0 else better if shift.worse_by < 0 else renamed
    return gained if shift.after is not None and shift.after.level is not None else lost


def _plain(answer: Answer) -> dict[str, object]:
    return {
        "compared": answer.compared,
        "targets": list(answer.targets),
        "closed": list(answer.closed),
        "since": answer.since.label if answer.since else None,
        "notes": list(answer.notes),
        "shifts": [
            {
                "subject": one.either.subject,
                "target": one.either.target,
                "yardstick": one.either.yardstick.value,
                "period": one.either.period.label,
                "before": _judged(one.before),
                "after": _judged(one.after),
                "why": why(one),
            }
            for one in answer.shifts
        ],
    }


def _judged(one: Assessment | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "status": one.status.value,
        "severity": one.severity,
        "colour": one.level.colour if one.level else None,
        "label": one.level.zh if one.level else None,
        "actual": plain(one.actual),
        "expected": plain(one.expected),
        "gap": plain(one.gap),
        "unit": one.unit,
        "rule_set": one.rule_set,
        "path": one.path,
        "reason": one.reason,
    }
