"""What assess takes up and finds: marked subjects, who they are, and what stands of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick
from planwatch.contract.warning import Cause
from planwatch.storage.rows import level_of_row

# A correction says more about why something was judged again than the new figures that came with it.
_STRENGTH = (Cause.RELATED, Cause.FIGURES, Cause.REGISTRY, Cause.PLAN, Cause.CORRECTION)


_NAMED = 2


@dataclass(frozen=True, slots=True)
class Marked:
    """A subject to be judged again, from a month on, and why.

    ``anything``: a register entry or target is among the causes, which bears on all months.
    ``cause`` is why what was judged before may be another judgement now, ``news`` why something is judged first: a
    correction of March that comes with the figures of June is no correction of June. ``behind`` names for each cause
    what was behind it: reports, register entries, a law.
    """

    subject: str
    since: date
    cause: Cause
    news: Cause
    behind: Mapping[Cause, str]
    anything: bool = False

    @property
    def anew_from(self) -> date | None:
        """The first day of the month from which on judgements may come out differently; None: any of them may.

        New figures bear on their own month and later ones, for the subject and for whoever depends on it; a changed
        register entry or target on all.
        """
        return None if self.anything else self.since.replace(day=1)


@dataclass(frozen=True, slots=True)
class Who:
    """What the registry says of a subject. ``regions`` is the chain above it, nearest first; ``traits`` a unit's."""

    subject: str
    kind: str
    name: str
    two_high: bool
    regions: tuple[str, ...]
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a judgement that stands says.

    ``whole`` is the judgement with its figures; None where it lies before the months that are judged anew.
    """

    plan: str
    target: str
    subject: str
    yardstick: Yardstick
    period: Period
    status: Status
    level: Level | None
    whole: Assessment | None = None

    @classmethod
    def of(cls, whole: Assessment) -> "Standing":
        """The whole judgement."""
        spot = (whole.plan, whole.target, whole.subject, whole.yardstick, whole.period)
        return cls(*spot, whole.status, whole.level, whole)

    @property
    def columns(self) -> dict[str, Any]:
        """Its key as columns."""
        return {
            "subject": self.subject,
            "target": self.target,
            "yardstick": self.yardstick.value,
            "period_start": self.period.start,
            "months": self.period.months,
        }


def standing_of_row(row: Sequence[Any]) -> Standing:
    """What a judgement says, from the columns of the query `standing`."""
    plan, target, subject, yardstick, start, months, status, *level = row
    period = Period.from_start(start, months)
    return Standing(plan, target, subject, Yardstick(yardstick), period, Status(status), level_of_row(*level))


def marked_of_row(subject: str, since: date, causes: Sequence[str], caused_by: Sequence[str]) -> Marked:
    """A subject with all its marks, newest first, from the columns of the query `take_marks`."""
    behind: dict[Cause, list[str]] = {}
    for cause, what in zip(map(Cause, causes), caused_by, strict=True):
        behind.setdefault(cause, []).append(what)
    strongest = max(behind, key=_STRENGTH.index)
    return Marked(
        subject,
        since,
        strongest,
        Cause.FIGURES if Cause.FIGURES in behind else strongest,
        {cause: _named(what) for cause, what in behind.items()},
        anything=not {Cause.REGISTRY, Cause.PLAN}.isdisjoint(behind),
    )


def _named(newest_first: Sequence[str]) -> str:
    """What was behind a cause, in few words: the newest two and how many more marks there were."""
    named = [what for what in dict.fromkeys(newest_first) if what]
    more = f" +{len(named) - _NAMED}" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
