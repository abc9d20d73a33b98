"""Judging the stored figures under two laws, or with units closed, in memory: what would differ. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from planwatch.contract.assessment import Assessment
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Law
from planwatch.rules.judge import judge_all
from planwatch.rules.lawbook import lawbook_of
from planwatch.rules.sums import Sums
from planwatch.rules.whatif import Shift, shifts, touched
from planwatch.rules.whatif_closure import VALUE_ADDED, closed
from planwatch.service.assessor import NOBODY
from planwatch.service.bearing import Bearing, bearing_of
from planwatch.storage.assess_store import Work

BATCH = 200


@dataclass(frozen=True, slots=True)
class Closing:
    """Units that close, and the first month without them (None: January of the newest year that has figures)."""

    units: tuple[str, ...]
    since: Period | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What would differ, of how many judgements compared on which targets, and what could not be worked out.

    ``since`` is the first month without the ``closed`` units.
    """

    shifts: tuple[Shift, ...]
    compared: int
    targets: tuple[str, ...]
    closed: tuple[str, ...] = ()
    since: Period | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Ledger:
    """The judgements as they are and as they would be."""

    before: list[Assessment] = field(default_factory=list)
    after: list[Assessment] = field(default_factory=list)


@dataclass(frozen=True)
class Supposition:
    """The law as it is and as it is supposed, the day it is, and the targets asked about (None: all)."""

    before: Law
    after: Law
    today: date
    targets: frozenset[str] | None = None

    def ask(self, work: Work, subjects: Sequence[str], closing: Closing | None = None) -> Answer:
        """Every judgement of the subjects that would differ under the supposed law, or with units closed, or both."""
        ledger = Ledger()
        if closing is None:
            self._under_laws(work, subjects, ledger)
            return _answer(ledger)
        who = work.who(closing.units)
        above = {unit: tuple(f"region:{c}" for c in who.get(unit, NOBODY).regions) for unit in closing.units}
        concerned = [one for one in subjects if one in above or any(one in regions for regions in above.values())]
        self._under_laws(work, [one for one in subjects if one not in concerned], ledger)
        since, notes = self._closed(work, concerned, above, closing.since, ledger)
        unknown = tuple(f"{unit} 不在名录中,也没有上报数据" for unit in closing.units if unit not in subjects)
        return _answer(ledger, closing.units, since, (*unknown, *notes))

    def _under_laws(self, work: Work, subjects: Sequence[str], ledger: Ledger) -> None:
        """Only targets that something else would judge are judged, subject by subject in batches."""
        targets = touched(self.before, self.after)
        targets = targets if self.targets is None else targets & self.targets
        for start in range(0, len(subjects) if targets else 0, BATCH):
            batch = subjects[start : start + BATCH]
            for law, judged in ((self.before, ledger.before), (self.after, ledger.after)):
                bearing = bearing_of(work, law, batch, targets=targets)
                judged.extend(_judged(bearing, bearing.figures, law, self.today))

    def _closed(
        self,
        work: Work,
        subjects: Sequence[str],
        above: dict[str, tuple[str, ...]],
        since: Period | None,
        ledger: Ledger,
    ) -> tuple[Period | None, tuple[str, ...]]:
        """Judge all that a closure concerns; the first month without the units, and what could not be worked out."""
        was = bearing_of(work, self.before, subjects, targets=self.targets)
        shall = bearing_of(work, self.after, subjects, targets=self.targets)
        units = _of_units(work, list(above), self.after)
        figures = Figures.of([*shall.figures.each(), *units.each()], shall.figures.terms.with_(units.terms))
        since = since or _newest_january(figures)
        notes: list[str] = []
        for unit, regions in above.items() if since else ():
            assert since is not None
            made = closed(figures, unit, since, regions, self.after)
            figures, notes = made.figures, [*notes, *made.notes]
        ledger.before += _judged(was, was.figures, self.before, self.today)
        ledger.after += _judged(shall, figures, self.after, self.today)
        return since, tuple(notes)


def _answer(
    ledger: Ledger, units: tuple[str, ...] = (), since: Period | None = None, notes: tuple[str, ...] = ()
) -> Answer:
    both = (*ledger.before, *ledger.after)
    compared = len({(one.subject, one.target, one.yardstick, one.period) for one in both})
    targets = tuple(sorted({one.target for one in both}))
    return Answer(tuple(shifts(ledger.before, ledger.after)), compared, targets, units, since, notes)


def _of_units(work: Work, units: Sequence[str], law: Law) -> Figures:
    """All that is taken off regions, whether or not a target of the units themselves needs it."""
    names = [name for name in (*lawbook_of(law).energy, VALUE_ADDED) if name in law.catalogue.by_id]
    return work.figures(units, {name: law.catalogue.by_id[name].unit for name in names})


def _judged(bearing: Bearing, figures: Figures, law: Law, today: date) -> list[Assessment]:
    sums = Sums(figures, law)
    return [
        one
        for subject, duties in bearing.duties.items()
        for duty in duties
        for one in judge_all(duty.target, subject, sums, around=bearing.around(duty, today))
    ]


def _newest_january(figures: Figures) -> Period | None:
    newest = max((one.period.year for one in figures.each()), default=None)
    return None if newest is None else Period.month(newest, 1)
