"""What a plan says besides targets: its mechanisms, when it is reviewed, and the numbers that are not commitments."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.citation import Reference
from planwatch.contract.document import Document, Slug
from planwatch.contract.report import Name

Sentences = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class MechanismState(StrEnum):
    """What planwatch does about a mechanism of a plan."""

    WORKS = "works"  # computed; an example shows it
    RECORDED = "recorded"  # kept as a record or register field, and said why nothing is computed
    ABSENT = "absent"  # the plan has no such wording, so it is off


class Mechanism(Document):
    """One row of a plan's mechanisms (A1 … F4), with its clauses.

    ``how`` says what is computed, or why nothing is and what is recorded instead. ``targets`` carry it; ``examples``
    are the names of examples beside the plan that show it, of which a mechanism that works has at least one.
    """

    row: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{1,2}$")]
    zh: Name
    state: MechanismState
    how: Sentences
    targets: tuple[Slug, ...] = ()
    scopes: tuple[Slug, ...] = ()
    examples: tuple[Name, ...] = ()
    references: tuple[Reference, ...] = ()

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if self.state is MechanismState.WORKS and not self.examples:
            raise ValueError("a mechanism that works names the `examples:` that show it")
        if (self.state is MechanismState.ABSENT) == bool(self.references):
            raise ValueError("give the `references:` of a mechanism, none if it is absent from the plan")
        return self


class LeftOut(Document):
    """A number or words of the text that are no commitment, and why."""

    reason: Name
    reference: Reference


class ReviewKind(StrEnum):
    """The assessments a plan prescribes (TJ 五(二): 年度评价、中期评估、五年考核)."""

    YEARLY = "yearly"
    MID_TERM = "mid_term"
    FIVE_YEAR = "five_year"


class Review(Document):
    """One assessment a plan prescribes, and the years whose end it looks at; empty means every year."""

    kind: ReviewKind
    zh: Name
    years: tuple[int, ...] = ()
    assumed: dict[str, str] = Field(default_factory=dict)
    reference: Reference
