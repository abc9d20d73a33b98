"""Rows to statements: each row is read once, and what becomes of it is counted at once."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.mapping import Mapping, ReportRows
from planwatch.contract.period import Period
from planwatch.contract.report import SubjectKind
from planwatch.ingest.files import long, wide
from planwatch.ingest.files.account import Account, RejectedRow, RowFault, RowReason
from planwatch.ingest.files.origins import holds, period_of, submitted_at, text_of, yes_or_no
from planwatch.ingest.files.readers import Row
from planwatch.ingest.files.statement import Head, Part, Statement

Fit = Callable[[str, str, str], str]
"""(indicator, unit, kind of subject) to what is wrong with it, empty if it fits."""


def fit_of(catalogue: Catalogue) -> Fit:
    """Whether an indicator in a unit may be reported by a kind of subject, remembered."""

    @lru_cache(maxsize=4096)
    def fit(indicator: str, unit: str, kind: str) -> str:
        known = catalogue.by_id.get(indicator)
        if known is None:
            return f"no indicator {indicator!r}"
        if kind not in known.reported_by:
            return f"{indicator} is reported by {', '.join(known.reported_by)}, not by a {kind}"
        allowed = catalogue.allowed_units(indicator)
        return "" if unit in allowed else f"unit {unit!r} does not fit {indicator}; allowed: {', '.join(allowed)}"

    return fit


def kept_rows(mapping: Mapping, rows: Iterable[Row], account: Account) -> Iterator[Row]:
    """The rows that are meant to be loaded; broken ones are rejected, others set aside with the mapping's reason."""
    for row in rows:
        account.rows_read += 1
        if row.broken:
            account.reject(RejectedRow(row.number, RowReason.BROKEN_ROW, row.broken, row.cells))
            continue
        why = next(
            (
                rule.why
                for rule in mapping.set_aside
                if (holds(rule.when, row.cells) if rule.when else not holds(rule.unless, row.cells))
            ),
            None,
        )
        if why is None:
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
    for part in parts:
        if wrong := fit(part.indicator, part.unit, head.kind):
            raise RowFault(RowReason.UNFIT_INDICATOR, wrong)
    return Statement(head, parts, row.number, row.cells)


def _head(mapping: Mapping, meant: ReportRows, row: Row) -> Head:
    cells, missing = row.cells, mapping.missing
    kind = text_of(meant.subject.kind, cells, missing)
    subject = text_of(meant.subject.id, cells, missing)
    if kind not in set(SubjectKind) or not subject:
        raise RowFault(RowReason.NO_SUBJECT, f"subject is {kind!r} {subject!r}; kinds: {', '.join(SubjectKind)}")
    period = period_of(meant.period, cells)
    cumulative = yes_or_no(text_of(meant.cumulative, cells, missing))
    revision = text_of(meant.revision, cells, missing)
    if not (revision.isascii() and revision.isdigit()):
        raise RowFault(RowReason.BREAKS_CONTRACT, f"revision is {revision!r}: write a whole number, 0 for the first")
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


def _usual_id(subject: str, period: str, cumulative: bool, revision: int) -> str:
    """The id of a report that states none: whom and what it is about, so that loading it again changes nothing."""
    return f"{subject}-{period}" + ("-cum" if cumulative else "") + (f"-r{revision}" if revision else "")
