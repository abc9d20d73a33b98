"""Whom a command is about: a subject by its key, its code or its registered name."""

import typer
from rich.console import Console

from planwatch.storage.registry_store import RegistryStore
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


def registered_region(store: RegistryStore, code: str) -> str:
    """The code of a region that is or was registered; BadParameter with where to look otherwise."""
    if code not in store.region_codes():
        said = f"名录中没有地区 {code};已登记的见 planwatch registry list --kind regions (no region of this code)"
        raise typer.BadParameter(said, param_hint="--region")
    return code


def none_judged(store: ReviewStore, who: str, target: str | None) -> str:
    """Why there is no judgement to show: none of this target, none as asked, or none at all, with those there are."""
    judged = store.judged_targets(who)
    if target is None or not judged:
        return f"没有 {who} 的评估结果;已有评估的对象和指标见 planwatch status"
    if target in judged:
        return f"{who} 的 {target} 有评估结果,但所问的期间、标尺或时间没有;各期见 planwatch history {who} {target}"
    return f"{who} 没有 {target} 的评估结果;已有评估的指标:{'、'.join(judged)}"
