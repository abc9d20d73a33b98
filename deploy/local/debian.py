"""Debian packages without installing them: a private apt configuration, download, unpack, relocate."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from debian_sources import RELEASE, machine_source, private_stanza
from report import StackError, say

UPDATE_SECONDS, DOWNLOAD_SECONDS, UNPACK_SECONDS = 300, 900, 120

# The machine's own apt.conf stays in force (proxies, credentials, certificates); only
# the folders, the sources and the hooks that would touch the system are ours.
_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
#clear APT::Default-Release;
APT::Architectures {{ "{architecture}"; }};
APT::Sandbox::User "root";
Dir::State "{folder}";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Cache::archives "{folder}/cache/archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "{folder}/none.list";
Dir::Etc::sourceparts "{folder}/sources";
Dir::Etc::preferences "{folder}/none";
Dir::Etc::preferencesparts "{folder}/none.d";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Debug::NoLocking "true";
"""


_UNUSED = ("etc/init.d", "etc/logrotate.d", *(f"usr/share/{name}" for name in ("doc", "man", "lintian", "locale")))


class Archive:
    """The Debian release the servers come from; its package lists are fetched once, when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._configuration = folder / "apt.conf"
        self._opening = threading.Lock()
        self._is_open = False

    def dependencies(self, packages: Sequence[str]) -> list[str]:
        """The packages and all they depend on, by name."""
        self._open()
        plan = self._apt(["-qq", "--print-uris", "--no-install-recommends", "install", *packages], UPDATE_SECONDS)
        return sorted({match.partition("_")[0] for match in re.findall(r"' (\S+_\S+\.deb) \d+ ", plan)})

    def unpack(self, subject: str, packages: Sequence[str], root: Path) -> list[str]:
        """Download the packages into `root`; the names and versions that were unpacked."""
        self._open()
        downloads = root.with_name(f"{root.name}.debs")
        downloads.mkdir()
        self._apt(["-qq", "download", *packages], DOWNLOAD_SECONDS, downloads)
        files = sorted(downloads.glob("*.deb"))
        megabytes = sum(file.stat().st_size for file in files) / 1e6
        say(subject, f"{len(files)} packages, {megabytes:.0f} MB, unpacking…")
        for file in files:
            _extract(file, root)
        shutil.rmtree(downloads)
        for name in _UNUSED:
            shutil.rmtree(root / name, ignore_errors=True)
        return [file.name.rpartition("_")[0].replace("%3a", ":") for file in files]

    def close(self) -> None:
        """Forget the package lists: they are large and grow old."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._is_open = False

    def _open(self) -> None:
        with self._opening:
            if self._is_open:
                return
            self.close()
            for name in ("lists/partial", "cache/archives/partial", "sources", "none.d"):
                (self._folder / name).mkdir(parents=True)
            (self._folder / "status").touch()
            source = private_stanza(machine_source())
            (self._folder / "sources" / "planwatch.sources").write_text(source, "utf-8")
            configuration = _CONFIGURATION.format(folder=self._folder, architecture=architecture())
            self._configuration.write_text(configuration, "utf-8")
            say("stack", f"reading the package lists of Debian {RELEASE}…")
            self._apt(["-q", "-o", "APT::Update::Error-Mode=any", "update"], UPDATE_SECONDS)
            self._is_open = True

    def _apt(self, arguments: Sequence[str], seconds: float, folder: Path | None = None) -> str:
        command = ["apt-get", f"--config-file={self._configuration}", *arguments]
        environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            done = subprocess.run(
                command, cwd=folder or self._folder, env=environment, timeout=seconds, stdin=subprocess.DEVNULL,
                capture_output=True, encoding="utf-8", errors="replace", check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise StackError(f"apt-get {arguments[-1]} took more than {seconds:.0f} s. {_NETWORK_HINT}") from None
        if done.returncode != 0:
            shown = "\n".join(f"  {line}" for line in done.stderr.splitlines()[-12:])
            raise StackError(f"apt-get could not fetch Debian {RELEASE} packages:\n{shown}\n{_NETWORK_HINT}")
        return done.stdout


_NETWORK_HINT = (
    "The mirror is the one in /etc/apt. Check that `apt-get update` works; for another mirror set "
    "PLANWATCH_STACK_DEBIAN_MIRROR; for a signature error upgrade the package debian-archive-keyring. Then run again."
)


def architecture() -> str:
    """Debian's name for this machine's processor."""
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


def _extract(package: Path, root: Path) -> None:
    try:
        subprocess.run(
            ["dpkg-deb", "-x", str(package), str(root)], check=True, timeout=UNPACK_SECONDS,
            capture_output=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise StackError(f"dpkg-deb could not unpack {package.name}; run again.\n{error.stderr}") from None
