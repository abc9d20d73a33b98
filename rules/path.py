"""The value expected on the way from the base year to the target year."""

from decimal import Decimal
from functools import lru_cache

from planwatch.contract.figures import Missing
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import PathKind, Target
from planwatch.rules.numbers import HUNDRED, exact

INTERPOLATION = "interpolation"
"""A key of ``Target.assumed`` that states that milestones are joined by straight lines."""


@lru_cache(maxsize=4096)
@exact
def geometric(reduction: Decimal, elapsed: Decimal, years: int) -> Decimal:
    """``1 − (1 − K)^(t/n)``, as a fraction: the same rate every year compounds to K after n years.

    >>> round(geometric(Decimal("0.145"), Decimal(3), 5) * 100, 2)
    Decimal('8.97')
    """
    return 1 - (1 - reduction) ** (elapsed / years)


@exact
def linear(reduction: Decimal, elapsed: Decimal, years: int) -> Decimal:
    """``K·t/n``."""
    return reduction * elapsed / years


def annual_rate(reduction: Decimal, years: int) -> Decimal:
    """The rate per year, as a fraction, that compounds to ``reduction`` after ``years`` years.

    >>> round(annual_rate(Decimal("0.20"), 5) * 100, 4)
    Decimal('4.3648')
    """
    return geometric(reduction, Decimal(1), years)


@exact
def rate_still_needed(reduction: Decimal, reached: Decimal, years: int) -> Decimal:
    """``1 − ((1 − K)/(1 − C))^(1/(n − t))``: the rate every year still to come must bring, as a fraction.

    Negative where more is reached than the end asks for (methodology §1.4).

    >>> round(rate_still_needed(Decimal("0.145"), Decimal("0.08"), 2) * 100, 4)
    Decimal('3.5973')
    """
    return 1 - ((1 - reduction) / (1 - reached)) ** (Decimal(1) / years)


@exact
def compounded(rates: list[Decimal]) -> Decimal:
    """``1 − ∏(1 − K_i)`` of fractions: three years at 3 % are 8.7327 %, not 9 %."""
    left = Decimal(1)
    for rate in rates:
        left *= 1 - rate
    return 1 - left


def _years(target: Target) -> int:
    """Years from the base year to the target year; 0 where they are not stated or in no order."""
    if target.base_year is None or target.target_year is None:
        return 0
    return max(target.years, 0)


def milestone(target: Target, year: int) -> Decimal | None:
    """The published or approved value for exactly this year."""
    return next((one.value for one in target.milestones if one.year == year), None)


@exact
def annual_task(target: Target, year: int) -> Decimal | Missing:
    """The rate of reduction due in one year, in percent: the year's milestone, else the mean compounding rate.

    A rate is compared year-to-date with the whole annual rate, not pro-rated (methodology §1.4).
    """
    stated = milestone(target, year)
    if stated is not None:
        return stated
    if target.value is None or target.value > HUNDRED or not _years(target):
        return Missing(f"{target.id}: {target.value} % over {_years(target)} years has no annual rate")
    return annual_rate(target.value / HUNDRED, target.years) * HUNDRED


@exact
def progress_due(target: Target, year: int) -> Decimal | Missing:
    """The rate of reduction since the base year due by the end of a year, in percent.

    Milestones of a rate are the yearly rates that governments set, so they compound; every year from the
    base year on must have one.
    """
    value, start = target.value, target.base_year
    if value is None or start is None or not _years(target) or value > HUNDRED:
        return Missing(f"{target.id}: {value} % over its years has no path")
    elapsed = Decimal(min(year - start, target.years))
    if target.path is PathKind.GEOMETRIC:
        return geometric(value / HUNDRED, elapsed, target.years) * HUNDRED
    if target.path is PathKind.LINEAR:
        return linear(value, elapsed, target.years)
    if target.path is PathKind.MILESTONES:
        stated = {due: milestone(target, due) for due in range(start + 1, year + 1)}
        absent = [str(due) for due, rate in stated.items() if rate is None]
        if absent:
            return Missing(f"{target.id} has no milestone for {', '.join(absent)}")
        return compounded([rate / HUNDRED for rate in stated.values() if rate is not None]) * HUNDRED
    return Missing(f"{target.id}: path {target.path} does not fit a rate of reduction")


@exact
def quantity_due(target: Target, point: Period, share: Decimal | Missing) -> Decimal | Missing:
    """A quantity since the base year that is due by the end of a period, in the target's unit.

    Quantities are pro-rated within the year: by months on a linear path, by last year's monthly shares (``share``,
    a fraction of the year) where the target says so. Milestones hold at their year's end; between them a straight
    line is drawn only if the target's ``assumed`` states ``interpolation``.
    """
    value, start = target.value, target.base_year
    if value is None or start is None or not _years(target):
        return Missing(f"{target.id} states no value, base year or target year")
    whole = min(point.year - start - 1, target.years)
    part = Decimal(point.last) / MONTHS_OF_A_YEAR
    if target.path is PathKind.LINEAR:
        return linear(value, min(whole + part, Decimal(target.years)), target.years)
    if target.path is PathKind.LAST_YEAR_SHARES:
        return share if isinstance(share, Missing) else linear(value, whole + share, target.years)
    if target.path is PathKind.MILESTONES:
        return _between_milestones(target, point, part)
    return Missing(
        f"{target.id}: path {target.path} does not fit a quantity; use linear, milestones or last_year_shares"
    )


def _between_milestones(target: Target, point: Period, part: Decimal) -> Decimal | Missing:
    """The milestone of the period's year, or a point on the line to it where the plan data say so."""
    stated = milestone(target, point.year)
    if stated is None:
        return Missing(f"{target.id} has no milestone for {point.year}")
    if point.last == MONTHS_OF_A_YEAR:
        return stated
    if INTERPOLATION not in target.assumed:
        return Missing(f"{target.id} has milestones for year ends only and states no `{INTERPOLATION}`")
    before = Decimal(0) if point.year - 1 == target.base_year else milestone(target, point.year - 1)
    if before is None:
        return Missing(f"{target.id} has no milestone for {point.year - 1}")
    return before + (stated - before) * part
