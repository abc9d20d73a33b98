"""`planwatch registry load | template`: registers from CSV and XLSX, all faults of a file in one report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from planwatch.contract.coal import CoalTable
from planwatch.contract.records import AnyRecord
from planwatch.contract.registry import MeasuredFactor
from planwatch.ingest.files.register_checks import Outside, check_register
from planwatch.ingest.files.register_kinds import KINDS, Kind
from planwatch.ingest.files.register_table import RegisterTable, read_register, records_of
from planwatch.ingest.files.register_template import write_register_template
from planwatch.ingest.producer import ReportProducer
from planwatch.plans.calendar_files import load_industries, save_duties
from planwatch.plans.loader import load_catalogue, load_coal_table, load_regions
from planwatch.rules.measured_factor import fault_of_measured
from planwatch.service.commands.registry import RECORD_KINDS, KindName, app
from planwatch.service.commands.sending import opened_producer
from planwatch.service.settings import Settings, read_settings
from planwatch.storage.database import Database
from planwatch.storage.registry_store import RegistryStore

SHOWN = 200
EVERY_ROWS = 500


class TableKind(StrEnum):
    """Kinds of tables that can be loaded: the registers, and reporting duties."""

    UNITS = "units"
    TWO_HIGH = "two-high"
    REDUCTION = "reduction"
    REGIONS = "regions"
    DUTIES = "duties"


WhichKind = Annotated[TableKind, typer.Option("--kind", help="What the rows are.")]


@app.command()
def template(
    *, kind: WhichKind, out: Annotated[Path, typer.Option(help="Where to write it: a name in .xlsx or .csv.")]
) -> None:
    """Write an empty table to fill in, with a row that says what belongs in each column."""
    write_register_template(out, KINDS[kind.value])
    typer.echo(f"{out}: written")


@dataclass(slots=True)
class Outcome:
    """What becomes of the records of a file beside those that stand."""

    counts: Counter[str] = field(default_factory=Counter)
    to_send: list[AnyRecord] = field(default_factory=list)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file, e.g. a filled-in template.")],
    *,
    kind: WhichKind,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check and count; send and write nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help="Duties only: the calendar file to write (….yaml).")] = None,
) -> None:
    """Check a register table and send what is new or changed to the registry topic.

    A file with any fault is not sent at all; every fault is printed with row and column. Sending the same file again
    sends nothing: what stands already is left out, so that a load that was broken off is simply run again. Ends with 1
    if there were faults.
    """
    settings, console = read_settings(), Console()
    meant = KINDS[kind.value]
    with _progress() as progress:
        found = read_register(file, meant, _Meter(progress, f"{file.name}: {{:,}} rows read"))
    if kind is TableKind.DUTIES:
        _refuse(file, found, console)
        _keep_duties(found, out, settings, console, dry_run=dry_run)
        return
    record_kind = RECORD_KINDS[KindName(kind.value)]
    with Database(settings.database.url, max_size=1) as database:
        store = RegistryStore(database)
        standing = store.standing([record_kind])
        regions = store.region_codes() | {region.id for region in load_regions(settings.plans.folder)}
    catalogue = load_catalogue(settings.plans.folder)
    permitted = _Permitted(load_coal_table(settings.plans.folder, catalogue))
    check_register(found, Outside(regions, load_industries(settings.plans.folder), permitted, standing))
    _refuse(file, found, console)
    outcome = compare((record for _, record in records_of(found)), standing)
    if not dry_run:
        _send(outcome.to_send, settings, file.name)
    _account(console, file, meant, found, outcome, sent=not dry_run)


class _Permitted:
    """Whether a measured factor may be used, by one standard-coal table."""

    def __init__(self, table: CoalTable) -> None:
        self._table = table

    def __call__(self, factor: MeasuredFactor) -> str:
        return fault_of_measured(factor, self._table)


def compare(records: Iterable[AnyRecord], standing: Mapping[tuple[str, date], AnyRecord]) -> Outcome:
    """Which records are new, changed or standing already; what is to be sent in the order of ids and days."""
    outcome = Outcome()
    for record in sorted(records, key=lambda one: (one.id, one.valid_from)):
        before = standing.get((record.id, record.valid_from))
        word = "新增" if before is None else "未变" if before == record else "变更"
        outcome.counts[word] += 1
        if word != "未变":
            outcome.to_send.append(record)
    return outcome


def _send(records: list[AnyRecord], settings: Settings, name: str) -> None:
    if not records:
        return
    with _progress() as progress, opened_producer(settings) as producer:
        _send_all(records, producer, _Meter(progress, f"{name}: {{:,}} of {len(records):,} sent"))


def _send_all(records: list[AnyRecord], producer: ReportProducer, tick: "_Meter") -> None:
    for number, record in enumerate(records, 1):
        producer.send_record(record)
        tick(number)


def _keep_duties(
    found: RegisterTable, out: Path | None, settings: Settings, console: Console, *, dry_run: bool
) -> None:
    """Write duties as a calendar file; they are data of the law folder, not records of a topic."""
    regions = {region.id for region in load_regions(settings.plans.folder)}
    for entry in found.entries:
        for code in sorted(set(entry.record.regions) - regions):
            found.fault(entry.row, "regions", f"没有登记的地区代码 {code}")
    _refuse(None, found, console)
    if dry_run:
        console.print(f"报送义务 {len(found.entries):,} 条,无错误;试运行,未写入")
        return
    target = out or (settings.plans.folder / "calendars" / "duties-own.yaml" if settings.plans.folder else None)
    if target is None:
        raise typer.BadParameter("name the calendar file with --out, or set PLANWATCH_PLANS__FOLDER")
    save_duties(target, [entry.record for entry in found.entries])
    console.print(f"报送义务 {len(found.entries):,} 条,已写入 {target}")


def _refuse(file: Path | None, found: RegisterTable, console: Console) -> None:
    """Print every fault and end with 1, if there are any."""
    if not found.faults:
        return
    name = f"{file.name}: " if file else ""
    console.print(f"[red]{name}{len(found.faults):,} 处错误,未发送任何记录[/red]")
    for fault in sorted(found.faults)[:SHOWN]:
        console.print(f"  {fault}", markup=False, soft_wrap=True, highlight=False)
    if len(found.faults) > SHOWN:
        console.print(f"  … 另有 {len(found.faults) - SHOWN:,} 处")
    raise typer.Exit(1)


def _account(console: Console, file: Path, kind: Kind, found: RegisterTable, outcome: Outcome, *, sent: bool) -> None:
    done = "已发送" if sent else "试运行,未发送"
    parts = [f"{word} {outcome.counts[word]:,}" for word in ("新增", "变更", "未变")]
    repeated = f",重复行 {found.repeated:,}" if found.repeated else ""
    console.print(f"{file.name}: {kind.zh} {found.rows:,} 行,{'、'.join(parts)}{repeated};{done}")


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


class _Meter:
    """Shows how far it is, every few hundred rows."""

    def __init__(self, progress: Progress, words: str) -> None:
        self._progress, self._words = progress, words
        self._task = progress.add_task(words.format(0))

    def __call__(self, number: int) -> None:
        if number % EVERY_ROWS == 0:
            self._progress.update(self._task, description=self._words.format(number))
