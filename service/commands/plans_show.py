"""`planwatch plans show`: one target, scope or mechanism row in full."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planwatch.contract.citation import Reference
from planwatch.contract.plan import Law, RuleSet, Scope, Target
from planwatch.contract.scope import GROSS
from planwatch.service import words
from planwatch.service.commands.plans_folders import Folder, merged_law
from planwatch.service.commands.plans_tables import (
    DEDUCTION,
    STATE,
    band_range,
    bound,
    id_column,
    nature,
    value,
    whole,
    years,
)


def show(
    name: Annotated[str, typer.Argument(help="Target, scope or mechanism row, e.g. chongqing.energy-intensity or A6.")],
    folder: Folder = None,
) -> None:
    """One target, scope or mechanism row in full: numbers, clause, rule set, holders, and what is assumed."""
    console, law = Console(), merged_law(folder)
    tables = list(_tables(law, name))
    if not tables:
        known = "\n".join(f"  {one}" for one in (*law.targets, *law.scopes, *_rows(law)))
        console.print(f"没有目标 {name};已有的目标、口径和机制:\n{known}", markup=False)
        raise typer.Exit(1)
    for table in tables:
        console.print(table)


def _rows(law: Law) -> list[str]:
    return list(dict.fromkeys(one.row for plan in law.plans for one in plan.mechanisms))


def _tables(law: Law, name: str) -> Iterator[Table]:
    if name in law.targets:
        yield from _target_tables(law, law.targets[name])
    elif name in law.scopes:
        yield _scope(law.scopes[name])
    elif name in _rows(law):
        yield _mechanism(law, name)


def _target_tables(law: Law, target: Target) -> Iterator[Table]:
    yield _facts(law, target)
    if target.scope in law.scopes:
        yield _scope(law.scopes[target.scope])
    if target.rule_set:
        yield _bands(law.rule_set_of(target))
    if target.decompose:
        yield _holders(law, target)


def _facts(law: Law, target: Target) -> Table:
    table = _two_columns(f"{target.zh} ({target.id})")
    for name, text in (*_number_facts(law, target), *_dependency_facts(law, target), *_clause_facts(target.reference)):
        table.add_row(name, escape(text))
    for what, reason in sorted(target.assumed.items()):
        table.add_row(f"假定 {what}", escape(reason))
    table.add_row("规则指纹", law.hash_of(target))
    return table


def _number_facts(law: Law, target: Target) -> Iterator[tuple[str, str]]:
    measure = target.measure
    yield "English", target.en
    yield "方案", law.plan_of[target.id].zh
    yield "对象", bound(target.applies_to)
    yield "类型", target.kind.value + (f" ({target.check.value})" if target.check else "")
    yield "目标值", value(target)
    if target.not_computable:
        yield "不可计算", target.not_computable
    yield "期限", years(target)
    yield "性质", nature(target)
    yield "计量", f"{measure.of}{f' / {measure.per}' if measure.per else ''} ({measure.unit})" if measure else "—"
    yield "路径", target.path.value if target.path else "—"
    if target.milestones:
        yield "逐年目标", _steps(target)
    if target.growth:
        yield "增速", _growth(target)
    if target.season:
        yield "时段", f"{target.season[0]}—{target.season[1]}月"
    yield (
        "口径",
        f"{'不扣除' if target.scope == GROSS else target.scope}{f', {target.basis.value}' if target.basis else ''}",
    )


def _steps(target: Target) -> str:
    return ", ".join(f"{one.year}: {words.figure(one.value, target.unit or '')}" for one in target.milestones)


def _growth(target: Target) -> str:
    """The growth of each year; one that sets a total again says who approved it and when."""
    return ", ".join(
        f"{one.year}: {words.figure(one.percent, '%')}"
        + (f"(调整,{one.approved_by} {one.approved_on} 批准)" if one.reset else "")
        for one in target.growth
    )


def _dependency_facts(law: Law, target: Target) -> Iterator[tuple[str, str]]:
    if target.exempt_if:
        yield "免予考核", f"完成 {target.exempt_if} 时"
    if target.follows:
        yield "依据目标", target.follows
    if target.continues:
        yield "承接", target.continues
    if target.decompose and target.decompose.sums_to:
        how = "合计" if target.decompose.adding == "sum" else "按基年能耗加权平均"
        yield "分解校验", f"{how}对照 {target.decompose.sums_to}"
    if target.parent:
        yield "分解自", target.parent
    if target.approved_by:
        yield "批准", f"{target.approved_by} {target.approved_on or ''}".strip()
    if not target.warns:
        yield "预警", "不预警"
    yield "部门", "、".join(target.departments) or "—"
    yield "要求", f"{target.asks}(严重程度 {target.asks_from} 起)" if target.asks else "—"
    carries = [f"{one.row} {one.zh}" for one in law.plan_of[target.id].mechanisms if target.id in one.targets]
    if carries:
        yield "机制", "、".join(carries)


def _clause_facts(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "依据", f"《{reference.document}》{reference.number or ''} {reference.section} ({reference.issued})"
    yield "原文", reference.quote


def _scope(scope: Scope) -> Table:
    table = _two_columns(f"口径 {scope.zh} ({scope.id})")
    table.add_row("English", escape(scope.en))
    table.add_row("扣自", scope.of)
    for one in scope.less:
        base = f",基年 {one.base_year}" if one.base_year else ""
        held = f",{one.first_year or '…'}—{one.last_year or '…'} 年" if one.first_year or one.last_year else ""
        table.add_row("扣除", f"{DEDUCTION[one.kind]}: {', '.join(one.of)}{base}{held}")
    for name, text in _clause_facts(scope.reference):
        table.add_row(name, escape(text))
    for what, reason in sorted(scope.assumed.items()):
        table.add_row(f"假定 {what}", escape(reason))
    return table


def _bands(rule_set: RuleSet) -> Table:
    title = f"{rule_set.zh} ({rule_set.id})"
    table = Table("等级", "严重程度", "范围", "月份", title=title, caption=escape(rule_set.source))
    for band in rule_set.bands:
        level = words.level("rated", band.level.colour, escape(band.level.zh))
        months = f"{band.months[0]}–{band.months[1]}" if band.months else "全年"
        table.add_row(level, str(band.level.severity), band_range(band), months)
    return table


def _holders(law: Law, template: Target) -> Table:
    """The holders of a split target, with their values, yearly values and approvals."""
    held = [target for target in law.targets.values() if target.parent == template.id]
    note = None if held else "尚无分解值:在方案文件夹的 decompositions/ 中写入"
    columns = (id_column("目标"), whole("名称"), "目标值", whole("逐年"), whole("批准"))
    table = Table(*columns, title="分解下达", caption=note)
    for one in held:
        yearly = "; ".join(part for part in (_steps(one), _growth(one)) if part)
        approval = f"{one.approved_by or '未注明'} {one.approved_on or ''}".strip()
        table.add_row(one.id, escape(one.zh), value(one), yearly or "—", escape(approval))
    return table


def _mechanism(law: Law, row: str) -> Table:
    """One row over all plans: state, what is done, targets, examples, clauses."""
    table = Table(
        whole("方案"), "状态", whole("做法"), whole("目标与示例"), whole("原文"), title=f"机制 {row}", show_lines=True
    )
    for plan in law.plans:
        for one in (found for found in plan.mechanisms if found.row == row):
            shown = [*one.targets, *one.scopes, *(f"示例 {name}" for name in one.examples)]
            clauses = [f"{reference.section} {reference.quote}" for reference in one.references]
            table.add_row(
                f"{escape(plan.zh)}\n{escape(one.zh)}",
                STATE[one.state.value],
                escape(one.how),
                escape("\n".join(shown)) or "—",
                escape("\n".join(clauses)) or "—",
            )
    return table


def _two_columns(title: str) -> Table:
    table = Table(show_header=False, title=title)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
