"""Reporting duties and years of working days as registry records, and how they stand beside those of the law."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from planwatch.contract.calendar import (
    DaysOff,
    Deadline,
    Duty,
    Every,
    Month,
    ReportingCalendar,
    WorkingDays,
    WorkingYear,
    check_founded,
    check_january,
    fault_of_off,
    fault_of_worked,
)
from planwatch.contract.document import Slug
from planwatch.contract.registry_entry import RegionCode, RegistryEntry
from planwatch.contract.report import Name, SubjectKind

ONE_DAY = timedelta(days=1)


class DutyRecord(RegistryEntry):
    """A reporting duty: who must report what for which periods, until when. The fields are those of ``Duty``.

    It holds for periods whose last day lies between ``valid_from`` and ``valid_to``. A later entry of the same id takes
    its place from the day on which that one begins.
    """

    kind: Literal["duty"] = "duty"
    id: Slug
    reporter: SubjectKind = Field(strict=False)
    every: Every = Field(strict=False)
    deadline: Deadline
    regions: tuple[RegionCode, ...] = Field(default=(), strict=False)
    below: bool = True
    indicators: tuple[str, ...] = Field(default=(), strict=False)
    ends: tuple[Month, ...] = Field(default=(), strict=False)
    from_january: bool = False
    january_exempt: bool = False
    source: Name | None = None
    assumed: Name | None = None

    @model_validator(mode="after")
    def _founded(self) -> Self:
        check_founded(self.source, self.assumed)
        check_january(self.every, exempt=self.january_exempt)
        return self

    def duty(self) -> Duty:
        """The duty it states."""
        stated = {name: getattr(self, name) for name in Duty.model_fields if name != "zh"}
        return Duty(zh=self.name, **stated)


class WorkingYearRecord(RegistryEntry):
    """One year's public holidays and the Saturdays and Sundays worked instead (放假调休). Its id is the year.

    It holds for the days of its year, so ``valid_from`` is the first of January; a second notice for a year is a higher
    revision.
    """

    kind: Literal["working_year"] = "working_year"
    id: Annotated[str, StringConstraints(pattern=r"^20\d\d$")]
    source: Name
    off: tuple[DaysOff, ...] = Field(strict=False)
    worked: tuple[Annotated[date, Field(strict=False)], ...] = Field(default=(), strict=False)

    @field_validator("valid_from", "valid_to")
    @classmethod
    def _own_days(cls, day: date | None, info: ValidationInfo) -> date | None:
        year = info.data.get("id")
        wanted = (1, 1) if info.field_name == "valid_from" else (12, 31)
        if year and day and (str(day.year), day.month, day.day) != (year, *wanted):
            raise ValueError(f"must be {date(int(year), *wanted)}: a year of working days holds for its own days")
        return day

    @field_validator("off")
    @classmethod
    def _runs(cls, off: tuple[DaysOff, ...], info: ValidationInfo) -> tuple[DaysOff, ...]:
        if year := info.data.get("id"):
            _refuse(fault_of_off(int(year), one) for one in off)
        return off

    @field_validator("worked")
    @classmethod
    def _instead(cls, worked: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        if year := info.data.get("id"):
            _refuse(fault_of_worked(int(year), day, info.data.get("off", ())) for day in worked)
        return worked

    def working_year(self) -> WorkingYear:
        """The year it states."""
        return WorkingYear(year=int(self.id), source=self.source, off=self.off, worked=self.worked)


def _refuse(faults: Iterable[str]) -> None:
    if found := "; ".join(filter(None, faults)):
        raise ValueError(found)


def calendar_of(
    duties: Iterable[Duty], years: Iterable[WorkingYear], records: Iterable[DutyRecord | WorkingYearRecord] = ()
) -> ReportingCalendar:
    """The law's duties and years, and above them those of the register.

    A registered year replaces the law's. A registered duty with the id of one of the law's follows on it; for the
    periods it speaks of, the law's other duties for the same reporters, region and ``every`` do not count.
    """
    standing: dict[tuple[str, date], DutyRecord | WorkingYearRecord] = {}
    for record in sorted(records, key=lambda one: (one.kind, one.id, one.valid_from, one.revision)):
        standing[f"{record.kind}:{record.id}", record.valid_from] = record
    known = {one.year: one for one in years}
    known |= {int(one.id): one.working_year() for one in standing.values() if isinstance(one, WorkingYearRecord)}
    stated: dict[str, list[Duty]] = {}
    for one in standing.values():
        if isinstance(one, DutyRecord):
            stated.setdefault(one.id, []).append(one.duty())
    own = [duty for found in stated.values() for duty in _following(found)]
    law = [_cut(duty, stated[duty.id][0].valid_from) if duty.id in stated else duty for duty in duties]
    return ReportingCalendar(
        (*filter(None, law), *own),
        WorkingDays.of(known.values()),
        frozenset((duty.id, duty.valid_from) for duty in own),
    )


def _following(entries: Sequence[Duty]) -> list[Duty]:
    """Dated entries of one duty, each until the day before the next one begins."""
    cut = [_cut(one, following.valid_from) for one, following in pairwise(entries)]
    return [one for one in (*cut, entries[-1]) if one is not None]


def _cut(duty: Duty, following: date) -> Duty | None:
    """A duty until the day before another one follows on it; None if nothing of it is left."""
    if duty.valid_to is not None and duty.valid_to < following:
        return duty
    return duty.model_copy(update={"valid_to": following - ONE_DAY}) if duty.valid_from < following else None
