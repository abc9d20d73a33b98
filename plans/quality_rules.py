"""Quality rules from YAML: the edition that comes along, and rows that law folders add."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.coal import CoalTable, Coefficient
from planwatch.contract.quality import Outcome, QualityRules, Relation, Rule, ThresholdRow
from planwatch.contract.strict import Where, read_strict
from planwatch.plans.folder import added_files
from planwatch.plans.loader import load_regions
from planwatch.plans.yaml_source import Source, read_yaml

STATED_FACTOR = "factor."
"""Stated conversion factors (采用折标系数) begin with it; the entry of the standard-coal table follows."""
FROM_THE_FIRST_DAY = date(2000, 1, 1)


def quality_files(folders: Iterable[Path | None] = ()) -> list[Path]:
    """The package's ``quality/*.yaml`` and then those of law folders."""
    files = [file for folder in (None, *folders) for file in added_files(folder, "quality")]
    return list(dict.fromkeys(files))  # each folder's list begins with the package's own


def load_quality_rules(
    catalogue: Catalogue,
    folders: Sequence[Path | None] = (),
    coal: CoalTable | None = None,
    regions: Collection[str] | None = None,
) -> QualityRules:
    """All files as one set of rules, whose edition names each file's; raises InvalidDocument with every fault.

    A row may not take the id of another one: what decided a finding must be told apart. With the standard-coal table,
    stated conversion factors have their ranges from it (see ``factor_rows``). ``regions`` are those rows may name, by
    default those of the folders.
    """
    relations: dict[str, Relation] = {}
    rows: dict[str, ThresholdRow] = {row.id: row for row in factor_rows(catalogue, coal)} if coal else {}
    read: list[QualityRules] = []
    if regions is None:
        regions = {region.id for folder in folders or (None,) for region in load_regions(folder)}
    for path in quality_files(folders):
        source = read_yaml(path)
        found = read_strict(source.tree, QualityRules)
        if isinstance(found, tuple):
            for fault in found:
                source.fault(fault.where, fault.message)
        else:
            _take(source, found, catalogue, relations, rows)
            _place_faults(source, found, regions)
            read.append(found)
        source.refuse()
    return QualityRules(
        edition=" + ".join(one.edition for one in read),
        source="; ".join(one.source for one in read)[:200],
        coverage=next((one.coverage for one in reversed(read) if one.coverage is not None), None),
        relations=tuple(relations.values()),
        thresholds=tuple(rows.values()),
    )


def factor_rows(catalogue: Catalogue, coal: CoalTable) -> Iterator[ThresholdRow]:
    """Q07's range of every stated factor, from the standard-coal table itself: nobody copies its numbers.

    An entry with a range gives that range, any other its value as the usual one; how many per cent may lie around it is
    the rules' own ``percent``. Rows of a region, an industry or a later day go before these as before any other.
    """
    for indicator in catalogue.indicators:
        entry = coal.kinds.get(indicator.id.removeprefix(STATED_FACTOR))
        if indicator.id.startswith(STATED_FACTOR) and entry is not None:
            yield ThresholdRow(
                id=f"coal-table-{indicator.id.removeprefix(STATED_FACTOR).replace('_', '-')}",
                rule=Rule.RANGE,
                indicator=indicator.id,
                numbers=_range_of(entry),
                valid_from=FROM_THE_FIRST_DAY,
                source=coal.edition,
            )


def _range_of(entry: Coefficient) -> dict[str, Decimal]:
    """The numbers of an entry; a range wins over a single value as it does for measured factors."""
    if entry.kgce_min is not None and entry.kgce_max is not None:
        return {"low": entry.kgce_min, "high": entry.kgce_max}
    return {"usual": entry.kgce} if entry.kgce is not None else {}


def _take(
    source: Source,
    found: QualityRules,
    catalogue: Catalogue,
    relations: dict[str, Relation],
    rows: dict[str, ThresholdRow],
) -> None:
    for i, relation in enumerate(found.relations):
        where: Where = ("relations", i)
        if relations.setdefault(relation.id, relation) is not relation:
            source.fault((*where, "id"), f"relation {relation.id!r} stands twice")
        for name in named(relation):
            if name not in catalogue.by_id:
                source.fault(where, f"{name!r} is not in the catalogue of indicators")
    for i, row in enumerate(found.thresholds):
        if rows.setdefault(row.id, row) is not row:
            source.fault(("thresholds", i, "id"), f"row {row.id!r} stands twice")
        _row_faults(source, i, row, catalogue)


