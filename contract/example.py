"""Examples: what a plan must come to for given figures, written by people who know the plan, run by the machine."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from planwatch.contract.assessment import Status
from planwatch.contract.decomposition import SubTarget
from planwatch.contract.plan import Document, Number, Slug, Target, TargetKind, Yardstick
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Identifier, IndicatorId, Name


class GivenFigure(Document):
    """One figure given: as a report would state it."""

    subject: Identifier
    indicator: IndicatorId
    period: str
    cumulative: bool = False
    value: Number
    unit: str


class Expected(Document):
    """What must come out on one yardstick; only what is written is compared.

    Numbers may differ by ``tolerance`` (0: exactly equal), so that an expectation can be written as a person would.
    """

    status: Status = Status.RATED
    colour: str | None = None
    severity: Annotated[int, Field(ge=0, le=3)] | None = None
    actual: Number | None = None
    expected: Number | None = None
    gap: Number | None = None
    tolerance: Number = Decimal(0)
    reason: str | None = None


class Example(Document):
    """One example, in one of two forms.

    *Judged*: ``target`` (an id, or a whole target written inline), ``subject``, the period it is judged ``as_of``
    (the last month of the year to date), ``figures`` and, for sums, ``members``. *Direct*: ``rule_set`` with
    ``actual`` and ``expected`` values and a ``month``; ``kind: growth_max`` tells that less is better.
    ``records`` are register entries; ``rows`` give a decomposed target its value for the subject, and any target it
    follows or is exempted by (a row per target id); ``today`` is the day it is judged on (the last of ``as_of`` if not
    given).
    """

    name: Name
    note: str | None = None
    target: Slug | Target | None = None
    subject: Identifier | None = None
    as_of: str | None = None
    members: tuple[Identifier, ...] = ()
    figures: tuple[GivenFigure, ...] = ()
    records: tuple[RegistryRecord, ...] = ()
    rows: dict[Slug, SubTarget] = Field(default_factory=dict)
    today: date | None = None
    rule_set: Slug | None = None
    kind: TargetKind | None = None
    actual: Number | None = None
    expected: Number | None = None
    month: Annotated[int, Field(ge=1, le=12)] = 12
    expect: dict[Yardstick, Expected] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        judged = {"target": self.target, "subject": self.subject, "as_of": self.as_of}
        direct = {"rule_set": self.rule_set, "actual": self.actual, "expected": self.expected}
        if self.target is not None and self.rule_set is not None:
            raise ValueError("give either target, subject, as_of and figures, or rule_set, actual and expected")
        form = direct if self.target is None else judged
        absent = [name for name, value in form.items() if value is None]
        if absent:
            forms = "target, subject and as_of, or rule_set, actual and expected"
            raise ValueError(f"an example needs {forms}; missing: {', '.join(absent)}")
        return self


class Examples(Document):
    """A file of examples."""

    about: str
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]
