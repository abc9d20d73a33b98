"""All that bears on judging subjects, read in one READ ONLY transaction, for what looks without writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planwatch.contract.figures import Figures
from planwatch.contract.plan import Law
from planwatch.contract.records import Records
from planwatch.rules.case import Surroundings
from planwatch.service.assessor import NOBODY, duties_of, figures_of, records_of, regions_looked_at
from planwatch.service.following import Duty
from planwatch.storage.assess_store import Work
from planwatch.storage.taken import Who


@dataclass(frozen=True)
class Bearing:
    """The targets that bind subjects, and the figures and register entries that bear on them, as assess loads them."""

    who: Mapping[str, Who]
    duties: Mapping[str, Sequence[Duty]]
    figures: Figures
    records: Records

    def around(self, duty: Duty, today: date) -> Surroundings:
        """What judging a duty may look at besides figures."""
        return Surroundings(duty.members, self.records, today)


def bearing_of(work: Work, law: Law, subjects: Sequence[str], *, targets: frozenset[str] | None = None) -> Bearing:
    """What bears on subjects; ``targets`` restricts it to these target ids."""
    who = work.who(subjects)
    duties = {subject: duties_of(work, law, subject, who.get(subject, NOBODY)) for subject in subjects}
    if targets is not None:
        duties = {subject: [one for one in found if one.target.id in targets] for subject, found in duties.items()}
    regions = regions_looked_at(work, duties)
    return Bearing(who, duties, figures_of(work, law, duties, regions), records_of(work, duties, regions))
