"""An outlook: what a target is projected to come to, with an interval and how often such projections came true.

It is a forecast (年中预判), never a rating: it has no level and no colour, and nothing is warned of because of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from planwatch.contract.period import Period
from planwatch.contract.plan import Comparator, Yardstick


class Horizon(StrEnum):
    """What is projected to: the end of the year, or the end of the plan (its target year)."""

    YEAR_END = "year_end"
    PLAN_END = "plan_end"


class Prospect(StrEnum):
    """Whether the target will be met, as far as the interval says; *not rated* where nothing is projected."""

    WILL_MEET = "will_meet"  # 预计完成: the whole interval meets the target
    WILL_MISS = "will_miss"  # 预计完不成: none of it does
    UNCERTAIN = "uncertain"  # 难以判断: the interval straddles the target
    NOT_RATED = "not_rated"  # no interval: the reason says why


@dataclass(frozen=True, slots=True)
class Backcast:
    """One earlier projection by the same method, and what came; amounts in the outlook's unit.

    ``low`` to ``high`` is the interval made from the errors of the other years alone. ``expected``, ``prospect`` and
    ``met`` are None where no target held at the time.
    """

    made: Period
    year: int
    projected: Decimal
    low: Decimal
    high: Decimal
    came: Decimal
    expected: Decimal | None = None
    prospect: Prospect | None = None
    met: bool | None = None

    @property
    def inside(self) -> bool:
        """Whether what came lay in the interval."""
        return self.low <= self.came <= self.high

    @property
    def right(self) -> bool | None:
        """Whether the verdict came true; None where there was none."""
        if self.met is None or self.prospect not in (Prospect.WILL_MEET, Prospect.WILL_MISS):
            return None
        return self.met is (self.prospect is Prospect.WILL_MEET)


@dataclass(frozen=True, slots=True)
class BackTest:
    """All earlier projections, oldest first."""

    backcasts: tuple[Backcast, ...] = ()

    @property
    def interval_hits(self) -> tuple[int, int]:
        """k of n earlier values lay in their interval."""
        return sum(one.inside for one in self.backcasts), len(self.backcasts)

    @property
    def verdict_hits(self) -> tuple[int, int]:
        """k of n earlier verdicts came true; those that said «难以判断» are not counted."""
        said = [one.right for one in self.backcasts if one.right is not None]
        return sum(said), len(said)

    @property
    def undecided(self) -> int:
        """How many earlier projections could not tell."""
        return sum(one.prospect is Prospect.UNCERTAIN for one in self.backcasts)


@dataclass(frozen=True, slots=True)
class Need:
    """What the rest of the way still asks for: ``amount`` in ``unit``; arithmetic, not a forecast.

    ``words`` say it to people. A negative amount says that more than enough is done already.
    """

    horizon: Horizon
    amount: Decimal
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """One projection of one target on one yardstick from the year to date ``as_of`` to the end of ``year``.

    ``coverage`` is how often the interval holds if the years are alike, as (k, n): k times in n. ``came`` is what is
    known by now, where the outlook looks back at an earlier month. ``law`` is the hash of what judged it.
    """

    plan: str
    target: str
    subject: str
    yardstick: Yardstick
    horizon: Horizon
    as_of: Period
    year: int
    prospect: Prospect
    reason: str
    unit: str
    comparator: Comparator
    projected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    expected: Decimal | None = None
    coverage: tuple[int, int] | None = None
    method: str = ""
    back_test: BackTest = BackTest()
    needs: tuple[Need, ...] = ()
    came: Decimal | None = None
    law: str = ""
    scope: str = "gross"
