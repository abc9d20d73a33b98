"""What a figure says by itself and beside other statements of the same months: conflict, sign, cumulative chain."""

from collections.abc import Iterator
from decimal import Decimal

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period, derive
from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import show


def conflict(case: Case) -> Iterator[Finding]:
    """Q02: the same key and revision stated with different values (methodology §7)."""
    stated: dict[tuple[str, Period, int], set[Figure]] = {}
    for figure in case.evidence.statements:
        if figure.subject == case.subject:
            stated.setdefault((figure.indicator, figure.period, figure.revision), set()).add(figure)
    for (indicator, period, revision), figures in stated.items():
        amounts = sorted({figure.amount for figure in figures})
        limits = case.limits(Rule.CONFLICT, indicator, period)
        standing = case.figures.at(case.subject, indicator, period)
        if len(amounts) < 2 or limits is None or standing is None or standing.revision > revision:
            continue  # a later correction settles which one is meant
        values = "、".join(show(amount) for amount in amounts)
        message = (
            f"{period.label_zh}{case.book.name(indicator)}第 {revision} 版报了 {len(amounts)} 个不同的数:{values}"
            f" {case.book.unit(indicator)};请以更高版本更正"
        )
        first, *others = sorted(figures, key=lambda one: (one.amount, one.report_id))
        yield case.doubt(Rule.CONFLICT, first, limits, message, others)


def negative(case: Case) -> Iterator[Finding]:
    """Q03: below zero though the indicator cannot be (methodology §7); figures that are held for it already too."""
    for indicator in case.indicators:
        if case.book.may_be_negative(indicator):
            continue
        for period in case.figures.periods(case.subject, indicator):
            figure = case.figures.at(case.subject, indicator, period)
            if figure is None or figure.amount >= 0:
                continue
            limits = case.limits(Rule.NEGATIVE, indicator, period)
            if limits:
                message = (
                    f"{case.named(indicator, period, figure.amount)}:该指标不能为负(若为冲减以前月份,请更正原月份)"
                )
                yield case.doubt(Rule.NEGATIVE, figure, limits, message)


def cumulative(case: Case) -> Iterator[Finding]:
    """Q05, cumulative part: a figure stated for a run of months equals what the others of its months come to."""
    for indicator in case.flows():
        by_year: dict[int, list[Period]] = {}
        for period in case.figures.periods(case.subject, indicator):
            by_year.setdefault(period.year, []).append(period)
        for periods in by_year.values():
            if sum(period.months for period in periods) > len({m for p in periods for m in p.each_month()}):
                yield from _compared(case, indicator, periods)


def _compared(case: Case, indicator: str, periods: list[Period]) -> Iterator[Finding]:
    known = {period: figure for period in periods if (figure := case.figures.at(case.subject, indicator, period))}
    for period in periods:
        if period.months == 1:
            continue  # the longer statement is the one doubted
        terms = derive(period, [other for other in periods if other != period])
        limits = case.limits(Rule.CHAIN, indicator, period)
        if terms is None or limits is None:
            continue
        # What follows from an equally long chain of later figures says nothing: only months inside are added up.
        if any(sign < 0 or not period.contains(other) for sign, other in terms):
            continue
        added = sum((known[other].amount for _, other in terms), Decimal(0))
        gap = known[period].amount - added
        if abs(gap) > limits["absolute"]:
            parts = " + ".join(other.label_zh for _, other in terms)
            message = (
                f"{case.named(indicator, period, known[period].amount)},而 {parts} 合计 {show(added)},"
                f"相差 {show(gap)},超过允许的 {show(limits['absolute'])}"
            )
            yield case.doubt(Rule.CHAIN, known[period], limits, message, [known[other] for _, other in terms])
