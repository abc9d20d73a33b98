"""What a target comes to at the end of a year, by its own formula, and on which scale two such values are compared."""

from dataclasses import dataclass, replace
from decimal import Decimal

from planwatch.contract.assessment import Status
from planwatch.contract.figures import Figures, Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Comparator, Law, PathKind, Target, TargetKind, Yardstick
from planwatch.rules.case import Surroundings
from planwatch.rules.comparator import AT_MOST_KINDS, comparator_of
from planwatch.rules.judge import judge
from planwatch.rules.level import ABOUT_TOLERANCE
from planwatch.rules.numbers import HUNDRED, exact
from planwatch.rules.outlook_figures import completed, known_by

RATES = (TargetKind.REDUCTION_RATE,)
GROWTHS = (TargetKind.GROWTH_MAX, TargetKind.YEARLY_GROWTH)
POINTS = (TargetKind.REDUCTION_POINTS, TargetKind.INCREASE_POINTS)
LEVELS = (TargetKind.LEVEL_MIN, TargetKind.LEVEL_ABOUT, TargetKind.COUNT_MIN, TargetKind.CAPACITY_MIN)
FORECAST = (*RATES, *GROWTHS, *POINTS, *AT_MOST_KINDS, *LEVELS, TargetKind.CUMULATIVE_REDUCTION)
"""The kinds of target an outlook is given for; thresholds, register checks and words alone have none."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a target comes to, and what is required, in its unit."""

    actual: Decimal
    expected: Decimal
    unit: str


@dataclass(frozen=True)
class Prospects:
    """One target for one subject with all stored figures: values at any month and year end, known or projected."""

    target: Target
    subject: str
    figures: Figures
    law: Law
    around: Surroundings

    def at(self, point: Period, yardstick: Yardstick, figures: Figures | None = None) -> Value | Missing:
        """What the target comes to at a point by the figures given (all of them if none are)."""
        target = self.target
        if yardstick not in target.yardsticks:
            target = target.model_copy(update={"yardsticks": (yardstick,)})
        found = judge(target, self.subject, point, figures or self.figures, self.law, around=self.around)
        one = next(one for one in found if one.yardstick is yardstick)
        if one.status is Status.EXEMPT:
            return Missing(one.reason or "免予考核")
        if one.actual is None or one.expected is None:
            return Missing(one.reason)
        return Value(one.actual, one.expected, one.unit)

    def came(self, year: int, yardstick: Yardstick) -> Value | Missing:
        """What the target came to at the end of a year."""
        return self.at(Period.whole_year(year), yardstick)

    def year_end(self, as_of: Period, yardstick: Yardstick) -> Value | Missing:
        """What the target comes to at the end of the year when the rest of it is projected."""
        if self.is_ledger:
            return self._ledger_end(as_of, yardstick)
        made = completed(self.figures, as_of, self.law)
        found = self.at(Period.whole_year(as_of.year), yardstick, made.figures)
        ours = [gap for gap in made.gaps if gap.startswith(f"{self.subject} ")]
        return Missing(ours[0]) if isinstance(found, Missing) and ours else found

    @exact
    def _ledger_end(self, as_of: Period, yardstick: Yardstick) -> Value | Missing:
        """Booked so far + what last year booked in its remaining months × this year to date / last year to date.

        Over the whole ledger, not project by project: a project books once, and its growth says nothing.
        """
        known, last = known_by(self.figures, as_of), as_of.last_year()
        spans = (as_of, last, Period.whole_year(last.year))
        found = [self.at(span, Yardstick.ANNUAL, known) for span in spans]
        total, due = self.at(as_of, yardstick, known), self.at(Period.whole_year(as_of.year), yardstick, known)
        for one in (*found, total, due):
            if isinstance(one, Missing):
                return one
        assert isinstance(total, Value) and isinstance(due, Value)
        now, then, year = (one.actual for one in found if isinstance(one, Value))
        if then <= 0 and year != then:
            return Missing(f"{self.subject} {last.label_zh}没有减排量,没有可外推的增速")
        rest = (year - then) * now / then if year != then else Decimal(0)
        return replace(due, actual=total.actual + rest)

    @property
    def is_ledger(self) -> bool:
        """Whether the target adds up since its base year."""
        counts = self.target.kind in (TargetKind.COUNT_MIN, TargetKind.CAPACITY_MIN)
        adds = counts and self.target.path is not None and self.target.base_year is not None
        return self.target.kind is TargetKind.CUMULATIVE_REDUCTION or adds

    @property
    def is_additive(self) -> bool:
        """Whether errors are differences (points, shares) rather than ratios."""
        measure = self.target.measure
        is_share = self.target.unit == "%" and self.target.kind not in (*RATES, *GROWTHS)
        return self.target.kind in POINTS or is_share or measure is None

    def scaled(self, actual: Decimal) -> Decimal:
        """The value as an index where it is a change in percent (97 for −3 %), so that ratios mean something."""
        if self.target.kind in RATES:
            return HUNDRED - actual
        return HUNDRED + actual if self.target.kind in GROWTHS else actual

    def unscaled(self, index: Decimal) -> Decimal:
        """Back from ``scaled``."""
        if self.target.kind in RATES:
            return HUNDRED - index
        return index - HUNDRED if self.target.kind in GROWTHS else index

    def before(self, year: int, since: int = 1) -> "Prospects":
        """The same target for history before the plan: with ``year`` the how-manieth since its base year."""
        base = self.target.base_year
        if base is None or year > base or self.target.kind not in (*RATES, *POINTS):
            return self
        path = PathKind.GEOMETRIC if self.target.kind in RATES else None
        start = year - since
        shifted = {"base_year": start, "target_year": start + self.target.years, "path": path, "milestones": ()}
        return replace(self, target=self.target.model_copy(update=shifted))


def side(target: Target, actual: Decimal, expected: Decimal) -> int:
    """0 where a value meets what is required, −1 where it is too low, 1 where it is too high."""
    comparator = comparator_of(target)
    if comparator in (Comparator.ABOUT, Comparator.EQUAL):
        allowed = ABOUT_TOLERANCE * abs(expected) if target.kind is TargetKind.LEVEL_ABOUT else Decimal(0)
        return 0 if abs(actual - expected) <= allowed else (1 if actual > expected else -1)
    if comparator in (Comparator.AT_MOST, Comparator.LESS_THAN):
        return 0 if actual < expected or (actual == expected and comparator is Comparator.AT_MOST) else 1
    return 0 if actual > expected or (actual == expected and comparator is Comparator.AT_LEAST) else -1
