"""Which folders of plans a command looks at, and the law they make together."""

from pathlib import Path
from typing import Annotated

import typer

from planwatch.contract.plan import Law
from planwatch.plans.merged import load_merged
from planwatch.service.settings import read_settings

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", exists=True, file_okay=False, help="A folder of plans; those of the settings if left out."
    ),
]


def law_folders(folder: Path | None) -> list[Path | None]:
    """The folder given, or those of the settings; None is the law that comes with planwatch."""
    if folder is not None:
        return [folder]
    plans = read_settings().plans
    return [plans.folder, *plans.extra_folders]


def merged_law(folder: Path | None) -> Law:
    """The law in force: all folders together, with the values of the holders of decomposed targets."""
    first, *extra = law_folders(folder)
    return load_merged(first, [one for one in extra if one is not None])
