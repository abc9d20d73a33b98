"""Who has not reported by the deadline: per reporter, and per region with numbers and shares. No I/O, no clock."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planwatch.contract.calendar import Duty, ReportingCalendar
from planwatch.contract.figures import Figures, Missing
from planwatch.contract.period import Period, derive
from planwatch.contract.plan import Basis, Law
from planwatch.contract.records import Records
from planwatch.contract.report import SubjectKind
from planwatch.rules.numbers import exact
from planwatch.rules.standard_coal import tce_of

YEARS_BACK = 2
Received = Mapping[tuple[str, str], Mapping[Period, date]]
"""The days on which figures were first received, by subject and indicator."""
NEVER: Received = {}


@dataclass(frozen=True, slots=True)
class Expected:
    """A report that is due: whose, under which duty, until when, whether it is there.

    ``received`` is the day from which on the period followed from what had been received; None if it does not, or the
    day is not known. ``working_days_late`` are those between the deadline and that day. ``tce`` is the reporter's
    standard coal of a month (当量值) as last known before the period; None if it never was.
    """

    subject: str
    name: str
    regions: tuple[str, ...]
    duty: Duty
    period: Period
    deadline: date
    reported: bool
    tce: Decimal | None
    received: date | None = None
    working_days_late: int = 0

    @property
    def days_late(self) -> int:
        """By how many days it came after its deadline; 0 if it came in time or is not there."""
        return max(0, (self.received - self.deadline).days) if self.received else 0

    def overdue(self, today: date) -> bool:
        """Whether it is missing although its deadline has passed."""
        return not self.reported and self.deadline < today


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a duty is fulfilled in a region and below: reporters, and tonnes of standard coal as last known.

    ``unknown`` counts reporters whose standard coal was never known: they are in no share of tonnes. ``late`` counts
    those among the reported that came after the deadline.
    """

    region: str
    duty: Duty
    expected: int
    reported: int
    overdue: int
    tce_expected: Decimal
    tce_reported: Decimal
    unknown: int
    late: int = 0

    @property
    def percent(self) -> Decimal:
        """Reporters that reported, in percent."""
        return Decimal(100) * self.reported / self.expected

    @property
    def tce_percent(self) -> Decimal | None:
        """Standard coal of those that reported, in percent; None where nobody's is known."""
        return Decimal(100) * self.tce_reported / self.tce_expected if self.tce_expected else None


class Reports:
    """What was reported, looked up by reporter: the figures, and the law that converts them to standard coal."""

    def __init__(self, figures: Figures, law: Law, received: Received = NEVER) -> None:
        self._figures, self._law, self._received = figures, law, received
        self._indicators: dict[str, set[str]] = {}
        for figure in figures.each():
            self._indicators.setdefault(figure.subject, set()).add(figure.indicator)

    def fulfil(self, duty: Duty, subject: str, period: Period) -> bool:
        """Whether any figure the duty wants follows for exactly this period from what was reported.

        A figure that is held was reported all the same.
        """
        names = (name for name in self._indicators.get(subject, ()) if duty.wants(name))
        return any(derive(period, self._figures.periods(subject, name)) is not None for name in names)

    def received(self, duty: Duty, subject: str, period: Period) -> date | None:
        """The first day on which any figure the duty wants followed for exactly this period from what had come in."""
        days = []
        for name in self._indicators.get(subject, ()):
            known: list[Period] = []
            for day, one in sorted((day, one) for one, day in self._received.get((subject, name), {}).items()):
                known.append(one)
                if duty.wants(name) and derive(period, known) is not None:
                    days.append(day)
                    break
        return min(days, default=None)

    @exact
    def last_known_tce(self, subject: str, period: Period) -> Decimal | None:
        """Standard coal of a month on 当量值, averaged over the newest year before the period that it is known of.

        Over the months since January, as far as they were reported; where these have gaps, of the newest month.
        """
        if not subject.startswith(SubjectKind.UNIT):
            return None
        stated = {one for name in self._indicators.get(subject, ()) for one in self._figures.periods(subject, name)}
        for year in (*range(period.year - 1, period.year - 1 - YEARS_BACK, -1), period.year):
            ends = sorted({one.last for one in stated if one.year == year and one.end_day < period.start}, reverse=True)
            for span in (*(Period(year, 1, last) for last in ends), *(Period.month(year, last) for last in ends)):
                found = tce_of(subject, span, self._figures, self._law, Basis.EQUIVALENT)
                if not isinstance(found, Missing):
                    return found.amount / span.months
        return None


def expected_reports(
    calendar: ReportingCalendar, records: Records, reports: Reports, period: Period, region: str | None = None
) -> Iterator[Expected]:
    """Every report that is due on a period, in a region and below; see ``forms`` for what counts as the period.

    Only who was registered on the period's last day owes anything.
    """
    for subject in records.subjects():
        entry = records.at(subject, period.end_day)
        if entry is None:
            continue
        regions = records.regions_above(subject, period.end_day)
        if region is not None and f"region:{region}" != subject and region not in regions:
            continue
        for form in forms(period):
            for duty in calendar.duties_of(subject, regions, form):
                deadline = duty.due(form, calendar.working_days)
                there, tce = reports.fulfil(duty, subject, form), reports.last_known_tce(subject, form)
                came = reports.received(duty, subject, form) if there else None
                late = calendar.working_days.between(deadline, came) if came else 0
                yield Expected(subject, entry.name, regions, duty, form, deadline, there, tce, came, late)


def forms(period: Period) -> tuple[Period, ...]:
    """The periods meant when somebody names one: itself, and what has run since January (1—2月 for February)."""
    return tuple(dict.fromkeys((period, period.year_to_date())))


@exact
def shares(expected: Iterable[Expected], today: date) -> list[Share]:
    """Numbers and shares by region and duty, every region with all below it, in the order of their codes."""
    sums: dict[tuple[str, str, Period], list[Expected]] = {}
    for one in expected:
        kind, _, code = one.subject.partition(":")
        for region in one.regions if kind != SubjectKind.REGION else (code, *one.regions):
            sums.setdefault((region, one.duty.id, one.period), []).append(one)
    return [_share(region, found, today) for (region, _, _), found in sorted(sums.items(), key=lambda item: item[0])]


def _share(region: str, found: list[Expected], today: date) -> Share:
    known = [one for one in found if one.tce is not None]
    return Share(
        region,
        found[0].duty,
        expected=len(found),
        reported=sum(one.reported for one in found),
        overdue=sum(one.overdue(today) for one in found),
        tce_expected=sum((one.tce for one in known if one.tce is not None), Decimal(0)),
        tce_reported=sum((one.tce for one in known if one.tce is not None and one.reported), Decimal(0)),
        unknown=len(found) - len(known),
        late=sum(one.days_late > 0 for one in found),
    )


def newest_due(calendar: ReportingCalendar, today: date) -> Period | None:
    """The newest period whose deadline has passed under any duty."""
    past: Mapping[Period, date] = {
        period: duty.due(period, calendar.working_days)
        for duty in calendar.duties
        for year in (today.year - 1, today.year)
        for period in duty.periods(year)
    }
    due = [period for period, deadline in past.items() if deadline < today]
    return max(due, key=lambda one: (one.year, one.last, -one.months), default=None)
