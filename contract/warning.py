"""An early warning is an episode: the run of periods for which one target of one subject is above its best level."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick


class ChangeKind(StrEnum):
    """The only ways a warning changes."""

    RAISED = "raised"
    ESCALATED = "escalated"
    EASED = "eased"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"  # a correction took away the figures it rested on
    RESTATED = "restated"  # the level told of an earlier period is another one now; the warning goes on as it was


class Cause(StrEnum):
    """Why something was judged again."""

    FIGURES = "figures"
    CORRECTION = "correction"
    REGISTRY = "registry"
    PLAN = "plan"
    RELATED = "related"  # another subject it depends on was judged anew


class EpisodeState(StrEnum):
    """Where an episode stands."""

    ACTIVE = "active"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class WarningKey:
    """What a warning is about."""

    plan: str
    target: str
    subject: str
    yardstick: Yardstick


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """An episode as it stands. ``last`` is the newest period it covers; ``changes`` counts its changes so far.

    ``cleared_at`` is the first good period after it, None while it is active or when it was withdrawn.
    """

    id: str
    key: WarningKey
    state: EpisodeState
    first: Period
    last: Period
    level: Level
    peak: int
    changes: int
    cleared_at: Period | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a warning at one period; ``number`` counts from 1 within its episode.

    ``corrected`` tells that it revises what was said before (a correction of figures, plan or registry).
    """

    warning_id: str
    number: int
    key: WarningKey
    kind: ChangeKind
    period: Period
    before: Level | None
    after: Level | None
    cause: Cause
    corrected: bool
    at: datetime

    @property
    def id(self) -> str:
        """Unique and stable: the warning and the number of the change."""
        return f"{self.warning_id}/{self.number}"
