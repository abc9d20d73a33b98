"""Rows to statements: each row is read once, and what becomes of it is counted at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.fault_words import no_such_indicator, not_reported_by, unfit_unit
from planwatch.contract.mapping import Mapping, ReportRows
from planwatch.contract.period import Period
from planwatch.contract.report import SubjectKind
from planwatch.ingest.files import long, wide
from planwatch.ingest.files.account import Account, RejectedRow, RowFault, RowReason
from planwatch.ingest.files.columns import columns_of, figure_columns
from planwatch.ingest.files.origins import holds, period_of, says_cumulative, submitted_at, text_of, yes_or_no
from planwatch.ingest.files.readers import Row
from planwatch.ingest.files.spoken import plain
from planwatch.ingest.files.statement import Head, Part, Statement

Fit = Callable[[str, str, str], str]
"""(indicator, unit, kind of subject) to what is wrong with it, empty if it fits."""


def fit_of(catalogue: Catalogue) -> Fit:
    """Whether an indicator in a unit may be reported by a kind of subject, remembered."""

    names = {one.zh: one.id for one in catalogue.indicators} | {one.id: one.zh for one in catalogue.indicators}

    @lru_cache(maxsize=4096)
    def fit(indicator: str, unit: str, kind: str) -> str:
        known = catalogue.by_id.get(indicator)
        if known is None:
            close = get_close_matches(indicator, names, n=3, cutoff=0.4)
            zh = no_such_indicator(indicator, [f"{one}({names[one]})" for one in close])
            return f"no indicator {indicator!r} — {zh}"
        if kind not in known.reported_by:
            by = ", ".join(known.reported_by)
            zh = not_reported_by(known.zh, kind, known.reported_by)
            return f"{indicator} is reported by {by}, not by a {kind} — {zh}"
        allowed = catalogue.allowed_units(indicator)
        if unit in allowed:
            return ""
        return f"unit {unit!r} does not fit {indicator}; allowed: {', '.join(allowed)} — {unfit_unit(known.zh, unit)}"

    return fit


HEADER_AGAIN = "表头重复 the header once more"


def _cell_fault(row: Row, read: frozenset[str], figures: frozenset[str]) -> RowFault | None:
    """What is wrong with cells of a sheet that the mapping reads, or None. Other cells may be what they like."""
    faults = [f"「{column}」列{why}" for column, why in row.faults.items() if column in read]
    if faults:
        return RowFault(RowReason.UNREADABLE_CELL, "；".join(faults))
    shared = [f"「{column}」列的数值在合并单元格 {said} 中" for column, said in row.merged.items() if column in figures]
    if shared:
        return RowFault(RowReason.AMBIGUOUS, "；".join(shared) + "，无法确定属于哪一行；请取消合并，逐行填写")
    return None


def kept_rows(mapping: Mapping, rows: Iterable[Row], account: Account) -> Iterator[Row]:
    """The rows that are meant to be loaded; broken ones are rejected, others set aside with the mapping's reason."""
    read, figures = frozenset(columns_of(mapping)), figure_columns(mapping)
    for row in rows:
        account.rows_read += 1
        if row.broken:
            account.reject(RejectedRow(row.number, RowReason.BROKEN_ROW, row.broken, row.cells))
            continue
        if all(cell.strip() in ("", column) for column, cell in row.cells.items()):
            account.rows_set_aside[HEADER_AGAIN] += 1
            continue
        why = next(
            (
                rule.why
                for rule in mapping.set_aside
                if (holds(rule.when, row.cells) if rule.when else not holds(rule.unless, row.cells))
            ),
            None,
        )
        if why is None and (fault := _cell_fault(row, read, figures)):
            account.reject(RejectedRow(row.number, fault.reason, fault.detail, row.cells))
        elif why is None:
            yield row
        else:
            account.rows_set_aside[why] += 1


