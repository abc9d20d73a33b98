"""`planwatch missing`: who has not reported by the deadline or was late, per unit, county and region."""

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from planwatch.contract.calendar import ReportingCalendar
from planwatch.contract.calendar_records import calendar_of
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law
from planwatch.contract.records import Records
from planwatch.contract.report import SubjectKind
from planwatch.rules.reporting import Expected, Reports, Share, expected_reports, forms, newest_due, shares
from planwatch.service.asked import period_asked
from planwatch.service.commands.missing_tables import (
    latest_first,
    plain,
    show_late,
    show_missing,
    show_notes,
    show_shares,
)
from planwatch.service.settings import read_settings
from planwatch.service.whom import registered_region
from planwatch.service.wiring import clock, law_in_force
from planwatch.storage.database import Database
from planwatch.storage.registry_store import RegistryStore
from planwatch.storage.review_store import ReviewStore

SHOWN = 50


def missing(
    period: Annotated[
        str | None, typer.Option(help="2025-03, 2025-Q1 or 2025; the newest whose deadline has passed if left out.")
    ] = None,
    *,
    region: Annotated[str | None, typer.Option(help="Only what lies in this region (code) or below it.")] = None,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day looked at; today if left out.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=f"List all that is missing, not only the first {SHOWN}.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Show whose report on a period is missing after its deadline or came late, with numbers for every region.

    Late is what was first received after the deadline, whatever corrected it since. Shares of standard coal go by what
    each unit last reported. A region with a report missing is not rated on it.
    """
    settings, today = read_settings(), at.date() if at else local_day(clock())
    with Database(settings.database.url, max_size=1) as database:
        law = law_in_force(database, settings)
        calendar = calendar_of(law.duties, law.working_years, RegistryStore(database).calendar_records())
        meant = _period(period, calendar, today)
        found = _expected(database, law, calendar, meant, region)
        if region and not found:
            registered_region(RegistryStore(database), region)
    sums = shares(found, today) if region is None else below(region, found, shares(found, today))
    if as_json:
        json.dump(plain(meant, today, sums, found), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = Console()
    if not found:
        console.print(f"{meant.label_zh}没有到期的报送义务;义务见 calendars/ 与 docs/howto/registry.md")
        return
    names, shown = {one.subject: one.name for one in found}, len(found) if all_ else SHOWN
    show_shares(console, meant, today, sums, names)
    show_missing(console, [one for one in found if one.overdue(today)], shown)
    show_late(console, latest_first(found), shown)
    show_notes(console, calendar, found, today)


def _period(text: str | None, calendar: ReportingCalendar, today: date) -> Period:
    if text is None:
        newest = newest_due(calendar, today)
        if newest is None:
            raise typer.BadParameter("no duty is in force; name a period with --period")
        return newest
    return period_asked(text)


def below(region: str, found: Iterable[Expected], sums: Iterable[Share]) -> list[Share]:
    """The shares of a region and of those in it; of regions above it only a part was looked at, so they have none."""
    inside = {region}
    for one in found:
        kind, _, code = one.subject.partition(":")
        chain = one.regions if kind != SubjectKind.REGION else (code, *one.regions)
        inside.update(chain[: chain.index(region)] if region in chain else ())
    return [one for one in sums if one.region in inside]


def _expected(
    database: Database, law: Law, calendar: ReportingCalendar, period: Period, region: str | None
) -> list[Expected]:
    """Every report due on a period, from the register and the stored figures."""
    store = RegistryStore(database)
    records = store.records()
    subjects = _who_owes(calendar, records, period)
    wanted = {
        one.id: one.unit for one in law.catalogue.indicators if any(duty.wants(one.id) for duty in calendar.duties)
    }
    received = store.first_received(subjects, wanted, period.year)
    with ReviewStore(database).looking(local_day(clock())) as work:
        reports = Reports(work.figures(subjects, wanted), law, received)
    return list(expected_reports(calendar, records, reports, period, region))


def _who_owes(calendar: ReportingCalendar, records: Records, period: Period) -> list[str]:
    return [
        subject
        for subject in records.subjects()
        if any(
            calendar.duties_of(subject, records.regions_above(subject, period.end_day), form) for form in forms(period)
        )
    ]
