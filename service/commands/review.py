"""`planwatch review`: the result sheet of an assessment a plan prescribes, as it was known on a day."""

import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.mechanism import Review, ReviewKind
from planwatch.contract.plan import Law, Plan, Yardstick
from planwatch.service import beside, words
from planwatch.service.as_of import moment, shown
from planwatch.service.settings import read_settings
from planwatch.service.wiring import clock, law_in_force
from planwatch.storage.database import Database
from planwatch.storage.review_store import Judged, ReviewStore

YARDSTICKS = {
    ReviewKind.YEARLY: (Yardstick.ANNUAL, Yardstick.SINGLE),
    ReviewKind.MID_TERM: (Yardstick.FIVE_YEAR, Yardstick.SINGLE),
    ReviewKind.FIVE_YEAR: (Yardstick.FIVE_YEAR, Yardstick.SINGLE),
}


def review(
    plan: Annotated[str, typer.Argument(help="Plan id, e.g. tianjin-2021-2025.")],
    kind: Annotated[ReviewKind, typer.Option(help="Which of the plan's reviews.")] = ReviewKind.YEARLY,
    year: Annotated[
        int | None, typer.Option(help="The year at whose end it looks; the review's own if left out.")
    ] = None,
    known_until: Annotated[
        datetime | None,
        typer.Option(
            parser=moment,
            metavar="TIME",
            help="Only what was judged until then (Asia/Shanghai; a day means its end); now if left out.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Print the result sheet of a review: year-end judgements of all targets of the plan, as known at a time.

    The same time gives the same sheet, byte for byte, whatever was corrected since; its fingerprint is printed below.
    It is a situation analysis to prepare the official assessment (考核), never that assessment.
    """
    settings, console = read_settings(), Console()
    at = known_until or clock()
    with Database(settings.database.url, max_size=1) as database:
        law = law_in_force(database, settings, at)
    found, prescribed = _prescribed(law, plan, kind, console)
    looked_at = year or (prescribed.years[-1] if prescribed.years else at.year - 1)
    if prescribed.years and looked_at not in prescribed.years:
        years = "、".join(map(str, prescribed.years))
        console.print(f"{prescribed.zh}看的是 {years} 年末,不是 {looked_at}", style="red", markup=False)
        raise typer.Exit(1)
    with Database(settings.database.url, max_size=1) as database:
        judged = ReviewStore(database).known(plan, looked_at, YARDSTICKS[kind], at)
    sheet = [_row(law, one) for one in judged]
    fingerprint = hashlib.sha256(json.dumps(sheet, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
    if as_json:
        head = {"plan": plan, "kind": kind.value, "year": looked_at, "known_until": at.isoformat()}
        json.dump({**head, "fingerprint": fingerprint, "rows": sheet}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console.print(_table(found, prescribed, looked_at, sheet))
    console.print(f"所知截至 {shown(at)};{len(sheet)} 项;指纹 {fingerprint}")
    clause = prescribed.reference
    console.print(f"依据 《{clause.document}》{clause.section}:“{clause.quote}”", markup=False)
    for what, why in prescribed.assumed.items():
        console.print(f"设定 {what}:{why}", style="dim", markup=False)
    console.print("[dim]本表为形势分析,供考核参考,不是正式考核结果[/dim]")


def _prescribed(law: Law, name: str, kind: ReviewKind, console: Console) -> tuple[Plan, Review]:
    """The plan and its review of a kind; says what there is where there is none."""
    plan = next((one for one in law.plans if one.id == name), None)
    if plan is None:
        console.print(f"没有规划 {name};已有:{'、'.join(one.id for one in law.plans)}", style="red", markup=False)
        raise typer.Exit(1)
    found = next((one for one in plan.reviews if one.kind is kind), None)
    if found is None:
        kinds = "、".join(f"{one.kind.value}({one.zh})" for one in plan.reviews) or "无"
        console.print(f"{plan.zh}未规定 {kind.value};已规定的评价考核:{kinds}", style="red", markup=False)
        raise typer.Exit(1)
    return plan, found


def _row(law: Law, judged: Judged) -> dict[str, Any]:
    """One line of the sheet, with exact figures as text; the coverage of sums, from when on it was kept."""
    one, target = judged.assessment, law.targets.get(judged.assessment.target)
    share = {} if one.coverage is None else {"coverage": f"{one.coverage:f}", "of": [one.sources_there, one.sources]}
    return share | {
        "subject": one.subject,
        "target": one.target,
        "target_zh": target.zh if target else one.target,
        "nature": target.nature.value if target else "",
        "yardstick": one.yardstick.value,
        "status": one.status.value,
        "level": one.level.zh if one.level else None,
        "colour": one.level.colour if one.level else None,
        "actual": None if one.actual is None else f"{one.actual:f}",
        "expected": None if one.expected is None else f"{one.expected:f}",
        "unit": one.unit,
        "reason": one.reason,
        "law": one.law,
        "judged_at": judged.judged_at.astimezone(UTC).isoformat(),
    }


def _table(plan: Plan, prescribed: Review, year: int, sheet: Sequence[dict[str, Any]]) -> Table:
    table = Table("对象", "目标", "标尺", "等级", "实际", "要求", "覆盖率", "说明")
    table.title = escape(f"{plan.zh} {year} 年{prescribed.zh}")
    for row in sheet:
        numbers = [f"{row[name] or '—'} {row['unit'] if row[name] else ''}".strip() for name in ("actual", "expected")]
        covered = beside.coverage_words(Decimal(row["coverage"]), *row["of"]) if "coverage" in row else ""
        table.add_row(
            escape(row["subject"]),
            escape(row["target_zh"]),
            words.YARDSTICK[row["yardstick"]],
            words.level(row["status"], row["colour"], row["level"]),
            *map(escape, numbers),
            covered,
            escape(row["reason"]),
        )
    return table
