"""`planwatch plans`: look at the law in force, prove that its quotes hold, run its examples."""

from collections import Counter

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.plan import Plan
from planwatch.plans.folder import example_files
from planwatch.plans.loader import load_catalogue, load_law
from planwatch.service.commands.plans_check import check_plans
from planwatch.service.commands.plans_coverage import show_coverage
from planwatch.service.commands.plans_diff import show_diff
from planwatch.service.commands.plans_folders import Folder, law_folders, merged_law
from planwatch.service.commands.plans_numerals import list_numerals
from planwatch.service.commands.plans_show import show
from planwatch.service.commands.plans_tables import id_column, nature, value, whole, years
from planwatch.service.examples import Outcome, run_examples

app = typer.Typer(help="The plans in force: targets, clauses, rule sets, examples.", no_args_is_help=True)
app.command("show")(show)
app.command("check")(check_plans)
app.command("numerals")(list_numerals)
app.command("coverage")(show_coverage)
app.command("diff")(show_diff)


@app.command("list")
def list_targets(folder: Folder = None) -> None:
    """All targets of all plans, with the values of holders that were loaded."""
    console = Console()
    for plan in merged_law(folder).plans:
        console.print(_targets(plan))


@app.command("test")
def run_plan_examples(folder: Folder = None) -> None:
    """Run the examples beside the plans and rule sets."""
    console = Console()
    outcomes = [outcome for one in law_folders(folder) for outcome in run_examples(load_law(one), example_files(one))]
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
    catalogue = load_catalogue(law_folders(folder)[0])
    table = Table(id_column("指标"), whole("名称"), "English", "由谁填报", whole("计量单位 (第一个为保存单位)"))
    for one in catalogue.indicators:
        units = [one.unit, *(unit for unit in catalogue.allowed_units(one.id) if unit != one.unit)]
        reported_by = ", ".join(one.reported_by) or "由系统计算"
        table.add_row(one.id, escape(one.zh), escape(one.en), reported_by, escape(", ".join(units)))
    Console().print(table)


@app.command()
def units(folder: Folder = None) -> None:
    """All units of measure, with their exact factors."""
    catalogue = load_catalogue(law_folders(folder)[0])
    table = Table(id_column("符号"), "别名", "量纲", "换算系数")
    for one in catalogue.units:
        table.add_row(escape(one.symbol), escape(", ".join(one.aliases)), one.dimension, f"{one.factor:f}")
    Console().print(table)


def _targets(plan: Plan) -> Table:
    """Name over id, so that both are whole in a terminal of 80 columns."""
    columns = (whole("目标"), whole("目标值"), id_column("期限"), id_column("性质"))
    table = Table(*columns, title=f"{plan.zh} ({plan.id})")
    for target in plan.targets:
        table.add_row(f"{escape(target.zh)}\n[dim]{target.id}[/dim]", value(target), years(target), nature(target))
    return table


def _tally(outcomes: list[Outcome]) -> Table:
    """How many examples of each file passed."""
    total = Counter(outcome.file for outcome in outcomes)
    wrong = Counter(outcome.file for outcome in outcomes if outcome.differences)
    table = Table(whole("文件"), "示例", "不符")
    for file in total:
        table.add_row(file, str(total[file]), f"[red]{wrong[file]}[/red]" if wrong[file] else "0")
    return table
