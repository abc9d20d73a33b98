"""`planwatch plans`: look at the law in force, prove that its quotes hold, run its examples."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from planwatch.contract.plan import AppliesTo, Band, Law, Nature, Plan, RuleSet, Target
from planwatch.plans.check import assumptions, check
from planwatch.plans.folder import example_files, read_texts
from planwatch.plans.loader import load_catalogue, load_law
from planwatch.service import words
from planwatch.service.examples import Outcome, run_examples
from planwatch.service.settings import read_settings

_NATURE = {Nature.BINDING: "约束性", Nature.EXPECTED: "预期性", Nature.ASPIRATIONAL: "力争"}

app = typer.Typer(help="The plans in force: targets, clauses, rule sets, examples.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", exists=True, file_okay=False, help="A folder of plans; those of the settings if left out."
    ),
]


@app.command("list")
def list_targets(folder: Folder = None) -> None:
    """All targets of all plans."""
    console = Console()
    for law in (load_law(one) for one in _folders(folder)):
        for plan in law.plans:
            console.print(_targets(plan))


@app.command("show")
def show_target(
    target: Annotated[str, typer.Argument(help="Target id, e.g. chongqing.energy-intensity.")], folder: Folder = None
) -> None:
    """One target in full: numbers, clause, rule set, and what is assumed."""
    console = Console()
    laws = [load_law(one) for one in _folders(folder)]
    law = next((law for law in laws if target in law.targets), None)
    if law is None:
        known = "\n".join(f"  {name}" for law in laws for name in law.targets)
        console.print(f"没有目标 {target};已有的目标:\n{known}", markup=False)
        raise typer.Exit(1)
    found = law.targets[target]
    console.print(_facts(law, found))
    if found.rule_set:
        console.print(_bands(law.rule_set_of(found)))


@app.command("check")
def check_plans(
    folder: Folder = None,
    assumed: Annotated[bool, typer.Option(help="List everything that is assumed.")] = True,
) -> None:
    """Prove that each quote is in its stored text and the target's number in the quote; list all assumptions."""
    console, findings = Console(), 0
    for one in _folders(folder):
        law = load_law(one)
        found = check(law, read_texts(one))
        for finding in found:
            console.print(f"[red]✗[/red] {finding.target}: {escape(finding.message)}", soft_wrap=True)
        findings += len(found)
        if assumed:
            console.print(_assumed(law))
        console.print(f"{len(law.plans)} 个方案,{len(law.targets)} 项目标,{len(found)} 处不符")
    if findings:
        raise typer.Exit(1)


@app.command("test")
def run_plan_examples(folder: Folder = None) -> None:
    """Run the examples beside the plans and rule sets."""
    console = Console()
    outcomes = [outcome for one in _folders(folder) for outcome in run_examples(load_law(one), example_files(one))]
    for outcome in outcomes:
        for difference in outcome.differences:
            where = f"{outcome.file}:{outcome.line}"
            console.print(f"{where}: {outcome.name}: {difference}", markup=False, soft_wrap=True)
    console.print(_tally(outcomes))
    if any(outcome.differences for outcome in outcomes) or not outcomes:
        raise typer.Exit(1)


@app.command()
def indicators(folder: Folder = None) -> None:
    """All indicators a report may state, with the units each may be stated in."""
    catalogue = load_catalogue(_folders(folder)[0])
    table = Table(_id("指标"), _whole("名称"), "English", "由谁填报", _whole("计量单位 (第一个为保存单位)"))
    for one in catalogue.indicators:
        units = [one.unit, *(unit for unit in catalogue.allowed_units(one.id) if unit != one.unit)]
        table.add_row(one.id, one.zh, one.en, ", ".join(one.reported_by) or "由系统计算", ", ".join(units))
    Console().print(table)


@app.command()
def units(folder: Folder = None) -> None:
    """All units of measure, with their exact factors."""
    catalogue = load_catalogue(_folders(folder)[0])
    table = Table(_id("符号"), "别名", "量纲", "换算系数")
    for one in catalogue.units:
        table.add_row(one.symbol, ", ".join(one.aliases), one.dimension, f"{one.factor:f}")
    Console().print(table)


