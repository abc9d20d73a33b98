"""What changed in what judges targets whose own text is the same: coefficients, rule sets, scopes, in words."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from planwatch.contract.plan import Law
from planwatch.plans.diff import Change, changes
from planwatch.storage.law_store import LawStore

WHAT = {"coefficient": "折标系数", "coefficients": "折标系数表", "rule set": "规则集", "scope": "口径"}
HOW = {"added": "新增", "removed": "取消"}
SHOWN = 12


def rule_changes(store: LawStore, changed_at: datetime) -> str:
    """What the law that came into force at a time changed in what judges, a line each."""
    try:
        before, after = store.at(changed_at - timedelta(microseconds=1)), store.at(changed_at)
    except ValueError:  # a law of an older planwatch that this one cannot read
        before = after = None
    if before is None or after is None:
        return "判定规则(规则集、口径或系数)"
    lines = list(_lines(before, after)) or ["所依据的其他目标或规划的接续"]
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], f"… 另有 {len(lines) - SHOWN:,} 处；用 planwatch plans diff 比较"]
    return "\n".join(lines)


def _lines(before: Law, after: Law) -> Iterator[str]:
    for change in changes(before, after):
        if change.what in WHAT:
            yield from _said(change, before, after)
    was, now = (law.quality.coverage if law.quality else None for law in (before, after))
    if was != now:
        yield f"覆盖率要求: {was} → {now}"


def _said(change: Change, before: Law, after: Law) -> Iterator[str]:
    name = f"{WHAT[change.what]} {_named(change, after if change.how != 'removed' else before)}"
    if change.how in HOW:
        yield f"{name}: {HOW[change.how]}"
    for path, was, now in change.values:
        yield f"{name} {path}: {was or '无'} → {now or '无'}"


def _named(change: Change, law: Law) -> str:
    """The name of what changed with its id."""
    if change.what == "coefficient":
        return f"{law.coal.kinds[change.id].cn}({change.id})"
    return "" if change.what == "coefficients" else change.id
