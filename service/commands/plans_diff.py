"""`planwatch plans diff`: what changed between two folders of plans."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planwatch.plans.diff import changes
from planwatch.plans.merged import load_merged
from planwatch.service.commands.plans_folders import merged_law

_OldFolder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of plans as it was.")]
_NewFolder = Annotated[
    Path | None, typer.Argument(exists=True, file_okay=False, help="As it is now; the law in force if left out.")
]


def show_diff(old: _OldFolder, new: _NewFolder = None) -> None:
    """Say field by field which targets, scopes, mechanisms, rule sets and coefficients were added, removed, changed."""
    console = Console()
    found = changes(load_merged(old), load_merged(new) if new else merged_law(None))
    for change in found:
        console.print(str(change), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(found)} 处变化")
