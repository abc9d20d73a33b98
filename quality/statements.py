"""What a figure says by itself and beside other statements of the same months: conflict, sign, marks, chain."""

from collections.abc import Iterator
from functools import partial
from itertools import groupby, pairwise
from operator import attrgetter

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period, derive
from planwatch.contract.quality import Finding, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import ZERO

_WHICH = attrgetter("indicator", "period.year", "period.first", "period.last", "revision")


def conflict(case: Case) -> Iterator[Finding]:
    """Q02: the same key and revision stated with different values, or stated and withdrawn (methodology §7)."""
    own = [figure for figure in case.evidence.statements if figure.subject == case.subject]
    if len(set(map(_WHICH, own))) == len(own):
        return
    stated: dict[tuple[str, Period, int], set[Figure]] = {}
    for figure in own:
        stated.setdefault((figure.indicator, figure.period, figure.revision), set()).add(figure)
    for (indicator, period, revision), figures in stated.items():
        amounts = sorted({figure.amount for figure in figures if not figure.withdrawn})
        withdrawn = any(figure.withdrawn for figure in figures)
        limits = case.limits(Rule.CONFLICT, indicator, period)
        standing = case.figures.at(case.subject, indicator, period)
        if len(amounts) + withdrawn < 2 or limits is None or standing is None or standing.revision > revision:
            continue  # a later correction settles which one is meant
        values = "、".join(case.shown(indicator, period, amount) for amount in amounts)
        several = f" {len(amounts)} 个不同的数:" if len(amounts) > 1 else " "
        message = (
            f"{period.label_zh}{case.book.name(indicator)}第 {revision} 版报了{several}{values}"
            f" {case.unit(indicator, period)}{',又撤回' if withdrawn else ''};"
            f"现存 {case.shown(indicator, period, standing.amount)},认可即以此数计入,否则请以更高版本更正"
        )
        first, *others = sorted(figures, key=lambda one: (one.amount, one.report_id))
        yield case.doubt(Rule.CONFLICT, first, limits, message, others)


def negative(case: Case) -> Iterator[Finding]:
    """Q03: below zero though the indicator cannot be (methodology §7); figures that are held for it already too."""
    for indicator in case.indicators:
        if case.book.may_be_negative(indicator):
            continue
        for period, figure in case.stated(indicator).items():
            if figure.amount >= 0:
                continue
            limits = case.limits(Rule.NEGATIVE, indicator, period)
            if limits:
                message = (
                    f"{case.named(indicator, period, figure.amount)}:该指标不能为负(若为冲减以前月份,请更正原月份)"
                )
                yield case.doubt(Rule.NEGATIVE, figure, limits, message)


def stated_held(case: Case) -> Iterator[Finding]:
    """Q24 (added): the reporter or the gateway stated the figure as held; it stays out until somebody accepts it.

    What ingest holds because it is below zero is Q03's.
    """
    for indicator in case.indicators:
        for period, figure in case.stated(indicator).items():
            if figure.counts or (figure.amount < 0 and not case.book.may_be_negative(indicator)):
                continue
            limits = case.limits(Rule.STATED_HELD, indicator, period)
            if limits:
                note = case.evidence.notes.get((indicator, period))
                why = f",说明:{note}" if note else ",未说明原因"
                message = f"{case.named(indicator, period, figure.amount)}:报送时即标为暂缓(held){why}"
                yield case.doubt(Rule.STATED_HELD, figure, limits, message)


def early(case: Case) -> Iterator[Finding]:
    """Q25 (added): received before the last day of its period: nobody can know it yet, it is an estimate at best."""
    for indicator, period in sorted(case.evidence.early):
        figure = case.figures.at(case.subject, indicator, period)
        limits = case.limits(Rule.EARLY, indicator, period)
        if figure is not None and limits:
            message = f"{case.named(indicator, period, figure.amount)}:收到时该期间尚未结束,期满后请以更高版本重报"
            yield case.doubt(Rule.EARLY, figure, limits, message)


def cumulative(case: Case) -> Iterator[Finding]:
    """Q05, cumulative part: a figure stated for a run of months equals what the others of its months come to."""
    for indicator in case.flows:
        for _, year in groupby(case.stated(indicator), key=attrgetter("year")):
            periods = list(year)
            if any(later.first <= earlier.last for earlier, later in pairwise(periods)):
                yield from _compared(case, indicator, periods)


def _compared(case: Case, indicator: str, periods: list[Period]) -> Iterator[Finding]:
    known = case.stated(indicator)
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
        added = sum((known[other].amount for _, other in terms), ZERO)
        gap = known[period].amount - added
        inside = [known[other] for _, other in terms]
        allowed = max(limits["absolute"], case.rounding((known[period], *inside)) if gap else ZERO)
        if abs(gap) > allowed:
            parts = " + ".join(other.label_zh for _, other in terms)
            shown = partial(case.shown, indicator, period)
            message = (
                f"{case.named(indicator, period, known[period].amount)},而 {parts} 合计 {shown(added)},"
                f"相差 {shown(gap)},超过允许的 {shown(allowed)}"
            )
            yield case.doubt(Rule.CHAIN, known[period], limits, message, inside)
