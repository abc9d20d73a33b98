"""`planwatch status`: the barometer in the terminal."""

import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.service import beside, words
from planwatch.service.as_of import AsOf, shown
from planwatch.service.settings import Settings, read_settings
from planwatch.storage.beside_store import Beside, BesideStore
from planwatch.storage.database import Database
from planwatch.storage.review_store import ReviewStore


def status(
    region: str | None = typer.Option(None, help="Only this region (code) and what is registered directly in it."),
    kind: str | None = typer.Option(None, help="Only subjects of this kind: region, project or unit."),
    *,
    all_: bool = typer.Option(False, "--all", help="Also list quiet units and projects, not only their number."),
    as_json: bool = typer.Option(False, "--json", help="One JSON array on standard output."),
    as_of: AsOf = None,
    wait: float = typer.Option(
        0, help="First wait up to so many seconds until nothing waits; exit code 3 if it still does."
    ),
) -> None:
    """Show the newest level of every target for every subject, on each yardstick, and what waits."""
    settings = read_settings()
    with Database(settings.database.url, max_size=1) as database:
        store = ReviewStore(database)
        if wait and not wait_until_drained(settings, store, wait):
            Console(stderr=True).print(
                f"[red]after {wait:g} s something still waits[/red]; see the last line of status"
            )
            raise typer.Exit(3)
        rows, said, known = _asked(database, region, kind, as_of)
    if as_json:
        json.dump(rows, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        return
    console = Console()
    show(console, rows, known, everybody=all_ or kind in ("unit", "project"))
    if as_of:
        console.print(f"[dim]截至 {shown(as_of)} CST 所知[/dim]")
    console.print(_footer(said))


def _asked(
    database: Database, region: str | None, kind: str | None, at: datetime | None
) -> tuple[list[dict[str, Any]], dict[str, int | None], Beside]:
    """The rows of the barometer with their open questions, what is said below them, and what reasons speak of."""
    store, aside = ReviewStore(database), BesideStore(database)
    rows, queried = store.barometer(region, kind, at=at), aside.queried(region, kind, at)
    for row in rows:
        row["queried"] = queried.get((row["subject"], row["target"], row["yardstick"]), 0)
    known = aside.of({who for row in rows for who in beside.subjects_in(row["reason"])}, at)
    if at is not None:
        return rows, aside.counts(at), known
    names = ("readings", "superseded", "assessments", "active", "rejects")
    return rows, {**dict(zip(names, store.counts(), strict=True)), **store.backlog()}, known


def _footer(said: Mapping[str, int | None]) -> str:
    """What there is and what waits; the same now and at a time, with a dash for what nobody kept."""
    number = {
        name: "—" if one is None else f"{one:,}" for name, one in said.items() if one is None or isinstance(one, int)
    }
    return (
        f"上报值 {number['readings']}(被修订 {number['superseded']}) · 评估 {number['assessments']}"
        f" · 生效预警 {number['active']} · 拒收 {number['rejects']}"
        f" · 待评估 {number['marks']} · 待通知 {number['outbox']}"
    )


def wait_until_drained(settings: Settings, store: ReviewStore, seconds: float) -> bool:
    """Whether all that is in Kafka was stored, judged and told before the time was over."""
    from planwatch.ingest.lag import end_offsets, lag
    from planwatch.ingest.topics import Topics

    topics = Topics.named(settings.kafka.topic_prefix)
    deadline = time.monotonic() + seconds
    ends = end_offsets(settings.kafka.servers, topics.read, settings.kafka.client)
    while True:
        stored = not lag(ends, store.positions(settings.kafka.group))
        backlog = store.backlog()
        if stored and not backlog["marks"] and not backlog["outbox"] and not backlog["unpublished_rejects"]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)  # other processes do the work; the database is asked how far they are


def show(console: Console, rows: list[dict[str, Any]], known: Beside, *, everybody: bool) -> None:
    """Print the barometer: a line for each target of each subject, a column for each yardstick."""
    if not rows:
        console.print("[dim]尚无评估结果。先发送报表:planwatch simulate --kafka 或 planwatch load FILE[/dim]")
        return
    table = Table(title="节能减排形势晴雨表", title_style="bold", header_style="bold", pad_edge=False)
    for name in ("对象", "指标", "期间", "覆盖率", "年度", "实际 / 要求", "五年进度", "实际 / 要求"):
        table.add_column(name, overflow="fold")
    lines = _lines(rows)
    shown = [line for line in lines if everybody or _speaks(line)]
    for line in shown:
        table.add_row(*_cells(line, known))
    console.print(table)
    if len(shown) < len(lines):
        console.print(f"[dim]另有 {len(lines) - len(shown):,} 个单位、项目评估项无预警或未评定(加 --all 显示)[/dim]")


def _lines(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows of one subject and target together, in the order they come."""
    lines: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault((row["subject"], row["target"]), []).append(row)
    return list(lines.values())


def _speaks(line: list[dict[str, Any]]) -> bool:
    """Whether a line is shown without being asked for: all but quiet units and projects, which may be thousands."""
    return line[0]["subject"].startswith("region:") or any(row["severity"] for row in line)


def _cells(line: list[dict[str, Any]], known: Beside) -> list[str]:
    first = line[0]
    by_yardstick = {row["yardstick"]: row for row in line}
    cells = [
        f"{escape(first['subject_name'])} [dim]{escape(first['subject'].partition(':')[2])}[/dim]",
        escape(first["target_zh"]),
        words.period(first),
        beside.coverage_words(first["coverage"], first["sources_there"], first["sources"]),
    ]
    for row in (by_yardstick.get("annual") or by_yardstick.get("single"), by_yardstick.get("five_year")):
        cells += _level(row, known) if row else ["", ""]
    return cells


def _level(row: dict[str, Any], known: Beside) -> list[str]:
    level = words.level(row["status"], row["colour"], row["label_zh"])
    asked = f"\n[yellow]存疑 {row['queried']} 个数值[/yellow]" if row["queried"] else ""
    if row["status"] != "rated":
        return [level + asked, f"[dim]{escape(beside.in_words(row['reason'], known))}[/dim]"]
    unit = row["unit"]
    figures = f"{words.figure(row['actual'], unit, 2)} / {words.figure(row['expected'], unit, 2)}"
    return [level + asked, escape(figures)]
