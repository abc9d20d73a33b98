"""Published barometers from YAML: names of regions become codes, labels become levels, all faults are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.period import Period
from planwatch.contract.published import Publication, PublishedFile, PublishedTable
from planwatch.contract.registry import RegionRecord
from planwatch.contract.ruleset import Level
from planwatch.contract.strict import read_strict
from planwatch.plans.folder import package_folder
from planwatch.plans.loader import load_regions
from planwatch.plans.yaml_source import Source, read_yaml


@dataclass(frozen=True, slots=True)
class PublishedLevel:
    """The level one issue gives one region, by code and name, in one table."""

    publication: Publication
    table: PublishedTable
    period: Period
    region: str
    name: str
    level: Level


def published_files(folder: Path | None = None) -> list[Path]:
    """All files of published levels of a law folder, the package's by default."""
    return sorted(((folder or package_folder()) / "published").glob("*.yaml"))


def load_published(path: Path) -> list[PublishedLevel]:
    """The levels of one file; raises InvalidDocument with every fault."""
    source = read_yaml(path)
    found = read_strict(source.tree, PublishedFile)
    if isinstance(found, tuple):
        for fault in found:
            source.fault(fault.where, fault.message)
        source.refuse()
        raise InvalidDocument(str(path), ((None, "cannot be read"),))
    levels = {level.zh: level for level in found.levels}
    provinces = [region for region in load_regions() if region.parent is None]
    rows = [
        row
        for i, publication in enumerate(found.publications)
        for row in _rows(source, i, publication, levels, provinces)
    ]
    source.refuse()
    return rows


def _rows(
    source: Source, i: int, publication: Publication, levels: dict[str, Level], provinces: Sequence[RegionRecord]
) -> list[PublishedLevel]:
    where = ("publications", i)
    try:
        period = Period.parse(publication.to, cumulative=True)
    except ValueError as error:
        source.fault((*where, "to"), str(error))
        return []
    rows = []
    for at, table in enumerate(publication.tables):
        for label, regions in table.regions.items():
            place = (*where, "tables", at, "regions", label)
            if label not in levels:
                source.fault(place, f"unknown level {label!r}; known: {', '.join(levels)}")
                continue
            for name in regions:
                meant = [one for one in provinces if one.name.startswith(name)]
                if len(meant) == 1:
                    region = meant[0]
                    rows.append(PublishedLevel(publication, table, period, region.id, region.name, levels[label]))
                else:
                    source.fault(place, f"{name!r} is not the beginning of exactly one province's name")
    return rows
