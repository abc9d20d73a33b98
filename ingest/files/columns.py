"""Which columns a mapping reads, and whether a table has them."""

from collections.abc import Iterator
from difflib import get_close_matches

from planwatch.contract.mapping import Mapping, RegistryRows, ReportRows
from planwatch.contract.mapping_origins import TextFrom
from planwatch.ingest.files.spoken import plain


def columns_of(mapping: Mapping) -> list[str]:
    """Every column a mapping reads, once, in the order in which they are named."""
    found = [column for rule in mapping.set_aside for column in (*rule.when, *rule.unless)]
    if mapping.reports is not None:
        found += _of_reports(mapping.reports)
    if mapping.registry is not None:
        found += _of_registry(mapping.registry)
    return list(dict.fromkeys(found))


def _of_reports(meant: ReportRows) -> Iterator[str]:
    for origin in (
        meant.subject.kind,
        meant.subject.id,
        meant.report_id,
        meant.cumulative,
        meant.revision,
        meant.source,
    ):
        yield from origin.columns
    yield from meant.period.columns
    if meant.submitted_at.column:
        yield meant.submitted_at.column
    for reading in meant.readings:
        yield from (*reading.columns, *reading.checks.columns)
    for balance in meant.balances:
        yield from (*balance.inputs, *balance.outputs)
    if meant.long is not None:
        yield from _of_long(meant)


def _of_long(meant: ReportRows) -> Iterator[str]:
    form = meant.long
    assert form is not None
    yield form.value
    for origin in (form.indicator, form.unit, form.flag, form.note):
        yield from _of_text(origin)
    for rule in form.rules:
        yield from (*rule.when, *rule.sum_over, *rule.checks.columns)


def _of_registry(meant: RegistryRows) -> Iterator[str]:
    for origin in meant.fields.values():
        yield from origin.columns


def _of_text(origin: TextFrom | None) -> tuple[str, ...]:
    return origin.columns if origin else ()


def figure_columns(mapping: Mapping) -> frozenset[str]:
    """The columns a mapping takes figures from."""
    meant = mapping.reports
    if meant is None:
        return frozenset()
    found = {column for reading in meant.readings for column in reading.columns}
    found.update(column for balance in meant.balances for column in (*balance.inputs, *balance.outputs))
    return frozenset(found | ({meant.long.value} if meant.long else set()))


def missing_columns(mapping: Mapping, header: tuple[str, ...]) -> list[str]:
    """A sentence for each column of the mapping that the header lacks, with what was perhaps meant."""
    faults = []
    for column in columns_of(mapping):
        if column in header:
            continue
        written = {plain(name): name for name in header}
        close = [written[name] for name in get_close_matches(plain(column), written, n=1)]
        hint = f"; did you mean {close[0]!r}?" if close else f"; the columns are {', '.join(header)}"
        zh = f"表头中没有「{column}」列" + (f"，是否指「{close[0]}」" if close else f"；现有：{'、'.join(header)}")
        faults.append(f"mapping {mapping.id} reads column {column!r}, which is not in the header{hint} — {zh}")
    return faults
