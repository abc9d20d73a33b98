"""PostgreSQL 17 with TimescaleDB from Debian's packages, made to run from its own folder."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from debian import Archive, architecture
from debian_sources import RELEASE
from layout import ServerUser
from prerequisites import APT, DPKG, TIME_ZONES, Need
from process import Command, execute, processes_in, wait_until
from report import StackError
from server import Run
from software import Stamp

VERSION = "17"
ORPHAN_SECONDS = 10.0
PACKAGES = (f"postgresql-{VERSION}", f"postgresql-{VERSION}-timescaledb", "patchelf")
# Everything the three packages link against, and nothing of what Debian adds around them
# (Perl wrappers, the JIT's compiler, account management).
_WANTED = re.compile(rf"^(postgresql-({VERSION}|{VERSION}-timescaledb|client-{VERSION})|lib.*|zlib1g|patchelf)$")
_UNWANTED = re.compile(r"^lib(llvm|z3-|perl|db5|gdbm|io-|ipc-|json-|text-|pam-mod|semanage|sepol|proc2|c-bin|c-l10n)")
_UNUSED = (f"usr/lib/postgresql/{VERSION}/lib/bitcode", f"usr/share/postgresql/{VERSION}/man")


def is_wanted(package: str) -> bool:
    """Whether a dependency of the packages is needed to run them."""
    return bool(_WANTED.match(package)) and not _UNWANTED.match(package)


class TimescaleDB:
    """See `server.Server`."""

    name = "timescaledb"
    ports: ClassVar[Mapping[str, str]] = {"main": "PLANWATCH_STACK_TIMESCALEDB_PORT"}
    stop_signal = signal.SIGINT  # PostgreSQL's "fast" shutdown: does not wait for clients

    def install_needs(self) -> Sequence[Need]:
        return (APT, DPKG, TIME_ZONES)

    def run_needs(self) -> Sequence[Need]:
        return (TIME_ZONES,)

    def stamp(self) -> Stamp:
        return {"recipe": 1, "release": RELEASE, "packages": list(PACKAGES)}

    def build(self, folder: Path, final: Path, archive: Archive) -> object:
        wanted = [package for package in archive.dependencies(PACKAGES) if is_wanted(package)]
        contains = archive.unpack(self.name, wanted, folder)
        for name in _UNUSED:
            shutil.rmtree(folder / name, ignore_errors=True)
        relocate(folder, final)
        return {"architecture": architecture(), "packages": contains}

    def finish(self, software: Path, user: ServerUser | None) -> None:
        programs = _programs(software)
        execute(Command([str(programs / "postgres"), "--version"], software), user, 30)

    def prepare(self, run: Run) -> Command:
        folder = run.private_folder()
        cluster = folder / "data"
        if not cluster.exists():
            _make_cluster(run, cluster)
        _clear_stale_lock(cluster)
        run.write(cluster / "postgresql.conf", configuration(run.own.port, run.state.fast))
        return Command([str(_programs(run.software) / "postgres"), "-D", str(cluster)], folder)

    def is_ready(self, run: Run) -> bool:
        program = str(_programs(run.software) / "pg_isready")
        address = ["-h", "127.0.0.1", "-p", str(run.own.port), "-U", "postgres", "-d", "postgres"]
        return subprocess.run([program, "-q", *address], cwd="/", check=False, timeout=10).returncode == 0

    def after_ready(self, run: Run) -> None:
        done = run.folder / "data" / "planwatch.done"
        if not done.exists():
            _psql(run, _FIRST_TIME.format(password=run.state.passwords["planwatch"]))
            run.write(done, "The role, the database and the extension are in place.\n")

    def settings(self, run: Run) -> dict[str, str]:
        address, passwords = f"127.0.0.1:{run.own.port}", run.state.passwords
        return {
            "PLANWATCH_DATABASE__DSN": f"postgresql://planwatch:{passwords['planwatch']}@{address}/planwatch",
            "PLANWATCH_STACK_ADMIN_DSN": f"postgresql://postgres:{passwords['postgres']}@{address}/postgres",
        }

    def tools(self, software: Path) -> dict[str, Path]:
        return {name: _programs(software) / name for name in ("psql", "pg_dump", "pg_restore", "pg_isready")}


# Templates first, so that every database made later has the extension. Job 3 cannot work in
# Debian's Apache edition and only fills the log (timescale/timescaledb#10191).
_FIRST_TIME = """\
\\set ON_ERROR_STOP on
\\connect template1
CREATE EXTENSION IF NOT EXISTS timescaledb;
UPDATE _timescaledb_config.bgw_job SET scheduled = false WHERE id = 3;
\\connect postgres
SELECT 'CREATE ROLE planwatch' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'planwatch') \\gexec
ALTER ROLE planwatch LOGIN CREATEDB CREATEROLE PASSWORD '{password}';
SELECT 'CREATE DATABASE planwatch OWNER planwatch'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'planwatch') \\gexec
"""


def configuration(port: int, fast: bool) -> str:
    """postgresql.conf, whole; the file initdb wrote is mostly comments."""
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 200,
        "shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off",
        # Policies, their only use, do not exist in the Apache edition; and a worker connected
        # to a template database forbids copying it, as tests do for each test.
        "timescaledb.max_background_workers": 0, "password_encryption": "scram-sha-256",
        "shared_buffers": "256MB", "work_mem": "16MB", "maintenance_work_mem": "128MB", "max_wal_size": "4GB",
        "wal_compression": "on", "checkpoint_timeout": "15min", "jit": "off", "random_page_cost": "1.1",
        "max_locks_per_transaction": 256, "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C.UTF-8",
        "log_line_prefix": "%m [%p] %q%u@%d ", "log_min_duration_statement": "1s",
    }  # fmt: skip
    if fast:
        # For tests that are thrown away: a crash of the machine may lose the cluster.
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def relocate(folder: Path, final: Path) -> None:
    """Bind the programs to the C library and the other libraries that came with them.

    Debian's release may be newer than the machine's, and PostgreSQL's programs start one
    another, so calling one of them through its own loader would not be enough.
    """
    libraries = next(folder.glob("usr/lib/*/libc.so.6")).parent
    loader = next(libraries.glob("ld-linux*.so.*"))
    programs = [file for file in _programs(folder).iterdir() if _is_elf(file)]
    place = final / libraries.relative_to(folder)
    patchelf = [str(loader), "--library-path", str(libraries), str(folder / "usr/bin/patchelf")]
    change = ["--set-interpreter", str(place / loader.name), "--force-rpath", "--set-rpath", str(place)]
    done = subprocess.run([*patchelf, *change, *map(str, programs)], capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise StackError(f"patchelf could not bind PostgreSQL to its libraries:\n{done.stderr}")


def _is_elf(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) == b"\x7fELF"


def _programs(software: Path) -> Path:
    return software / "usr/lib/postgresql" / VERSION / "bin"


def _make_cluster(run: Run, cluster: Path) -> None:
    """initdb beside the final place, so that an interrupted one is not mistaken for a cluster."""
    partial = run.folder / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    password = run.write(run.folder / "password", run.state.passwords["postgres"] + "\n")
    arguments = ["-D", str(partial), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]
    # A new cluster holds nothing yet that a power cut could lose; syncing its 1500 files takes seconds.
    trust = ["--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
    try:
        initdb = [str(_programs(run.software) / "initdb"), *arguments, *trust]
        execute(Command(initdb, run.folder), run.user, 120)
    finally:
        password.unlink(missing_ok=True)
    partial.rename(cluster)


def _clear_stale_lock(cluster: Path) -> None:
    """Remove what a killed server left, once none of its processes uses the cluster any more.

    PostgreSQL refuses to start when the process id in the file has been given to another
    program; but with a surviving child of the old server a second one would destroy the data.
    """
    lock = cluster / "postmaster.pid"
    if not lock.exists():
        return
    if not wait_until(lambda: not processes_in(cluster), ORPHAN_SECONDS):
        survivors = ", ".join(map(str, processes_in(cluster)))
        raise StackError(f"Processes of an earlier server still use {cluster}: {survivors}. End them (kill PID) first.")
    lock.unlink(missing_ok=True)


def _psql(run: Run, script: str) -> str:
    """Run a script as superuser; passwords go through the environment and stdin, never the arguments."""
    arguments = [str(_programs(run.software) / "psql"), "-X", "-q", "-h", "127.0.0.1", "-p", str(run.own.port)]
    environment = {"PGPASSWORD": run.state.passwords["postgres"]}
    command = Command([*arguments, "-U", "postgres", "-d", "postgres"], run.folder, environment)
    return execute(command, run.user, 60, script)
