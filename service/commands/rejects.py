"""`planwatch rejects`: what was not accepted and why, and sending it again once it would be."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planwatch.contract.rejected import Rejected, RejectReason
from planwatch.ingest.decode import Decoder
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.redrive import redriven, still_refused, why_not_redrive
from planwatch.ingest.topics import Topics
from planwatch.service.commands.rejects_words import SHANGHAI, print_counts, print_list, print_one
from planwatch.service.settings import Settings, read_settings
from planwatch.service.wiring import law_of
from planwatch.storage.database import Database
from planwatch.storage.reject_store import RejectFilter, RejectStore, StoredReject

app = typer.Typer(
    help="List and count rejected messages, show one in full, or send them again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Reason = Annotated[RejectReason | None, typer.Option(help="Only rejects of this reason.")]
Topic = Annotated[str | None, typer.Option(help="Only messages of this topic.")]
Subject = Annotated[str | None, typer.Option(help="Only of this subject, e.g. unit:91… or its id alone.")]
Since = Annotated[datetime | None, typer.Option(help="Only those rejected from this time on (Asia/Shanghai).")]
Before = Annotated[datetime | None, typer.Option(help="Only those rejected before this time (Asia/Shanghai).")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON array on standard output.")]
Pending = Annotated[bool, typer.Option("--pending", help="Only those not sent again yet.")]


@app.command("list")
def list_(
    *,
    reason: Reason = None,
    topic: Topic = None,
    subject: Subject = None,
    since: Since = None,
    before: Before = None,
    pending: Pending = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List rejected messages, newest first."""
    meant = _filter(reason, topic, subject, since, before, pending=pending)
    with Database(read_settings().database.url, max_size=1) as database:
        found = RejectStore(database).rejects(meant, limit=limit)
    _print_json(found) if as_json else print_list(Console(), found)


@app.command()
def count(
    *,
    reason: Reason = None,
    topic: Topic = None,
    subject: Subject = None,
    since: Since = None,
    before: Before = None,
    pending: Pending = False,
    as_json: AsJson = False,
) -> None:
    """Count rejected messages by reason."""
    meant = _filter(reason, topic, subject, since, before, pending=pending)
    with Database(read_settings().database.url, max_size=1) as database:
        found = RejectStore(database).counts(meant)
    _print_json(found) if as_json else print_counts(Console(), found)


@app.command()
def show(
    reject_id: Annotated[str, typer.Argument(metavar="ID", help="TOPIC/PARTITION/OFFSET as listed.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="All of it as JSON; key, value and headers in base64.")
    ] = False,
) -> None:
    """Show the faults of a rejected message, the message as it came, and how to mend it; what is long is cut."""
    with Database(read_settings().database.url, max_size=1) as database:
        try:
            stored = RejectStore(database).reject(reject_id)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    if stored is None:
        Console(stderr=True).print(f"没有编号为 {escape(reject_id)} 的拒收报文；用 planwatch rejects list 查看。")
        raise typer.Exit(1)
    _print_json(_whole(stored)) if as_json else print_one(Console(), stored)


def _whole(stored: StoredReject) -> dict[str, object]:
    """A reject with nothing left out."""
    times = {"published_at": stored.published_at, "redriven_at": stored.redriven_at}
    return {"id": stored.rejected.id} | stored.rejected.model_dump(mode="json") | times


@app.command()
def redrive(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="TOPIC/PARTITION/OFFSET as listed.")] = None,
    *,
    reason: Reason = None,
    topic: Topic = None,
    subject: Subject = None,
    since: Since = None,
    before: Before = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many of a filter.")] = 10_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be sent again.")] = False,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Send even what would be rejected again by the indicators in force.")
    ] = False,
) -> None:
    """Send rejected messages to their topic again, as they came, after what was wrong with us has been mended.

    Name messages, or filter those not sent again yet. What would be rejected at once is left out, and what was
    rejected five times is never sent again.
    """
    meant = _filter(reason, topic, subject, since, before, pending=False)
    if bool(ids) != meant.is_empty:
        raise typer.BadParameter("name the messages, or filter them, e.g. by --reason; not both")
    settings, console = read_settings(), Console()
    with Database(settings.database.url, max_size=1) as database:
        try:
            sent, left = _redrive(
                settings, RejectStore(database), ids or [], meant, limit, dry_run=dry_run, unchecked=unchecked
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    for rejected, why in left:
        console.print(f"[yellow]未重投[/yellow] {escape(rejected.id)}: {escape(why)}")
    for rejected in sent if dry_run else ():
        console.print(f"[green]将重投[/green] {escape(rejected.id)} (第 {rejected.attempt} 次拒收: {rejected.reason})")
    console.print(
        f"{'将重投' if dry_run else '已重投'} {len(sent):,} 条" + (f", 略过 {len(left):,} 条" if left else "")
    )
    raise typer.Exit(0 if sent or not left else 1)


def _redrive(
    settings: Settings,
    store: RejectStore,
    ids: Sequence[str],
    meant: RejectFilter,
    limit: int,
    *,
    dry_run: bool,
    unchecked: bool,
) -> tuple[list[Rejected], list[tuple[Rejected, str]]]:
    """Send again and note it; what was sent, and what was not with why. Repeated by a crash, it does no harm."""
    sent: list[Rejected] = []
    left: list[tuple[Rejected, str]] = []
    kafka, now = settings.kafka, datetime.now(UTC)
    topics = Topics.named(kafka.topic_prefix)
    decoder = None if unchecked else Decoder(topics, law_of(settings).catalogue, version("planwatch"))
    with store.redriving(ids, meant, limit) as redriving:
        for rejected in redriving.rejects:
            why = why_not_redrive(rejected) or _why_again(rejected, decoder)
            left.append((rejected, why)) if why else sent.append(rejected)
        if sent and not dry_run:
            with ReportProducer(kafka.servers, topics, kafka.client) as producer:
                for message in map(redriven, sent):
                    producer.send_raw(message.topic, message.key, message.value, message.headers)
            redriving.mark(sent, now)
    return sent, left


def _why_again(rejected: Rejected, decoder: Decoder | None) -> str | None:
    why = None if decoder is None else still_refused(rejected, decoder)
    return why and f"现在重投仍会被拒收；请改正后由发送方重报 (would be rejected again): {why}"


def _filter(
    reason: RejectReason | None,
    topic: str | None,
    subject: str | None,
    since: datetime | None,
    before: datetime | None,
    *,
    pending: bool,
) -> RejectFilter:
    return RejectFilter(
        reason.value if reason else None, topic, subject, _moment(since), _moment(before), pending=pending
    )


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=SHANGHAI)


def _print_json(found: object) -> None:
    json.dump(found, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")
