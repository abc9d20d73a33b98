"""`planwatch simulate`: made-up registry records and reports with stories in them, to a file, the terminal or Kafka."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from planwatch.contract.period import Period
from planwatch.ingest.decode import record_key
from planwatch.ingest.producer import ReportProducer
from planwatch.service.asked import month_asked
from planwatch.service.commands.sending import opened_producer
from planwatch.service.settings import read_settings
from planwatch.simulate import dirty, scenario

Keyed = tuple[bytes, bytes]


class Only(StrEnum):
    """Which part of the messages."""

    REGISTRY = "registry"
    REPORTS = "reports"
    FIRST_STATEMENTS = "first-statements"
    CORRECTIONS = "corrections"


def simulate(
    *,
    from_: Annotated[str, typer.Option("--from", help="First month reported on.")] = "2020-01",
    to: Annotated[str, typer.Option("--to", help="Last month reported on.")] = "2025-12",
    through: Annotated[str | None, typer.Option(help="Only what was handed in by the end of this month.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    units: Annotated[int, typer.Option(min=0, help="How many key energy-use units.")] = 20,
    only: Annotated[
        Only | None,
        typer.Option(help="Only registry records, reports, or of these the first statements or corrections."),
    ] = None,
    dirty_share: Annotated[
        str, typer.Option("--dirty", help="Share of faulty messages, e.g. 0.01; every kind at least once.")
    ] = "0",
    rate: Annotated[float | None, typer.Option(min=0.001, help="Reports a second; unlimited if not set.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write to this NDJSON file; standard output if neither this nor --kafka.")
    ] = None,
    kafka: Annotated[bool, typer.Option("--kafka", help="Send to Kafka.")] = False,
) -> None:
    """Make up registry records and monthly reports with known stories: a region that slips and recovers, and more."""
    if out and kafka:
        raise typer.BadParameter("give either --out or --kafka")
    first, last = _months(from_, to, through)
    registry = _registry(seed, units) if only in (None, Only.REGISTRY) else ()
    clean = iter(()) if only is Only.REGISTRY else _reports(seed, units, first, last, only)
    share = _share(dirty_share)
    reports = dirty.mixed(clean, seed, share) if share[0] else clean
    with ExitStack() as stack:
        if kafka:
            count = _to_kafka(stack.enter_context(opened_producer(read_settings())), registry, _paced(reports, rate))
        else:
            file = stack.enter_context(out.open("wb")) if out else sys.stdout.buffer
            count = _to_file(file, chain(registry, _paced(reports, rate)))
    where = "Kafka" if kafka else str(out) if out else "standard output"
    Console(stderr=True).print(f"{count:,} messages to {where}", markup=False)


def _months(from_: str, to: str, through: str | None) -> tuple[Period, Period]:
    """The first and the last month reported on; of ``through`` that whose reports are in by its end: the one before."""
    first, last = month_asked(from_, "--from"), month_asked(to, "--to")
    if last < first:
        said = f"{to} 在 --from {from_} 之前,没有可报的月份 (--to lies before --from: there is no month to report on)"
        raise typer.BadParameter(said, param_hint="--to")
    if through is None:
        return first, last
    handed_in = month_asked(through, "--through")
    if handed_in <= first:
        said = f"{first} 的报表次月才报送,到 {through} 还没有 (reports on a month are handed in the month after it)"
        raise typer.BadParameter(said, param_hint="--through")
    return first, min(last, handed_in.month_before())


def _share(text: str) -> tuple[int, int]:
    """A share as dirty messages of all; refused above one half, because the rest must carry the stories."""
    try:
        share = Fraction(Decimal(text))
    except (InvalidOperation, ValueError) as error:
        raise typer.BadParameter(f"--dirty {text!r} is no share; write e.g. 0.01") from error
    if not 0 <= share <= Fraction(1, 2):
        raise typer.BadParameter("--dirty must lie between 0 and 0.5")
    return share.numerator, share.denominator


def _registry(seed: int, units: int) -> Iterator[Keyed]:
    for record in scenario.registry(seed, units):
        yield record_key(record), record.model_dump_json(exclude_none=True).encode()


def _reports(seed: int, units: int, first: Period, last: Period, only: Only | None) -> Iterator[Keyed]:
    for delivery in scenario.deliveries(seed, units, first, last):
        if only not in (Only.FIRST_STATEMENTS, Only.CORRECTIONS) or delivery.corrections is (only is Only.CORRECTIONS):
            yield from delivery.messages


def _paced(messages: Iterator[Keyed], rate: float | None) -> Iterator[Keyed]:
    """The messages, no faster than so many a second."""
    started = time.monotonic()
    for i, message in enumerate(messages):
        if rate:
            time.sleep(max(0.0, started + i / rate - time.monotonic()))
        yield message


def _to_file(file: BinaryIO, messages: Iterator[Keyed]) -> int:
    count = 0
    for _, value in messages:
        file.write(value)
        file.write(b"\n")
        count += 1
    file.flush()
    return count


def _to_kafka(producer: ReportProducer, registry: Iterator[Keyed] | tuple[()], reports: Iterator[Keyed]) -> int:
    topics, count = producer.topics, 0
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} messages sent"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("")
        for topic, messages in ((topics.registry, registry), (topics.reports, reports)):
            for key, value in messages:
                producer.send_raw(topic, key, value)
                count += 1
                if count % 500 == 0:
                    progress.update(task, completed=count)
            producer.flush()  # the registry is in before the first report
    return count
