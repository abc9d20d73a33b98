"""`planwatch registry load | template`: registers from CSV and XLSX, all faults of a file in one report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from planwatch.contract.calendar_records import DutyRecord
from planwatch.contract.coal import CoalTable
from planwatch.contract.registry import AnyRegistryRecord, MeasuredFactor
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


WhichKind = Annotated[KindName, typer.Option("--kind", help="What the rows are.")]


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
    to_send: list[AnyRegistryRecord] = field(default_factory=list)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file, e.g. a filled-in template.")],
    *,
    kind: WhichKind,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check and count; send and write nothing.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Duties only: write this calendar file (….yaml) of the law; send nothing.")
    ] = None,
) -> None:
    """Check a register table and send what is new or changed to the registry topic.

    A file with any fault is not sent at all; every fault is printed with row and column. Sending the same file again
    sends nothing: what stands already is left out, so that a load that was broken off is simply run again. Ends with 1
    if there were faults.
    """
    if out is not None and kind is not KindName.DUTIES:
        raise typer.BadParameter("--out is for duties")
    settings, console = read_settings(), Console()
    meant = KINDS[kind.value]
    with _progress() as progress:
        found = read_register(file, meant, _Meter(progress, f"{file.name}: {{:,}} rows read"))
    standing, regions = ({}, frozenset[str]()) if out else _stored(settings, RECORD_KINDS[kind])
    _check(found, settings, regions, standing)
    _refuse(file, found, console)
    if out is not None:
        _keep_duties(found, out, console, dry_run=dry_run)
        return
    outcome = compare((record for _, record in records_of(found)), standing)
    if not dry_run:
        _send(outcome.to_send, settings, file.name)
    _account(console, file, meant, found, outcome, sent=not dry_run)


def _stored(settings: Settings, record_kind: str) -> tuple[dict[tuple[str, date], AnyRegistryRecord], frozenset[str]]:
    """The records of a kind that stand, and the region codes ever registered."""
    with Database(settings.database.url, max_size=1) as database:
        store = RegistryStore(database)
        return store.standing([record_kind]), store.region_codes()


def _check(
    found: RegisterTable,
    settings: Settings,
    registered: frozenset[str],
    standing: Mapping[tuple[str, date], AnyRegistryRecord],
) -> None:
    """Hold a table against the regions, industries and conversion factors of the law, and what is registered."""
    folder = settings.plans.folder
    regions = registered | {region.id for region in load_regions(folder)}
    permitted = _Permitted(load_coal_table(folder, load_catalogue(folder)))
    check_register(found, Outside(regions, load_industries(folder), permitted, standing))


class _Permitted:
    """Whether a measured factor may be used, by one standard-coal table."""

    def __init__(self, table: CoalTable) -> None:
        self._table = table

    def __call__(self, factor: MeasuredFactor) -> str:
        return fault_of_measured(factor, self._table)


def compare(records: Iterable[AnyRegistryRecord], standing: Mapping[tuple[str, date], AnyRegistryRecord]) -> Outcome:
    """Which records are new, changed or standing already; what is to be sent in the order of ids and days."""
    outcome = Outcome()
    for record in sorted(records, key=lambda one: (one.id, one.valid_from)):
        before = standing.get((record.id, record.valid_from))
        word = "新增" if before is None else "未变" if before == record else "变更"
        outcome.counts[word] += 1
        if word != "未变":
            outcome.to_send.append(record)
    return outcome


def _send(records: list[AnyRegistryRecord], settings: Settings, name: str) -> None:
    if not records:
        return
    with _progress() as progress, opened_producer(settings) as producer:
        _send_all(records, producer, _Meter(progress, f"{name}: {{:,}} of {len(records):,} sent"))


def _send_all(records: list[AnyRegistryRecord], producer: ReportProducer, tick: "_Meter") -> None:
    for number, record in enumerate(records, 1):
        producer.send_record(record)
        tick(number)


def _keep_duties(found: RegisterTable, out: Path, console: Console, *, dry_run: bool) -> None:
    """Write duties as a calendar file of the law instead of sending them."""
    duties = [one.duty() for _, one in records_of(found) if isinstance(one, DutyRecord)]
    if not dry_run:
        save_duties(out, duties)
    console.print(f"报送义务 {len(duties):,} 条,{'无错误;试运行,未写入' if dry_run else f'已写入 {out}'}")


def _refuse(file: Path, found: RegisterTable, console: Console) -> None:
    """Print every fault and end with 1, if there are any."""
    if not found.faults:
        return
    console.print(f"{file.name}: {len(found.faults):,} 处错误,未发送任何记录", style="red", markup=False)
    for fault in sorted(found.faults)[:SHOWN]:
        console.print(f"  {fault}", markup=False, soft_wrap=True, highlight=False)
    if len(found.faults) > SHOWN:
        console.print(f"  … 另有 {len(found.faults) - SHOWN:,} 处")
    raise typer.Exit(1)


def _account(console: Console, file: Path, kind: Kind, found: RegisterTable, outcome: Outcome, *, sent: bool) -> None:
    done = "已发送" if sent else "试运行,未发送"
    parts = [f"{word} {outcome.counts[word]:,}" for word in ("新增", "变更", "未变")]
    repeated = f",重复行 {found.repeated:,}" if found.repeated else ""
    console.print(f"{file.name}: {kind.zh} {found.rows:,} 行,{'、'.join(parts)}{repeated};{done}", markup=False)


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
