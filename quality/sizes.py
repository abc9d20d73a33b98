"""Whether a figure is of the size the subject's own history suggests: range, unit slip, jump, constant, zero."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import islice
from operator import eq

from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.factors import STATED, beside_register, slip_words
from planwatch.quality.numbers import HUNDRED, ZERO, digits, percent, show
from planwatch.quality.rulebook import Limits, allowed
from planwatch.quality.seasons import in_season, seasonal_slip, stands_still, times_words
from planwatch.quality.series import Around, Point, unusual

SLIPS = (Decimal(10), Decimal(100), Decimal(1000), Decimal(10_000))
"""万kWh for kWh, t for kg, 百 for 万; ten is a digit too many or too few."""


def permitted(case: Case) -> Iterator[Finding]:
    """Q07: a stated coefficient (or any figure with a range) outside its range or ±30 % of the usual one (§7).

    A stated conversion factor is also held against the unit's registered measured factor.
    """
    for indicator in case.indicators:
        factor = indicator.startswith(STATED)
        if not factor and all(bounds(limits) == (None, None) for limits in case.each_limits(Rule.RANGE, indicator)):
            continue
        for point in case.series(indicator):
            limits = case.limits(Rule.RANGE, indicator, point.period)
            if limits is None:
                continue
            low, high = bounds(limits)
            if (low is not None and point.amount < low) or (high is not None and point.amount > high):
                shown = partial(case.shown, indicator, point.period)
                span = f"{'…' if low is None else shown(low)} 至 {'…' if high is None else shown(high)}"
                slip = slip_words(point.amount, (low + high) / 2) if factor and low and high else ""
                message = f"{case.named(indicator, point.period, point.amount)},超出允许范围 {span}{slip}"
                yield case.find(Rule.RANGE, point, limits, message)
            elif factor:
                yield from beside_register(case, indicator, point, limits)


def bounds(limits: Limits) -> tuple[Decimal | None, Decimal | None]:
    """The range stated, else so many per cent around the usual value, else none."""
    low, high = limits.numbers.get("low"), limits.numbers.get("high")
    usual, share = limits.numbers.get("usual"), limits.numbers.get("percent")
    if low is None and high is None and usual is not None and share is not None:
        return usual * (HUNDRED - share) / HUNDRED, usual * (HUNDRED + share) / HUNDRED
    return low, high


def unit_slip(case: Case) -> Iterator[Finding]:
    """Q08: about 10, 100, 1,000 or 10,000 times the subject's own median, or that part of it (methodology §7)."""
    for indicator in case.flows:
        if not may_slip(case.span(indicator), case.each_limits(Rule.UNIT_SLIP, indicator)):
            continue
        for i, point in enumerate(case.series(indicator)):
            limits = case.limits(Rule.UNIT_SLIP, indicator, point.period)
            if limits is None or point.amount <= 0:
                continue
            near = case.window(indicator, int(limits["window"])).around(i)
            if near is None or near.count < limits["least"]:
                continue
            if stands_still(near):
                yield from seasonal_slip(case, indicator, i, limits)
                continue
            slip = slipped(point.amount, near, limits) if near.middle > 0 else None
            if slip:
                yield case.find(Rule.UNIT_SLIP, point, limits, _slip_words(case, point, near, slip))


def may_slip(span: tuple[Decimal, Decimal], limits: Sequence[Limits]) -> bool:
    """Whether amounts are far enough apart for any to be a power of ten off a median of them."""
    lowest, highest = span
    if not limits or lowest <= 0:
        return bool(limits)
    close = max(one["closeness"] for one in limits) / HUNDRED
    smallest = min(10 * (1 - close), 10 / (1 + abs(close)), 1000 / max(one["wide"] for one in limits))
    return highest > lowest * (smallest - 1)  # one on the safe side of rounding


def _slip_words(case: Case, point: Point, near: Around, slip: Decimal) -> str:
    indicator, period = point.figure.indicator, point.period
    return (
        f"{case.named(indicator, period, point.amount)},是本单位前后 {near.count} 期中位数"
        f" {case.shown(indicator, period, near.middle)} 的 {times_words(point.amount / near.middle, slip)}:"
        "疑似计量单位或小数点错(如万千瓦时与千瓦时、吨与千克)"
    )


def slipped(amount: Decimal, near: Around, limits: Limits) -> Decimal | None:
    """The power of ten it is off by, or None.

    Ten and a hundred count only where the subject is steady (MAD within ``steady`` % of its median) and the factor is
    met within ``closeness`` %: a shutdown also leaves a tenth. From a thousand on, ``wide`` times either way will do.
    """
    ratio = amount / near.middle
    steady = near.spread * HUNDRED <= near.middle * limits["steady"]
    for slip in SLIPS:
        for times, factor in ((ratio / slip, slip), (ratio * slip, 1 / slip)):
            if slip >= 1000:
                if 1 / limits["wide"] <= times <= limits["wide"]:
                    return factor
            elif steady and abs(times - 1) * HUNDRED <= limits["closeness"]:
                return factor
    return None


