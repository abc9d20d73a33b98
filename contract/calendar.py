"""Reporting duties and deadlines: who must report what, for which periods, until when; working days of China. Pure."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from planwatch.contract.document import Document, Slug
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import Name, SubjectKind

SATURDAY = 5
FEBRUARY = 2
Month = Annotated[int, Field(ge=1, le=MONTHS_OF_A_YEAR)]


class Every(StrEnum):
    """How often something is reported."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: MONTHS_OF_A_YEAR}


class Deadline(Document):
    """Until when: the ``day`` (or ``working_day``) of the month that comes ``months_after`` the period's last one.

    A day the month does not have means its last. ``rolls``: where the day is no working day, the next one counts.
    """

    day: Annotated[int, Field(ge=1, le=31)] | None = None
    working_day: Annotated[int, Field(ge=1, le=22)] | None = None
    months_after: Annotated[int, Field(ge=1, le=12)] = 1
    rolls: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.day is None) == (self.working_day is None):
            raise ValueError("give either day or working_day")
        if self.rolls and self.day is None:
            raise ValueError("rolls goes with day: a working day never rolls")
        return self


def check_founded(source: str | None, assumed: str | None) -> None:
    """ValueError unless a deadline is either founded on a document or said to be assumed."""
    if (source is None) == (assumed is None):
        raise ValueError("give either source (who sets the deadline, where) or assumed (why it is set so here)")


def check_january(every: Every, *, exempt: bool) -> None:
    """ValueError where January is left out of anything but monthly reports."""
    if exempt and every is not Every.MONTH:
        raise ValueError("january_exempt is for monthly duties")


class Duty(Document):
    """Who must report what for which periods, and until when.

    ``regions`` are those whose reporters are meant (with all ``below``); empty means everywhere. ``indicators`` are
    beginnings of indicator ids; a report with any of them fulfils the duty, empty means any figure at all. ``ends``
    narrows the periods to those that end with one of these months. ``from_january``: periods run from January
    (累计). ``january_exempt``: January and February are reported together (methodology §4). ``assumed`` says why,
    where no ``source`` states the deadline.
    """

    id: Slug
    zh: Name
    reporter: SubjectKind
    every: Every
    deadline: Deadline
    regions: tuple[RegionCode, ...] = ()
    below: bool = True
    indicators: tuple[str, ...] = ()
    ends: tuple[Month, ...] = ()
    from_january: bool = False
    january_exempt: bool = False
    valid_from: date
    valid_to: date | None = None
    source: Name | None = None
    assumed: Name | None = None

    @model_validator(mode="after")
    def _founded(self) -> Self:
        check_founded(self.source, self.assumed)
        check_january(self.every, exempt=self.january_exempt)
        return self

    def periods(self, year: int) -> list[Period]:
        """The periods of a year that must be reported, in order."""
        months = _MONTHS[self.every]
        found = [Period(year, last - months + 1, last) for last in range(months, MONTHS_OF_A_YEAR + 1, months)]
        if self.january_exempt:
            found = [Period(year, 1, 2), *found[2:]]
        if self.from_january:
            found = [period.year_to_date() for period in found]
        return [one for one in found if (not self.ends or one.last in self.ends) and self.holds_on(one.end_day)]

    def asks_for(self, period: Period) -> bool:
        """Whether exactly this period must be reported: one of ``periods``, told without counting them all."""
        if not self.ends_with(period) or (self.january_exempt and period.last == 1):
            return False
        together = self.from_january or (self.january_exempt and period.last == FEBRUARY)
        return period.first == (1 if together else period.last - _MONTHS[self.every] + 1)

    def ends_with(self, period: Period) -> bool:
        """Whether it says anything of periods that end with this one, be it that none is due (January exempt)."""
        ends = period.last % _MONTHS[self.every] == 0 and (not self.ends or period.last in self.ends)
        return ends and self.holds_on(period.end_day)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def wants(self, indicator: str) -> bool:
        """Whether a figure of an indicator helps to fulfil it."""
        return not self.indicators or indicator.startswith(self.indicators)

    def due(self, period: Period, working_days: "WorkingDays") -> date:
        """The last day on which a report on a period is in time."""
        months = period.last - 1 + self.deadline.months_after
        year, month = period.year + months // MONTHS_OF_A_YEAR, months % MONTHS_OF_A_YEAR + 1
        if self.deadline.working_day is not None:
            return working_days.nth(year, month, self.deadline.working_day)
        assert self.deadline.day is not None, "a deadline has a day or a working day"
        day = date(year, month, min(self.deadline.day, monthrange(year, month)[1]))
        return working_days.next_from(day) if self.deadline.rolls else day


