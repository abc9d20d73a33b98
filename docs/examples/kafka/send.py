"""Send reports to planwatch from a program of your own: only kafka-python is used, and nothing of planwatch.

    pip install kafka-python
    python send.py 127.0.0.1:9092 reports.ndjson

Each line of a file is one report (docs/schemas/report.schema.json). The key is the subject, so that all reports of one
subject keep their order; ``acks="all"`` waits until every replica has it. A report that breaks the contract is rejected
by ingest, with every fault: `planwatch rejects list`. To send the same line again changes nothing.
"""

import json
import sys
from pathlib import Path

from kafka import KafkaProducer

TOPIC = "planwatch.reports.v1"


def main(servers: str, *files: str) -> None:
    """Send every line of the files and print where each message stands in the topic."""
    producer = KafkaProducer(bootstrap_servers=servers, acks="all")
    for name in files:
        with Path(name).open("rb") as lines:
            for line in filter(None, map(bytes.strip, lines)):
                report = json.loads(line)
                key = f"{report['subject']['kind']}:{report['subject']['id']}"
                stands = producer.send(TOPIC, key=key.encode(), value=line).get(timeout=30)
                sys.stdout.write(f"{report['report_id']} → {stands.topic}/{stands.partition}/{stands.offset}\n")
    producer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
