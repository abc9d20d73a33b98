"""Signs of figures that were made up: patterns of digits, months copied, ratios and growth too smooth to be measured.

Source: detection of made-up data asked for in the plans' 真、准、全; the numbers are choices. See also Q10 (constant).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import WHOLE_REPORT, Finding, Rule
from planwatch.quality.case import Case, resting_on
from planwatch.quality.numbers import HUNDRED, digits, show
from planwatch.quality.ratios import pairs
from planwatch.quality.rulebook import Limits
from planwatch.quality.series import Point

_LAST_DIGITS = range(1, 10)


def digit_patterns(case: Case) -> Iterator[Finding]:
    """Q18 (added): last digits of a year that are not spread evenly (χ²), or an indicator rounded nearly throughout.

    The last non-zero digit of measured figures takes each of 1 to 9 about equally often; invented ones do not.
    """
    by_year: dict[int, list[Figure]] = {}
    for indicator in case.flows():
        for point in case.series(indicator):
            if len(point.figures) == 1 and point.amount:
                by_year.setdefault(point.period.year, []).append(point.figure)
    for year, figures in sorted(by_year.items()):
        yield from _uneven(case, Period.whole_year(year), figures)
        for indicator in sorted({figure.indicator for figure in figures}):
            yield from _rounded(case, year, [figure for figure in figures if figure.indicator == indicator])


def _uneven(case: Case, year: Period, figures: Sequence[Figure]) -> Iterator[Finding]:
    limits = case.limits(Rule.DIGITS, WHOLE_REPORT, year)
    if limits is None or len(figures) < limits["least"]:
        return
    written = [case.written(figure) for figure in figures]
    last = Counter(value.normalize().as_tuple().digits[-1] for value in written if digits(value) >= limits["digits"])
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
        rests = resting_on(figures)
        yield Finding(Rule.DIGITS, case.subject, WHOLE_REPORT, year, limits.outcome, message, rests, limits.rows)


def _most(counted: tuple[int, int]) -> tuple[int, int]:
    return -counted[1], counted[0]


def _rounded(case: Case, year: int, figures: Sequence[Figure]) -> Iterator[Finding]:
    limits = case.limits(Rule.DIGITS, figures[0].indicator, Period.whole_year(year))
    if limits is None or len(figures) < limits["round_least"]:
        return
    keep = limits["round_digits"]
    large = [figure for figure in figures if case.written(figure).adjusted() >= keep + 1]
    rounded = [figure for figure in large if digits(case.written(figure)) <= keep]
    if len(large) >= limits["round_least"] and len(rounded) * HUNDRED >= len(large) * limits["round_share"]:
        message = (
            f"{year}年{case.book.name(figures[0].indicator)} {len(large)} 个数中 {len(rounded)} 个只有"
            f" {show(keep)} 位有效数字:像是估计数,不是计量数(达到 {show(limits['round_share'])}% 即需说明)"
        )
        yield case.doubt(Rule.DIGITS, figures[-1], limits, message, figures)


def copied(case: Case) -> Iterator[Finding]:
    """Q19 (added): a month states two or more figures that another month within two years stated, digit for digit."""
    stated: dict[Period, dict[str, Figure]] = {}
    for indicator in case.flows():
        for point in case.series(indicator):
            if point.amount and len(point.figures) == 1:
                stated.setdefault(point.period, {})[indicator] = point.figure
    seen: dict[tuple[str, Decimal], list[Period]] = {}
    for period, figures in sorted(stated.items()):
        limits = case.limits(Rule.COPIED, WHOLE_REPORT, period)
        alike: set[tuple[Period, Decimal]] = set()  # one amount under two names (claimed, verified) counts once
        for indicator, figure in figures.items():
            if limits is not None and digits(case.written(figure)) >= limits["digits"]:
                alike |= {(other, figure.amount) for other in seen.get((indicator, figure.amount), ())}
                seen.setdefault((indicator, figure.amount), []).append(period)
        yield from _same_month(case, period, stated, Counter(other for other, _ in alike), limits)


def _same_month(
    case: Case,
    period: Period,
    stated: dict[Period, dict[str, Figure]],
    matches: Counter[Period],
    limits: Limits | None,
) -> Iterator[Finding]:
    if limits is None or not matches:
        return
    before, count = max(matches.items(), key=lambda found: (found[1], found[0]))
    apart = (period.year - before.year) * 12 + period.last - before.last
    if count < limits["readings"] or apart > limits["months"]:
        return
    mine, theirs = stated[period], stated[before]
    same = [name for name in sorted(mine) if name in theirs and mine[name].amount == theirs[name].amount]
    names = "、".join(f"{case.book.name(name)} {show(mine[name].amount)}" for name in same)
    message = (
        f"{period.label_zh} {len(mine)} 个非零数中 {len(same)} 个与{before.label_zh}一位不差:{names}"
        f"({show(limits['readings'])} 个相同即需说明)"
    )
    rests = resting_on([mine[name] for name in same] + [theirs[name] for name in same])
    yield Finding(Rule.COPIED, case.subject, WHOLE_REPORT, period, limits.outcome, message, rests, limits.rows)


def too_smooth(case: Case) -> Iterator[Finding]:
    """Q20 (added): a ratio that does not move while its parts do, or steps of growth that are all alike."""
    for relation in case.book.relations("ratio"):
        both = [(a, b) for a, b in pairs(case, relation) if a.amount > 0 and b.amount > 0]
        ratios = [a.amount / b.amount for a, b in both]
        yield from _runs(case, [a for a, _ in both], ratios, relation.zh, [b for _, b in both])
    for indicator in case.flows():
        series = [point for point in case.series(indicator) if point.amount > 0]
        steps = [now.amount / old.amount for old, now in pairwise(series)]
        name = case.book.name(indicator)
        yield from _runs(case, series[1:], steps, f"{name}环比")
        # Equal differences, as shares of the level, so that one spread fits both.
        if series:
            level = series[0].amount
            climbs = [1 + (new.amount - old.amount) / level for old, new in pairwise(series)]
            yield from _runs(case, series[1:], climbs, f"{name}逐期增量(按首期折算)")


def _runs(
    case: Case, points: Sequence[Point], values: Sequence[Decimal], name: str, others: Sequence[Point] = ()
) -> Iterator[Finding]:
    """Longest runs of points whose values lie within the spread, told once each."""
    start = 0
    for i in range(1, len(points) + 1):
        limits = case.limits(Rule.SMOOTH, points[start].figure.indicator, points[start].period)
        if limits is None:
            start = i
            continue
        run = values[start : i + 1]
        joined = i < len(points) and points[i].start == points[i - 1].end + 1
        if joined and (max(run) - min(run)) * HUNDRED <= abs(min(run)) * limits["spread"]:
            continue
        yield from _smooth(case, points[start:i], values[start:i], name, others[start:i], limits=limits)
        start = i


def _smooth(
    case: Case,
    run: Sequence[Point],
    values: Sequence[Decimal],
    name: str,
    others: Sequence[Point],
    *,
    limits: Limits,
) -> Iterator[Finding]:
    least = int(limits["run"])
    if len(run) < least or min(digits(case.written(point.figure)) for point in run) < limits["digits"]:
        return
    amounts = [point.amount for point in run]
    if (max(amounts) - min(amounts)) * HUNDRED < min(amounts) * limits["moves"]:
        return
    message = (
        f"{name}自{run[0].period.label_zh}至{run[-1].period.label_zh} {len(run)} 期都在 {show(min(values))} 至"
        f" {show(max(values))} 之间,波动不到 {show(limits['spread'])}%,而数值本身变动超过 {show(limits['moves'])}%"
    )
    rests = [figure for point in (*run, *others) for figure in point.figures]
    yield case.find(Rule.SMOOTH, run[least - 1], limits, message, rests)