def named(relation: Relation) -> list[str]:
    """All indicators a relation names."""
    ends = [end for end in (relation.opening, relation.closing) if end]
    return [relation.of, *relation.plus, *relation.minus, *ends]


def _row_faults(source: Source, i: int, row: ThresholdRow, catalogue: Catalogue) -> None:
    where: Where = ("thresholds", i)
    if row.valid_to is not None and row.valid_to < row.valid_from:
        source.fault((*where, "valid_to"), "the row ends before it begins")
    unknown = sorted(set(row.numbers) - set(NUMBERS[row.rule]))
    if unknown:
        allowed = ", ".join(NUMBERS[row.rule]) or "none"
        source.fault((*where, "numbers"), f"{row.rule} has no number {', '.join(unknown)}; allowed: {allowed}")
    if row.indicator and not row.indicator.endswith(".*") and row.indicator not in catalogue.by_id:
        source.fault((*where, "indicator"), f"{row.indicator!r} is not in the catalogue; a family ends with .*")


def _place_faults(source: Source, found: QualityRules, regions: Collection[str]) -> None:
    """What would never bite, or would let everything through without anybody noticing."""
    if found.coverage is not None and not 0 < found.coverage <= WHOLE:
        source.fault(("coverage",), f"coverage is a share above 0 and up to {WHOLE} per cent, not {found.coverage}")
    for i, row in enumerate(found.thresholds):
        where: Where = ("thresholds", i)
        if row.region is not None and row.region not in regions:
            source.fault((*where, "region"), f"region {row.region!r} is in no file of regions/")
        if row.outcome is Outcome.REJECT:
            allowed = "hold, query, note"
            source.fault((*where, "outcome"), f"a report is not handed back for a finding; allowed: {allowed}")
        for name, value in row.numbers.items():
            if name not in SIGNED and value < 0:
                source.fault((*where, "numbers", name), f"{name} must not be below 0, is {value}")
            elif name in COUNTS and (value < 1 or value != value.to_integral_value()):
                source.fault((*where, "numbers", name), f"{name} is a whole number from 1, is {value}")


WHOLE = Decimal(100)
SIGNED = frozenset({"low", "high", "usual"})
"""Numbers that may be below zero: a range may reach there."""
COUNTS = frozenset({"window", "least", "run", "of", "readings", "months", "round_least"})
"""Numbers that count months or figures."""
NUMBERS: dict[Rule, tuple[str, ...]] = {
    Rule.MISSING: ("habit", "of"),
    Rule.CONFLICT: (),
    Rule.NEGATIVE: (),
    Rule.BALANCE: ("percent", "absolute"),
    Rule.CHAIN: ("absolute",),
    Rule.SPLIT: ("absolute",),
    Rule.RANGE: ("low", "high", "usual", "percent", "apart"),
    Rule.UNIT_SLIP: ("window", "least", "closeness", "steady", "wide"),
    Rule.JUMP: ("window", "least", "month", "year", "floor", "mads", "steady", "restless_mads", "narrow", "beyond"),
    Rule.CONSTANT: ("run", "digits"),
    Rule.RATIO: ("window", "least", "mads", "steady", "restless_mads", "narrow", "beyond", "floor"),
    Rule.DIVERGENCE: (
        "points",
        "each",
        "window",
        "least",
        "mads",
        "steady",
        "restless_mads",
        "narrow",
        "beyond",
        "floor",
    ),
    Rule.GRID: ("percent", "floor"),
    Rule.DAILY: ("percent",),
    Rule.COMPLETENESS: ("percent",),
    Rule.TIME_LABEL: ("seconds",),
    Rule.POLLUTANT_FLAGS: ("percent",),
    Rule.DIGITS: ("least", "digits", "chi", "round_share", "round_digits", "round_least"),
    Rule.COPIED: ("readings", "digits", "months"),
    Rule.SMOOTH: ("run", "spread", "moves", "digits"),
    Rule.ALONE: ("window", "least", "habit", "floor"),
    Rule.OUTGOINGS: ("percent",),
    Rule.ZERO: ("window", "least", "habit", "floor"),
    Rule.STATED_HELD: (),
    Rule.EARLY: (),
}
"""The numbers each rule asks for; what they mean stands in ``quality/default.yaml``."""