def _folders(folder: Path | None) -> list[Path | None]:
    """The folder given, or those of the settings; None is the law that comes with planwatch."""
    if folder is not None:
        return [folder]
    plans = read_settings().plans
    return [plans.folder, *plans.extra_folders]


def _whole(header: str) -> Column:
    """A column of Chinese text, which has no spaces to break at and would else be cut."""
    return Column(header, overflow="fold")


def _id(header: str) -> Column:
    """A column of ids, which are there to be copied and so never cut."""
    return Column(header, no_wrap=True)


def _targets(plan: Plan) -> Table:
    title = f"{plan.zh} ({plan.id})"
    table = Table(_id("目标"), _whole("名称"), _id("目标值"), _id("期限"), _id("性质"), title=title)
    for target in plan.targets:
        table.add_row(target.id, target.zh, _value(target), _years(target), _NATURE[target.nature])
    return table


def _value(target: Target) -> str:
    if target.value is None:
        return "—"
    return f"{target.comparator.value} {words.figure(target.value, target.unit or '')}"


def _years(target: Target) -> str:
    return f"{target.base_year or ''}→{target.target_year}" if target.target_year else "—"


def _facts(law: Law, target: Target) -> Table:
    reference, measure = target.reference, target.measure
    table = Table(show_header=False, title=f"{target.zh} ({target.id})")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    rows = [
        ("English", target.en),
        ("方案", law.plan_of[target.id].zh),
        ("对象", _bound(target.applies_to)),
        ("类型", target.kind.value),
        ("目标值", _value(target)),
        ("期限", _years(target)),
        ("性质", _NATURE[target.nature]),
        ("计量", f"{measure.of}{f' / {measure.per}' if measure.per else ''} ({measure.unit})" if measure else "—"),
        ("路径", target.path.value if target.path else "—"),
        ("口径", f"{target.scope}{f', {target.basis.value}' if target.basis else ''}"),
        ("部门", "、".join(target.departments) or "—"),
        ("要求", f"{target.asks}(严重程度 {target.asks_from} 起)" if target.asks else "—"),
        ("依据", f"《{reference.document}》{reference.number or ''} {reference.section} ({reference.issued})"),
        ("原文", reference.quote),
        *((f"假定 {what}", reason) for what, reason in sorted(target.assumed.items())),
        ("规则指纹", law.hash_of(target)),
    ]
    for name, text in rows:
        table.add_row(name, escape(text))
    return table


def _bound(applies_to: AppliesTo) -> str:
    """Whom a target binds."""
    names = [applies_to.region or "", *applies_to.ids, f"{applies_to.prefix}…" if applies_to.prefix else ""]
    two_high = "两高 " if applies_to.two_high else ""
    return f"{two_high}{applies_to.kind.value}: {', '.join(name for name in names if name)}"


def _bands(rule_set: RuleSet) -> Table:
    table = Table(
        "等级", "严重程度", "范围", "月份", title=f"{rule_set.zh} ({rule_set.id})", caption=escape(rule_set.source)
    )
    for band in rule_set.bands:
        level = words.level("rated", band.level.colour, escape(band.level.zh))
        months = f"{band.months[0]}–{band.months[1]}" if band.months else "全年"
        table.add_row(level, str(band.level.severity), _range(band), months)
    return table


def _range(band: Band) -> str:
    ends = (("≥", band.at_least), (">", band.more_than), ("≤", band.at_most), ("<", band.less_than))
    return ", ".join(f"{sign} {bound:f}" for sign, bound in ends if bound is not None) or "任意"


def _assumed(law: Law) -> Table:
    """The assumptions, each once with the targets that share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for one in assumptions(law):
        shared.setdefault((one.what, one.reason), []).append(one.target)
    table = Table("假定", _whole("理由"), "目标", title="方案未写明、由本系统假定")
    for (what, reason), targets in sorted(shared.items()):
        table.add_row(what, escape(reason), "\n".join(targets))
    return table


def _tally(outcomes: list[Outcome]) -> Table:
    """How many examples of each file passed."""
    total = Counter(outcome.file for outcome in outcomes)
    wrong = Counter(outcome.file for outcome in outcomes if outcome.differences)
    table = Table(_whole("文件"), "示例", "不符")
    for file in total:
        table.add_row(file, str(total[file]), f"[red]{wrong[file]}[/red]" if wrong[file] else "0")
    return table
