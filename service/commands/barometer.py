"""`planwatch barometer`: barometers that others published, as history, with what changed between issues in words."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from planwatch.plans.publications import PublishedLevel, load_published, published_files
from planwatch.rules.published import moves, moves_zh
from planwatch.service import words
from planwatch.service.settings import read_settings
from planwatch.service.wiring import clock
from planwatch.storage.database import Database
from planwatch.storage.published_store import Held, PublishedStore

INDICATOR = {"intensity": "能耗强度降低", "total": "能源消费总量"}
YARDSTICK = {"": "", "annual": "(年度)", "five_year": "(五年进度)", "growth": "(增速)"}
NOTE = "以下为有关部门公布的等级,不是本系统的评定"

app = typer.Typer(help="Barometers that others published: never mixed with what planwatch rated.", no_args_is_help=True)


@app.command("load")
def load(
    file: Annotated[
        Path | None, typer.Argument(help="A YAML file; the national barometers that come along if none.")
    ] = None,
) -> None:
    """Hold the issues of a file; an issue that is held already is replaced."""
    settings, console = read_settings(), Console()
    rows = [row for path in ([file] if file else published_files()) for row in load_published(path)]
    with Database(settings.database.url, max_size=1) as database:
        PublishedStore(database).save([_columns(row) for row in rows], clock())
    console.print(f"{len({row.publication.id for row in rows})} 期,{len(rows)} 个等级")


@app.command("list")
def list_issues() -> None:
    """The issues that are held."""
    table = Table("期", "区间", "指标", "一级", "二级", "三级", "完整", "可信度", "来源", title=NOTE)
    for (name, indicator, yardstick), held in _tables(_held()).items():
        count = {zh: str(sum(one.level.zh.startswith(zh) for one in held)) for zh in ("一级", "二级", "三级")}
        first = held[0]
        table.add_row(
            name,
            first.period.label_zh,
            f"{INDICATOR[indicator]}{YARDSTICK[yardstick]}",
            *count.values(),
            "是" if first.complete else "否",
            first.confidence,
            first.document or first.source,
        )
    Console().print(table)


@app.command("history")
def history(
    region: Annotated[str, typer.Argument(help="Name or code of a province, e.g. 浙江 or 330000.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """The published levels of one region, oldest first."""
    found = [one for one in _held() if one.region == region or one.region_name.startswith(region)]
    if not found:
        Console(stderr=True).print(f"没有 {region} 的已公布等级;先运行 planwatch barometer load", markup=False)
        raise typer.Exit(1)
    if as_json:
        json.dump([_plain(one) for one in found], sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    table = Table("期", "区间", "指标", "等级", "可信度", title=f"{found[0].region_name}:{NOTE}")
    for one in found:
        label = words.level("rated", one.level.colour, one.level.zh)
        what = f"{INDICATOR[one.indicator]}{YARDSTICK[one.yardstick]}"
        table.add_row(one.publication, one.period.label_zh, what, label, one.confidence)
    Console().print(table)


@app.command("changes")
def changes(
    issue: Annotated[str | None, typer.Argument(help="An issue, e.g. 2021H1; all if left out.")] = None,
) -> None:
    """What changed from issue to issue of the same indicator, in words."""
    console, before = Console(), dict[tuple[str, str], list[Held]]()
    console.print(NOTE, style="dim")
    for (name, indicator, yardstick), held in _tables(_held()).items():
        earlier = before.get((indicator, yardstick))
        before[indicator, yardstick] = held
        if issue not in (None, name):
            continue
        console.print(f"[bold]{name} {INDICATOR[indicator]}{YARDSTICK[yardstick]}[/bold]")
        if earlier is None:
            console.print("  没有更早的一期可比")
            continue
        found = moves({one.region: one.level for one in earlier}, {one.region: one.level for one in held})
        names = {one.region: one.region_name for one in (*earlier, *held)}
        console.print(f"  与 {earlier[0].publication} 相比" + ("" if earlier[0].complete else "(该期不完整)"))
        for sentence in moves_zh(found, names):
            console.print(f"  {sentence}", soft_wrap=True, markup=False)


def _held() -> list[Held]:
    with Database(read_settings().database.url, max_size=1) as database:
        return PublishedStore(database).levels()


def _tables(held: Sequence[Held]) -> dict[tuple[str, str, str], list[Held]]:
    """The levels of each table of each issue, oldest issue first."""
    tables: dict[tuple[str, str, str], list[Held]] = {}
    for one in held:
        tables.setdefault((one.publication, one.indicator, one.yardstick), []).append(one)
    return tables


def _columns(row: PublishedLevel) -> dict[str, Any]:
    return {
        "publication": row.publication.id,
        "indicator": row.table.indicator,
        "yardstick": row.table.yardstick,
        "region": row.region,
        "region_name": row.name,
        "severity": row.level.severity,
        "colour": row.level.colour,
        "label_zh": row.level.zh,
        "period_start": row.period.start,
        "months": row.period.months,
        "document": row.publication.document,
        "published_on": row.publication.published,
        "complete": row.publication.complete,
        "confidence": row.publication.confidence,
        "source": row.publication.sources[0],
    }


def _plain(one: Held) -> dict[str, Any]:
    return {
        "publication": one.publication,
        "indicator": one.indicator,
        "yardstick": one.yardstick,
        "region": one.region,
        "level": one.level.zh,
        "severity": one.level.severity,
        "colour": one.level.colour,
        "period": one.period.label,
        "complete": one.complete,
        "confidence": one.confidence,
        "source": one.source,
    }
