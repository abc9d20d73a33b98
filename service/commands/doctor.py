"""`planwatch doctor`: say what is wrong and how to mend it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import typer
from rich.console import Console
from rich.markup import escape

from planwatch.contract.errors import DeliveryFailed, PlanwatchError, StorageUnavailable
from planwatch.contract.period import local_day
from planwatch.service.as_of import shown
from planwatch.service.finding import Finding
from planwatch.service.settings import Settings, read_settings
from planwatch.service.wiring import clock

START_KAFKA = (
    "start Kafka (docker compose up -d kafka, or python3 deploy/local/stack.py start), or correct its address"
    " PLANWATCH_KAFKA__BOOTSTRAP_SERVERS; nothing is lost meanwhile: ingest goes on where it stopped"
)
START_DATABASE = (
    "start the database (docker compose up -d timescaledb, or python3 deploy/local/stack.py start), or correct its"
    " address PLANWATCH_DATABASE__DSN; nothing is lost meanwhile: messages wait in Kafka"
)
START_INGEST = (
    "start planwatch ingest (or planwatch run). Where it ends by itself, the end of its log says why: a sender whose"
    " messages are nearly all rejected stops it on purpose; `planwatch rejects list` shows them, and"
    " PLANWATCH_INGEST__REJECT_MINIMUM=1001 for one run lets it pass them by, kept as rejects"
)
CORRECT_PARENT = (
    "correct the parent of one of them: planwatch registry load regions.csv with a higher revision, or send the record"
    " again to the registry topic"
)
STANDSTILL = timedelta(minutes=1)
MEND = "mend the setting or the file named, then run doctor again"


def doctor() -> None:
    """Check settings, plans, servers, register, ingest, receivers and both ways in; exit code 1 if any is wrong."""
    console = Console()
    try:
        settings = read_settings()
    except PlanwatchError as error:
        console.print(f"[red]✗[/red] settings  {escape(str(error))}")
        raise typer.Exit(1) from None
    findings = looked_at(CHECKS, settings)
    for finding in findings:
        console.print(
            f"{'[green]✓[/green]' if finding.right else '[red]✗[/red]'} {finding.name:<13} {escape(finding.seen)}"
        )
        if finding.mend and not finding.right:
            console.print(f"  → {finding.mend}", style="yellow", markup=False)
    raise typer.Exit(0 if all(finding.right for finding in findings) else 1)


def looked_at(checks: Mapping[str, Callable[[Settings], Finding]], settings: Settings) -> list[Finding]:
    """What each check finds, in order; one is not made where what it rests on is wrong."""
    found: dict[str, Finding] = {}
    for name, check in checks.items():
        wrong = [one for one in RESTS_ON.get(name, ()) if one in found and not found[one].right]
        not_made = Finding(name, False, f"not looked at: first mend {' and '.join(wrong)}")
        found[name] = not_made if wrong else _look(name, check, settings)
    return list(found.values())


def _look(name: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except PlanwatchError as error:
        return Finding(name, False, str(error), _mend(error))


def _mend(error: PlanwatchError) -> str:
    """What to do about an error that a check ended with."""
    if isinstance(error, DeliveryFailed):
        return START_KAFKA
    return START_DATABASE if isinstance(error, StorageUnavailable) else MEND


def _plans(settings: Settings) -> Finding:
    from planwatch.service.wiring import law_of

    law = law_of(settings)
    return Finding("plans", True, f"{len(law.plans)} plans, {len(law.targets)} targets, {law.coal.edition}")


def _database(settings: Settings) -> Finding:
    from planwatch.storage.database import Database
    from planwatch.storage.doctor_store import server_facts

    with Database(settings.database.url, max_size=1, timeout_seconds=3) as database:
        facts = server_facts(database)
    timescale = (
        f"TimescaleDB {facts.timescaledb} ({facts.license})" if facts.timescaledb else "no TimescaleDB: plain tables"
    )
    return Finding("database", True, f"PostgreSQL {facts.server}, {timescale}")


def _schema(settings: Settings) -> Finding:
    from planwatch.storage.migrate import pending

    waiting = pending(settings.database.url)
    return Finding(
        "schema", not waiting, f"{len(waiting)} migrations to apply" if waiting else "up to date", "planwatch migrate"
    )


def _registry(settings: Settings) -> Finding:
    from planwatch.storage.database import Database
    from planwatch.storage.registry_store import RegistryStore

    with Database(settings.database.url, max_size=1, timeout_seconds=3) as database:
        return registry_found(RegistryStore(database).circles(local_day(clock())))


def registry_found(circles: Sequence[Sequence[str]]) -> Finding:
    """Whether regions lie in each other. A file that says so is refused; of single records none shows it by itself."""
    said = "; ".join(" → ".join((*circle, circle[0])) for circle in circles)
    seen = (
        f"regions lie in each other, and no sum above has what is in them: {said}" if circles else "no region in itself"
    )
    return Finding("registry", not circles, seen, CORRECT_PARENT)


def _kafka(settings: Settings) -> Finding:
    from planwatch.ingest.topics import Topics, existing_topics

    names = Topics.named(settings.kafka.topic_prefix)
    there = existing_topics(settings.kafka.servers, settings.kafka.client)
    absent = [topic for topic in names.all if topic not in there]
    seen = f"missing topics: {', '.join(absent)}" if absent else f"{len(there)} topics, all of ours among them"
    return Finding("kafka", not absent, seen, "planwatch migrate")


def _waiting(settings: Settings) -> Finding:
    from planwatch.ingest.lag import end_offsets, lag
    from planwatch.ingest.topics import Topics
    from planwatch.storage.database import Database
    from planwatch.storage.review_store import ReviewStore

    ends = end_offsets(settings.kafka.servers, Topics.named(settings.kafka.topic_prefix).read, settings.kafka.client)
    with Database(settings.database.url, max_size=1, timeout_seconds=3) as database:
        store = ReviewStore(database)
        waiting = lag(ends, store.positions(settings.kafka.group))
        return waiting_found(waiting, store.stored_at(settings.kafka.group), clock())


def waiting_found(messages: int, stored_at: datetime | None, now: datetime) -> Finding:
    """Whether ingest takes in what is in Kafka: it stands still where messages wait and nothing is being stored."""
    if not messages:
        return Finding("ingest", True, "all that is in Kafka is stored")
    since = f"the last were stored {shown(stored_at)}" if stored_at else "none was ever stored"
    moving = stored_at is not None and now - stored_at < STANDSTILL
    return Finding("ingest", moving, f"{messages:,} messages wait in Kafka; {since}", START_INGEST)


def _receivers(settings: Settings) -> Finding:
    from planwatch.alerts.channels.reach import reachable

    notify = settings.notify
    wanted = {"alertmanager": notify.alertmanager_url, "webhook": notify.webhook_url}
    given = {name: url for name, url in wanted.items() if url}
    if not given:
        return Finding(
            "receivers",
            False,
            "nobody would be told",
            "set PLANWATCH_NOTIFY__ALERTMANAGER_URL or PLANWATCH_NOTIFY__WEBHOOK_URL",
        )
    away = [f"{name} ({url})" for name, url in given.items() if not reachable(url)]
    seen = f"not reachable: {', '.join(away)}" if away else f"reachable: {', '.join(given)}"
    return Finding("receivers", not away, seen, "start it, or correct its address")


def _api(settings: Settings) -> Finding:
    from planwatch.service.entrances import look_at_api
    from planwatch.service.wiring import clock

    return look_at_api(settings.api, local_day(clock()))


def _gateway(settings: Settings) -> Finding:
    from planwatch.service.entrances import look_at_gateway
    from planwatch.service.wiring import clock
    from planwatch.storage.api_store import PlaceStore
    from planwatch.storage.database import Database

    def registered(subjects: Collection[str]) -> Collection[str]:
        with Database(settings.database.url, max_size=1, timeout_seconds=3) as database:
            return PlaceStore(database).places(subjects, local_day(clock()))

    return look_at_gateway(settings.hj212, registered)


CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "plans": _plans, "database": _database, "schema": _schema, "registry": _registry, "kafka": _kafka,
    "ingest": _waiting, "receivers": _receivers, "api": _api, "hj212": _gateway,
}  # fmt: skip
RESTS_ON = {
    "schema": ("database",), "registry": ("schema",), "ingest": ("schema", "kafka"), "hj212": ("schema",)
}  # fmt: skip
"""Checks that cannot be made where others failed. Without a database the schema is not looked at either."""
