"""Accounting scopes: what is taken off energy consumption before it is judged, as each plan states it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planwatch.contract.citation import Reference
from planwatch.contract.document import Document, Slug
from planwatch.contract.report import IndicatorId, Name

GROSS = "gross"
"""The scope of a target that takes nothing off."""


class DeductionKind(StrEnum):
    """What is taken off, and from which years."""

    NEW_RENEWABLES = "new_renewables"  # 比基年新增的可再生能源电力: the increase only, from the assessment year only
    FEEDSTOCK = "feedstock"  # 原料用能: from the base year and the assessment year alike
    LISTED_PROJECTS = "listed_projects"  # 国家重大项目能耗单列: from both years
    NON_FOSSIL = "non_fossil"  # 非化石能源不纳入 (发改环资〔2024〕113号): from both years


class Deduction(Document):
    """One deduction. ``of`` are the indicators whose amounts are taken off, all in tce.

    ``first_year`` and ``last_year`` bound the assessment years for which it holds; the base year is always
    recomputed with the deductions of the assessment year.
    """

    kind: DeductionKind
    of: Annotated[tuple[IndicatorId, ...], Field(min_length=1)]
    base_year: int | None = None
    first_year: int | None = None
    last_year: int | None = None

    def holds_in(self, year: int) -> bool:
        """Whether it is made when this year is assessed."""
        return (self.first_year or year) <= year <= (self.last_year or year)


class Scope(Document):
    """A named scope: ``of`` is the indicator it is taken off from. Values of two scopes are never compared."""

    id: Slug
    zh: Name
    en: Name
    of: IndicatorId
    less: Annotated[tuple[Deduction, ...], Field(min_length=1)]
    assumed: dict[str, str] = Field(default_factory=dict)
    reference: Reference
