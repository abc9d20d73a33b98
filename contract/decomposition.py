"""Values of a decomposed target for its holders, as the government that sets them approved them."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document, Number, Slug
from planwatch.contract.report import Name
from planwatch.contract.target import Growth, Milestone


class SubTarget(Document):
    """One holder's value. ``holder`` is a subject (``region:230100``); or ``trait`` stands for all units that have it
    (``institution=hospital``, for quotas by type).

    ``weight`` is the holder's energy in the base year in tce, for the mean that is compared with the plan's total.
    ``basis`` says what the split rests on (能源产出率, 产业结构).
    """

    holder: Annotated[str, StringConstraints(pattern=r"^(region|unit|project):\S+$")] | None = None
    trait: Annotated[str, StringConstraints(pattern=r"^[a-z_]+=[a-z0-9_\-]+$")] | None = None
    value: Number | None = None
    weight: Number | None = None
    milestones: tuple[Milestone, ...] = ()
    growth: tuple[Growth, ...] = ()
    basis: str | None = None
    approved_by: Name | None = None
    approved_on: date | None = None

    @model_validator(mode="after")
    def _somebody_and_something(self) -> Self:
        if (self.holder is None) == (self.trait is None):
            raise ValueError("give either holder (a subject such as region:230100) or trait (institution=hospital)")
        if self.value is None and not self.growth:
            raise ValueError("give the value, or for a flexible total the growth of each year")
        return self

    @property
    def name(self) -> str:
        """What distinguishes it in the id of its target: the region code or the trait's value."""
        text = self.holder.partition(":")[2] if self.holder else (self.trait or "").partition("=")[2]
        return text.lower().replace("_", "-")


class Decomposition(Document):
    """One file of ``decompositions/``: the rows of one decomposed target and who approved them."""

    of: Slug
    about: Name
    source: Name
    approved_by: Name | None = None
    approved_on: date | None = None
    rows: Annotated[tuple[SubTarget, ...], Field(min_length=1)]
