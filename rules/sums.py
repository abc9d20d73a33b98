"""Sums over figures, each derived once: what a sequence of judgements shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour
from planwatch.contract.figures import Figure, Figures, Missing, Total, Used, runs
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Law
from planwatch.rules.lawbook import STANDARD_COAL, Lawbook, lawbook_of
from planwatch.rules.ledger import Booked, cover, covers
from planwatch.rules.standard_coal import tce_of


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in the indicator's canonical unit, its figures, and the standard-coal edition if one was used."""

    amount: Decimal
    used: tuple[Used, ...]
    edition: str = ""


ALWAYS = ((date.min, date.max),)
"""The stay of who never moved."""


class Sums:
    """Totals of one set of figures under one law, remembered by subject, indicator and span."""

    def __init__(self, figures: Figures, law: Law) -> None:
        self.figures = figures
        self.law = law
        self.book: Lawbook = lawbook_of(law)
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._totals: dict[tuple[str, str, Period], Total | Missing] = {}
        self._amounts: dict[tuple[str, str, Period, Basis | None], Amount | Missing] = {}
        self._booked: dict[tuple[str, str, Period], Booked | Missing] = {}

    def amount(self, subject: str, indicator: str, span: Period, basis: Basis | None = None) -> Amount | Missing:
        """What a subject's indicator came to over a span; a state is the one stated for the span's end."""
        key = (subject, indicator, span, basis)
        known = self._amounts.get(key)
        if known is None:
            known = self._amounts[key] = self._find(subject, indicator, span, basis)
        return known

    def lasting(self, member: str, indicator: str, span: Period, region: str) -> tuple[Period, ...]:
        """The parts of a span for which a member counts in a region's sum: while an entry held and it lay there.

        After its end a closed unit has nothing to report, and what a merged region had is its successor's. Before its
        first entry a member counts from its first figure on: a plant that is new this year is not missing last year. A
        month belongs to the entry that holds on its last day. Of a state only the span's end counts, so a member that
        ended or left before has none.
        """
        first, last = self._awaited_from(member, indicator), self.figures.terms.ended.get(member, date.max)
        stays = self.figures.terms.stays.get((region, member), ALWAYS)
        gaps = self.figures.terms.gaps.get(member, ())
        if stays is ALWAYS and not gaps and first <= span.start and span.end_day <= last:
            return (span,)
        counts = [
            month
            for month in span.each_month()
            if first <= month.start and month.end_day <= last and _in(stays, month) and not _in(gaps, month)
        ]
        known = self.law.catalogue.by_id.get(indicator)
        if known is not None and known.behaviour is Behaviour.STATE:
            return (span,) if counts and counts[-1].last == span.last else ()
        return tuple(runs(counts))

    def _awaited_from(self, member: str, indicator: str) -> date:
        """The first day of a member's first entry or of its first figure of an indicator, whichever is earlier."""
        began = self.figures.terms.began.get(member)
        if began is None:
            return date.min
        stated = [self.figures.periods(member, name)[:1] for name in self.stated(indicator)]
        return min([began.replace(day=1), *(period.start for first in stated for period in first)])

    def reports(self, subject: str, indicator: str) -> bool:
        """Whether a subject has any figure of an indicator (for standard coal: of any energy kind)."""
        return any(self.figures.periods(subject, name) for name in self.stated(indicator))

    def stated(self, indicator: str) -> tuple[str, ...]:
        """The indicators that are reported for one that is measured."""
        return self.book.energy if indicator == STANDARD_COAL else (indicator,)

    def total(self, subject: str, indicator: str, span: Period) -> Total | Missing:
        """``Figures.total``, remembered."""
        key = (subject, indicator, span)
        known = self._totals.get(key)
        if known is None:
            known = self._totals[key] = self.figures.total(subject, indicator, span)
        return known

    def booked(self, subject: str, indicator: str, window: Period) -> Booked | Missing:
        """What a subject booked within a window of one year.

        The exact total where it follows from the figures; otherwise the sum over the disjoint derivable spans that
        cover most months of the window (a ledger books when something was achieved: a month without a figure adds
        nothing). A held figure in a month that no other figure covers makes it Missing.
        """
        key = (subject, indicator, window)
        known = self._booked.get(key)
        if known is None:
            known = self._booked[key] = self._book(subject, indicator, window)
        return known

    def _book(self, subject: str, indicator: str, window: Period) -> Booked | Missing:
        whole = self.total(subject, indicator, window)
        if isinstance(whole, Total):
            return Booked(whole.amount, whole.used, window.months)
        inside = self.figures.of_year(subject, indicator, window.year)
        spans = cover(window, (period for period, figure in inside.items() if figure.counts))
        for period, figure in inside.items():
            if not figure.counts and window.contains(period) and not covers(spans, period):
                return Missing(f"{subject} 的 {indicator} 待核不计:{period.label}", (period,))
        totals = [self.total(subject, indicator, span) for span in spans]
        sure = [total for total in totals if isinstance(total, Total)]
        return Booked(
            sum((total.amount for total in sure), Decimal(0)),
            tuple(used for total in sure for used in total.used),
            sum(span.months for span in spans),
        )

    def _kinds_of(self, subject: str) -> tuple[str, ...]:
        """The energy kinds a subject ever reports."""
        known = self._kinds.get(subject)
        if known is None:
            known = tuple(kind for kind in self.book.energy if self.figures.periods(subject, kind))
            self._kinds[subject] = known
        return known

    def _find(self, subject: str, indicator: str, span: Period, basis: Basis | None) -> Amount | Missing:
        if indicator == STANDARD_COAL:
            coal = tce_of(subject, span, self.figures, self.law, basis, total=self.total, among=self._kinds_of(subject))
            return coal if isinstance(coal, Missing) else Amount(coal.amount, coal.used, coal.edition)
        known = self.law.catalogue.by_id.get(indicator)
        if known is None:
            return Missing(f"{indicator} is not in the catalogue of indicators")
        if known.behaviour is Behaviour.STATE:
            return self._state(subject, indicator, span)
        found = self.total(subject, indicator, span)
        return found if isinstance(found, Missing) else Amount(found.amount, found.used)

    def _state(self, subject: str, indicator: str, span: Period) -> Amount | Missing:
        """The figure that ends with the span; of several the one over most of it (a year's share before a month's)."""
        ending: list[Figure] = []
        for period in self.figures.periods(subject, indicator):
            if period.last == span.last and span.contains(period):
                figure = self.figures.at(subject, indicator, period)
                ending += [figure] if figure else []
        counted = [figure for figure in ending if figure.counts]
        if not counted:
            end = Period.month(span.year, span.last)
            why = f"{subject} 的 {indicator} 待核不计" if ending else f"{subject} 未报 {indicator}"
            return Missing(f"{why}:{end.label}", (end,))
        best = max(counted, key=lambda figure: figure.period.months)
        return Amount(best.amount, (Used(1, best),))


def _in(runs_of_days: Iterable[tuple[date, date]], month: Period) -> bool:
    """Whether the last day of a month lies in any of some runs of days."""
    return any(first <= month.end_day <= last for first, last in runs_of_days)
