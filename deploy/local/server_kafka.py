"""A single-node Kafka (KRaft) from Maven Central."""

from __future__ import annotations

import base64
import hashlib
import os
import pwd
import shutil
import signal
import socket
import struct
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from debian import Archive
from layout import ServerUser, give
from ports import free_port
from prerequisites import JAVA, MAVEN, Need, java
from process import Command, execute, is_alive, send, start_detached, wait_until
from report import StackError, say
from server import Run
from software import Stamp

POM = Path(__file__).with_name("pom.xml")
DOWNLOAD_SECONDS, TRAINING_SECONDS = 900, 30
_API_VERSIONS, _METADATA = 18, 3


class Kafka:
    """See `server.Server`."""

    name = "kafka"
    ports: ClassVar[Mapping[str, str]] = {
        "main": "PLANWATCH_STACK_KAFKA_PORT",
        "controller": "PLANWATCH_STACK_KAFKA_CONTROLLER_PORT",
    }
    stop_signal = signal.SIGTERM

    def install_needs(self) -> Sequence[Need]:
        return (JAVA, MAVEN)

    def run_needs(self) -> Sequence[Need]:
        return (JAVA,)

    def stamp(self) -> Stamp:
        return {"recipe": 1, "pom": hashlib.sha256(POM.read_bytes()).hexdigest()}

    def build(self, folder: Path, final: Path, archive: Archive) -> object:
        say(self.name, "downloading the jars of Kafka…")
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}", "-DincludeScope=runtime"]
        arguments = ["mvn", "-q", "-B", "-f", str(POM), *_maven_repository(folder), *goal]
        try:
            # Maven is the user's own tool: it keeps the user's environment and settings.xml.
            execute(Command(arguments, folder, dict(os.environ)), None, DOWNLOAD_SECONDS)
        except StackError as error:
            raise StackError(f"{error}\nMaven must reach Maven Central (or the mirror in its settings.xml).") from None
        jars = sorted(jar.name for jar in (folder / "lib").glob("*.jar"))
        say(self.name, f"{len(jars)} jars")
        for jar in (folder / "lib").iterdir():
            jar.chmod(0o644)
        (folder / "lib").chmod(0o755)
        shutil.rmtree(folder / "m2", ignore_errors=True)
        return jars

    def finish(self, software: Path, user: ServerUser | None) -> None:
        """Let Java remember Kafka's loaded classes: the broker then starts in half the time."""
        folder = Path(tempfile.mkdtemp(prefix="training.", dir=software.parent))
        try:
            _train(software, give(folder, user, 0o700), user)
        except StackError as error:
            say(self.name, f"starts will be slower, no class archive was made ({str(error).splitlines()[0]})")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def prepare(self, run: Run) -> Command:
        folder = run.private_folder()
        run.private_folder("tmp")
        ports = run.own.ports
        properties = run.write(folder / "server.properties", configuration(ports["main"], ports["controller"], folder))
        _format(run.software, folder, properties, run.user)
        return Command([*_java(run.software, folder), "kafka.Kafka", str(properties)], folder)

    def is_ready(self, run: Run) -> bool:
        return serves(run.own.port)

    def after_ready(self, run: Run) -> None:
        return

    def settings(self, run: Run) -> dict[str, str]:
        return {"PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{run.own.port}"}

    def tools(self, software: Path) -> dict[str, Path]:
        return {"kafka_jars": software / "lib"}


def configuration(port: int, controller_port: int, folder: Path) -> str:
    """server.properties of one node that is broker and controller."""
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@127.0.0.1:{controller_port}",
            f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=PLAINTEXT",
            f"log.dirs={folder / 'data'}",
            # A topic made by a misspelt name would hide the mistake.
            "auto.create.topics.enable=false",
            "num.partitions=4",
            # One node cannot hold three copies.
            "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "share.coordinator.state.topic.replication.factor=1",
            "share.coordinator.state.topic.min.isr=1",
            "offsets.topic.num.partitions=4",
            "transaction.state.log.num.partitions=4",
            # Tests join and lose groups all the time and should not wait for it.
            "group.initial.rebalance.delay.ms=0",
            "group.min.session.timeout.ms=1000",
            # A killed broker may register again only when its old session is over (9 s otherwise).
            "broker.session.timeout.ms=3000",
            "broker.heartbeat.interval.ms=500",
            "",
        ]
    )


