"""What must fit together in the law: names that exist, units that fit their indicators, years in order, ids once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from planwatch.contract.catalogue import Catalogue, Indicator, UnitOfMeasure
from planwatch.contract.plan import Cadence, CoalTable, Coefficient, Measure, RuleSet, Target, TargetKind
from planwatch.contract.strict import PlacedFault, Where, read_strict

STATUSES = ("seen", "check", "memory", "derived", "assumed")
_UNIT_OF_KIND = {
    TargetKind.REDUCTION_RATE: "%",
    TargetKind.GROWTH_MAX: "%",
    TargetKind.YEARLY_GROWTH: "%",
    TargetKind.REDUCTION_POINTS: "pp",
    TargetKind.INCREASE_POINTS: "pp",
    TargetKind.REPORTED_MONTHS: "month",
}


@dataclass(frozen=True)
class Known:
    """What a plan may name."""

    catalogue: Catalogue
    rule_sets: dict[str, RuleSet]
    regions: frozenset[str]

    def unit(self, symbol: str) -> UnitOfMeasure | None:
        """The unit with this symbol or alias."""
        return next((unit for unit in self.catalogue.units if symbol in (unit.symbol, *unit.aliases)), None)

    def unit_of(self, indicator: str) -> UnitOfMeasure | None:
        """The canonical unit of an indicator."""
        known = self.catalogue.by_id.get(indicator)
        return self.unit(known.unit) if known else None


def twice(rows: Any, key: str, where: Where) -> Iterator[PlacedFault]:
    """Rows that share an id."""
    first: dict[Any, int] = {}
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, str) and first.setdefault(value, i) != i:
            yield PlacedFault((*where, i, key), f"{key} {value!r} stands twice; give each {key} once")


def name_faults(raw: dict[str, Any], known: Known) -> Iterator[PlacedFault]:
    """Rule set, indicators and region that a target names and nobody knows; on plain values, whatever else is wrong."""
    rule_set = raw.get("rule_set")
    if isinstance(rule_set, str) and rule_set not in known.rule_sets:
        yield PlacedFault(("rule_set",), f"unknown rule set {rule_set!r}; known: {', '.join(sorted(known.rule_sets))}")
    measure, applies_to = raw.get("measure"), raw.get("applies_to")
    for key in ("of", "less", "per"):
        name = measure.get(key) if isinstance(measure, dict) else None
        if isinstance(name, str) and name not in known.catalogue.by_id:
            yield PlacedFault(("measure", key), f"unknown indicator {name!r}; {_nearest(name, known)}")
    region = applies_to.get("region") if isinstance(applies_to, dict) else None
    if isinstance(region, str) and region not in known.regions:
        yield PlacedFault(("applies_to", "region"), unknown_region(region))


def unknown_region(code: str) -> str:
    """The words for a region code that is not in the register."""
    return f"unknown region {code!r}; add it to regions/*.yaml or correct the code"


def _nearest(name: str, known: Known) -> str:
    family = name.partition(".")[0]
    near = [indicator for indicator in sorted(known.catalogue.by_id) if indicator.partition(".")[0] == family]
    return f"known: {', '.join(near)}" if near else "see `planwatch plans indicators`"


def unit_faults(raw: dict[str, Any], known: Known) -> Iterator[PlacedFault]:
    """Whether the unit of the measure fits its indicators, and the unit of the target fits the measure."""
    measure = read_strict(raw.get("measure"), Measure)
    if not isinstance(measure, Measure) or known.unit_of(measure.of) is None:
        return
    if any(name is not None and known.unit_of(name) is None for name in (measure.per, measure.less)):
        return
    yield from _less_faults(measure, known)
    wanted = _times_for(measure, known)
    if isinstance(wanted, str):
        yield PlacedFault(("measure", "unit"), wanted)
    elif measure.times != wanted and not (measure.per is None and measure.times == 1):
        yield PlacedFault(
            ("measure", "times") if "times" in raw["measure"] else ("measure",),
            f'times must be "{wanted.normalize():f}" for {measure.unit} (given: {measure.times})',
        )
    if isinstance(raw.get("unit"), str):
        yield from _target_unit_faults(raw, measure, known)


def _less_faults(measure: Measure, known: Known) -> Iterator[PlacedFault]:
    if measure.less is None:
        return
    of, less = known.catalogue.by_id[measure.of], known.catalogue.by_id[measure.less]
    if of.unit != less.unit:
        message = f"{less.id} is kept in {less.unit} and cannot be taken off {of.id}, which is in {of.unit}"
        yield PlacedFault(("measure", "less"), message)


def _times_for(measure: Measure, known: Known) -> Decimal | str:
    """What canonical amounts are multiplied with to be in the measure's unit, or why none will do."""
    of = known.unit_of(measure.of)
    assert of is not None
    if measure.per is None:
        unit = known.unit(measure.unit)
        if unit is None or unit.dimension != of.dimension:
            return f"{measure.unit} does not fit {measure.of}; allowed: {_symbols(of.dimension, known)}"
        return of.factor / unit.factor
    per = known.unit_of(measure.per)
    assert per is not None
    if of.dimension == per.dimension:
        share = known.unit(measure.unit)
        if share is None or share.dimension != "ratio":
            return f"{measure.unit} does not fit a share; allowed: {_symbols('ratio', known)}"
        return of.factor / per.factor / share.factor
    top, _, bottom = (known.unit(part) for part in measure.unit.partition("/"))
    if top is None or bottom is None or (top.dimension, bottom.dimension) != (of.dimension, per.dimension):
        return f"{measure.unit} does not fit {measure.of} per {measure.per}; write it as e.g. {of.symbol}/{per.symbol}"
    return (of.factor / top.factor) / (per.factor / bottom.factor)


