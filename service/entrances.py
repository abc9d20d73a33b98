"""What `planwatch doctor` looks at of the two ways in: their files, and who answers on their ports."""

import http.client
import json
import socket
import stat
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

from planwatch.contract.errors import StorageError
from planwatch.contract.hj212 import StationFile
from planwatch.gateway.client import exchange
from planwatch.gateway.frame import framed
from planwatch.service.finding import Finding
from planwatch.service.hj212_mapping import mapping_file, read_mapping
from planwatch.service.settings import ApiSettings, Hj212Settings
from planwatch.service.token_file import read_tokens

ANSWER_SECONDS = 3.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
# A command no logger sends: it is answered like any that is not used, and nothing is written.
_PROBE = framed(b"QN=20000101000000000;ST=91;CN=9999;PW=0;MN=DOCTOR;Flag=5;CP=&&&&")

Registered = Callable[[Collection[str]], Collection[str]]
"""Of subjects, those that are registered; StorageError where it cannot be said."""


def look_at_api(settings: ApiSettings, today: date) -> Finding:
    """The HTTP endpoint; InvalidDocument where its file of tokens cannot be used."""
    if settings.tokens is None:
        return Finding("api", True, "not in use: PLANWATCH_API__TOKENS is not set")
    tokens = read_tokens(settings.tokens).known
    if fault := _others_may_write("api", settings.tokens):
        return fault
    expired = [one.name for one in tokens if one.expires is not None and today > one.expires]
    seen = f"{len(tokens)} tokens" + (f", expired: {', '.join(expired)}" if expired else "")
    if tokens and len(expired) == len(tokens):
        mend = "planwatch tokens new --unit … (or --region …), and put its lines into the file in place of the old ones"
        return Finding("api", False, seen, mend)
    return _api_port(seen, settings)


def _api_port(seen: str, settings: ApiSettings) -> Finding:
    where = f"{settings.host}:{settings.port}"
    if (met := _met("api", seen, settings.host, settings.port)) is not None:
        return met
    answer = _ready(_reached(settings.host), settings.port)
    if answer == "ready":
        return Finding("api", True, f"{seen}; `planwatch serve` answers on {where} and is ready")
    if answer:
        return Finding("api", False, f"running, not ready: {answer}", "mend what it names; it goes on by itself")
    return Finding("api", False, f"another program listens on {where}", "end it, or set PLANWATCH_API__PORT")


def look_at_gateway(settings: Hj212Settings, registered: Registered) -> Finding:
    """The HJ 212 gateway; InvalidDocument where its mapping cannot be used, unknown factors included."""
    if settings.stations is None:
        return Finding("hj212", True, "not in use: PLANWATCH_HJ212__STATIONS is not set")
    mapping, _ = read_mapping(settings)
    if fault := _others_may_write("hj212", settings.stations) or _others_may_read_passwords(mapping, settings):
        return fault
    units = sorted({one.unit for one in mapping.stations})
    seen = f"{len(mapping.stations)} monitoring points of {len(units)} units"
    try:
        strangers = sorted(
            set(units) - {name.removeprefix("unit:") for name in registered([f"unit:{one}" for one in units])}
        )
    except StorageError as error:
        return Finding("hj212", False, f"{seen}; whether they are registered is not known: {error}", "see database")
    if strangers:
        named = ", ".join(strangers[:5]) + (" …" if len(strangers) > 5 else "")
        mend = "planwatch registry load FILE, or correct `unit` in the mapping: figures of strangers count nowhere"
        return Finding("hj212", False, f"{seen}; not registered: {named}", mend)
    return _gateway_port(seen, settings)


def _gateway_port(seen: str, settings: Hj212Settings) -> Finding:
    where = f"{settings.host}:{settings.port}"
    if (met := _met("hj212", seen, settings.host, settings.port)) is not None:
        return met
    if _is_gateway(_reached(settings.host), settings.port):
        return Finding("hj212", True, f"{seen}; the gateway answers on {where}")
    return Finding("hj212", False, f"another program listens on {where}", "end it, or set PLANWATCH_HJ212__PORT")


def _met(name: str, seen: str, host: str, port: int) -> Finding | None:
    """What there is to say where nobody takes our connection; None where somebody does."""
    try:
        socket.create_connection((_reached(host), port), timeout=ANSWER_SECONDS).close()
    except ConnectionRefusedError:
        command = {"api": "serve"}.get(name, name)
        return Finding(name, True, f"{seen}; {host}:{port} is free: `planwatch {command}` is not running here")
    except (OSError, UnicodeError) as error:  # the latter for a host no name server could be asked for
        mend = f"correct PLANWATCH_{name.upper()}__HOST to an address of this machine"
        return Finding(name, False, f"{seen}; {host}:{port} cannot be reached: {error}", mend)
    return None


def _others_may_write(name: str, path: Path) -> Finding | None:
    """Whoever may write these files decides who may send, and for whom."""
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding(name, False, f"{path} may be written by others than its owner", f"chmod go-w {path}")
    return None


def _others_may_read_passwords(mapping: StationFile, settings: Hj212Settings) -> Finding | None:
    path = mapping_file(settings)
    if any(one.pw for one in mapping.stations) and path.stat().st_mode & stat.S_IROTH:
        return Finding(
            "hj212", False, f"{path} holds passwords of loggers and everybody may read it", f"chmod o-r {path}"
        )
    return None


def _reached(host: str) -> str:
    """Where to ask for what listens there."""
    return _ANYWHERE.get(host, host)


def _ready(host: str, port: int) -> str:
    """«ready», or what /readyz names as wrong; empty if it is no endpoint of ours."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/readyz")
        said = json.loads(connection.getresponse().read())
        faults = "; ".join(f"{key}: {why}" for key, why in said["faults"].items())
        return "ready" if said["status"] == "ready" else faults
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return ""
    finally:
        connection.close()


def _is_gateway(host: str, port: int) -> bool:
    """Whether HJ 212 is spoken there."""
    try:
        return any(b"CN=9014" in (one.answer or b"") for one in exchange(host, port, [_PROBE], ANSWER_SECONDS))
    except OSError:
        return False
