"""Levels that others published: issues of a barometer, held as history and never mixed with what we rated."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planwatch.contract.document import Document
from planwatch.contract.report import Name
from planwatch.contract.ruleset import Level


class PublishedTable(Document):
    """One table of an issue: region names by the label of their level. A label that is absent is not known."""

    indicator: Literal["intensity", "total"]
    yardstick: Literal["", "annual", "five_year", "growth"] = ""
    regions: dict[Name, tuple[Name, ...]]

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [region for regions in self.regions.values() for region in regions]
        twice = sorted({region for region in named if named.count(region) > 1})
        if twice:
            raise ValueError(f"in two levels at once: {', '.join(twice)}")
        return self


class Publication(Document):
    """One issue about the year to date until the month ``to``.

    ``complete`` tells whether it is known whole: if not, a region it does not name is not known.
    """

    id: Annotated[str, Field(min_length=4, max_length=32)]
    to: str
    plan: Name
    document: Name | None = None
    published: date | None = None
    complete: bool
    confidence: Literal["high", "medium", "low"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    note: str = ""
    tables: Annotated[tuple[PublishedTable, ...], Field(min_length=1)]


class PublishedFile(Document):
    """``published/*.yaml``: the levels by their label, and the issues that use them."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    publications: tuple[Publication, ...]
