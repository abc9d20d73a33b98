"""What changed between two issues of a published barometer, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from planwatch.contract.plan import Level


@dataclass(frozen=True, slots=True)
class Moves:
    """Regions by what happened to them: worse, better, as before, and not comparable (only one issue names them)."""

    worse: tuple[tuple[str, Level, Level], ...]
    better: tuple[tuple[str, Level, Level], ...]
    same: tuple[str, ...]
    unknown: tuple[str, ...]


def moves(before: Mapping[str, Level], after: Mapping[str, Level]) -> Moves:
    """Compare two issues by region; severity orders, labels never do. A region one of them does not name is unknown."""
    both = [region for region in after if region in before]
    changed = [(region, before[region], after[region]) for region in both]
    return Moves(
        worse=tuple(one for one in changed if one[2].severity > one[1].severity),
        better=tuple(one for one in changed if one[2].severity < one[1].severity),
        same=tuple(region for region, old, new in changed if old.severity == new.severity),
        unknown=tuple(sorted(set(before) ^ set(after))),
    )


def moves_zh(found: Moves, names: Mapping[str, str]) -> list[str]:
    """The changes as sentences: 由三级预警升为一级预警:青海、宁夏."""
    said = []
    for verb, changed in (("升为", found.worse), ("降为", found.better)):
        pairs: dict[tuple[str, str], list[str]] = {}
        for region, old, new in changed:
            pairs.setdefault((old.zh, new.zh), []).append(names.get(region, region))
        said += [f"由{old}{verb}{new}:{'、'.join(regions)}" for (old, new), regions in pairs.items()]
    said.append(f"等级未变的地区 {len(found.same)} 个")
    if found.unknown:
        listed = "、".join(names.get(region, region) for region in found.unknown)
        said.append(f"两期中有一期未列、无法比较的地区 {len(found.unknown)} 个:{listed}")
    return said
