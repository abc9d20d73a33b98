"""Programs of the machine that the stack needs, asked for all at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from report import StackError

MINIMUM_JAVA = 17


@dataclass(frozen=True)
class Need:
    """Something that must be there, and the Debian package that brings it."""

    what: str
    package: str
    is_met: Callable[[], bool]


def program(name: str, package: str) -> Need:
    """A program on the PATH."""
    return Need(f"the program {name!r}", package, lambda: shutil.which(name) is not None)


def check(needs: Iterable[Need]) -> None:
    """Complain about everything missing in one message."""
    missing = [need for need in dict.fromkeys(needs) if not need.is_met()]
    if not missing:
        return
    sudo = "" if os.geteuid() == 0 else "sudo "
    packages = " ".join(sorted({need.package for need in missing}))
    listed = "\n".join(f"  - {need.what}" for need in missing)
    raise StackError(f"Missing on this machine:\n{listed}\nInstall with:\n  {sudo}apt-get install -y {packages}")


def java() -> str:
    """The Java launcher; JAVA_HOME wins as everywhere."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return str(Path(home) / "bin" / "java")
    return shutil.which("java") or "java"


def java_version(launcher: str) -> int:
    """Its major version, 0 when it does not run."""
    try:
        done = subprocess.run([launcher, "-version"], capture_output=True, encoding="utf-8", timeout=60, check=False)
    except OSError:
        return 0
    match = re.search(r'version "(\d+)', done.stderr)
    return int(match.group(1)) if match else 0


APT = program("apt-get", "apt")
DPKG = program("dpkg-deb", "dpkg")
MAVEN = program("mvn", "maven")
JAVA = Need(f"Java {MINIMUM_JAVA} or later", "default-jre-headless", lambda: java_version(java()) >= MINIMUM_JAVA)
TIME_ZONES = Need("time zone data", "tzdata", Path("/usr/share/zoneinfo/Asia/Shanghai").exists)


def check_python() -> None:
    """Named before anything of ours could fail on it with a riddle."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older python3 can start this file
        raise StackError(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}.")
    if sys.platform != "linux":
        raise StackError("The local stack runs on Linux (Debian). Elsewhere use deploy/compose.yaml.")
