"""`planwatch quality`: check stored figures, and measure how good the checks are."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planwatch.contract.calendar import ReportingCalendar
from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import SettingsError
from planwatch.contract.period import local_day
from planwatch.contract.quality import Faulty, Finding, Outcome
from planwatch.plans.calendar_files import load_calendar
from planwatch.plans.loader import load_catalogue
from planwatch.plans.quality_rules import load_quality_rules
from planwatch.quality.case import Evidence
from planwatch.quality.check import check_subject, gathered, held
from planwatch.quality.rulebook import Rulebook
from planwatch.service.commands.quality_findings import answer, list_findings
from planwatch.service.plain import plain
from planwatch.service.settings import Settings, read_settings
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock
from planwatch.storage.database import Database
from planwatch.storage.review_store import ReviewStore

AT_ONCE = 200
OUTCOME = {Outcome.REJECT: "退回", Outcome.HOLD: "待核不计", Outcome.QUERY: "存疑待说明", Outcome.NOTE: "提示"}

app = typer.Typer(help="Quality of figures: what the checks find, and how good they are.", no_args_is_help=True)
app.command("list")(list_findings)
app.command("answer")(answer)


@app.command("check")
def check(
    subject: Annotated[
        str | None, typer.Argument(help="Who: unit:…, region:500000, a code, or a registered name.")
    ] = None,
    *,
    region: Annotated[str | None, typer.Option(help="Instead: everybody registered in this region and below.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output, all numbers exact.")] = False,
) -> None:
    """Check stored figures and print every finding, all faults of one reading together. Nothing is written."""
    if (subject is None) == (region is None):
        raise typer.BadParameter("name a subject, or --region")
    settings, console = read_settings(), Console()
    with Database(settings.database.url, max_size=1) as database:
        store = ReviewStore(database)
        whom = store.reporters(region) if region else [subject_named(store, subject or "", console)]
        findings = _stored(store, whom, *book_of(settings), load_calendar(settings.plans.folder))
    if as_json:
        json.dump([plain(finding) for finding in findings], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    _show(console, findings, whom)


def book_of(settings: Settings) -> tuple[Rulebook, Catalogue]:
    """The quality rules of the package and of all law folders."""
    catalogue = load_catalogue(settings.plans.folder)
    folders = [settings.plans.folder, *settings.plans.extra_folders]
    return Rulebook(load_quality_rules(catalogue, folders), catalogue), catalogue


def _stored(
    store: ReviewStore, whom: Sequence[str], book: Rulebook, catalogue: Catalogue, calendar: ReportingCalendar
) -> list[Finding]:
    """Findings about subjects from their stored figures, in one read-only transaction."""
    units = {one.id: one.unit for one in catalogue.indicators if not one.derived}
    found: list[Finding] = []
    today = local_day(clock())
    with store.looking() as work:
        for start in range(0, len(whom), AT_ONCE):
            some = whom[start : start + AT_ONCE]
            above = {f"region:{code}" for who in work.who(some).values() for code in who.regions}
            records = work.records(sorted({*some, *above}))
            figures = work.figures(some, units)
            due = calendar.deadlines(records.regions_above)
            for one in some:
                found += check_subject(one, figures, records, book, today, evidence=Evidence(due=due))
    return found


def _show(console: Console, findings: Sequence[Finding], whom: Sequence[str]) -> None:
    for one in gathered(findings):
        _show_reading(console, one)
    kept = len(held(findings))
    console.print(f"{len(whom)} 个对象,{len(findings)} 个问题,其中 {kept} 个数待核不计")


def _show_reading(console: Console, one: Faulty) -> None:
    console.print(f"[bold]{one.subject} {one.period.label} {one.indicator}[/bold] {OUTCOME[one.outcome]}")
    for finding in one.findings:
        console.print(f"  {finding.rule.value} {finding.message}", soft_wrap=True, highlight=False)
        console.print(f"      [dim]依据 {finding.threshold}[/dim]", soft_wrap=True, highlight=False)


@app.command("measure")
def measure(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds of simulated units.")] = 3,
    units: Annotated[int, typer.Option(min=5, help="How many units for each seed.")] = 20,
    filed: Annotated[Path | None, typer.Option(help="Instead: a table of real filings.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="What the columns of the table mean.")] = None,
    outliers: Annotated[Path | None, typer.Option(help="The publisher's own log to stand beside.")] = None,
    examples: Annotated[int, typer.Option(min=0, help="How many examples of each kind to print.")] = 2,
) -> None:
    """Print false alarms, recall on seeded faults and cost; or, with --filed, what is found in a table of filings."""
    from planwatch.service.commands import quality_tables as tables

    book, catalogue = book_of(read_settings())
    console = Console()
    if filed is None:
        tables.show_measured(console, range(seeds), units, book, catalogue)
        return
    if mapping is None:
        raise SettingsError("--filed needs --mapping")
    tables.show_filed(console, filed, mapping, outliers, examples, book=book, catalogue=catalogue)
