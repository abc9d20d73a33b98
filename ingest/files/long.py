"""The long form: one row is one figure of a report, or one part of a figure."""

from collections.abc import Mapping as Cells
from collections.abc import Sequence

from planwatch.contract.mapping import LongForm, LongRule, ReportRows
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowFault, RowReason
from planwatch.ingest.files.figures import MISSING, Stated, checked, exact, number_in, rounded
from planwatch.ingest.files.origins import day_of, holds, text_of
from planwatch.ingest.files.spoken import plain
from planwatch.ingest.files.statement import Part
from planwatch.ingest.files.wide import scaled


def rule_for(form: LongForm, cells: Cells[str, str]) -> LongRule:
    """The first rule that fits a row. Raises RowFault where none does."""
    for rule in form.rules:
        if holds(rule.when, cells):
            return rule
    asked = sorted({column for rule in form.rules for column in rule.when})
    said = ", ".join(f"{column}={cells[column]!r}" for column in asked)
    raise RowFault(RowReason.NO_RULE, f"no rule fits {said} — 映射中没有适用于这一行的规则")


def part_of(rows: ReportRows, rule: LongRule, cells: Cells[str, str], missing: Sequence[str]) -> Part:
    """The part a row states. Raises RowFault."""
    form = rows.long
    assert form is not None
    indicator = rule.indicator or (text_of(form.indicator, cells, missing) if form.indicator else "")
    unit = rule.unit or (text_of(form.unit, cells, missing) if form.unit else "")
    value = rounded(number_in(cells, form.value, missing, plain(unit)), rule.decimals)
    known = {} if value is None else {form.value: value}
    stated = _own_mark(form, checked(known, rule.checks, cells, missing), cells, missing)
    if stated.value is not None and rule.suspect:
        stated = stated.marked(Flag.SUSPECT, rule.suspect)
    if stated.value is not None:
        stated = Stated(exact(scaled(stated.value, rule.scale), form.value), stated.flag, stated.notes)
    names = [cells[column].strip() for column in rule.sum_over]
    if rows.aggregate:
        names.insert(0, day_of(rows.period, cells).isoformat())
    return Part(indicator, unit, stated, "|".join(names))


def _own_mark(form: LongForm, stated: Stated, cells: Cells[str, str], missing: Sequence[str]) -> Stated:
    """The mark and the note that the table itself gives the figure."""
    if stated.value is None:
        return MISSING
    text = text_of(form.flag, cells, missing) if form.flag else ""
    note = text_of(form.note, cells, missing) if form.note else ""
    if text and text not in set(Flag):
        raise RowFault(
            RowReason.BREAKS_CONTRACT, f"标记读到「{text}」(flag is {text!r}); allowed 可填: {', '.join(Flag)}"
        )
    flag = stated.flag if stated.flag is Flag.HELD else Flag(text) if text else stated.flag
    return Stated(stated.value, flag, (*stated.notes, note) if note else stated.notes)
