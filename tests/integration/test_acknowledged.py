"""The producer of somebody who waits for the answer, over a broker that goes away while messages are on their way."""

import threading
from contextlib import closing

from api_support import body_of
from ingest_servers import MockBroker, wait_until

from planwatch.api.door import Outgoing
from planwatch.ingest.acknowledged import NOT_SENT, AcknowledgedProducer

UNIT = "91110000000000001N"
TOPIC = "reports"


def outgoing(name):
    return Outgoing(f"unit:{UNIT}".encode(), str(body_of(name, UNIT)).encode(), ())


def test_broker_that_dies_is_an_answer_and_what_was_given_up_never_arrives():
    before = set(threading.enumerate())
    with MockBroker({TOPIC: 1}) as broker:
        # Longer than anybody waits: what was given up is still on its way when the producer is.
        client = {"api_version": (2, 3), "delivery_timeout_ms": 60_000}
        with closing(AcknowledgedProducer([broker.servers], client, patience_seconds=3)) as producer:
            assert producer.send(TOPIC, [outgoing("warm")]) == [(0, 0)]
            broker.go_down()
            assert producer.send(TOPIC, [outgoing("lost"), outgoing("lost too")]) == [NOT_SENT] * 2
            assert producer.fault
            wait_until(lambda: set(threading.enumerate()) <= before)
            assert producer.send(TOPIC, [outgoing("lost as well")]) == [NOT_SENT]
            broker.come_up()
            answers = []
            wait_until(lambda: answers.extend(producer.send(TOPIC, [outgoing("again")])) or answers[-1] != NOT_SENT)
            assert answers[-1] == (0, 1)
            assert producer.fault is None
