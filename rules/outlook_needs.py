"""What the rest of the way still asks for: the rate, the tonnes or the points per remaining year and month."""

from decimal import Decimal

from planwatch.contract.figures import Missing
from planwatch.contract.outlook import Horizon, Need
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Target, Yardstick
from planwatch.contract.scope import GROSS
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.comparator import AT_MOST_KINDS
from planwatch.rules.numbers import HUNDRED, exact, show, show_percent, tidy
from planwatch.rules.outlook_figures import completed
from planwatch.rules.outlook_value import GROWTHS, POINTS, RATES, Prospects, Value
from planwatch.rules.sums import Sums


@exact
def needs_of(prospects: Prospects, as_of: Period, yardstick: Yardstick) -> tuple[Need, ...]:
    """All that can be said of one yardstick; what lacks figures is left out."""
    found = [_this_year(prospects, as_of, yardstick), _to_the_end(prospects, as_of, yardstick)]
    return tuple(one for one in found if one is not None)


@exact
def rate_needed(goal: Decimal, reached: Decimal, years: int) -> Decimal:
    """``r = 1 − ((1 − K)/(1 − C_t))^(1/(n − t))``, all in percent (methodology §1.4).

    >>> round(rate_needed(Decimal(14), Decimal(14), 2), 4)
    Decimal('0.0000')
    """
    left = (HUNDRED - goal) / (HUNDRED - reached)
    return (1 - left ** (Decimal(1) / years)) * HUNDRED


def _to_the_end(prospects: Prospects, as_of: Period, yardstick: Yardstick) -> Need | None:
    """What is due per remaining year (rates, points) or month (tonnes) until the end of the target year."""
    target = prospects.target
    if yardstick is Yardstick.ANNUAL or not _has_end(target, as_of):
        return None
    assert target.value is not None and target.target_year is not None
    if prospects.is_ledger:
        return _tonnes_to_the_end(prospects, as_of, target.value, target.target_year)
    return _per_year(prospects, as_of, yardstick) if target.kind in (*RATES, *POINTS) else None


def _per_year(prospects: Prospects, as_of: Period, yardstick: Yardstick) -> Need | None:
    """The rate or points due in each year that is not over, this one included."""
    target = prospects.target
    assert target.value is not None and target.target_year is not None and target.base_year is not None
    done = as_of.year if as_of.last == MONTHS_OF_A_YEAR else as_of.year - 1
    years = target.target_year - done
    value = prospects.came(done, yardstick) if done > target.base_year else None
    if isinstance(value, Missing) or years < 1:
        return None
    reached = value.actual if value else Decimal(0)
    if target.kind in POINTS:
        rest = (target.value - reached) / years
        words = f"到{done}年已完成 {show(reached)},余下 {years} 年年均还须 {show(rest)} 个百分点"
        return Need(Horizon.PLAN_END, tidy(rest), f"{target.unit}/年", words)
    if max(reached, target.value) >= HUNDRED:
        return None
    rate = rate_needed(target.value, reached, years)
    asked = f"年均还须下降 {show_percent(rate)}" if rate > 0 else f"已够,年均上升 {show_percent(-rate)} 以内仍能完成"
    words = f"到{done}年已完成 {show_percent(reached)},余下 {years} 年{asked}"
    return Need(Horizon.PLAN_END, tidy(rate), "%/年", words)


def _has_end(target: Target, as_of: Period) -> bool:
    return None not in (target.value, target.base_year, target.target_year) and as_of.year <= (target.target_year or 0)


def _tonnes_to_the_end(prospects: Prospects, as_of: Period, value: Decimal, last_year: int) -> Need | None:
    now = prospects.at(as_of, Yardstick.FIVE_YEAR)
    months = (last_year - as_of.year) * MONTHS_OF_A_YEAR + MONTHS_OF_A_YEAR - as_of.last
    if isinstance(now, Missing) or not months:
        return None
    rest = (value - now.actual) / months
    words = f"已完成 {show(now.actual)} {now.unit},余下 {months} 个月月均还须 {show(rest)} {now.unit}"
    return Need(Horizon.PLAN_END, tidy(rest), f"{now.unit}/月", words)


def _this_year(prospects: Prospects, as_of: Period, yardstick: Yardstick) -> Need | None:
    """What is due per remaining month of the year, other things as projected."""
    months = MONTHS_OF_A_YEAR - as_of.last
    target = prospects.target
    if not months or (yardstick is Yardstick.FIVE_YEAR and Yardstick.ANNUAL in target.yardsticks):
        return None
    now, end = prospects.at(as_of, yardstick), prospects.year_end(as_of, yardstick)
    if isinstance(now, Missing) or isinstance(end, Missing):
        return None
    if target.kind in (*RATES, *GROWTHS):
        return _allowed(prospects, as_of, end)
    if prospects.is_additive or target.measure is None or target.measure.per is not None:
        return None
    rest = (end.expected - now.actual) / months
    verb = "不得超过" if target.kind in AT_MOST_KINDS else "还须"
    words = f"今年已 {show(now.actual)} {now.unit},其余 {months} 个月月均{verb} {show(rest)} {now.unit}"
    return Need(Horizon.YEAR_END, tidy(rest), f"{now.unit}/月", words)


def _allowed(prospects: Prospects, as_of: Period, end: Value) -> Need | None:
    """How much of the measured quantity the rest of the year may have, the denominator as projected."""
    target, months = prospects.target, MONTHS_OF_A_YEAR - as_of.last
    if target.scope != GROSS or target.measure is None or prospects.scaled(end.actual) <= 0:
        return None
    year = Period.whole_year(as_of.year)
    case = _case(prospects, as_of)
    try:
        now, whole = case.amount(target.measure.of, as_of).amount, case.amount(target.measure.of, year).amount
        last = case.amount(target.measure.of, year.last_year()).amount
        last -= case.amount(target.measure.of, as_of.last_year()).amount
    except CannotRate:
        return None
    rest = whole * prospects.scaled(end.expected) / prospects.scaled(end.actual) - now
    unit = case.sums.book.unit_of(target.measure.of) or ""
    per_month = rest / months
    words = f"其余 {months} 个月{case.noun}不得超过 {show(rest)} {unit}(月均 {show(per_month)} {unit}"
    if last > 0:
        words += f",同比 {show_percent((rest / last - 1) * HUNDRED)}"
    words += f",{case.sums.book.name_of(target.measure.per)}按预测数)" if target.measure.per else ")"
    return Need(Horizon.YEAR_END, tidy(per_month), f"{unit}/月", words)


def _case(prospects: Prospects, as_of: Period) -> Case:
    """The case whose amounts include the projected year."""
    figures = completed(prospects.figures, as_of, prospects.law).figures
    sums = Sums(figures, prospects.law)
    return Case(prospects.target, prospects.subject, as_of, sums, prospects.around, lambda _: ())
