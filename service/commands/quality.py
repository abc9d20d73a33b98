"""`planwatch quality`: check stored figures, and measure how good the checks are."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planwatch.contract.errors import SettingsError
from planwatch.contract.period import local_day
from planwatch.contract.plan import Law
from planwatch.contract.quality import Faulty, Finding, Outcome
from planwatch.quality.check import gathered as gathered_by_reading
from planwatch.quality.check import held
from planwatch.service.checking import rulebook_of
from planwatch.service.commands.quality_findings import answer, list_findings
from planwatch.service.evidence import gather
from planwatch.service.plain import plain
from planwatch.service.settings import read_settings
from planwatch.service.whom import subject_named
from planwatch.service.wiring import clock, law_of
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore
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
        store, live = ReviewStore(database), LawStore(database).live()
        law = live if live and live.quality else law_of(settings)  # a law that checks nothing has nothing to say here
        whom = store.reporters(region, registered=True) if region else [subject_named(store, subject or "", console)]
        findings = stored_findings(store, whom, law, local_day(clock()))
    if as_json:
        json.dump([plain(finding) for finding in findings], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    _show(console, findings, whom)


def stored_findings(store: ReviewStore, whom: Sequence[str], law: Law, today: date) -> list[Finding]:
    """Findings about subjects from everything stored of them, in one read-only transaction.

    Gathered and found as the check pass does, so that nothing found there is left unsaid here.
    """
    book, found = rulebook_of(law), list[Finding]()
    with store.looking(today) as work:
        for start in range(0, len(whom), AT_ONCE):
            some = whom[start : start + AT_ONCE]
            gathered = gather(work, law, some)
            for one in some:
                found += gathered.findings(one, gathered.figures(one), book, today)
    return found


def _show(console: Console, findings: Sequence[Finding], whom: Sequence[str]) -> None:
    for one in gathered_by_reading(findings):
        _show_reading(console, one)
    kept = len(held(findings))
    console.print(f"{len(whom)} 个对象,{len(findings)} 个问题,其中 {kept} 个数待核不计")


def _show_reading(console: Console, one: Faulty) -> None:
    console.print(f"[bold]{one.subject} {one.period.label} {one.indicator}[/bold] {OUTCOME[one.outcome]}")
    for finding in one.findings:
        console.print(f"  {finding.rule.value} {escape(finding.message)}", soft_wrap=True, highlight=False)
        console.print(f"      [dim]依据 {escape(finding.threshold)}[/dim]", soft_wrap=True, highlight=False)


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

    law, console = law_of(read_settings()), Console()
    book, catalogue = rulebook_of(law), law.catalogue
    if filed is None:
        tables.show_measured(console, range(seeds), units, book, catalogue)
        return
    if mapping is None:
        raise SettingsError("--filed needs --mapping")
    tables.show_filed(console, filed, mapping, outliers, examples, book=book, catalogue=catalogue)
