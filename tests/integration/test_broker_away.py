"""Whoever sends while the broker is away is told at once and again, and at last what to do."""

import socket

import pytest
from factories import make_report
from ingest_servers import MockBroker

from planwatch.contract.errors import DeliveryFailed
from planwatch.ingest.producer import ReportProducer
from planwatch.ingest.topics import Topics
from planwatch.service.commands.sending import opened_producer
from planwatch.service.settings import KafkaSettings, Settings

# kafka-python leaves the sockets of refused connections to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
TOPICS = Topics.named("m.")


@pytest.fixture
def nobody():
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{probe.getsockname()[1]}"


def test_broker_that_is_not_reached_is_said_while_it_is_tried(nobody, capsys):
    settings = Settings(kafka=KafkaSettings(bootstrap_servers=nobody))
    with (
        pytest.raises(DeliveryFailed, match="PLANWATCH_KAFKA__BOOTSTRAP_SERVERS"),
        opened_producer(settings, patience_seconds=5) as producer,
    ):
        producer.connect()
    lines = capsys.readouterr().err.splitlines()
    assert sum("继续重试" in line and nobody in line for line in lines) >= 2


def test_broker_that_goes_away_in_mid_load_is_said_and_the_load_ends():
    told = []
    with MockBroker({TOPICS.reports: 1}) as broker:
        producer = ReportProducer(
            [broker.servers],
            TOPICS,
            {"api_version": (2, 3)},
            patience_seconds=5,
            on_away=lambda seen, left: told.append((seen, left)),
        )
        with pytest.raises(DeliveryFailed, match="not acknowledged"), producer:
            producer.connect()
            producer.send_report(make_report())
            producer.flush()
            assert told == []
            broker.go_down()
            producer.send_report(make_report())
            producer.flush()
    assert [seen for seen, _ in told]
    assert told[0][0].startswith(broker.servers)
