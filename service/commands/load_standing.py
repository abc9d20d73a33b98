"""What `planwatch load` asks of the database: what stands, and whether ingest has stored all that was sent before."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import SettingsError, StorageError, StorageUnavailable
from planwatch.ingest.files.correcting import Comparing
from planwatch.ingest.lag import end_offsets, lag
from planwatch.ingest.topics import Topics
from planwatch.service.settings import Settings
from planwatch.storage.database import Database
from planwatch.storage.ingest_store import IngestStore
from planwatch.storage.standing_store import StandingStore, answers

EVERY_SECONDS, PATIENCE_SECONDS = 0.5, 60.0
NOT_STORED = (
    "Kafka 中还有 {waiting:,} 条报文未入库，无法确定哪些数须更正，未发送任何报文；"
    "请启动 planwatch ingest(或 planwatch run)，"
    "待其存完后再运行同一命令 ({waiting:,} messages are not stored yet: start planwatch ingest and run this again)"
)
NO_DATABASE = (
    "--as-correction 须查询已存的数，数据库连不上；请启动数据库，或改正 PLANWATCH_DATABASE__DSN，再运行同一命令"
    " (--as-correction asks the database what stands, and it does not answer)"
)


@contextmanager
def compared_with_database(settings: Settings, catalogue: Catalogue, *, correct: bool) -> Iterator[Comparing | None]:
    """The comparison with what is stored; None where there is no database and none is needed."""
    if not correct and not _at_hand(settings):
        yield None
        return
    if not answers(settings.database.url):
        raise StorageUnavailable(NO_DATABASE)
    with Database(settings.database.url, max_size=1, timeout_seconds=settings.database.timeout_seconds) as database:
        yield Comparing(StandingStore(database).standing, catalogue, correct)


def _at_hand(settings: Settings) -> bool:
    try:
        return answers(settings.database.url)
    except (SettingsError, OSError):
        return False


def wait_until_stored(
    settings: Settings, tell: Callable[[str], None], *, patience_seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until ingest has stored all reports that are in Kafka now; StorageError if that takes too long.

    Otherwise a correction sent a moment ago, by a run that was broken off or by somebody else, would not be seen.
    """
    kafka = settings.kafka
    topics = Topics.named(kafka.topic_prefix)
    ends = end_offsets(kafka.servers, [topics.reports], kafka.client)
    deadline = time.monotonic() + patience_seconds
    with Database(settings.database.url, max_size=1, timeout_seconds=settings.database.timeout_seconds) as database:
        store = IngestStore(database, kafka.group)
        while waiting := lag(ends, store.positions()):
            if time.monotonic() > deadline:
                raise StorageError(NOT_STORED.format(waiting=waiting))
            tell(f"等待入库 waiting for ingest: {waiting:,}")
            time.sleep(EVERY_SECONDS)
