"""`planwatch load`: tables and files of messages to Kafka, with an account of every row."""

from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import SettingsError
from planwatch.contract.mapping import Mapping
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Report
from planwatch.ingest.files.account import Account
from planwatch.ingest.files.correcting import Compared, Comparing
from planwatch.ingest.files.lines import LineLoading
from planwatch.ingest.files.loading import Loading
from planwatch.ingest.files.mapping_check import mapping_faults
from planwatch.ingest.files.readers import looks_like_lines, table
from planwatch.ingest.files.records import RecordLoading
from planwatch.ingest.files.rejects_file import RejectsFile
from planwatch.ingest.files.template import (
    COLUMNS_ZH,
    chinese_mapping,
    registry_template_text,
    usual_mapping,
    usual_registry,
    write_template,
)
from planwatch.ingest.producer import ReportProducer
from planwatch.plans.loader import load_catalogue, load_document
from planwatch.plans.yaml_source import read_yaml
from planwatch.service.commands.load_account import show_account
from planwatch.service.commands.load_progress import Meter, progress_of_a_load
from planwatch.service.commands.load_standing import compared_with_database, wait_until_stored
from planwatch.service.commands.sending import opened_producer
from planwatch.service.settings import Settings, read_settings

Messages = Generator[Report | RegistryRecord, None, None]


@dataclass(frozen=True)
class Task:
    """What to load and where it goes; without a producer it is only tried, without ``comparing`` nothing looked up."""

    settings: Settings
    catalogue: Catalogue
    mapping: Mapping | None
    registry: bool
    producer: ReportProducer | None
    rejects: RejectsFile | None
    comparing: Comparing | None
    console: Console


def load(
    files: Annotated[list[Path] | None, typer.Argument(help="NDJSON, CSV (also .gz) or XLSX files.")] = None,
    *,
    mapping: Annotated[Path | None, typer.Option(help="YAML file that says what the columns mean.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the account; send nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write rejected rows with reasons to this CSV file.")] = None,
    registry: Annotated[
        bool, typer.Option("--registry", help="Tables without a mapping hold registry records.")
    ] = False,
    template: Annotated[
        Path | None, typer.Option(help="Write an empty table to fill in (CSV, or .xlsx for reports), and end.")
    ] = None,
    chinese: Annotated[bool, typer.Option("--zh", help="With --template: columns in Chinese.")] = False,
    as_correction: Annotated[
        bool,
        typer.Option(
            "--as-correction",
            help="Look up what is stored, and send only figures that differ, at the next revision; needs the database.",
        ),
    ] = False,
) -> None:
    """Send the rows of files to Kafka as reports or registry records, and print what became of every row.

    Of two statements of a figure the one of the higher revision stands. A table whose cells were mended and that says
    no revision is loaded with --as-correction; broken off, it is simply run again.

    Ends with 0 if every row was taken, set aside or empty, 1 if any was rejected or none was taken, 2 if a file or
    the mapping cannot be used.
    """
    if template is not None:
        if registry:
            template.write_text(registry_template_text(), "utf-8", newline="")
        else:
            write_template(template, chinese=chinese)
        typer.echo(f"{template}: written")
        return
    if not files:
        raise typer.BadParameter("name at least one file, or --template FILE")
    if registry and as_correction:
        raise typer.BadParameter("--as-correction is for reports: of two records of one revision the later stands")
    if not _load_all(files, mapping, dry_run=dry_run, rejects=rejects, registry=registry, correct=as_correction):
        raise typer.Exit(1)


def _load_all(
    files: list[Path], mapping: Path | None, *, dry_run: bool, rejects: Path | None, registry: bool, correct: bool
) -> bool:
    settings = read_settings()
    catalogue = load_catalogue(settings.plans.folder)
    known = None if mapping is None else read_mapping(mapping, catalogue)
    with ExitStack() as stack:
        written = stack.enter_context(RejectsFile(rejects)) if rejects else None
        producer = None if dry_run else stack.enter_context(opened_producer(settings))
        comparing = stack.enter_context(compared_with_database(settings, catalogue, correct=correct))
        task = Task(settings, catalogue, known, registry, producer, written, comparing, Console())
        accounts = [_load_one(path, task) for path in files]
    return all(account.balanced and account.messages and not account.rows_rejected for account in accounts)


def read_mapping(path: Path, catalogue: Catalogue) -> Mapping:
    """A mapping that is known to fit the catalogue; InvalidDocument names file and line of every fault."""
    mapping = load_document(path, Mapping)
    if faults := mapping_faults(mapping, catalogue):
        source = read_yaml(path)
        for fault in faults:
            source.fault(fault.where, fault.message)
        source.refuse()
    return mapping


def _load_one(path: Path, task: Task) -> Account:
    compared = Compared() if task.comparing else None
    with progress_of_a_load() as progress:
        meter = Meter(progress, path, _lines_of(path, task), sending=task.producer is not None)
        account, messages = _opened(path, task, meter)
        if task.rejects:
            account.on_reject = task.rejects.of(path)
        if task.comparing and compared:
            messages = task.comparing.against(messages, compared)
        with closing(messages):  # a load that fails leaves no temporary file behind
            _send_all(messages, task, account, meter)
    show_account(task.console, path, account, compared, sent=task.producer is not None, correct=_correct(task))
    return account


def _correct(task: Task) -> bool:
    return task.comparing is not None and task.comparing.correct


def _lines_of(path: Path, task: Task) -> int | None:
    """How many rows a file of messages has; those of a table are known when it is read, before the first is sent."""
    is_lines = task.mapping is None and looks_like_lines(path)
    return LineLoading(path, task.catalogue).rows() if is_lines else None


def _send_all(messages: Messages, task: Task, account: Account, meter: Meter) -> None:
    """Send what a file gives; a correction only when all that was sent before is stored."""
    if task.producer:
        task.producer.connect()
        if _correct(task):
            wait_until_stored(task.settings, meter.tell)
    for number, message in enumerate(messages, 1):
        _send(message, task.producer)
        meter.sent(number, account)
    if task.producer:
        task.producer.flush()


def _opened(path: Path, task: Task, tick: Meter) -> tuple[Account, Messages]:
    """The account of a file and its messages, read by whatever fits the file and the mapping."""
    mapping = task.mapping
    if mapping is None and looks_like_lines(path):
        lines = LineLoading(path, task.catalogue)
        return lines.account, lines.messages(tick)
    if mapping is None and task.registry:
        with table(path) as read:
            mapping = usual_registry(read.columns)
    mapping = mapping or template_of(path, task.catalogue)
    if task.registry and mapping.registry is None:
        raise SettingsError(f"--registry: mapping {mapping.id} makes reports; leave --registry out")
    if mapping.registry is not None:
        records = RecordLoading(path, mapping)
        return records.account, records.records(tick)
    loading = Loading(path, mapping, task.catalogue)
    return loading.account, loading.reports(tick)


def template_of(path: Path, catalogue: Catalogue) -> Mapping:
    """The template a table without a mapping follows: the Chinese one if it has most of its columns."""
    with table(path, wanted=COLUMNS_ZH) as opened:
        chinese = len(set(COLUMNS_ZH) & set(opened.columns)) > len(COLUMNS_ZH) / 2
    return chinese_mapping(catalogue) if chinese else usual_mapping()


def _send(message: Report | RegistryRecord, producer: ReportProducer | None) -> None:
    if producer is None:
        return
    if isinstance(message, Report):
        producer.send_report(message)
    else:
        producer.send_record(message)
