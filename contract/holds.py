"""What findings do to figures: which of them stay out of sums until somebody answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import DOES, WHOLE_REPORT, FindingState, Outcome, Rule, Tracked

_AS_STATED = frozenset({Rule.NEGATIVE, Rule.STATED_HELD})
"""Rules about figures that come in as held; accepted, the figure counts."""


class Effect(NamedTuple):
    """As much of a finding as bears on sums."""

    rule: Rule
    indicator: str
    period: Period
    outcome: Outcome
    state: FindingState

    @classmethod
    def of(cls, one: Tracked) -> Self:
        """What a finding in its state does."""
        return cls(one.finding.rule, one.finding.indicator, one.finding.period, one.finding.outcome, one.state)

    @property
    def keeps_out(self) -> bool:
        """Whether figures are out of sums for it; what is missing (Q01) keeps nothing out that is there."""
        holds = self.outcome in (Outcome.HOLD, Outcome.REJECT) and DOES[self.state]
        return holds and self.rule is not Rule.MISSING

    @property
    def lets_in(self) -> bool:
        """Whether a figure that came in as held counts for it."""
        return self.rule in _AS_STATED and self.state is FindingState.ACCEPTED

    def is_about(self, figure: Figure) -> bool:
        """Whether it is about a figure or one inside it: what is doubted of March is in January to September.

        Of a month stated as held (Q24) whoever states more months without that mark vouches.
        """
        if self.indicator not in (figure.indicator, WHOLE_REPORT):
            return False
        inside = self.rule is not Rule.STATED_HELD and figure.period.contains(self.period)
        return inside or figure.period == self.period


def held_by(figures: Iterable[Figure], effects: Mapping[str, Sequence[Effect]]) -> Iterator[Figure]:
    """Figures as stated, with the marks they have in sums by what was found of their subjects."""
    out = {subject: [one for one in found if one.keeps_out] for subject, found in effects.items()}
    let_in = {(who, one.indicator, one.period) for who, found in effects.items() for one in found if one.lets_in}
    for figure in figures:
        if any(one.is_about(figure) for one in out.get(figure.subject, ())):
            yield replace(figure, flag="held")
        elif not figure.counts and (figure.subject, figure.indicator, figure.period) in let_in:
            yield replace(figure, flag=None)
        else:
            yield figure
