"""Whom a command is about: a subject by its key, its code or its registered name."""

import typer
from rich.console import Console

from planwatch.storage.review_store import ReviewStore


def subject_named(store: ReviewStore, text: str, console: Console) -> str:
    """The one subject a text names (``region:500000``, a code, a name); Exit 2 with those it could mean otherwise."""
    if text.partition(":")[0] in ("region", "unit", "project"):
        return text
    found = store.find_subjects(text)
    exact = [who for who, name in found if name == text or who.partition(":")[2] == text]
    if len(exact) == 1 or len(found) == 1:
        return exact[0] if exact else found[0][0]
    listed = "\n".join(f"  {who}  {name}" for who, name in found) or "  (无)"
    console.print(f"“{text}” 不是唯一的对象。 名录中相符的:\n{listed}", markup=False)
    raise typer.Exit(2)
