"""What findings do to figures: which of them stay out of sums until somebody answers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from planwatch.contract.figures import Figure
from planwatch.contract.quality import DOES, WHOLE_REPORT, Finding, FindingState, Outcome, Rule, Tracked

_STATED = frozenset({Rule.NEGATIVE, Rule.STATED_HELD})
"""Rules about figures that come in as held; accepted, the figure counts."""


def held_by(figures: Iterable[Figure], found: Iterable[Tracked]) -> Iterator[Figure]:
    """Figures of one subject as stated, with the marks they have in sums by what was found of them.

    A figure that contains a held one is held with it. What is missing (Q01) keeps nothing out that is there; of a month
    stated as held (Q24) whoever states more months without that mark vouches. The query `figures` says the same.
    """
    tracked = list(found)
    holds = [one.finding for one in tracked if DOES[one.state] and _keeps_out(one.finding)]
    accepted = {
        (one.finding.indicator, one.finding.period)
        for one in tracked
        if one.state is FindingState.ACCEPTED and one.finding.rule in _STATED
    }
    for figure in figures:
        if any(_holds(finding, figure) for finding in holds):
            yield replace(figure, flag="held")
        elif not figure.counts and (figure.indicator, figure.period) in accepted:
            yield replace(figure, flag=None)
        else:
            yield figure


def _keeps_out(finding: Finding) -> bool:
    return finding.outcome in (Outcome.HOLD, Outcome.REJECT) and finding.rule is not Rule.MISSING


def _holds(finding: Finding, figure: Figure) -> bool:
    if finding.indicator not in (figure.indicator, WHOLE_REPORT):
        return False
    exactly = finding.period == figure.period
    return exactly or (finding.rule is not Rule.STATED_HELD and figure.period.contains(finding.period))
