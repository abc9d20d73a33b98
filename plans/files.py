"""The shape of each kind of file, where it differs from what is made of it."""

from datetime import date
from typing import Any, Literal

from planwatch.contract.catalogue import Indicator, UnitOfMeasure
from planwatch.contract.plan import Document, RuleSet, Slug
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import Name


class UnitsFile(Document):
    """``units.yaml``."""

    units: tuple[UnitOfMeasure, ...]


class IndicatorsFile(Document):
    """``indicators.yaml``."""

    indicators: tuple[Indicator, ...]


class RuleSetsFile(Document):
    """``rulesets/*.yaml``."""

    rule_sets: tuple[RuleSet, ...]


class RegionRow(Document):
    """A region; ``valid_from`` where it differs from the file's."""

    id: RegionCode
    name: Name
    parent: RegionCode | None = None
    standard: Literal["GB/T 2260", "local"] = "GB/T 2260"
    valid_from: date | None = None
    valid_to: date | None = None


class RegionsFile(Document):
    """``regions/*.yaml``."""

    valid_from: date
    regions: tuple[RegionRow, ...]


class PlanFile(Document):
    """A plan before its targets, scopes, mechanisms, reviews and left-out numbers are read.

    ``documents`` are cited by their key, so that title, issuer and hash stand once.
    """

    id: Slug
    zh: Name
    en: Name
    region: RegionCode
    first_year: int
    last_year: int
    succeeds: Slug | None = None
    documents: dict[str, dict[str, Any]]
    targets: list[Any]
    scopes: tuple[Any, ...] = ()
    mechanisms: tuple[Any, ...] = ()
    reviews: tuple[Any, ...] = ()
    left_out: tuple[Any, ...] = ()


class Citation(Document):
    """A target's ``reference``: which document, where in it, and the sentence; the rest is the document's."""

    document: str
    section: Name
    quote: Name
    offset: int
