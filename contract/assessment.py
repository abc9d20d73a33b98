"""An assessment: our judgement of one target for one subject at the end of one period.

It is 形势分析, never the official year-end 考核.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from planwatch.contract.figures import Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick


class Status(StrEnum):
    """Whether a level could be given. Neither *not rated*, *exempt* nor *ended* is ever green.

    *Ended* is said once, of the month after the last of a plan that another one follows.
    """

    RATED = "rated"
    NOT_RATED = "not_rated"
    EXEMPT = "exempt"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One judgement. ``actual``, ``expected`` and ``gap`` are in ``unit``; ``period`` is the year to date judged.

    ``gap`` is what the rule set compared with its bands. ``formula`` has the numbers filled in.
    ``better`` says what would make it one level better. ``reason`` says why it is not rated or exempt.
    ``law`` is the hash of the plan, rule set and table that judged it; ``scope`` the accounting scope of its amounts.
    ``coverage`` is the share of what was expected that is in a sum over members, in per cent, whatever the law asks:
    by last year's amounts, or by number where somebody has none. ``sources_there`` of ``sources`` members reported all
    their months. All three are None where the figure is the subject's own and no sum.
    """

    plan: str
    target: str
    subject: str
    yardstick: Yardstick
    period: Period
    status: Status
    level: Level | None
    actual: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    unit: str
    formula: str
    reason: str
    better: str
    rule_set: str
    path: str
    edition: str
    used: tuple[Used, ...]
    law: str
    scope: str = "gross"
    coverage: Decimal | None = None
    sources_there: int | None = None
    sources: int | None = None

    @property
    def severity(self) -> int | None:
        """0 to 3, or None where no level was given."""
        return self.level.severity if self.level else None
