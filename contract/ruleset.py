"""Rule sets: how a gap becomes a level, as data with its source."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from planwatch.contract.document import Document, Number, Slug
from planwatch.contract.report import Name


class RuleSetKind(StrEnum):
    """What a rule set compares with its bands."""

    RELATIVE_GAP = "relative_gap"  # (expected − actual) / |expected|
    SIGN_THEN_PROGRESS = "sign_then_progress"  # rose → worst; fell short → middle; met → best
    GAP_PP = "gap_pp"  # expected − actual, percentage points
    COMPLETION_RATE = "completion_rate"  # actual / expected
    THRESHOLD = "threshold"  # actual / threshold


class Level(Document):
    """A level: severity orders (0 best, 3 worst), colour and label are what people see.

    Severity is never derived from the label: national 一级 is the worst, some local Ⅰ级 the mildest.
    """

    severity: Annotated[int, Field(ge=0, le=3)]
    colour: Annotated[str, StringConstraints(pattern=r"^(green|yellow|orange|red)$")]
    zh: Name
    en: Name


class Band(Document):
    """One band of a rule set: the quantity lies between the bounds; each bound is open or closed as written.

    ``months`` restricts a band to judgements whose last month lies between the two, both included.
    """

    level: Level
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None
    months: tuple[int, int] | None = None

    def holds(self, quantity: Decimal) -> bool:
        """Whether the quantity lies in the band."""
        return (
            (self.at_least is None or quantity >= self.at_least)
            and (self.more_than is None or quantity > self.more_than)
            and (self.at_most is None or quantity <= self.at_most)
            and (self.less_than is None or quantity < self.less_than)
        )


class RuleSet(Document):
    """How a gap becomes a level. ``undefined`` is the level of a miss where the rule cannot be applied (target ≤ 0)."""

    id: Slug
    kind: RuleSetKind
    zh: Name
    en: Name
    source: Name
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    undefined: Level | None = None
