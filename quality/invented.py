"""Signs of figures that were made up: patterns of digits, months copied.

Source: detection of made-up data asked for in the plans' 真、准、全; the numbers are choices.
See also Q10 (constant), Q20 (smooth).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from math import ceil
from operator import attrgetter

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import WHOLE_REPORT, Finding, Rule
from planwatch.quality.case import Case, resting_on
from planwatch.quality.numbers import HUNDRED, digits, show, significant
from planwatch.quality.rulebook import Limits

_YEAR = attrgetter("period.year")
_LAST_DIGITS = "123456789"
Written = tuple[Figure, Decimal, str]
"""A figure, its value as it was written, and the significant digits of that."""


def digit_patterns(case: Case) -> Iterator[Finding]:
    """Q18 (added): last digits of a year that are not spread evenly (χ²), or an indicator rounded nearly throughout.

    The last non-zero digit of measured figures takes each of 1 to 9 about equally often; invented ones do not.
    """
    by_year: dict[int, dict[str, list[Written]]] = {}
    for indicator in case.flows:
        for year, points in groupby(case.series(indicator), key=_YEAR):
            stated = [
                (figure, value, significant(value))
                for point in points
                if len(point.figures) == 1 and point.amount
                for figure in point.figures
                for value in (case.written(figure),)
            ]
            if stated:
                by_year.setdefault(year, {})[indicator] = stated
    for year, of_year in sorted(by_year.items()):
        whole = Period.whole_year(year)
        yield from _uneven(case, whole, [one for stated in of_year.values() for one in stated])
        for indicator, stated in sorted(of_year.items()):
            limits = case.limits(Rule.DIGITS, indicator, whole)
            if limits is not None:
                yield from _rounded(case, year, stated, limits)


def _uneven(case: Case, year: Period, figures: Sequence[Written]) -> Iterator[Finding]:
    limits = case.limits(Rule.DIGITS, WHOLE_REPORT, year)
    if limits is None or len(figures) < limits["least"]:
        return
    long = ceil(limits["digits"])
    last = Counter([kept[-1:] or "0" for _, _, kept in figures if len(kept) >= long])
    number = sum(last.values())
    if number < limits["least"]:
        return
    chi = sum(((last[digit] * 9 - number) ** 2 for digit in _LAST_DIGITS), 0) / Decimal(9 * number)
    if chi > limits["chi"]:
        often = "、".join(f"{digit}({count} 次)" for digit, count in sorted(last.items(), key=_most)[:3])
        message = (
            f"{year.label_zh} {number} 个数的末位数字分布不均:最多的是 {often},均匀时各约 {number // 9} 次;"
            f"χ² = {chi:.1f},超过 {show(limits['chi'])}(自由度 8)"
        )
        rests = resting_on(figure for figure, _, _ in figures)
        yield Finding(Rule.DIGITS, case.subject, WHOLE_REPORT, year, limits.outcome, message, rests, limits.rows)


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _rounded(case: Case, year: int, stated: Sequence[Written], limits: Limits) -> Iterator[Finding]:
    least, keep, share = limits["round_least"], limits["round_digits"], limits["round_share"]
    if len(stated) < least or sum(len(kept) <= keep for _, _, kept in stated) * HUNDRED < least * share:
        return
    large = [one for one in stated if one[1].adjusted() >= keep + 1]
    rounded = [kept for _, _, kept in large if len(kept) <= keep]
    if len(large) >= least and len(rounded) * HUNDRED >= len(large) * share:
        figures = [figure for figure, _, _ in stated]
        message = (
            f"{year}年{case.book.name(figures[0].indicator)} {len(large)} 个数中 {len(rounded)} 个只有"
            f" {show(keep)} 位有效数字:像是估计数,不是计量数(达到 {show(limits['round_share'])}% 即需说明)"
        )
        yield case.doubt(Rule.DIGITS, figures[-1], limits, message, figures)


def copied(case: Case) -> Iterator[Finding]:
    """Q19 (added): a month states two or more figures that another month within two years stated, digit for digit."""
    matches: dict[
        Period, set[tuple[Period, Decimal]]
    ] = {}  # one amount under two names (claimed, verified) counts once
    for indicator in case.flows:
        seen: dict[Decimal, list[Period]] = {}
        for period, figure in _repeated(case, indicator):
            limits = case.limits(Rule.COPIED, WHOLE_REPORT, period)
            if limits is None or digits(case.written(figure)) < limits["digits"]:
                continue
            before = seen.setdefault(figure.amount, [])
            if before:
                matches.setdefault(period, set()).update((other, figure.amount) for other in before)
            before.append(period)
    for period, alike in sorted(matches.items()):
        yield from _same_month(case, period, Counter(other for other, _ in alike))


def _repeated(case: Case, indicator: str) -> list[tuple[Period, Figure]]:
    """The figures, none of them zero, that are stated for two or more periods, in the order of time."""
    stated = [point for point in case.series(indicator) if point.amount and len(point.figures) == 1]
    times = Counter([point.figures[0].amount for point in stated])
    if len(times) == len(stated):
        return []
    return [(point.period, point.figure) for point in stated if times[point.figure.amount] > 1]


def _same_month(case: Case, period: Period, matches: Counter[Period]) -> Iterator[Finding]:
    limits = case.limits(Rule.COPIED, WHOLE_REPORT, period)
    assert limits is not None, "months in which the rule is off are not compared"
    before, count = max(matches.items(), key=lambda found: (found[1], found[0]))
    apart = (period.year - before.year) * 12 + period.last - before.last
    if count < limits["readings"] or apart > limits["months"]:
        return
    mine, theirs = _stated_in(case, period), _stated_in(case, before)
    same = [name for name in sorted(mine) if name in theirs and mine[name].amount == theirs[name].amount]
    names = "、".join(
        f"{case.book.name(name)} {case.shown(name, mine[name].period, mine[name].amount)}" for name in same
    )
    message = (
        f"{period.label_zh} {len(mine)} 个非零数中 {len(same)} 个与{before.label_zh}一位不差:{names}"
        f"({show(limits['readings'])} 个相同即需说明)"
    )
    rests = resting_on([mine[name] for name in same] + [theirs[name] for name in same])
    yield Finding(Rule.COPIED, case.subject, WHOLE_REPORT, period, limits.outcome, message, rests, limits.rows)


def _stated_in(case: Case, period: Period) -> dict[str, Figure]:
    """The figures that are not zero, as they were stated for a period, by indicator."""
    return {
        name: point.figure
        for name in case.flows
        for point in case.series(name)
        if point.period == period and point.amount and len(point.figures) == 1
    }
