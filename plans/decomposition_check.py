"""Whether the holders' values add up to the plan's own number. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from planwatch.contract.decomposition import SubTarget
from planwatch.contract.plan import Comparator, Law, Target
from planwatch.contract.registry import RegionRecord
from planwatch.contract.report import SubjectKind
from planwatch.plans.findings import Finding

_NOT_MORE = (Comparator.AT_MOST, Comparator.LESS_THAN)


def split_findings(
    law: Law, rows: Iterable[tuple[str, SubTarget]], regions: Mapping[str, RegionRecord]
) -> list[Finding]:
    """Every decomposed target that has rows against the plan's total; ``rows`` are pairs of target id and row.

    Tonnes are added; rates are averaged, weighted with each holder's energy of the base year. A zone inside a region
    that holds a value itself is part of that region's value and not counted. Holders may together promise more than
    the plan asks, never less. A target nobody has loaded rows for has nothing to check.
    """
    of: dict[str, list[SubTarget]] = {}
    for name, row in rows:
        of.setdefault(name, []).append(row)
    return [
        Finding(name, message)
        for name, given in of.items()
        if name in law.targets
        for message in _faults(law, law.targets[name], given, regions)
    ]


def counted(rows: Iterable[SubTarget], regions: Mapping[str, RegionRecord]) -> list[SubTarget]:
    """The rows that count: those of no zone whose region, or any region above it, holds a value too."""
    given = list(rows)
    holders = {row.holder for row in given}
    return [row for row in given if not any(f"region:{above}" in holders for above in _above(row, regions))]


def _above(row: SubTarget, regions: Mapping[str, RegionRecord]) -> Iterator[str]:
    kind, _, code = (row.holder or "").partition(":")
    seen: set[str] = set()
    while kind == SubjectKind.REGION and code in regions and (parent := regions[code].parent) and parent not in seen:
        yield parent
        seen.add(parent)
        code = parent


def _faults(law: Law, template: Target, rows: list[SubTarget], regions: Mapping[str, RegionRecord]) -> Iterator[str]:
    split = template.decompose
    whole = law.targets.get(split.sums_to or "") if split else None
    if split is None or whole is None or whole.value is None:
        return
    counting = counted(rows, regions)
    absent = _absent(template, rows, regions)
    if split.adding == "sum":
        total = sum((row.value for row in counting if row.value is not None), Decimal(0))
        if _short(total, whole):
            yield f"its {_values(counting)} add up to {_against(total, whole)}{absent}"
        return
    weightless = [row.name for row in counting if row.weight is None]
    if weightless or absent:
        without = f"; no weight (energy of the base year in tce) for {', '.join(weightless)}" if weightless else ""
        yield f"cannot be checked against {whole.id}{without}{absent}"
        return
    mean = _weighted_mean(counting)
    if _short(mean, whole):
        yield f"its {_values(counting)}, weighted with energy, come to {_against(mean, whole)}"


def _weighted_mean(rows: list[SubTarget]) -> Decimal:
    pairs = [(row.value, row.weight) for row in rows if row.value is not None and row.weight is not None]
    return sum((value * weight for value, weight in pairs), Decimal(0)) / sum(weight for _, weight in pairs)


def _short(found: Decimal, whole: Target) -> bool:
    assert whole.value is not None
    return found > whole.value if whole.comparator in _NOT_MORE else found < whole.value


def _absent(template: Target, rows: list[SubTarget], regions: Mapping[str, RegionRecord]) -> str:
    """The regions right below the plan's that have no row, in words; local zones need none."""
    assert template.decompose is not None
    if template.decompose.holders is not SubjectKind.REGION:
        return ""
    below = [one for one in regions.values() if one.parent == template.applies_to.region and one.standard != "local"]
    holders = {row.holder for row in rows}
    absent = [f"{one.name} ({one.id})" for one in below if f"region:{one.id}" not in holders]
    return f"; no row for {', '.join(absent)}" if absent else ""


def _values(rows: list[SubTarget]) -> str:
    return f"values that count ({len(rows)})"


def _against(found: Decimal, whole: Target) -> str:
    return f"{round(found, 4).normalize():f} {whole.unit}; {whole.id} asks for {whole.value} {whole.unit}"
