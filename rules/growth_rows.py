"""The growth of GDP a flexible total is worked out with, year by year, and the one it was set again with."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planwatch.contract.plan import Target
from planwatch.contract.target import Growth
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.numbers import HUNDRED, show_percent


@dataclass(frozen=True, slots=True)
class YearsGrowth:
    """The growth that holds for a year in percent; ``original`` is what it was before ``approval`` set it again."""

    year: int
    percent: Decimal
    original: Decimal | None = None
    approval: str = ""

    @property
    def factor(self) -> Decimal:
        """What a total is multiplied with."""
        return 1 + self.percent / HUNDRED


@dataclass(frozen=True, slots=True)
class Growths:
    """The growth rows of one target that are in force."""

    target: str
    rows: tuple[Growth, ...]

    def of(self, year: int) -> YearsGrowth:
        """The growth of a year: the aim, or the last reset of it; CannotRate naming the year if there is none.

        CQ 四(一)1, HLJ 三(一): 经济增速超过预期目标的 … 可相应调整: only a faster growth than the aim sets it again.
        """
        rows = [row for row in self.rows if row.year == year]
        aim = next((row.percent for row in rows if not row.reset), None)
        resets = sorted((row for row in rows if row.reset), key=_approved)
        if aim is None:
            raise CannotRate(f"{self.target} 没有 {year} 年的生产总值增速目标 (growth),总量目标算不出")
        if aim <= -HUNDRED:
            raise CannotRate(f"{self.target}: {year} 年的增速 {aim} % 不可能")
        if not resets:
            return YearsGrowth(year, aim)
        last = resets[-1]
        if last.percent <= aim:
            raise CannotRate(
                f"{self.target}: {year} 年调整用的增速 {last.percent} % 不高于预期目标 {aim} %,"
                "条款只许增速超过预期目标的调整"
            )
        return YearsGrowth(year, last.percent, aim, f"经{last.approved_by}于 {_approved(last)} 批准")


def growths_of(target: Target, today: date | None) -> Growths:
    """The growth rows of a target as of a day: a reset that is still to be approved is not in force."""
    rows = (row for row in target.growth if not (row.reset and today is not None and _approved(row) > today))
    return Growths(target.id, tuple(rows))


def _approved(row: Growth) -> date:
    assert row.approved_on is not None, "a reset has a day of approval (contract)"
    return row.approved_on


def offer(case: Case, followed: Target, growths: Growths) -> str:
    """That the total may be set again, where GDP grew faster than the aim and nobody did so; 可, not 应.

    The growth of the year to date is taken from the followed target's denominator where it is reported.
    """
    growth, per = growths.of(case.point.year), followed.measure.per if followed.measure else None
    if growth.approval or per is None:
        return ""
    try:
        now, before = (case.amount(per, span).amount for span in (case.span, case.span.last_year()))
    except CannotRate:
        return ""
    if before <= 0 or (now / before - 1) * HUNDRED <= growth.percent:
        return ""
    grown = show_percent((now / before - 1) * HUNDRED)
    return f"经济增速 {grown} 超过预期目标 {show_percent(growth.percent)},经批准可相应调整总量目标"
