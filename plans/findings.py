"""What `planwatch plans check` says: a finding is something that does not hold, in words a plan editor can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: ``where`` is a target, a scope, or a plan with the row of a mechanism."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing a target, scope or review rests on that its plan does not say."""

    where: str
    what: str
    reason: str
