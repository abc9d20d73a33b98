"""YAML to the reporting calendar (duties, working days) and to the table of industries."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from planwatch.contract.calendar import SATURDAY, Duty, ReportingCalendar, WorkingDays, WorkingYear
from planwatch.contract.document import Document
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.industry import Industries
from planwatch.contract.strict import read_strict
from planwatch.plans.folder import added_files, common_file
from planwatch.plans.loader import load_document, load_regions
from planwatch.plans.yaml_source import Source, read_yaml

_UNQUOTED_DAY = re.compile(r"'(\d{4}-\d\d-\d\d)'")
"""Days are written without quotes, as everywhere in law folders."""


class CalendarFile(Document):
    """``calendars/*.yaml``: duties, or years of working days, or both."""

    duties: tuple[Duty, ...] = ()
    working_years: tuple[WorkingYear, ...] = ()


def load_calendar(folder: Path | None = None) -> ReportingCalendar:
    """The reporting calendar of a law folder; InvalidDocument with every fault of the first file that has any."""
    duties, years = load_duties(folder)
    return ReportingCalendar(duties, WorkingDays.of(years))


def load_duties(folder: Path | None = None) -> tuple[tuple[Duty, ...], tuple[WorkingYear, ...]]:
    """All duties and years of working days of a law folder; InvalidDocument as above.

    A duty or a year in the folder's own files replaces the package's of the same id or year.
    """
    regions = {region.id for region in load_regions(folder)}
    duties: dict[str, Duty] = {}
    years: dict[int, WorkingYear] = {}
    for file in added_files(folder, "calendars"):
        found = _read(file, regions)
        duties |= {duty.id: duty for duty in found.duties}
        years |= {one.year: one for one in found.working_years}
    return tuple(duties.values()), tuple(years.values())


def load_industries(folder: Path | None = None) -> Industries:
    """The table of industries; raises InvalidDocument."""
    return load_document(common_file(folder, "industries.yaml"), Industries)


def _read(file: Path, regions: set[str]) -> CalendarFile:
    source = read_yaml(file)
    found = read_strict(source.tree, CalendarFile)
    if isinstance(found, tuple):
        for fault in found:
            source.fault(fault.where, fault.message)
        source.refuse()
        raise AssertionError("a document that is not read has a fault")
    _check_duties(source, found, regions)
    for i, year in enumerate(found.working_years):
        _check_year(source, i, year)
    source.refuse()
    return found


def _check_duties(source: Source, found: CalendarFile, regions: set[str]) -> None:
    seen: set[str] = set()
    for i, duty in enumerate(found.duties):
        if duty.id in seen:
            source.fault(("duties", i, "id"), f"duty {duty.id!r} stands twice in this file")
        seen.add(duty.id)
        for j, code in enumerate(duty.regions):
            if code not in regions:
                source.fault(("duties", i, "regions", j), f"region {code!r} is in no file of regions/")


def _check_year(source: Source, i: int, year: WorkingYear) -> None:
    for j, off in enumerate(year.off):
        if off.first > off.last or {off.first.year, off.last.year} != {year.year}:
            where = ("working_years", i, "off", j)
            source.fault(where, f"{off.first} to {off.last} is no run of days of {year.year}")
    for j, day in enumerate(year.worked):
        if why := _not_worked(day, year):
            source.fault(("working_years", i, "worked", j), why)


def _not_worked(day: date, year: WorkingYear) -> str:
    """What is wrong with a day said to be worked instead; empty if nothing is."""
    if day.year != year.year:
        return f"{day} is no day of {year.year}"
    if day.weekday() < SATURDAY:
        return f"{day} is no Saturday or Sunday: it is worked anyway"
    if any(off.first <= day <= off.last for off in year.off):
        return f"{day} is listed as a day off too"
    return ""


def save_duties(path: Path, duties: Sequence[Duty]) -> None:
    """Write duties as a calendar file, whole or not at all; InvalidDocument where the place cannot be written."""
    text = yaml.safe_dump(
        {"duties": [duty.model_dump(mode="json", exclude_defaults=True) for duty in duties]},
        allow_unicode=True,
        sort_keys=False,
    )
    aside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(_UNQUOTED_DAY.sub(r"\1", text), "utf-8")
        aside.replace(path)
    except OSError as error:
        raise InvalidDocument(str(path), ((None, f"cannot be written: {error.strerror or error}"),)) from error
