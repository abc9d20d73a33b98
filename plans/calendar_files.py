"""YAML to the reporting calendar (duties, working days) and to the table of industries."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import yaml

from planwatch.contract.calendar import (
    Duty,
    ReportingCalendar,
    WorkingDays,
    WorkingYear,
    fault_of_off,
    fault_of_worked,
)
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


def load_calendar(*folders: Path | None) -> ReportingCalendar:
    """The reporting calendar of law folders; InvalidDocument with every fault of the first file that has any."""
    duties, years = load_duties(*folders)
    return ReportingCalendar(duties, WorkingDays.of(years))


def load_duties(
    *folders: Path | None, regions: Collection[str] | None = None
) -> tuple[tuple[Duty, ...], tuple[WorkingYear, ...]]:
    """All duties and years of working days of law folders (none: the package's); InvalidDocument as above.

    A duty or a year in a folder's own files replaces the package's, and those of folders before it, of the same id or
    year. Duties may name ``regions``, by default those of the folders.
    """
    if regions is None:
        regions = {region.id for folder in folders or (None,) for region in load_regions(folder)}
    duties: dict[str, Duty] = {}
    years: dict[int, WorkingYear] = {}
    files = [file for folder in folders or (None,) for file in added_files(folder, "calendars")]
    for file in dict.fromkeys(files):  # each folder's list begins with the package's own
        found = _read(file, regions)
        duties |= {duty.id: duty for duty in found.duties}
        years |= {one.year: one for one in found.working_years}
    return tuple(duties.values()), tuple(years.values())


def load_industries(folder: Path | None = None) -> Industries:
    """The table of industries; raises InvalidDocument."""
    return load_document(common_file(folder, "industries.yaml"), Industries)


def _read(file: Path, regions: Collection[str]) -> CalendarFile:
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


def _check_duties(source: Source, found: CalendarFile, regions: Collection[str]) -> None:
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
        if why := fault_of_off(year.year, off):
            source.fault(("working_years", i, "off", j), why)
    for j, day in enumerate(year.worked):
        if why := fault_of_worked(year.year, day, year.off):
            source.fault(("working_years", i, "worked", j), why)


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
