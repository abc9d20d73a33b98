"""All settings, read once: environment variables with the prefix PLANWATCH_, groups joined by two underscores."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from planwatch.contract.errors import SettingsError

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Group):
    """The database. ``dsn_file`` names a file that holds the DSN, for secrets kept in files."""

    dsn: SecretStr | None = None
    dsn_file: Path | None = None
    pool_size: int = Field(default=4, ge=1, le=64)
    timeout_seconds: float = Field(default=5.0, gt=0)

    @property
    def url(self) -> str:
        """The DSN; SettingsError if none was given."""
        if self.dsn_file:
            return self.dsn_file.read_text("utf-8").strip()
        if self.dsn is None:
            raise SettingsError("no database: set PLANWATCH_DATABASE__DSN, e.g. postgresql://user@127.0.0.1/planwatch")
        return self.dsn.get_secret_value()


class KafkaSettings(_Group):
    """The broker, the topics and how the consumer group behaves. ``client`` holds further kafka-python options."""

    bootstrap_servers: str | None = None
    group: str = "planwatch-ingest"
    topic_prefix: str = "planwatch."
    partitions: int = Field(default=8, ge=1)
    replication: int = Field(default=1, ge=1)
    max_poll_records: int = Field(default=2000, ge=1)
    session_timeout_ms: int = Field(default=45_000, ge=1000)
    max_poll_interval_ms: int = Field(default=300_000, ge=1000)
    client: dict[str, str | int | float | bool] = Field(default_factory=dict)

    @property
    def servers(self) -> list[str]:
        """Broker addresses; SettingsError if none was given."""
        if not self.bootstrap_servers:
            raise SettingsError("no Kafka: set PLANWATCH_KAFKA__BOOTSTRAP_SERVERS, e.g. 127.0.0.1:9092")
        return [server.strip() for server in self.bootstrap_servers.split(",") if server.strip()]


class IngestSettings(_Group):
    """When ingest stops rather than draining the topic into the reject topic."""

    reject_share_limit: float = Field(default=0.5, gt=0, le=1)
    reject_window: int = Field(default=1000, ge=1)
    reject_minimum: int = Field(default=200, ge=1)


class AssessSettings(_Group):
    """How much assess takes at once, and how long it waits for a wake-up."""

    subjects_per_pass: int = Field(default=50, ge=1)
    poll_seconds: float = Field(default=2.0, gt=0)


class NotifySettings(_Group):
    """Who is told. ``since`` is the go-live month: changes about earlier periods are recorded, not sent."""

    alertmanager_url: str | None = None
    alertmanager_validity_seconds: float = Field(default=900.0, gt=0)
    webhook_url: str | None = None
    webhook_token: SecretStr | None = None
    publish_changes: bool = True
    since: Month | None = None
    link: str = ""
    max_attempts: int = Field(default=12, ge=1)
    poll_seconds: float = Field(default=2.0, gt=0)
    timeout_seconds: float = Field(default=5.0, gt=0)


class PlanSettings(_Group):
    """Where plan files are; the package's own if not set. Further folders are read beside it.

    Files are looked at again every ``reload_seconds``; a changed law comes into force by itself, or when
    ``approvals`` different people have approved it (`planwatch plans approve`).
    """

    folder: Path | None = None
    extra_folders: tuple[Path, ...] = ()
    reload_seconds: float = Field(default=10.0, gt=0)
    approvals: int = Field(default=0, ge=0, le=5)


class ApiSettings(_Group):
    """Where `planwatch serve` listens, who may send (``tokens`` names the file), and how much at once.

    Loopback by default: put a TLS proxy in front before listening anywhere else. The file of tokens is looked at again
    every ``reload_seconds``.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    tokens: Path | None = None
    reload_seconds: float = Field(default=5.0, gt=0)
    body_bytes: int = Field(default=8_388_608, ge=1024)
    messages_per_request: int = Field(default=5000, ge=1)
    requests_per_minute: int = Field(default=120, ge=1)
    strangers_per_minute: int = Field(default=60, ge=1)
    concurrent_requests: int = Field(default=64, ge=1)
    patience_seconds: float = Field(default=5.0, gt=0)


class Hj212Settings(_Group):
    """Where `planwatch hj212` listens, which monitoring points it knows (``stations`` names the file), what counts.

    Loopback by default: HJ 212 has neither encryption nor real passwords, so let loggers in over a private network
    only. The file of monitoring points is looked at again every ``reload_seconds``. A month is reported when it is over
    and whole, or over and quiet for ``settle_seconds``. Days flagged with one of ``counted_flags`` count; below
    ``min_share`` of valid days a month's figure is held.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8212, ge=0, le=65535)
    stations: Path | None = None
    reload_seconds: float = Field(default=5.0, gt=0)
    connections: int = Field(default=200, ge=1)
    max_segment_bytes: int = Field(default=4096, ge=256, le=9999)
    silence_seconds: float = Field(default=900.0, gt=0)
    frame_seconds: float = Field(default=30.0, gt=0)
    broken_in_a_row: int = Field(default=20, ge=1)
    counted_flags: str = Field(default="N", pattern="^[NFMSDCTB]+$")
    count_unflagged: bool = False
    min_share: Decimal = Field(default=Decimal("0.75"), ge=0, le=1)
    settle_seconds: float = Field(default=43_200.0, ge=0)
    poll_seconds: float = Field(default=2.0, gt=0)


class ObserveSettings(_Group):
    """Where each process serves /metrics, /healthz and /readyz (port 0: a free one), and how it logs."""

    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field(default="json", pattern="^(json|console)$")


class Settings(BaseSettings):
    """Everything that can be set, frozen. An unknown key in a group is refused with its name."""

    model_config = SettingsConfigDict(
        env_prefix="PLANWATCH_", env_nested_delimiter="__", frozen=True, extra="ignore", env_file_encoding="utf-8"
    )

    database: DatabaseSettings = DatabaseSettings()
    kafka: KafkaSettings = KafkaSettings()
    ingest: IngestSettings = IngestSettings()
    assess: AssessSettings = AssessSettings()
    notify: NotifySettings = NotifySettings()
    plans: PlanSettings = PlanSettings()
    api: ApiSettings = ApiSettings()
    hj212: Hj212Settings = Hj212Settings()
    observe: ObserveSettings = ObserveSettings()


def read_settings() -> Settings:
    """Read the environment; SettingsError names each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"PLANWATCH_{'__'.join(str(part).upper() for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from error
