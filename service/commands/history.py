"""`planwatch history`: the levels of a subject period by period, and every change of its warnings."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.period import Period
from planwatch.service import beside, words
from planwatch.service.as_of import AsOf, shown
from planwatch.service.settings import read_settings
from planwatch.service.whom import none_judged, subject_named
from planwatch.storage.beside_store import Beside, BesideStore
from planwatch.storage.database import Database
from planwatch.storage.review_store import Judged, ReviewStore

KIND = {
    "raised": "发出",
    "escalated": "升级",
    "eased": "降级",
    "cleared": "解除",
    "withdrawn": "撤回",
    "restated": "更正",
}


def history(
    subject: Annotated[str, typer.Argument(help="Who: region:500000, a code, or a name such as 重庆市.")],
    target: Annotated[str | None, typer.Argument(help="Target id; all judged if left out.")] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Show how the levels of a subject came to be: each judged period, then each change with its cause."""
    settings, console, at = read_settings(), Console(), as_of
    with Database(settings.database.url, max_size=1) as database:
        store = ReviewStore(database)
        who = subject_named(store, subject, console)
        targets = [target] if target else store.judged_targets(who)
        judged = [one for name in targets for one in reversed(store.assessments(who, name, at=at))]
        changes = store.changes(who, target, at)
        if not (judged or changes or as_json):
            console.print(none_judged(store, who, target), style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1)
        named = {one for each in judged for one in beside.subjects_in(each.assessment.reason)}
        known = BesideStore(database).of(named | {who}, at)
    title = escape(beside.named(who, known.names))
    if as_json:
        rows = {"levels": [_plain(one) for one in judged], "changes": changes}
        json.dump(rows, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    levels = Table(
        "目标", "标尺", "期间", "等级", "实际 / 要求", "覆盖率", "第几次评估", "原因", title=f"{title} 的等级"
    )
    for one in judged:
        levels.add_row(*_level(one, known))
    console.print(levels)
    told = Table("时间", "目标", "标尺", "期间", "变化", "等级", "原因", title=f"{title} 的预警变化")
    for change in changes:
        period = Period.from_start(change["period_start"], change["months"]).label
        told.add_row(
            shown(change["changed_at"]),
            change["target"],
            words.YARDSTICK[change["yardstick"]],
            period,
            KIND[change["kind"]],
            escape(f"{change['before_zh'] or '—'} → {change['after_zh'] or '—'}"),
            escape(words.cause(change["cause"], change["caused_by"])),
        )
    console.print(told)


def _level(judged: Judged, known: Beside) -> list[str]:
    one = judged.assessment
    return [
        one.target,
        words.YARDSTICK[one.yardstick],
        one.period.label,
        words.level(one.status, one.level.colour if one.level else None, one.level.zh if one.level else None),
        escape(
            beside.in_words(one.reason, known)
            or f"{words.figure(one.actual, one.unit)} / {words.figure(one.expected, one.unit)}"
        ),
        beside.coverage_words(one.coverage, one.sources_there, one.sources),
        str(judged.judgement),
        escape(words.cause(judged.cause, judged.caused_by)),
    ]


def _plain(judged: Judged) -> dict[str, object]:
    one = judged.assessment
    return {
        "target": one.target,
        "yardstick": one.yardstick,
        "period": one.period.label,
        "status": one.status,
        "severity": one.severity,
        "level": one.level.zh if one.level else None,
        "actual": one.actual,
        "expected": one.expected,
        "unit": one.unit,
        "reason": one.reason,
        "coverage": one.coverage,
        "sources_there": one.sources_there,
        "sources": one.sources,
        "judgement": judged.judgement,
        "cause": judged.cause,
        "caused_by": judged.caused_by,
        "judged_at": judged.judged_at.isoformat(),
    }
