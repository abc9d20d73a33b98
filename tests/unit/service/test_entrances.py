"""What `planwatch doctor` says of the two ways in: their files, and who answers on their ports, each with its mending."""

import json
import socketserver
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from hj212_support import UNIT, make_intake, make_station

from planwatch.api.tokens import Token, digest
from planwatch.contract.errors import InvalidDocument, StorageUnavailable
from planwatch.gateway.frame import FrameReader
from planwatch.service.entrances import look_at_api, look_at_gateway
from planwatch.service.settings import ApiSettings, Hj212Settings
from planwatch.service.token_file import entry_text

TODAY = date(2026, 1, 10)


@contextmanager
def listening(server):
    """A server on a free loopback port; its port."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def web_server(status, body):
    """Answers every GET with this."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format, *args):
            """Silent."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Answer)


def gateway_server():
    """Answers frames as the gateway does."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self):
            (event,) = FrameReader(4096).feed(self.request.recv(4096))
            self.request.sendall(make_intake().decide(event, None).answer)

    return socketserver.TCPServer(("127.0.0.1", 0), Answer)


def free_port():
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return server.server_address[1]


@pytest.fixture
def tokens(tmp_path):
    file = tmp_path / "tokens.toml"
    write(file, None)
    return file


def write(file, *expiries):
    made = [Token(name=f"厂{i}", sha256=digest(f"{i}"), units=("A",), expires=day) for i, day in enumerate(expiries)]
    file.write_text("".join(map(entry_text, made)), "utf-8")
    file.chmod(0o644)


@pytest.fixture
def stations(tmp_path):
    return mapped(tmp_path / "stations.yaml", make_station())


def mapped(file, *points):
    listed = [one.model_dump(mode="json", exclude_none=True) for one in points]
    file.write_text(yaml.safe_dump({"stations": listed}), "utf-8")
    file.chmod(0o644)
    return file


def everybody(subjects):
    return subjects


def nobody(subjects):
    return []


def away(subjects):
    raise StorageUnavailable("connection refused")


def test_what_is_not_set_up_is_not_wrong():
    assert look_at_api(ApiSettings(), TODAY).right
    assert look_at_gateway(Hj212Settings(), nobody).right


@pytest.mark.parametrize(
    ("status", "body", "right", "seen"),
    [
        pytest.param(200, '{"status": "ready", "faults": {}}', True, "answers on", id="ready"),
        pytest.param(
            503,
            json.dumps({"status": "not ready", "faults": {"kafka": "no topic"}}),
            False,
            "kafka: no topic",
            id="not ready",
        ),
        pytest.param(200, "<html>", False, "another program", id="a web server"),
        pytest.param(200, "[]", False, "another program", id="JSON of somebody else"),
    ],
)
def test_endpoint_is_told_from_other_programs(tokens, status, body, right, seen):
    with listening(web_server(status, body)) as port:
        finding = look_at_api(ApiSettings(tokens=tokens, port=port), TODAY)
    assert (finding.right, seen in finding.seen, bool(finding.mend)) == (right, True, not right)


def test_endpoint_that_does_not_run_leaves_its_port_free(tokens):
    finding = look_at_api(ApiSettings(tokens=tokens, port=free_port(), host="0.0.0.0"), TODAY)
    assert finding.right and "1 tokens" in finding.seen and "is free" in finding.seen


def test_address_that_is_none_of_this_machine_is_said(tokens, stations):
    """A host that is no address at all: nothing is asked of the network for it."""
    found = look_at_api(ApiSettings(tokens=tokens, host="127.0.0.1.."), TODAY)
    assert not found.right and "PLANWATCH_API__HOST" in found.mend
    found = look_at_gateway(Hj212Settings(stations=stations, host="127.0.0.1.."), everybody)
    assert not found.right and "PLANWATCH_HJ212__HOST" in found.mend


@pytest.mark.parametrize(
    ("expiries", "right"),
    [((), True), ((date(2026, 1, 10),), True), ((date(2026, 1, 9), None), True), ((date(2026, 1, 9),), False)],
    ids=["nobody yet", "last day", "one of two expired", "all expired"],
)
def test_expired_tokens_are_named_and_wrong_if_there_are_no_others(tokens, expiries, right):
    write(tokens, *expiries)
    finding = look_at_api(ApiSettings(tokens=tokens, port=free_port()), TODAY)
    assert finding.right == right
    assert ("厂0" in finding.seen) == (date(2026, 1, 9) in expiries)


@pytest.mark.parametrize("mode", [0o664, 0o646], ids=["group", "everybody"])
def test_files_others_may_write_are_wrong(tokens, stations, mode):
    tokens.chmod(mode)
    stations.chmod(mode)
    for finding in (
        look_at_api(ApiSettings(tokens=tokens, port=free_port()), TODAY),
        look_at_gateway(Hj212Settings(stations=stations, port=free_port()), everybody),
    ):
        assert not finding.right and finding.mend.startswith("chmod go-w ")


def test_passwords_of_loggers_are_not_for_everybody(stations):
    mapped(stations, make_station(pw="123456"))
    settings = Hj212Settings(stations=stations, port=free_port())
    assert look_at_gateway(settings, everybody).mend == f"chmod o-r {stations}"
    stations.chmod(0o640)
    assert look_at_gateway(settings, everybody).right


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stations: [", "stations.yaml"),
        ("stations:\n- {mn: A, unit: B, st: 32, factors: [a21002]}\n", "no factor of st 32"),
    ],
    ids=["no YAML", "unknown factor"],
)
def test_mapping_at_fault_is_said_with_its_reason(stations, text, said):
    stations.write_text(text, "utf-8")
    with pytest.raises(InvalidDocument, match=said):
        look_at_gateway(Hj212Settings(stations=stations, port=free_port()), everybody)


@pytest.mark.parametrize(
    ("registered", "seen"),
    [(nobody, f"not registered: {UNIT}"), (away, "connection refused")],
    ids=["strangers", "unknown"],
)
def test_units_that_are_not_registered_are_named(stations, registered, seen):
    finding = look_at_gateway(Hj212Settings(stations=stations, port=free_port()), registered)
    assert not finding.right and seen in finding.seen and finding.mend


def test_gateway_is_told_from_other_programs(stations):
    with listening(gateway_server()) as port:
        assert "gateway answers" in look_at_gateway(Hj212Settings(stations=stations, port=port), everybody).seen
    with listening(web_server(200, "")) as port:
        finding = look_at_gateway(Hj212Settings(stations=stations, port=port), everybody)
        assert not finding.right and "PLANWATCH_HJ212__PORT" in finding.mend
    finding = look_at_gateway(Hj212Settings(stations=stations, port=free_port()), everybody)
    assert finding.right and "is free" in finding.seen
