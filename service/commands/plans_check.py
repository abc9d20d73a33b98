"""`planwatch plans check`: prove that the plans are what they quote, and list what is assumed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.plan import Law
from planwatch.plans.beside import read_beside
from planwatch.plans.check import assumptions, check, succession_findings
from planwatch.plans.decomposition_check import split_findings
from planwatch.plans.decomposition_files import read_rows
from planwatch.plans.findings import Finding
from planwatch.plans.loader import load_law, load_regions
from planwatch.service.commands.plans_folders import Folder, law_folders, merged_law
from planwatch.service.commands.plans_tables import whole


def check_plans(
    folder: Folder = None,
    assumed: Annotated[bool, typer.Option(help="List everything that is assumed.")] = True,
) -> None:
    """Prove that quotes stand in the stored texts, with their numbers, words, years and departments.

    Also that no numeral of a text is forgotten, every mechanism is spoken of, and values of holders add up.
    """
    console, findings = Console(), 0
    for one in law_folders(folder):
        law = load_law(one)
        found = check(law, read_beside(one))
        _print(console, found)
        findings += len(found)
        if assumed:
            console.print(_assumed(law))
        console.print(f"{len(law.plans)} 个方案,{len(law.targets)} 项目标,{len(found)} 处不符")
    together = _together(folder)
    _print(console, together)
    if findings or together:
        raise typer.Exit(1)


def _together(folder: Path | None) -> list[Finding]:
    """What can only be said of all folders together: values of holders, and plans that follow on others."""
    law, folders = merged_law(folder), law_folders(folder)
    rows = [(given.of, given.row) for file in read_rows(folders) for given in file]
    regions = {region.id: region for one in folders for region in load_regions(one)}
    return split_findings(law, rows, regions) + succession_findings(law)


def _print(console: Console, findings: Iterable[Finding]) -> None:
    for finding in findings:
        console.print(f"[red]✗[/red] {escape(finding.where)}: {escape(finding.message)}", soft_wrap=True)


def _assumed(law: Law) -> Table:
    """The assumptions, each once with the targets that share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for one in assumptions(law):
        shared.setdefault((one.what, one.reason), []).append(one.where)
    table = Table("假定", whole("理由"), "目标", title="方案未写明、由本系统假定")
    for (what, reason), targets in sorted(shared.items()):
        table.add_row(what, escape(reason), "\n".join(targets))
    return table