def _symbols(dimension: str, known: Known) -> str:
    return ", ".join(unit.symbol for unit in known.catalogue.units if unit.dimension == dimension)


def _target_unit_faults(raw: dict[str, Any], measure: Measure, known: Known) -> Iterator[PlacedFault]:
    unit, kind = raw["unit"], raw.get("kind")
    if kind not in list(TargetKind):
        return
    fixed = _UNIT_OF_KIND.get(TargetKind(kind))
    ours, theirs = known.unit(unit), known.unit(fixed or measure.unit)
    fits = unit == (fixed or measure.unit) or (ours and theirs and ours.dimension == theirs.dimension)
    if not fits:
        allowed = fixed or (_symbols(theirs.dimension, known) if theirs else measure.unit)
        yield PlacedFault(("unit",), f"{unit} does not fit a target of kind {kind}; allowed: {allowed}")


def year_faults(target: Target) -> Iterator[PlacedFault]:
    """Years out of order, and milestones outside them."""
    if target.base_year is None or target.target_year is None:
        return
    if target.target_year <= target.base_year:
        yield PlacedFault(("target_year",), f"target_year must lie after base_year {target.base_year}")
    for i, milestone in enumerate(target.milestones):
        if not target.base_year < milestone.year <= target.target_year:
            allowed = f"{target.base_year + 1} to {target.target_year}"
            yield PlacedFault(("milestones", i, "year"), f"year {milestone.year} is not on the way; allowed: {allowed}")


_JUDGED_AFTER = {Cadence.MONTH: range(1, 13), Cadence.QUARTER: range(3, 13, 3), Cadence.YEAR: (12,)}


def season_faults(target: Target) -> Iterator[PlacedFault]:
    """A season in which the cadence never has a month to judge."""
    first, last = target.season or (1, 12)
    if not any(first <= month <= last for month in _JUDGED_AFTER[target.cadence]):
        message = f"cadence {target.cadence.value} never judges in months {first} to {last}: write cadence: month"
        yield PlacedFault(("season",), message)


def scope_faults(raw: Any, known: Known) -> Iterator[PlacedFault]:
    """Indicators of a scope that nobody knows, that are no standard coal, and years in the wrong order."""
    for where, name in _scope_indicators(raw):
        unit = known.unit_of(name)
        if unit is None:
            yield PlacedFault(where, f"unknown indicator {name!r}; {_nearest(name, known)}")
        elif unit.dimension != "standard_coal":
            yield PlacedFault(where, f"{name} is kept in {unit.symbol}; a scope takes off standard coal (tce) only")
    rows = raw.get("less") if isinstance(raw, dict) else None
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        first, last = (row.get("first_year"), row.get("last_year")) if isinstance(row, dict) else (None, None)
        if isinstance(first, int) and isinstance(last, int) and last < first:
            yield PlacedFault(("less", i, "last_year"), f"last_year must not lie before first_year {first}")


