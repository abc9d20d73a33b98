"""Outlook (年中预判): what a target will come to at the end of the year and of the plan, with an interval.

It is a forecast and never a level. Every projection is the target's own formula on completed figures, so deductions,
sums over members and standard coal are those of judging.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from planwatch.contract.figures import Figures, Missing
from planwatch.contract.outlook import Horizon, Outlook, Prospect
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Law, Target, Yardstick
from planwatch.rules.backtest import MINIMUM, Tried, back_test, error_of, interval, prospect_of, reach
from planwatch.rules.case import Surroundings
from planwatch.rules.comparator import comparator_of
from planwatch.rules.numbers import exact, tidy
from planwatch.rules.outlook_needs import needs_of
from planwatch.rules.outlook_pace import carried_on, pace_method
from planwatch.rules.outlook_value import FORECAST, Prospects, Value
from planwatch.rules.points import points

YEAR_METHOD = "今年累计 + 上年其余月份 × 今年累计同比增速(各分项分别外推,再按目标算式计算)"
LEDGER_METHOD = "台账今年累计 + 上年其余月份 × 今年累计同比增速(按全部项目合计外推)"
INTERVAL_METHOD = "区间取历年同月预测误差绝对值的分位数(留一法回测)"


@exact
def outlooks(
    target: Target, subject: str, figures: Figures, law: Law, *, around: Surroundings, as_of: Period | None = None
) -> list[Outlook]:
    """All projections of a target from the newest year to date, or from ``as_of`` (later figures are then not used).

    Never raises for want of figures: what cannot be projected is *not rated* with its reason.
    """
    prospects = Prospects(target, subject, figures, law, around)
    if as_of is None:
        judged = points(target, subject, figures, law, around)
        as_of = judged[-1] if judged else None
    if as_of is None or target.kind not in FORECAST:
        return [_none(prospects, as_of, "没有数据" if as_of is None else f"{target.kind} 类目标不作预测")]
    if target.season:
        return [_none(prospects, as_of, "季节性目标只看重点时段,不作年末预测")]
    as_of = as_of.year_to_date()
    views = [View(prospects, as_of, yardstick, horizon) for yardstick, horizon in _asked(target, as_of)]
    if not views:
        return [_none(prospects, as_of, "全年和规划期末的数都已知,没有可预测的")]
    return [view.outlook() for view in views]


def _asked(target: Target, as_of: Period) -> list[tuple[Yardstick, Horizon]]:
    """Year end on every yardstick while the year is open; the end of the plan for what counts up to its target year.

    In the target year the end of the year is the end of the plan.
    """
    asked: list[tuple[Yardstick, Horizon]] = []
    for yardstick in target.yardsticks:
        ends = target.target_year is not None and yardstick is not Yardstick.ANNUAL
        is_last = ends and target.target_year == as_of.year
        if as_of.last < MONTHS_OF_A_YEAR:
            asked.append((yardstick, Horizon.PLAN_END if is_last else Horizon.YEAR_END))
        if ends and target.value is not None and (target.target_year or 0) > as_of.year:
            asked.append((yardstick, Horizon.PLAN_END))
    return asked


@dataclass(frozen=True)
class View:
    """One projection to be made: on one yardstick, to one horizon."""

    prospects: Prospects
    as_of: Period
    yardstick: Yardstick
    horizon: Horizon

    @property
    def year(self) -> int:
        """The year whose end is projected to."""
        end = self.prospects.target.target_year
        return end if self.horizon is Horizon.PLAN_END and end is not None else self.as_of.year

    @property
    def ahead(self) -> int:
        """Whole years from the year of ``as_of`` to the one projected to."""
        return self.year - self.as_of.year

    def outlook(self) -> Outlook:
        """The projection, its interval and its back-test; *not rated* where figures or history are missing."""
        blank = replace(_none(self.prospects, self.as_of, ""), yardstick=self.yardstick, horizon=self.horizon)
        blank = replace(blank, year=self.year, needs=needs_of(self.prospects, self.as_of, self.yardstick))
        value = self._projected(self.prospects, self.as_of, self.as_of.year)
        if isinstance(value, Missing):
            return replace(blank, reason=value.reason)
        tries = self._tries()
        errors = [error for one in tries if (error := error_of(self.prospects, one)) is not None]
        known = replace(blank, expected=tidy(value.expected), unit=value.unit, method=self._method(), came=self._came())
        if len(errors) < MINIMUM:
            why = f"历史不足,不作预测:可回测的往年只有 {len(errors)} 个,至少要 {MINIMUM} 个"
            return replace(known, reason=why, back_test=back_test(self.prospects, tries))
        allowed, coverage = reach(errors)
        low, high = interval(self.prospects, value.actual, allowed)
        return replace(
            known,
            prospect=prospect_of(self.prospects, low, high, value.expected),
            projected=tidy(value.actual),
            low=low,
            high=high,
            coverage=coverage,
            back_test=back_test(self.prospects, tries),
        )

    def _projected(self, prospects: Prospects, as_of: Period, year: int) -> Value | Missing:
        """The projection made at ``as_of``, ``ahead`` years past its own year."""
        end = prospects.year_end(as_of, self.yardstick)
        if isinstance(end, Missing) or not self.ahead:
            return end
        return carried_on(prospects, end, year, year + self.ahead, self.yardstick)

    def _tries(self) -> list[Tried]:
        """The same projection made at the same month of every earlier year whose outcome is known."""
        years = sorted({one.period.year for one in self.prospects.figures.each()})
        found = [self._try(year) for year in years if year + self.ahead < self.as_of.year]
        return [one for one in found if not isinstance(one, Missing)]

    def _try(self, year: int) -> Tried | Missing:
        target, ours = self.prospects.target, self.prospects
        since = self.as_of.year - target.base_year if self.ahead and target.base_year is not None else 1
        then = ours.before(year, since)
        # Before the plan the year's change is all there is; its index errs as that of the whole way does.
        view = self if then is ours or self.ahead else replace(self, yardstick=Yardstick.ANNUAL)
        made = self.as_of.in_year(year)
        projected, came = view._projected(then, made, year), then.came(year + self.ahead, view.yardstick)
        if isinstance(projected, Missing):
            return projected
        if isinstance(came, Missing):
            return came
        plan = ours.law.plan_of.get(target.id)
        held = then is ours and plan is not None and plan.first_year <= year + self.ahead <= plan.last_year
        return Tried(made, year + self.ahead, projected.actual, came.actual, came.expected if held else None)

    def _came(self) -> Decimal | None:
        """What is known today of what is projected, where the outlook looks back."""
        ends = {(one.period.year, one.period.last) for one in self.prospects.figures.each()}
        if (self.year, MONTHS_OF_A_YEAR) not in ends:
            return None  # a ledger would give what is booked so far, which is not what the year came to
        found = self.prospects.came(self.year, self.yardstick)
        return None if isinstance(found, Missing) else found.actual

    def _method(self) -> str:
        year = LEDGER_METHOD if self.prospects.is_ledger else YEAR_METHOD
        return ";".join([year, *([pace_method(self.prospects)] if self.ahead else []), INTERVAL_METHOD])


def _none(prospects: Prospects, as_of: Period | None, reason: str) -> Outlook:
    """No projection, with the reason."""
    target, law = prospects.target, prospects.law
    plan = law.plan_of.get(target.id)
    return Outlook(
        plan=plan.id if plan else "",
        target=target.id,
        subject=prospects.subject,
        yardstick=target.yardsticks[0],
        horizon=Horizon.YEAR_END,
        as_of=as_of or Period.whole_year(plan.first_year if plan else 1949),
        year=as_of.year if as_of else 0,
        prospect=Prospect.NOT_RATED,
        reason=reason,
        unit=target.unit or "",
        comparator=comparator_of(target),
        law=law.hash_of(target),
        scope=target.scope,
    )
