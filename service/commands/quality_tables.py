"""The tables of `planwatch quality measure`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from time import process_time
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.quality import Finding, Rule
from planwatch.quality.rulebook import Rulebook
from planwatch.service.commands.load import read_mapping
from planwatch.service.quality_measure import Measured, measure
from planwatch.service.quality_names import NAMES
from planwatch.service.quality_real import (
    Beside,
    Flagged,
    compared,
    filings,
    findings_of,
    months_of,
    outlier_log,
    why_not,
)
from planwatch.service.quality_subjects import Stated

T = TypeVar("T")


def show_measured(console: Console, seeds: Iterable[int], units: int, book: Rulebook, catalogue: Catalogue) -> None:
    """False alarms, recall and cost on simulated figures."""
    seeds = list(seeds)
    found = measure(seeds, units, book, catalogue)
    console.print(f"{len(seeds)} 个种子,每个 {units} 个单位,36 个月;{book.rules.edition}")
    console.print(_alarms(found))
    console.print(_recall(found))
    cost = found.cost
    decode, check = cost.decode / len(seeds) * 1e6, cost.check / cost.readings * 1e6
    console.print(
        f"每个数的代价:全部检查 {check:.0f} 微秒,解码与核对 {decode:.0f} 微秒,比值 {check / decode:.1f}", soft_wrap=True
    )


def _alarms(found: Measured) -> Table:
    table = Table("无错的数", "数", "单位·期", "有问题的单位·期", "占比", "各规则", title="误报")
    for name, alarms in (("模拟单位", found.plain), ("加检修月和扩产", found.lively)):
        share = f"{alarms.flagged / alarms.unit_months:.2%}"
        rules = "、".join(f"{rule} {count}" for rule, count in sorted(alarms.by_rule.items())) or "无"
        table.add_row(name, str(alarms.readings), str(alarms.unit_months), str(alarms.flagged), share, rules)
    return table


def _recall(found: Measured) -> Table:
    table = Table("埋入的错", "规则", "个数", "该规则查出", "任一规则查出", title="查出率")
    for kind, caught in sorted(found.caught.items(), key=lambda one: (one[1].rule, one[0])):
        if caught.seeded:
            meant, either = (f"{count / caught.seeded:.0%}" for count in (caught.meant, caught.any_rule))
            table.add_row(kind, caught.rule, str(caught.seeded), meant, either)
    return table


def show_filed(
    console: Console,
    path: Path,
    mapping_path: Path,
    outliers: Path | None,
    examples: int,
    *,
    book: Rulebook,
    catalogue: Catalogue,
) -> None:
    """What each check finds in filings, with examples; and beside the publisher's log."""
    mapping = read_mapping(mapping_path, catalogue)
    units = filings(path, mapping, catalogue)
    begun = process_time()
    found = findings_of(units, book)
    spent = process_time() - begun
    readings = sum(len(unit.statements) for unit in units.values())
    flagged = len({(one.subject, one.period) for one in found})
    months = months_of(units)
    console.print(
        f"{len(units)} 个单位,{months} 单位·期,{readings} 个数;{len(found)} 个问题,在 {flagged} 个单位·期"
        f"({flagged / months:.1%});每个数 {spent / readings * 1e6:.0f} 微秒",
        soft_wrap=True,
    )
    _show_rules(console, found, months, examples)
    if outliers is not None:
        _show_beside(console, compared(found, outlier_log(outliers, mapping)), units, examples)


def _show_rules(console: Console, found: Sequence[Finding], months: int, examples: int) -> None:
    table = Table("规则", "", "个数", "每百单位·期", "单位数", "处理")
    for rule in Rule:
        mine = [one for one in found if one.rule is rule]
        if mine:
            who = len({one.subject for one in mine})
            share = f"{len(mine) * 100 / months:.2f}"
            table.add_row(rule.value, NAMES[rule], str(len(mine)), share, str(who), mine[0].outcome.value)
    console.print(table)
    for rule in Rule:
        mine = [one for one in found if one.rule is rule]
        for one in sample(mine, examples):
            console.print(f"  {rule.value} {one.subject} {escape(one.message)}", soft_wrap=True, highlight=False)


def _show_beside(console: Console, beside: Beside, units: dict[str, Stated], examples: int) -> None:
    console.print(
        f"对照发布者的离群记录:两者都有 {len(beside.both)} 个数,只有我们 {len(beside.ours)} 个,只有他们"
        f" {len(beside.theirs)} 个;另有 {beside.elsewhere.total()} 条是本映射不读的列",
        soft_wrap=True,
    )
    _reasons(console, beside, units)
    for who, ours, theirs in sample([(key, *value) for key, value in beside.both.items()], examples * 2):
        _line(console, "都有", who, ours[0].message, theirs)
    for key, findings in sample(list(beside.ours.items()), examples * 2):
        _line(console, "只有我们", key, findings[0].message, [])
    for key, logged in sample(list(beside.theirs.items()), examples * 3):
        _line(console, "只有他们", key, why_not(logged[0], units), logged)


def _reasons(console: Console, beside: Beside, units: dict[str, Stated]) -> None:
    table = Table("", "个数", "其中严重(Extreme)", title="为何不同")
    rules = Counter(one.rule for findings in beside.ours.values() for one in findings[:1])
    for rule, count in rules.most_common():
        table.add_row(f"只有我们:{rule.value} {NAMES[rule]}", str(count), "")
    why = Counter(why_not(logged[0], units) for logged in beside.theirs.values())
    grave = Counter(why_not(logged[0], units) for logged in beside.theirs.values() if _extreme(logged))
    for reason, count in why.most_common():
        table.add_row(f"只有他们:{reason}", str(count), str(grave[reason]))
    extreme = sum(_extreme(logged) for _, logged in beside.both.values())
    table.add_row("两者都有", str(len(beside.both)), str(extreme))
    console.print(table)


def _extreme(logged: Sequence[Flagged]) -> bool:
    return any(one.severity == "Extreme" for one in logged)


def _line(console: Console, what: str, key: tuple[str, str, object], said: str, logged: Sequence[Flagged]) -> None:
    theirs = "".join(f";记录:{one.column} {one.value},中位数 {one.middle},{one.score} 倍 MAD" for one in logged[:1])
    console.print(f"  {what} {key[0]} {key[1]} {key[2]}:{escape(said + theirs)}", soft_wrap=True, highlight=False)


def sample(of: Sequence[T], count: int) -> list[T]:
    """So many of them, always the same."""
    return Random(f"{len(of)}").sample(list(of), min(count, len(of)))