def serves(port: int) -> bool:
    """Whether a broker answers and is part of its own cluster (the port opens before that)."""
    try:
        versions = _ask(port, _API_VERSIONS, version=0, body=b"")
        # Version 4: no topics, do not create any.
        metadata = _ask(port, _METADATA, version=4, body=struct.pack(">i?", 0, False))
    except OSError:
        return False
    brokers = struct.unpack_from(">i", metadata, 8)[0] if len(metadata) >= 12 else 0
    return len(versions) > 4 and brokers > 0


def _ask(port: int, api: int, version: int, body: bytes) -> bytes:
    """One request in Kafka's protocol; the response after its length."""
    client = b"planwatch-stack"
    request = struct.pack(">hhih", api, version, 1, len(client)) + client + body
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.settimeout(5)
        connection.sendall(struct.pack(">i", len(request)) + request)
        with connection.makefile("rb") as answer:
            length = answer.read(4)
            return answer.read(struct.unpack(">i", length)[0]) if len(length) == 4 else b""


def _java(software: Path, folder: Path, *options: str) -> list[str]:
    archive = _class_archive(software)
    shared = [f"-XX:SharedArchiveFile={archive}", "-Xlog:cds=off"] if archive.exists() and not options else []
    return [
        java(), "-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        # Kafka unpacks its native compressors there.
        f"-Djava.io.tmpdir={folder / 'tmp'}", *shared, *options, "-cp", str(software / "lib" / "*"),
    ]  # fmt: skip


def _class_archive(software: Path) -> Path:
    """Beside the software, not in it: it is made afterwards, and Java ignores one of another version."""
    return software.with_name(f"{software.name}.jsa")


def _format(software: Path, folder: Path, properties: Path, user: ServerUser | None) -> None:
    """Give an empty log folder its identity."""
    if (folder / "data" / "meta.properties").exists():
        return
    shutil.rmtree(folder / "data", ignore_errors=True)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # An id that starts with a dash would be read as an option.
    arguments = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties)]
    execute(Command([*_java(software, folder), *arguments], folder), user, 120)


def _train(software: Path, folder: Path, user: ServerUser | None) -> None:
    """Start and stop a broker once, so that Java can write down which classes it loads."""
    archive = _class_archive(software)
    archive.unlink(missing_ok=True)
    give_tmp = folder / "tmp"
    give_tmp.mkdir()
    give(give_tmp, user, 0o700)
    port = free_port(())
    properties = folder / "server.properties"
    properties.write_text(configuration(port, free_port({port}), folder), "utf-8")
    give(properties, user, 0o600)
    _format(software, folder, properties, user)
    new = folder / archive.name
    record = _java(software, folder, f"-XX:ArchiveClassesAtExit={new}", "-Xlog:cds=off")
    broker = start_detached(Command([*record, "kafka.Kafka", str(properties)], folder), folder / "log", user)
    try:
        if not wait_until(lambda: serves(port) or not is_alive(broker), TRAINING_SECONDS):
            raise StackError("the trial broker did not serve")
        send(broker, signal.SIGTERM)
        wait_until(lambda: not is_alive(broker), TRAINING_SECONDS)
    finally:
        send(broker, signal.SIGKILL)
    with suppress(FileNotFoundError):
        readable = archive.with_name(f"{archive.name}.new")
        shutil.copyfile(new, readable)
        readable.chmod(0o644)
        readable.replace(archive)


def _maven_repository(folder: Path) -> list[str]:
    """A user without a home cannot keep Maven's usual cache; Java takes the home from the user list, not from HOME."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    return [] if os.access(home, os.W_OK) else [f"-Dmaven.repo.local={folder / 'm2'}"]
