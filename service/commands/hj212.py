"""`planwatch hj212`: take daily messages of data loggers over TCP, as a process; `send` tries it out."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planwatch.contract.hj212 import ORIGIN
from planwatch.gateway.client import Exchange, exchange, frames_of
from planwatch.gateway.metrics import GatewayMetrics
from planwatch.plans.hj212_factors import load_factors
from planwatch.service.gateway import run_gateway, silent_points
from planwatch.service.hj212_mapping import read_mapping
from planwatch.service.settings import read_settings
from planwatch.service.wiring import clock, stage
from planwatch.storage.database import Database
from planwatch.storage.hj212_store import Hj212Store
from planwatch.storage.reject_store import RejectFilter, RejectStore

ANSWER_SECONDS = 5.0
app = typer.Typer(
    help="Take daily messages of pollutant data loggers (HJ 212-2017) over TCP, until stopped.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def hj212(context: typer.Context) -> None:
    """Take daily messages of pollutant data loggers (HJ 212-2017) over TCP, until stopped."""
    if context.invoked_subcommand is not None:
        return
    read_mapping(read_settings().hj212)  # a faulty file is told before anything is opened
    with stage("hj212") as made:
        asyncio.run(run_gateway(made, GatewayMetrics(made.registry)))


@app.command()
def send(
    file: Annotated[Path, typer.Argument(help="Frames or bare data segments, a line each; # opens a comment.")],
    host: Annotated[str | None, typer.Option(help="Where the gateway listens; as set if left out.")] = None,
    port: Annotated[int | None, typer.Option(help="Its port; as set if left out.")] = None,
    timeout_seconds: Annotated[float, typer.Option(min=0.1, help="How long to wait for an answer.")] = 5.0,
) -> None:
    """Send the messages of a file to a gateway as a data logger would, and print its answers."""
    settings, console = read_settings().hj212, Console()
    frames = frames_of(file.read_bytes())
    _exchange(console, host or settings.host, port or settings.port, frames, timeout_seconds)
    console.print(f"已发送 {len(frames)} 个报文")


@app.command()
def redrive(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 1000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent again.")] = False,
) -> None:
    """Send frames the gateway refused to it again, e.g. after the mapping file has been mended."""
    settings, console = read_settings(), Console()
    meant = RejectFilter(topic=ORIGIN, pending=True)
    with (
        Database(settings.database.url, max_size=1) as database,
        RejectStore(database).redriving([], meant, limit) as held,
    ):
        if held.rejects and not dry_run:
            frames = [one.raw_value or b"" for one in held.rejects]
            _exchange(console, settings.hj212.host, settings.hj212.port, frames, ANSWER_SECONDS)
            held.mark(held.rejects, clock())
        said = f"{'将重投' if dry_run else '已重投'} {len(held.rejects):,} 个报文"
    console.print(f"{said};仍不被接受的会另成新的拒收记录")


@app.command()
def check() -> None:
    """Check the mapping file of monitoring points and print what is expected of each."""
    mapping, factors = read_mapping(read_settings().hj212)
    named, console = {st: factors.by_code(st) for st in (31, 32)}, Console()
    for one in mapping.stations:
        expected = "、".join(f"{named[one.st][code].zh}({code})" for code in one.factors)
        console.print(f"{one.mn} → unit:{one.unit}  ST {one.st}  {expected}", markup=False, soft_wrap=True)
    console.print(f"{len(mapping.stations)} 个监测点,{len({one.unit for one in mapping.stations})} 个单位")


@app.command()
def silent() -> None:
    """List the monitoring points in service that stated neither yesterday nor the day before."""
    settings, console = read_settings(), Console()
    mapping, factors = read_mapping(settings.hj212)
    with Database(settings.database.url, max_size=1) as database:
        found = silent_points(Hj212Store(database), mapping, factors, clock())
    for one in found:
        console.print(f"{one.mn}  unit:{one.unit}  ST {one.st}", markup=False, soft_wrap=True)
    console.print(f"{len(mapping.stations)} 个监测点中 {len(found)} 个近两日没有日数据")


@app.command()
def factors() -> None:
    """Print the factor codes the gateway understands, the indicator each goes into, and how sure the code is."""
    console = Console()
    for one in load_factors().factors:
        goes = one.indicator or "只存不报"
        note = f"  {one.note}" if one.note else ""
        console.print(
            f"{one.code} ({one.old_code or '-'}) ST {one.st} {one.zh} {one.unit} → {goes}  [{one.sure}]{note}",
            markup=False,
            soft_wrap=True,
        )


def _exchange(console: Console, host: str, port: int, frames: Sequence[bytes], timeout_seconds: float) -> None:
    """Send frames and print what is answered; ends the command where there is no gateway."""
    try:
        for one in exchange(host, port, frames, timeout_seconds):
            _print(console, one)
    except OSError as error:
        Console(stderr=True).print(f"与网关 {host}:{port} 的连接不成:{error}", style="red", markup=False)
        raise typer.Exit(1) from error


def _print(console: Console, one: Exchange) -> None:
    console.print(f"→ {escape(one.sent.decode('utf-8', 'backslashreplace').strip())}", soft_wrap=True, highlight=False)
    said = "(无应答)" if one.answer is None else escape(one.answer.decode("utf-8", "backslashreplace"))
    console.print(f"  ← {said}", soft_wrap=True, highlight=False)
