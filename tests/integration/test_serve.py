"""`planwatch serve` as a process over a real Kafka: what is accepted comes out of the topic, nothing else is claimed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from api_support import body_of, record_of
from assess_support import query
from hj212_servers import free_port
from ingest_servers import IngestThread, running, topic_messages, wait_until
from load_support import make_topics, messages_in

from planwatch.api.tokens import Token, digest
from planwatch.contract.report import parse_report
from planwatch.service.token_file import entry_text
from planwatch.storage.database import Database

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
UNIT, REGION = "91110000000000001N", "500101"
COAL = {"indicator": "energy.raw_coal", "value": "12.5", "unit": "t"}


@pytest.fixture
def topics(bootstrap_servers, topic_prefix):
    return make_topics(bootstrap_servers, topic_prefix)


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "tokens.toml"
    file.write_text(
        entry_text(Token(name="厂", sha256=digest("u"), units=(UNIT,)))
        + entry_text(Token(name="区", sha256=digest("r"), regions=(REGION,))),
        "utf-8",
    )
    return file


@contextmanager
def serving(dsn, servers, prefix, tokens, ready=200, observed=0):
    """The process and a client of it; it must end in order."""
    port = free_port()
    settings = {
        "DATABASE__DSN": dsn, "KAFKA__BOOTSTRAP_SERVERS": servers, "KAFKA__TOPIC_PREFIX": prefix,
        "OBSERVE__PORT": str(observed), "API__PORT": str(port), "API__TOKENS": str(tokens), "API__PATIENCE_SECONDS": "3",
        "API__RELOAD_SECONDS": "0.1",
    }  # fmt: skip
    environment = os.environ | {f"PLANWATCH_{name}": value for name, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-m", "planwatch.service", "serve"], env=environment)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def answers():
        assert process.poll() is None, "the endpoint ended"
        try:
            return client.get("/readyz").status_code == ready
        except httpx.TransportError:
            return False

    try:
        wait_until(answers)
        yield client, port
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        client.close()
        process.kill()
        process.wait(30)


def post(client, body, secret="u", path="/reports"):
    return client.post(path, json=body, headers={"Authorization": f"Bearer {secret}"})


def test_accepted_reports_come_out_of_the_topic_where_the_answer_says(
    database_dsn, bootstrap_servers, topic_prefix, topics, token_file
):
    with serving(database_dsn, bootstrap_servers, topic_prefix, token_file) as (client, _):
        bad = body_of("bad", UNIT, period="2025-13")
        sent = [body_of(f"r-{number}", UNIT, period=f"2025-{number:02}") for number in range(1, 6)]
        response = post(client, [*sent, bad, body_of("other", "91110000000000002N")])
        assert response.status_code == 207
        results = response.json()["results"]
    assert [result["status"] for result in results] == ["accepted"] * 5 + ["refused"] * 2
    assert results[5]["faults"][0]["path"] == "period"
    assert results[6]["reason"] == "not_yours"
    found = {
        (record.partition, record.offset): parse_report(record.value).report_id
        for record in topic_messages(bootstrap_servers, topics.reports)
    }
    assert found == {(result["partition"], result["offset"]): result["report_id"] for result in results[:5]}
    offsets = [result["offset"] for result in results[:5]]
    assert offsets == sorted(offsets), "the reports of one subject keep their order"


def test_broker_that_is_away_is_said_and_nothing_is_claimed(database_dsn, topic_prefix, token_file):
    away = f"127.0.0.1:{free_port()}"
    with serving(database_dsn, away, topic_prefix, token_file, ready=503) as (client, _):
        response = post(client, [body_of("r-1", UNIT), body_of("r-2", UNIT, period="2025-13")])
        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert [result["status"] for result in response.json()["results"]] == ["not_acknowledged", "refused"]
        assert response.json()["accepted"] == 0
        assert "kafka" in client.get("/readyz").json()["faults"]


def test_topic_that_is_missing_is_said(database_dsn, bootstrap_servers, topic_prefix, token_file):
    with serving(database_dsn, bootstrap_servers, topic_prefix, token_file, ready=503) as (client, _):
        assert post(client, body_of("r-1", UNIT)).status_code == 503
        assert "planwatch migrate" in client.get("/readyz").json()["faults"]["kafka"]


def test_region_speaks_for_a_unit_once_ingest_has_stored_its_record(
    database_dsn, bootstrap_servers, topic_prefix, topics, token_file
):
    member = IngestThread(database_dsn, bootstrap_servers, topic_prefix)
    with serving(database_dsn, bootstrap_servers, topic_prefix, token_file) as (client, _), running(member):
        report = body_of("r-1", UNIT)
        assert post(client, report, "r").status_code == 403
        assert post(client, record_of(UNIT, REGION), "r", "/registry").status_code == 202
        with Database(database_dsn, max_size=1) as database:
            wait_until(lambda: query(database, "SELECT FROM planwatch.registry"))
            assert post(client, report, "r").status_code == 202
            # The same again is the same figure.
            assert post(client, report, "r").status_code == 202
            reports = "planwatch_ingest_reports_total"
            wait_until(lambda: member.registry.get_sample_value(reports) == 2)
            assert len(query(database, "SELECT FROM planwatch.reading")) == 1
        # Another region's record for this unit would take it over.
        elsewhere = post(client, record_of(UNIT, "500102"), "r", "/registry")
        assert elsewhere.status_code == 403


def test_changed_token_file_is_taken_up_and_a_faulty_one_is_not(
    database_dsn, bootstrap_servers, topic_prefix, topics, token_file
):
    at = free_port()
    observed = f"http://127.0.0.1:{at}"
    with serving(database_dsn, bootstrap_servers, topic_prefix, token_file, observed=at) as (client, _):
        assert post(client, body_of("r-1", UNIT), "new").status_code == 401
        written = token_file.read_text("utf-8")
        token_file.write_text(written + entry_text(Token(name="新", sha256=digest("new"), units=(UNIT,))), "utf-8")
        wait_until(lambda: post(client, body_of("r-1", UNIT), "new").status_code == 202, every=1)
        token_file.write_text("[[token", "utf-8")
        wait_until(lambda: 'failures_total{file="tokens"} 1.0' in httpx.get(f"{observed}/metrics").text)
        assert client.get("/readyz").status_code == 200
        assert post(client, body_of("r-1", UNIT), "new").status_code == 202
        # A token is taken away without a restart.
        token_file.write_text(written, "utf-8")
        wait_until(lambda: post(client, body_of("r-1", UNIT), "new").status_code == 401, every=1)
        assert post(client, body_of("r-1", UNIT), "u").status_code == 202


def test_endpoint_without_tokens_does_not_start(database_dsn, bootstrap_servers):
    environment = os.environ | {
        "PLANWATCH_DATABASE__DSN": database_dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "PLANWATCH_OBSERVE__PORT": "0",
    }
    words = [sys.executable, "-m", "planwatch.service", "serve"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "PLANWATCH_API__TOKENS" in done.stderr


def test_port_that_is_taken_is_said(database_dsn, bootstrap_servers, topic_prefix, topics, token_file):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = os.environ | {
            "PLANWATCH_DATABASE__DSN": database_dsn,
            "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
            "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
            "PLANWATCH_OBSERVE__PORT": "0",
            "PLANWATCH_API__TOKENS": str(token_file),
            "PLANWATCH_API__PORT": str(taken.getsockname()[1]),
        }
        words = [sys.executable, "-m", "planwatch.service", "serve"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "PLANWATCH_API__PORT" in done.stderr


def test_examples_of_the_howto_do_what_it_says(
    database_dsn, bootstrap_servers, topic_prefix, topics, token_file, tmp_path
):
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "docs/howto/http.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 6
    folder = tmp_path / "http"
    folder.mkdir()
    for file in (ROOT / "docs/examples/http").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with serving(database_dsn, bootstrap_servers, topic_prefix, token_file) as (_, port):
        environment = os.environ | {"URL": f"http://127.0.0.1:{port}", "TOKEN": "u", "REGION_TOKEN": "r"}
        answers = []
        for block in blocks:
            done = subprocess.run(
                ["bash", "-ec", block], env=environment, cwd=folder, capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
            answers.append(json.loads(done.stdout))
    counts = [(answer["accepted"], answer["refused"]) for answer in answers[:5]]
    assert counts == [(1, 0), (2, 0), (2, 0), (1, 1), (1, 0)]
    assert answers[3]["results"][0]["faults"][0]["path"] == "readings.1.unit"
    assert "paths" in json.loads((folder / "openapi.json").read_text("utf-8"))
    assert len(messages_in(bootstrap_servers, topics.reports)) == 4
    assert len(messages_in(bootstrap_servers, topics.registry)) == 1
