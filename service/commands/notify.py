"""`planwatch notify`: tell people of changes, as a process."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from planwatch.alerts.channels.alertmanager import Alertmanager, AlertmanagerConfig
from planwatch.alerts.channels.channel import Channel
from planwatch.alerts.channels.http import http_client
from planwatch.alerts.channels.topic import Publish, Topic
from planwatch.alerts.channels.webhook import Webhook, WebhookConfig
from planwatch.alerts.dispatch import Dispatcher, DispatchPolicy
from planwatch.alerts.metrics import NotifyMetrics
from planwatch.alerts.repost import Reposter
from planwatch.alerts.retry import RetryPolicy
from planwatch.contract.errors import SettingsError
from planwatch.contract.period import Period
from planwatch.service.pipeline import notify_once
from planwatch.service.process import run_until_stopped, settle_memory
from planwatch.service.settings import NotifySettings, Settings
from planwatch.service.wiring import Stage, clock, stage
from planwatch.storage.notify_store import NotifyStore


@dataclass(frozen=True, slots=True)
class Receivers:
    """The channels that are configured; ``alertmanager`` is also among them."""

    channels: tuple[Channel, ...]
    alertmanager: Alertmanager | None

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [channel.receiver for channel in self.channels]


def notify() -> None:
    """Tell Alertmanager, the webhook and the warnings topic of every change, once and in order, until stopped."""
    gauges: dict[str, tuple[NotifyMetrics, NotifyStore]] = {}

    def refresh(made: Stage) -> None:
        for metrics, store in gauges.values():
            waiting, oldest, active = store.backlog(clock())
            metrics.outbox.set(waiting)
            metrics.oldest_outbox.set(oldest)
            metrics.active(active)

    with stage("notify", refresh=refresh) as made, receivers(made.settings) as told:
        metrics = NotifyMetrics(made.registry, told.names)
        store = NotifyStore(made.database, told.names)
        gauges["notify"] = metrics, store
        run_notify(made, told, store, metrics)


def run_notify(made: Stage, told: Receivers, store: NotifyStore, metrics: NotifyMetrics) -> None:
    """The loop of the stage: woken by the database when changes are written."""
    dispatcher = Dispatcher(store, told.channels, metrics, policy_of(made.settings.notify), clock)
    reposters = [Reposter(store, told.alertmanager)] if told.alertmanager else []
    cleaned = False
    settle_memory()

    def step() -> bool:
        nonlocal cleaned
        if not cleaned:
            store.settle(clock())
            cleaned = True
        return notify_once(dispatcher, reposters, clock())

    def idle() -> None:
        store.wait(made.settings.notify.poll_seconds)

    try:
        run_until_stopped(step, made.stop, made.health, idle=idle)
    finally:
        store.close()


def policy_of(settings: NotifySettings) -> DispatchPolicy:
    """The dispatch policy the settings ask for; SettingsError for a month there is none of."""
    try:
        since = Period.parse(settings.since) if settings.since else None
    except ValueError as error:
        raise SettingsError(f"PLANWATCH_NOTIFY__SINCE: {error}") from error
    return DispatchPolicy(since=since, retry=RetryPolicy(max_attempts=settings.max_attempts))


@contextmanager
def receivers(settings: Settings) -> Iterator[Receivers]:
    """Everybody the settings name; SettingsError if nobody would be told."""
    notify = settings.notify
    with ExitStack() as opened:
        client = opened.enter_context(http_client(notify.timeout_seconds))
        alertmanager: Alertmanager | None = None
        channels: list[Channel] = []
        if notify.alertmanager_url:
            config = AlertmanagerConfig(notify.alertmanager_url, notify.alertmanager_validity_seconds, notify.link)
            alertmanager = Alertmanager(config, client)
            channels.append(alertmanager)
        if notify.webhook_url:
            channels.append(Webhook(WebhookConfig(notify.webhook_url, _token(notify)), client))
        if notify.publish_changes and settings.kafka.bootstrap_servers:
            channels.append(Topic(opened.enter_context(_publishing(settings))))
        if not channels:
            raise SettingsError("nobody would be told: set PLANWATCH_NOTIFY__ALERTMANAGER_URL or …__WEBHOOK_URL")
        yield Receivers(tuple(channels), alertmanager)


def _token(notify: NotifySettings) -> str | None:
    return notify.webhook_token.get_secret_value() if notify.webhook_token else None


@contextmanager
def _publishing(settings: Settings) -> Iterator[Publish]:
    """Publishes on the warnings topic."""
    from planwatch.ingest.producer import ReportProducer
    from planwatch.ingest.topics import Topics

    topics = Topics.named(settings.kafka.topic_prefix)
    producer = ReportProducer(
        settings.kafka.servers, topics, settings.kafka.client, patience_seconds=settings.notify.timeout_seconds
    )

    def publish(messages: Sequence[tuple[bytes, bytes]]) -> None:
        for key, value in messages:
            producer.send_raw(topics.warnings, key, value)
        producer.flush()

    try:
        yield publish
    finally:
        producer.close()
