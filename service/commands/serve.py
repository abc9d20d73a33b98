"""`planwatch serve`: take reports and registry records over HTTP and hand them to Kafka, as a process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import uvicorn

from planwatch.api.app import Parts, make_app
from planwatch.api.checking import Check, check_record, report_check
from planwatch.api.door import Door
from planwatch.api.limits import Limits
from planwatch.api.metrics import ApiMetrics
from planwatch.api.tokens import Tokens
from planwatch.contract.errors import DeliveryFailed, SettingsError, StorageUnavailable
from planwatch.ingest.acknowledged import AcknowledgedProducer
from planwatch.ingest.topics import Topics, existing_topics
from planwatch.service.metrics import reload_failures
from planwatch.service.process import monotonic
from planwatch.service.settings import ApiSettings
from planwatch.service.token_file import fingerprint_of, read_tokens
from planwatch.service.watched import Watched
from planwatch.service.wiring import Stage, clock, plan_files, stage
from planwatch.storage.api_store import PlaceStore
from planwatch.storage.doctor_store import server_facts

LOOK_SECONDS = 5.0
GRACE_SECONDS = 20


def serve() -> None:
    """Take reports and registry records over HTTP, check them at the door and hand them to Kafka, until stopped."""
    with stage("serve") as made:
        run_serve(made)


def run_serve(made: Stage) -> None:
    """Serve in a thread of its own; look after files, broker and database meanwhile."""
    kafka, api = made.settings.kafka, made.settings.api
    topics, office = Topics.named(kafka.topic_prefix), Office(made)
    sender = AcknowledgedProducer(kafka.servers, kafka.client, patience_seconds=api.patience_seconds)
    registry = PlaceStore(made.database)
    parts = Parts(
        reports=Door(topics.reports, lambda: office.check, registry, sender),
        registry=Door(topics.registry, lambda: check_record, registry, sender),
        tokens=lambda: office.tokens,
        faults=lambda: {"kafka": sender.fault, **made.health.faults} if sender.fault else made.health.faults,
        limits=_limits(api),
        metrics=ApiMetrics(made.registry),
        clock=clock,
        monotonic=monotonic,
        version=version("planwatch"),
    )
    made.health.ok("start")
    try:
        with _serving(uvicorn.Server(_options(parts, api)), made):
            while not made.stop.requested:
                office.look_around(topics)
                if "kafka" not in made.health.faults:
                    sender.fault = None  # or nobody would send, and so nobody would find that it works again
                made.stop.wait(LOOK_SECONDS)
    finally:
        sender.close()


class Office:
    """What may change while the endpoint serves: tokens and indicators, and whether Kafka and the database answer."""

    def __init__(self, made: Stage) -> None:
        self._made, self._plans = made, plan_files(made.settings)
        path = _token_file(made.settings.api)
        self._files: Watched[Tokens] = Watched(
            lambda: read_tokens(path), lambda: fingerprint_of(path), made.settings.api.reload_seconds
        )
        self._failures = reload_failures(made.registry)
        self.tokens = self._files.first(clock())
        self.check: Check = report_check(self._plans.first(clock()).catalogue, clock)

    def look_around(self, topics: Topics) -> None:
        """Take up changed files; a file at fault changes nothing. Say whether Kafka and the database answer."""
        now = clock()
        if tokens := self._files.news(now, self._failures.labels("tokens").inc):
            self.tokens = tokens
        if law := self._plans.news(now, self._failures.labels("plans").inc):
            self.check = report_check(law.catalogue, clock)
        self._ask_kafka(topics)
        self._ask_database()

    def _ask_kafka(self, topics: Topics) -> None:
        kafka, health = self._made.settings.kafka, self._made.health
        try:
            missing = set(topics.read) - existing_topics(kafka.servers, kafka.client)
        except DeliveryFailed as error:
            health.wrong("kafka", str(error))
            return
        if missing:
            health.wrong("kafka", f"no topic {', '.join(sorted(missing))}: run `planwatch migrate`")
        else:
            health.ok("kafka")

    def _ask_database(self) -> None:
        """Without the database, tokens of units still work; those of regions do not."""
        try:
            server_facts(self._made.database)
        except StorageUnavailable as error:
            self._made.health.wrong("database", str(error))
        else:
            self._made.health.ok("database")


@contextmanager
def _serving(server: uvicorn.Server, made: Stage) -> Iterator[None]:
    """Serve while the block runs. A server that cannot start, or ends by itself, ends the process with an error."""
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            server.run()
            ended.append(None)
        except (Exception, SystemExit) as error:  # uvicorn exits where the port is taken
            ended.append(error)
        made.stop.request()

    thread = threading.Thread(target=run, name="http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        asked = not ended
        server.should_exit = True
        thread.join(GRACE_SECONDS + 5)
    if not asked or not server.started:
        api = made.settings.api
        raise SettingsError(
            f"cannot listen on {api.host}:{api.port}; is the port taken? See the log, and PLANWATCH_API__PORT"
        )


def _options(parts: Parts, api: ApiSettings) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(parts),
        host=api.host,
        port=api.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=api.concurrent_requests,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=15,
    )


def _limits(api: ApiSettings) -> Limits:
    return Limits(api.body_bytes, api.messages_per_request, api.requests_per_minute, api.strangers_per_minute)


def _token_file(api: ApiSettings) -> Path:
    if api.tokens is None:
        raise SettingsError(
            "no file of tokens: set PLANWATCH_API__TOKENS to one; `planwatch tokens new --unit …` prints its lines"
        )
    return api.tokens
