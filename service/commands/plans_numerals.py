"""`planwatch plans numerals`: what of the plans' texts nobody has recorded."""

from typing import Annotated

import typer
from rich.console import Console

from planwatch.plans.beside import read_search_words
from planwatch.plans.folder import read_texts
from planwatch.plans.loader import load_law
from planwatch.plans.numerals import gaps
from planwatch.service.commands.plans_folders import Folder, law_folders


def list_numerals(
    folder: Folder = None,
    plan: Annotated[str | None, typer.Option(help="Only this plan, e.g. anshan-2021-2025 or anshan.")] = None,
) -> None:
    """List the numerals and words of commitment of the texts that no target, mechanism or left-out number covers."""
    console, found = Console(), 0
    for one in law_folders(folder):
        for gap in gaps(load_law(one), read_texts(one), read_search_words(one)):
            if plan is None or gap.plan.startswith(plan):
                console.print(str(gap), markup=False, highlight=False, soft_wrap=True)
                found += 1
    console.print(f"{found} 处数字或承诺用语未被记录")
    if found:
        raise typer.Exit(1)