def _scope_indicators(raw: Any) -> Iterator[tuple[Where, str]]:
    if not isinstance(raw, dict):
        return
    if isinstance(raw.get("of"), str):
        yield ("of",), raw["of"]
    for i, row in enumerate(raw["less"] if isinstance(raw.get("less"), list) else ()):
        names = row.get("of") if isinstance(row, dict) else None
        for at, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str):
                yield ("less", i, "of", at), name


def indicator_faults(i: int, indicator: Indicator, units: dict[str, UnitOfMeasure]) -> Iterator[PlacedFault]:
    """A canonical unit that is not in the list."""
    if indicator.unit not in units:
        allowed = ", ".join(dict.fromkeys(unit.symbol for unit in units.values()))
        yield PlacedFault(("indicators", i, "unit"), f"unknown unit {indicator.unit!r}; allowed: {allowed}")


def other_name_faults(i: int, indicator: Indicator, known: Sequence[Indicator]) -> Iterator[PlacedFault]:
    """Other names of an indicator by which one read before it goes already: nobody could tell which is meant."""
    for name in (indicator.zh, *indicator.also):
        theirs = [one.id for one in known if name in (*one.also, one.zh if name in indicator.also else "")]
        if theirs:
            yield PlacedFault(("indicators", i, "also"), f"{name!r} already names {theirs[0]}")


def coal_faults(table: CoalTable, catalogue: Catalogue) -> Iterator[PlacedFault]:
    """Entries without a usable value, with an unknown status, or in a unit that does not fit their indicator."""
    units = {symbol: unit for unit in catalogue.units for symbol in (unit.symbol, *unit.aliases)}
    for kind, entry in table.kinds.items():
        yield from (PlacedFault(("kinds", kind), message) for message in _entry_faults(entry))
        if entry.unit not in units:
            yield PlacedFault(("kinds", kind, "unit"), f"unknown unit {entry.unit!r}; see units.yaml")
    absent = [i.energy_kind for i in catalogue.indicators if i.energy_kind and i.energy_kind not in table.kinds]
    if absent:
        yield PlacedFault(("kinds",), f"no entry for {', '.join(absent)}, which indicators.yaml names")
    for indicator in catalogue.indicators:
        found = table.kinds.get(indicator.energy_kind or "")
        if found and found.unit in units and units[found.unit].dimension != units[indicator.unit].dimension:
            where = ("kinds", indicator.energy_kind or "", "unit")
            yield PlacedFault(where, f"{found.unit} does not fit {indicator.id}, which is kept in {indicator.unit}")
    yield from _factor_faults(table, catalogue)


def _factor_faults(table: CoalTable, catalogue: Catalogue) -> Iterator[PlacedFault]:
    """Stated conversion factors (``factor.…``) without an entry in the table, or kept in another unit than it."""
    for indicator in catalogue.indicators:
        family, _, kind = indicator.id.partition(".")
        if family != "factor":
            continue
        if kind not in table.kinds:
            yield PlacedFault(("kinds",), f"no entry for {kind}, whose factor {indicator.id} is reported")
        elif indicator.unit != f"kgce/{table.kinds[kind].unit}":
            wanted = f"kgce/{table.kinds[kind].unit}"
            yield PlacedFault(("kinds", kind, "unit"), f"{indicator.id} is kept in {indicator.unit}, not in {wanted}")


def _entry_faults(entry: Coefficient) -> Iterator[str]:
    if entry.status not in STATUSES:
        yield f"unknown status {entry.status!r}; allowed: {', '.join(STATUSES)}"
    ends = (entry.kgce_min, entry.default, entry.kgce_max)
    if (entry.kgce is None) == (entry.kgce_min is None and entry.kgce_max is None):
        yield "give either kgce, or kgce_min, kgce_max and default"
    elif entry.kgce is None:
        low, middle, high = ends
        if low is None or middle is None or high is None or not low <= middle <= high:
            yield "a range needs kgce_min ≤ default ≤ kgce_max"
