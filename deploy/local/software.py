"""Install software once, completely or not at all, and notice when it is damaged or out of date."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from report import StackError, say

MARKER = ".complete"
Stamp = dict[str, object]


def is_complete(folder: Path, stamp: Stamp) -> bool:
    """Whether the folder holds exactly what an earlier run finished, by the same recipe."""
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("stamp") == stamp and marker.get("content") == _content(folder)


def install(subject: str, folder: Path, stamp: Stamp, build: Callable[[Path], object]) -> None:
    """Build beside the final place, seal, then rename: an interrupted run leaves nothing that looks finished."""
    # Named after this process: a download that outlived a killed run must not write into ours.
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    if folder.exists():
        say(subject, "the installed software is incomplete or out of date, installing it again")
    for left_over in folder.parent.glob(f"{folder.name}.partial*"):
        shutil.rmtree(left_over, ignore_errors=True)
    partial.mkdir(parents=True)
    contains = build(partial)
    marker = {"stamp": stamp, "contains": contains, "content": _content(partial)}
    (partial / MARKER).write_text(json.dumps(marker, indent=2) + "\n", "utf-8")
    _delete(folder)
    partial.rename(folder)
    say(subject, "installed")


def _content(folder: Path) -> dict[str, int]:
    """A cheap fingerprint that a deleted, added or truncated file changes."""
    files = [file for file in folder.rglob("*") if file.name != MARKER and not file.is_symlink() and file.is_file()]
    return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}


def _delete(path: Path) -> None:
    try:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    except PermissionError as error:
        raise StackError(f"Cannot delete {path} ({error.strerror}): it was made by another user. Delete it.") from None