def statements(mapping: Mapping, rows: Iterable[Row], fit: Fit, account: Account) -> Iterator[Statement]:
    """What the rows state. A row whose figures are all missing is empty; as part of a sum it is yielded all the same,
    because the sum must show that it lacks something."""
    meant = mapping.reports
    assert meant is not None
    for row in kept_rows(mapping, rows, account):
        try:
            statement = _statement(mapping, meant, row, fit, account)
        except RowFault as fault:
            account.reject(RejectedRow(row.number, fault.reason, fault.detail, row.cells))
            continue
        if statement is None:
            continue
        account.missing.update(part.indicator for part in statement.parts if part.stated.value is None)
        if all(part.stated.value is None for part in statement.parts):
            account.rows_empty += 1
            if not any(part.part for part in statement.parts):
                continue
        account.rows_without_revision += not _says_revision(meant, row.cells, mapping.missing)
        yield statement


def _statement(mapping: Mapping, meant: ReportRows, row: Row, fit: Fit, account: Account) -> Statement | None:
    """The statement of a row, or None where a rule sets it aside. Raises RowFault."""
    if meant.long is not None:
        rule = long.rule_for(meant.long, row.cells)
        if rule.set_aside is not None:
            account.rows_set_aside[rule.set_aside] += 1
            return None
        head = _head(mapping, meant, row)
        parts: tuple[Part, ...] = (long.part_of(meant, rule, row.cells, mapping.missing),)
    else:
        head = _head(mapping, meant, row)
        parts = wide.parts_of(meant, row.cells, mapping.missing)
    fitting = tuple(_fitting(part, head.kind, fit) for part in parts)
    return Statement(head, fitting, row.number, row.cells)


def _fitting(part: Part, kind: str, fit: Fit) -> Part:
    """The part in a unit that fits; one that only differs in width of signs or blanks is that unit."""
    wrong = fit(part.indicator, part.unit, kind)
    if not wrong:
        return part
    usual = plain(part.unit)
    if usual != part.unit and not fit(part.indicator, usual, kind):
        return replace(part, unit=usual)
    raise RowFault(RowReason.UNFIT_INDICATOR, wrong)


def _head(mapping: Mapping, meant: ReportRows, row: Row) -> Head:
    cells, missing = row.cells, mapping.missing
    kind = text_of(meant.subject.kind, cells, missing)
    subject = text_of(meant.subject.id, cells, missing)
    if kind not in set(SubjectKind) or not subject:
        said = f"报送主体不完整：类别「{kind}」，编号「{subject}」"
        raise RowFault(
            RowReason.NO_SUBJECT, f"{said} (subject is {kind!r} {subject!r}; kinds: {', '.join(SubjectKind)})"
        )
    period = period_of(meant.period, cells)
    cumulative = _is_cumulative(meant, cells, missing)
    revision = text_of(meant.revision, cells, missing)
    if not (revision.isascii() and revision.isdigit()):
        why = f"修订号读到「{revision}」(revision is {revision!r}): 写整数，首次为 0 (a whole number, 0 for the first)"
        raise RowFault(RowReason.BREAKS_CONTRACT, why)
    span = Period.parse(period, cumulative=cumulative)
    return Head(
        text_of(meant.report_id, cells, missing) or _usual_id(subject, period, cumulative, int(revision)),
        kind,
        subject,
        period,
        cumulative,
        int(revision),
        submitted_at(meant.submitted_at, cells, span, missing),
        text_of(meant.source, cells, missing),
    )


def _is_cumulative(meant: ReportRows, cells: dict[str, str], missing: Sequence[str]) -> bool:
    """Whether the figures run from January; a text such as 1-3月 says so itself, and a column must not deny it."""
    stated = text_of(meant.cumulative, cells, missing)
    said = yes_or_no(stated)
    if not said and says_cumulative(meant.period, cells):
        written = any(cells[column].strip() not in ("", *missing) for column in meant.cumulative.columns)
        if written:
            why = f"报告期写的是从 1 月起的累计，「是否累计」却是「{stated}」；两者须一致"
            raise RowFault(RowReason.AMBIGUOUS, why)
        return True
    return said


def _says_revision(meant: ReportRows, cells: dict[str, str], missing: Sequence[str]) -> bool:
    if meant.revision.constant not in (None, "0"):
        return True
    return any(cells.get(column, "").strip() not in ("", *missing) for column in meant.revision.columns)


def _usual_id(subject: str, period: str, cumulative: bool, revision: int) -> str:
    """The id of a report that states none: whom and what it is about, so that loading it again changes nothing."""
    return f"{subject}-{period}" + ("-cum" if cumulative else "") + (f"-r{revision}" if revision else "")