class DaysOff(Document):
    """A public holiday with its adjoining days off (放假调休), first to last day."""

    zh: Name
    first: date
    last: date


class WorkingYear(Document):
    """One year's arrangement of public holidays; ``worked`` are Saturdays and Sundays that are worked instead."""

    year: int
    source: Name
    off: tuple[DaysOff, ...]
    worked: tuple[date, ...] = ()


def fault_of_off(year: int, off: DaysOff) -> str:
    """What is wrong with a run of days off in a year; empty if nothing is."""
    if off.first > off.last or {off.first.year, off.last.year} != {year}:
        return f"{off.first} to {off.last} is no run of days of {year}"
    return ""


def fault_of_worked(year: int, day: date, off: Iterable[DaysOff]) -> str:
    """What is wrong with a day said to be worked instead; empty if nothing is."""
    if day.year != year:
        return f"{day} is no day of {year}"
    if day.weekday() < SATURDAY:
        return f"{day} is no Saturday or Sunday: it is worked anyway"
    if any(one.first <= day <= one.last for one in off):
        return f"{day} is listed as a day off too"
    return ""


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked. Of a year whose arrangement is not known, only Saturdays and Sundays are off."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def of(cls, years: Iterable[WorkingYear]) -> "WorkingDays":
        """Collect years."""
        known = tuple(years)
        off = {
            span.first + timedelta(days=i)
            for one in known
            for span in one.off
            for i in range((span.last - span.first).days + 1)
        }
        return cls(
            frozenset(off), frozenset(day for one in known for day in one.worked), frozenset(y.year for y in known)
        )

    def is_worked(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def next_from(self, day: date) -> date:
        """The day itself if it is worked, else the next one that is."""
        while not self.is_worked(day):
            day += timedelta(days=1)
        return day

    def between(self, after: date, until: date) -> int:
        """How many working days lie after a day, up to another one and with it."""
        return sum(self.is_worked(after + timedelta(days=i)) for i in range(1, (until - after).days + 1))

    def nth(self, year: int, month: int, number: int) -> date:
        """The n-th working day of a month; of a month with fewer, the one that would follow."""
        day = self.next_from(date(year, month, 1))
        for _ in range(number - 1):
            day = self.next_from(day + timedelta(days=1))
        return day


RegionsAbove = Callable[[str, date], Sequence[str]]
"""The region codes above a subject on a day, nearest first: ``Records.regions_above``."""


@dataclass(frozen=True)
class ReportingCalendar:
    """All duties and working days, and where subjects lie: what Q01 and `planwatch missing` ask.

    ``registered`` are those duties (id, first day) that come from the register: for the periods one speaks of, those of
    the law for the same reporters, region and ``every`` do not count.
    """

    duties: tuple[Duty, ...] = ()
    working_days: WorkingDays = field(default_factory=WorkingDays)
    registered: frozenset[tuple[str, date]] = frozenset()

    def duties_of(self, subject: str, regions: Sequence[str], period: Period) -> list[Duty]:
        """The duties of a subject for exactly this period; of those for one period the nearest region's stand alone."""
        kind, _, code = subject.partition(":")
        chain = (code, *regions) if kind == SubjectKind.REGION else tuple(regions)
        bound: dict[int, list[Duty]] = {}
        replaced: set[tuple[int, Every]] = set()
        for duty in self.duties:
            if duty.reporter != kind or (place := _place(duty, chain)) is None:
                continue
            if self._is_registered(duty) and duty.ends_with(period):
                replaced.add((place, duty.every))
            if duty.asks_for(period):
                bound.setdefault(place, []).append(duty)
        if not bound:
            return []
        place = min(bound)
        return [one for one in bound[place] if self._is_registered(one) or (place, one.every) not in replaced]

    def _is_registered(self, duty: Duty) -> bool:
        return (duty.id, duty.valid_from) in self.registered

    def due(self, subject: str, regions: Sequence[str], period: Period) -> date | None:
        """The deadline of a subject for exactly this period, the latest of several; None where nothing is due."""
        days = [duty.due(period, self.working_days) for duty in self.duties_of(subject, regions, period)]
        return max(days, default=None)

    def deadlines(self, regions_above: RegionsAbove) -> Callable[[str, Period], date | None]:
        """``due(subject, period)`` for Q01: where a subject lies is looked up for the period's last day."""
        return lambda subject, period: self.due(subject, regions_above(subject, period.end_day), period)


def _place(duty: Duty, chain: Sequence[str]) -> int | None:
    """How far up the chain a duty's region lies; None if it is not meant for this chain."""
    if not duty.regions:
        return len(chain)
    places = [i for i, code in enumerate(chain) if code in duty.regions and (duty.below or i == 0)]
    return min(places, default=None)
