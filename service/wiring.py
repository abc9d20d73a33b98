"""Where things are put together: settings become databases, laws, catalogues and processes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from planwatch.contract.plan import Law
from planwatch.plans.folder import fingerprint
from planwatch.plans.merged import load_merged
from planwatch.service.logs import configure
from planwatch.service.observe import Health, Observer
from planwatch.service.process import Stop
from planwatch.service.settings import Settings, read_settings
from planwatch.service.watched import Watched
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

logger = logging.getLogger(__name__)


def clock() -> datetime:
    """The time now; stages pass it on as an argument."""
    return datetime.now(UTC)


def law_of(settings: Settings) -> Law:
    """The plans in force: the package's own or those of a folder, and those of further folders beside them."""
    return load_merged(settings.plans.folder, settings.plans.extra_folders)


def law_in_force(database: Database, settings: Settings, at: datetime | None = None) -> Law:
    """The law that judges, or did at a time: what the database says is in force, whatever the files have come to be.

    Before any assess process has brought one into force there are only the files.
    """
    store = LawStore(database)
    return (store.at(at) if at else store.live()) or law_of(settings)


def plan_files(settings: Settings) -> Watched[Law]:
    """The plans in force as files that may change while a process runs."""
    folders = (settings.plans.folder, *settings.plans.extra_folders)
    return Watched(lambda: law_of(settings), lambda: fingerprint(folders), settings.plans.reload_seconds)


@dataclass
class Stage:
    """What every stage process has: settings, a database, metrics, health, and a way to be stopped."""

    settings: Settings
    database: Database
    registry: CollectorRegistry
    health: Health
    stop: Stop


@contextmanager
def stage(name: str, *, refresh: Callable[[Stage], None] = lambda _: None) -> Iterator[Stage]:
    """Read settings, open the database, serve metrics; close all of it at the end."""
    settings = read_settings()
    configure(settings.observe.log_level, settings.observe.log_format)
    registry = CollectorRegistry()
    health = Health(registry, name)
    stop = Stop()
    stop.on_signals()
    database = Database(
        settings.database.url,
        max_size=settings.database.pool_size,
        timeout_seconds=settings.database.timeout_seconds,
        name=f"planwatch-{name}",
    )
    with database:
        made = Stage(settings, database, registry, health, stop)
        observer = Observer(
            settings.observe.host, settings.observe.port, registry, health, lambda: _quietly(refresh, made)
        )
        observer.start()
        try:
            yield made
        finally:
            observer.stop()
            logger.info("stopped", extra={"action": "stop", "stage": name})


def _quietly(refresh: Callable[[Stage], None], made: Stage) -> None:
    """A scrape must answer even while the database is away: gauges then keep their last value."""
    try:
        refresh(made)
    except Exception:
        logger.warning("gauges not refreshed", extra={"action": "refresh"}, exc_info=True)
