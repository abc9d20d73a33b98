"""A mapping against the catalogue: what can be known to be wrong before any file is opened."""

from collections.abc import Iterator

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.mapping import Mapping, RecordKind, RegistryRows, ReportRows
from planwatch.contract.registry import ReductionProjectRecord, RegionRecord, TwoHighProjectRecord, UnitRecord
from planwatch.contract.report import Message, Source
from planwatch.contract.strict import PlacedFault, Where
from planwatch.ingest.files.rows import Fit, fit_of

_RECORDS: dict[RecordKind, type[Message]] = {
    RecordKind.REGION: RegionRecord,
    RecordKind.UNIT: UnitRecord,
    RecordKind.TWO_HIGH_PROJECT: TwoHighProjectRecord,
    RecordKind.REDUCTION_PROJECT: ReductionProjectRecord,
}


def mapping_faults(mapping: Mapping, catalogue: Catalogue) -> tuple[PlacedFault, ...]:
    """Everything in a mapping that cannot work, with its place in the document."""
    if mapping.reports is not None:
        return tuple(_report_faults(mapping.reports, fit_of(catalogue)))
    assert mapping.registry is not None
    return tuple(_registry_faults(mapping.registry))


def _report_faults(meant: ReportRows, fit: Fit) -> Iterator[PlacedFault]:
    kind = meant.subject.kind.constant
    for where, indicator, unit in _stated(meant):
        if kind and (wrong := fit(indicator, unit, kind)):
            yield PlacedFault(where, wrong)
    if meant.source.constant is not None and meant.source.constant not in set(Source):
        allowed = ", ".join(Source)
        yield PlacedFault(("reports", "source"), f"source is {meant.source.constant!r}; allowed: {allowed}")
    twice = [reading.indicator for reading in meant.readings]
    for i, indicator in enumerate(twice):
        if indicator in twice[:i]:
            message = f"{indicator} is read twice; put its columns into one sum_of"
            yield PlacedFault(("reports", "readings", i), message)
    known = set(twice)
    for i, balance in enumerate(meant.balances):
        if absent := [mark for mark in balance.marks if mark not in known]:
            yield PlacedFault(("reports", "balances", i, "marks"), f"no reading states {', '.join(absent)}")


def _stated(meant: ReportRows) -> Iterator[tuple[Where, str, str]]:
    """Place, indicator and unit of every reading whose both are written in the mapping."""
    for i, reading in enumerate(meant.readings):
        yield ("reports", "readings", i), reading.indicator, reading.unit
    form = meant.long
    for i, rule in enumerate(form.rules if form else ()):
        indicator = rule.indicator or (form.indicator.constant if form and form.indicator else None)
        unit = rule.unit or (form.unit.constant if form and form.unit else None)
        if indicator and unit and rule.set_aside is None:
            yield ("reports", "long", "rules", i), indicator, unit


def _registry_faults(meant: RegistryRows) -> Iterator[PlacedFault]:
    if meant.record is None:
        return  # each row says what it is, and is checked as such
    fields = _RECORDS[meant.record].model_fields
    allowed = sorted(set(fields) - {"kind"})
    for name in meant.fields:
        if name not in allowed:
            message = f"a {meant.record.value} record has no field {name!r}; allowed: {', '.join(allowed)}"
            yield PlacedFault(("registry", "fields", name), message)
    for name, field in fields.items():
        if field.is_required() and name not in meant.fields:
            yield PlacedFault(("registry", "fields"), f"a {meant.record.value} record needs the field {name!r}")
