"""What tests of ingest say: messages, rows, registry records, and what a store holds, real or in memory."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
from factories import make_report

from planwatch.contract.catalogue import Behaviour, Catalogue, Indicator, UnitOfMeasure
from planwatch.contract.registry import RegionRecord, TwoHighProjectRecord, UnitRecord
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Report, SubjectKind
from planwatch.ingest.decode import Decoder
from planwatch.ingest.message import RawMessage
from planwatch.ingest.topics import Topics

NOW = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
TOPICS = Topics.named("planwatch.")
REPORTS = TOPICS.reports, 0

CATALOGUE = Catalogue(
    indicators=(
        Indicator(id="energy.raw_coal", zh="原煤", en="Raw coal", unit="kg", behaviour=Behaviour.FLOW,
                  reported_by=(SubjectKind.UNIT, SubjectKind.PROJECT)),
        Indicator(id="energy.diesel", zh="柴油", en="Diesel", unit="kg", behaviour=Behaviour.FLOW,
                  reported_by=(SubjectKind.UNIT, SubjectKind.PROJECT)),
        Indicator(id="gdp.growth", zh="增速", en="Growth", unit="ratio", behaviour=Behaviour.STATE,
                  reported_by=(SubjectKind.REGION,), may_be_negative=True),
    ),
    units=(
        UnitOfMeasure(symbol="kg", dimension="mass", factor=Decimal(1)),
        UnitOfMeasure(symbol="t", dimension="mass", factor=Decimal(1000), aliases=("吨",)),
        UnitOfMeasure(symbol="ratio", dimension="ratio", factor=Decimal(1)),
        UnitOfMeasure(symbol="%", dimension="ratio", factor=Decimal("0.01")),
    ),
)  # fmt: skip


def make_decoder(topics: Topics = TOPICS) -> Decoder:
    """A decoder with the small catalogue above."""
    return Decoder(topics, CATALOGUE, "0.0-test")


def make_message(value: Report | bytes | None = None, **over: Any) -> RawMessage:
    """A message of the reports topic, keyed as it should be."""
    report = value if isinstance(value, Report) else make_report()
    raw = report.to_json() if isinstance(value, Report) else value
    values: dict[str, Any] = {
        "topic": TOPICS.reports, "partition": 0, "offset": 0, "key": report.key, "value": raw,
        "timestamp_ms": int(NOW.timestamp() * 1000),
    }  # fmt: skip
    return RawMessage(**(values | over))


def make_row(subject: str = "unit:A", **over: Any) -> tuple[Any, ...]:
    """A reading as it is stored: 1,000 kg of raw coal in March 2025."""
    values: dict[str, Any] = {
        "subject": subject, "indicator": "energy.raw_coal", "period_start": date(2025, 3, 1), "months": 1, "revision": 0,
        "submitted_at": NOW, "report_id": "r-1", "value": Decimal(1), "unit": "t", "amount": Decimal(1000),
        "flag": None, "note": None, "source": "manual",
    }  # fmt: skip
    unknown = over.keys() - values.keys()
    assert not unknown, f"no such column: {unknown}"
    return tuple((values | over).values())


def unit(code: str, region: str, **over: Any) -> UnitRecord:
    """A registry record of a unit."""
    return UnitRecord(**({"id": code, "name": code, "region": region, "valid_from": date(2021, 1, 1)} | over))


def project(code: str, region: str, **over: Any) -> TwoHighProjectRecord:
    """A registry record of a two-high project."""
    return TwoHighProjectRecord(**({"id": code, "name": code, "region": region, "valid_from": date(2021, 1, 1)} | over))


def region(code: str, parent: str | None = None, **over: Any) -> RegionRecord:
    """A registry record of a region."""
    return RegionRecord(**({"id": code, "name": code, "parent": parent, "valid_from": date(2021, 1, 1)} | over))


def rejected(offset: int = 0, **over: Any) -> Rejected:
    """A reject of a message that is not JSON."""
    outcome = make_decoder().decode(make_message(b"{", offset=offset, **over), NOW)
    return outcome.rejected


@dataclass(frozen=True)
class Seen:
    """What a store holds, without the times of writing. Readings and superseded ones are rows as in make_row."""

    readings: set[tuple[Any, ...]]
    superseded: set[tuple[Any, ...]]
    marks: list[tuple[str, date, str, str]]
    registry: set[tuple[str, date, int, str, str | None]]
    rejects: dict[str, bool]
    offsets: dict[tuple[str, int], int]


class SeenInDatabase:
    """Looks into a real database."""

    COLUMNS = ("subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag,"
               " note, source")  # fmt: skip

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with psycopg.connect(self._dsn) as connection:
            return connection.execute(query).fetchall()

    def __call__(self) -> Seen:
        offsets = self.rows("SELECT topic, partition, next_offset FROM planwatch.kafka_offset")
        rejects = self.rows("SELECT topic, partition, message_offset, published_at FROM planwatch.reject")
        return Seen(
            set(self.rows(f"SELECT {self.COLUMNS} FROM planwatch.reading")),
            set(self.rows(f"SELECT {self.COLUMNS} FROM planwatch.reading_superseded")),
            self.rows("SELECT subject, period_start, cause, caused_by FROM planwatch.mark ORDER BY 1, 3, 2"),
            set(self.rows("SELECT subject, valid_from, revision, name, region FROM planwatch.registry")),
            {f"{topic}/{number}/{offset}": at is not None for topic, number, offset, at in rejects},
            {(topic, number): offset for topic, number, offset in offsets},
        )
