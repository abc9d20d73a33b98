"""`planwatch explain`: one judgement in full, so that anybody can follow and check it."""

import json
import sys

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.period import Period
from planwatch.contract.plan import Band, Law, Target
from planwatch.service import beside, words
from planwatch.service.as_of import AsOf, shown
from planwatch.service.asked import year_to_date_asked
from planwatch.service.settings import read_settings
from planwatch.service.whom import none_judged, subject_named
from planwatch.service.wiring import law_in_force
from planwatch.storage.beside_store import Beside, BesideStore
from planwatch.storage.database import Database
from planwatch.storage.review_store import Judged, ReviewStore
from planwatch.storage.rows import used_to_json


def explain(
    subject: str = typer.Argument(help="Who: region:500000, a code, or a name such as 重庆市."),
    target: str | None = typer.Argument(
        None, help="Target id, e.g. chongqing.energy-intensity; all judged if left out."
    ),
    period: str | None = typer.Option(
        None, help="Year to date judged, by its last month: 2025-06. Newest if left out."
    ),
    *,
    yardstick: str | None = typer.Option(None, help="annual, five_year or single."),
    as_of: AsOf = None,
    as_json: bool = typer.Option(False, "--json", help="JSON on standard output."),
) -> None:
    """Explain a level: figures, formula with numbers, thresholds, the clause, the marks, what would make it better."""
    settings, console = read_settings(), Console()
    point, at = year_to_date_asked(period), as_of
    with Database(settings.database.url, max_size=1) as database:
        store = ReviewStore(database)
        law = law_in_force(database, settings, at)
        who = subject_named(store, subject, console)
        targets = [target] if target else store.judged_targets(who)
        judged = [
            (one, _newest(store.assessments(who, one, yardstick=yardstick, period=point, at=at), point))
            for one in targets
        ]
        found = [(name, found) for name, several in judged for found in several]
        if not found:
            console.print(none_judged(store, who, target), style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1)
        known = BesideStore(database).of(beside.subjects_of(one.assessment for _, one in found) | {who}, at)
    if as_json:
        json.dump([_plain(one, known) for _, one in found], sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    for name, one in found:
        _print(console, law, law.targets.get(name), one, known)


def _newest(judged: list[Judged], point: Period | None) -> list[Judged]:
    if point is not None or not judged:
        return judged
    return [one for one in judged if one.assessment.period == judged[0].assessment.period]


def _print(console: Console, law: Law, target: Target | None, judged: Judged, known: Beside) -> None:
    one = judged.assessment
    name, who = escape(target.zh if target else one.target), escape(beside.named(one.subject, known.names))
    console.rule(f"[bold]{name}[/bold] · {who} · {one.period.label_zh} · {words.YARDSTICK[one.yardstick]}")
    label = one.level.zh if one.level else None
    console.print("等级  ", words.level(one.status, one.level.colour if one.level else None, label))
    _print_doubts(console, judged, known)
    if one.actual is not None:
        actual, expected = words.figure(one.actual, one.unit), words.figure(one.expected, one.unit)
        console.print(f"实际   {actual}    要求  {expected}", markup=False)
    if one.formula:
        console.print("算式  ", one.formula, soft_wrap=True, markup=False)
    if one.better:
        console.print("改善  ", one.better, markup=False)
    _print_figures(console, judged, known)
    _print_rules(console, law, one.rule_set)
    if target:
        _print_clause(console, target)
    console.print(
        f"[dim]第 {judged.judgement} 次评估({escape(words.cause(judged.cause, judged.caused_by))},"
        f"{shown(judged.judged_at)})"
        f" · 路径 {one.path or '—'} · 折标系数 {escape(one.edition) or '—'} · 规则 {one.law}[/dim]"
    )


def _print_doubts(console: Console, judged: Judged, known: Beside) -> None:
    """How much of a sum is there, how many figures are asked about, and why there is no level."""
    one = judged.assessment
    if one.coverage is not None:
        console.print("覆盖率", beside.coverage_words(one.coverage, one.sources_there, one.sources), markup=False)
    if asked := beside.queried(one, known.doubts):
        console.print(f"存疑   {asked} 个数值存疑待说明(见标记列),已计入;处理:planwatch quality list", markup=False)
    if one.reason:
        console.print("说明  ", beside.in_words(one.reason, known), soft_wrap=True, markup=False)
        for line in beside.holding(one, known):
            console.print(f"       {line}", soft_wrap=True, markup=False)


def _print_figures(console: Console, judged: Judged, known: Beside) -> None:
    if not judged.assessment.used:
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("", "对象", "指标", "期间", "数值", "修订", "标记", "报表"):
        table.add_column(column, overflow="fold")
    for used in judged.assessment.used[:40]:
        figure = used.figure
        table.add_row(
            "+" if used.sign > 0 else "−",
            escape(beside.named(figure.subject, known.names)),
            figure.indicator,
            figure.period.label,
            escape(words.figure(figure.amount, figure.unit)),
            str(figure.revision),
            escape(";".join(beside.marks(figure, known.doubts))),
            escape(figure.report_id),
        )
    console.print(table)
    if len(judged.assessment.used) > 40:
        console.print(f"[dim]… 另有 {len(judged.assessment.used) - 40} 个数值,用 --json 查看全部[/dim]")


def _print_rules(console: Console, law: Law, rule_set: str) -> None:
    rules = law.rule_sets.get(rule_set)
    if rules is None:
        return
    bands = ";".join(
        f"[{words.STYLE[band.level.colour]}]{escape(band.level.zh)}[/] {_bounds(band)}" for band in rules.bands
    )
    console.print(f"规则   {escape(rules.zh)}({escape(rules.source)}):{bands}")


def _bounds(band: Band) -> str:
    parts = [
        f"{sign}{value.normalize():f}"
        for sign, value in (("≥", band.at_least), (">", band.more_than), ("≤", band.at_most), ("<", band.less_than))
        if value is not None
    ]
    return " 且 ".join(parts) or "其余"


def _print_clause(console: Console, target: Target) -> None:
    clause = target.reference
    where = f"《{clause.document}》({clause.number or clause.issuer}){clause.section}"
    console.print(f"依据   {where}:“{clause.quote}”", markup=False)
    for what, why in target.assumed.items():
        console.print(f"设定   {what}:{why}(方案未写明)", style="dim", markup=False)


def _plain(judged: Judged, known: Beside) -> dict[str, object]:
    one = judged.assessment
    plain: dict[str, object] = {
        name: getattr(one, name) for name in one.__slots__ if name not in ("used", "level", "period")
    }
    return plain | {
        "period": one.period.label,
        "level": one.level.model_dump() if one.level else None,
        "used": [
            row | {"marks": beside.marks(used.figure, known.doubts)}
            for row, used in zip(used_to_json(one.used), one.used, strict=True)
        ],
        "queried": beside.queried(one, known.doubts),
        "reason_zh": beside.in_words(one.reason, known),
        "holding": list(beside.holding(one, known)),
        "judgement": judged.judgement,
        "cause": judged.cause,
        "caused_by": judged.caused_by,
        "judged_at": judged.judged_at.isoformat(),
    }