def jump(case: Case) -> Iterator[Finding]:
    """Q09: month on month ±50 % or year on year ±30 %, above a floor, and outside the subject's own spread (§7).

    The methodology marks both percentages as choices. A month that moved from the month before as it does every year
    (year on year within bounds) is no jump.
    """
    for indicator in case.flows:
        series = case.series(indicator)
        for i, base, what in _moves(case, indicator):
            point, limits = series[i], case.limits(Rule.JUMP, indicator, series[i].period)
            around = case.window(indicator, int(limits["window"])).around(i) if limits else None
            near = in_season(around, point.amount) if around else None
            if limits is None or near is None or near.count < limits["least"] or near.middle <= 0:
                continue
            if not near.beyond(point.amount, limits["beyond"]):
                continue
            band = allowed(near, limits)
            if abs(point.amount - near.middle) > band:
                change = f"{percent(point.amount, base.amount):+.1f}%"
                shown = partial(case.shown, indicator, point.period)
                message = (
                    f"{case.named(indicator, point.period, point.amount)},{what} {change}({base.period.label_zh}"
                    f" {shown(base.amount)}),并偏离前后 {near.count} 期中位数"
                    f" {shown(near.middle)} 超过允许的 {shown(band)}"
                    f"(MAD {shown(near.spread)})"
                )
                yield case.find(Rule.JUMP, point, limits, message, base.figures)


def _moves(case: Case, indicator: str) -> Iterator[tuple[int, Point, str]]:
    """The points that moved too far and may lie beyond the range of those around them, with what they moved from."""
    amounts, series = case.amounts(indicator), case.series(indicator)
    by_end: dict[int, Point] = {}
    for limits in case.each_limits(Rule.JUMP, indicator):
        if not may_move(case.span(indicator), limits):
            continue
        low, high = unusual(amounts, int(limits["least"]), limits["beyond"])
        for i, amount in enumerate(amounts):
            if low <= amount <= high:
                continue
            by_end = by_end or {point.end: point for point in series}
            moved = _moved(series[i], by_end, limits)
            if moved and case.limits(Rule.JUMP, indicator, series[i].period) is limits:
                yield i, *moved


def may_move(span: tuple[Decimal, Decimal], limits: Limits) -> bool:
    """Whether any two amounts are far enough apart."""
    lowest, highest = span
    gap = highest - lowest
    share = max(ZERO, min(limits["year"], limits["month"]))
    return gap > limits["floor"] and (lowest < 0 or gap * HUNDRED > lowest * share)


def _moved(point: Point, by_end: dict[int, Point], limits: Limits) -> tuple[Point, str] | None:
    """The point it moved too far from, with the word for it."""
    year = by_end.get(point.end - 12)
    if year is not None and year.amount > 0 and year.period.months == point.period.months:
        return (year, "同比") if _far(point, year, limits["year"], limits["floor"]) else None
    month = by_end.get(point.start - 1)
    if month is not None and month.amount > 0 and _far(point, month, limits["month"], limits["floor"]):
        return month, "环比"
    return None


def _far(point: Point, base: Point, share: Decimal, floor: Decimal) -> bool:
    gap = abs(point.amount - base.amount)
    return gap > floor and gap * HUNDRED > base.amount * share


def constant(case: Case) -> Iterator[Finding]:
    """Q10: the same non-zero figure three months running to full precision (methodology §7); a run is one finding."""
    for indicator in case.flows:
        amounts = case.amounts(indicator)
        if not any(map(eq, amounts, islice(amounts, 1, None))):
            continue
        run: list[Point] = []
        for point in (*case.series(indicator), None):
            if point and run and point.amount == run[-1].amount and point.start == run[-1].end + 1:
                run.append(point)
                continue
            yield from _repeated(case, indicator, run)
            run = [point] if point else []


def _repeated(case: Case, indicator: str, run: list[Point]) -> Iterator[Finding]:
    if len(run) < 2 or not run[0].amount:
        return
    limits = case.limits(Rule.CONSTANT, indicator, run[-1].period)
    if limits is None or len(run) < limits["run"] or digits(case.written(run[0].figure)) < limits["digits"]:
        return
    message = (
        f"{case.book.name(indicator)}自{run[0].period.label_zh}至{run[-1].period.label_zh}连续 {len(run)} 期均为"
        f" {case.shown(indicator, run[0].period, run[0].amount)} {case.unit(indicator, run[0].period)},"
        f"一位不差(达到 {show(limits['run'])} 期即需说明)"
    )
    doubted = run[int(limits["run"]) - 1]
    yield case.find(Rule.CONSTANT, doubted, limits, message, [point.figure for point in run])


def isolated_zero(case: Case) -> Iterator[Finding]:
    """Q23 (added): zero in a month where the subject nearly always has an amount and did not stand still.

    Real filings write 0 for «not reported». Indicators that go together with another one are left to Q21.
    """
    paired = {name for one in case.book.relations("ratio") if one.together for name in (one.of, *one.plus)}
    for indicator in (name for name in case.flows if name not in paired and not all(case.amounts(name))):
        series = case.series(indicator)
        for i, point in enumerate(series):
            limits = case.limits(Rule.ZERO, indicator, point.period) if not point.amount else None
            if limits is None:
                continue
            window = int(limits["window"])
            near = [one.amount for one in series if one is not point and abs(one.end - point.end) <= window]
            positive = sum(amount > 0 for amount in near)
            typical = case.window(indicator, window).around(i)
            if len(near) < limits["least"] or positive * HUNDRED < len(near) * limits["habit"] or typical is None:
                continue
            if typical.middle > limits["floor"] and not _still(case, point):
                message = (
                    f"{case.named(indicator, point.period, point.amount)},而前后 {len(near)} 期中 {positive} 期有数"
                    f"(中位数 {case.shown(indicator, point.period, typical.middle)}),"
                    f"当期其他指标不为零:是否以 0 代替未报?"
                )
                yield case.find(Rule.ZERO, point, limits, message)


def _still(case: Case, point: Point) -> bool:
    """Whether the subject states nothing above zero for the period: it stood still."""
    stated = (case.figures.at(case.subject, name, point.figure.period) for name in case.flows)
    return not any(figure is not None and figure.amount > 0 for figure in stated)
