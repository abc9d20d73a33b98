"""Where the stack lives on disk, and as which user its servers run."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from report import StackError, say

REPOSITORY = Path(__file__).resolve().parents[2]
UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True)
class ServerUser:
    """The account the servers run under; `None` in its place means: whoever runs us."""

    uid: int
    gid: int
    home: Path


def server_user() -> ServerUser | None:
    """PostgreSQL refuses to run as root, and nothing else here needs to."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise StackError(
            f"You are root and this machine has no user {UNPRIVILEGED_USER!r} for the servers to run as. "
            "Run this command as an ordinary user."
        ) from None
    return ServerUser(entry.pw_uid, entry.pw_gid, Path("/"))


def stack_directory() -> Path:
    """The real folder of the stack, made if needed, which the servers' user can enter."""
    wanted = Path(os.environ.get("PLANWATCH_STACK_DIR") or REPOSITORY / ".stack").absolute()
    user = server_user()
    if user is not None and not wanted.is_symlink() and not may_enter(wanted.parent, user):
        _link_elsewhere(wanted)
    _make(wanted.resolve())
    return wanted.resolve()


def may_enter(directory: Path, user: ServerUser) -> bool:
    """Whether `user` can pass through `directory` and all folders above it."""
    return all(_may_pass(folder, user) for folder in (directory.resolve(), *directory.resolve().parents))


def may_read(file: Path, user: ServerUser | None) -> bool:
    """Whether the servers' user can open `file`."""
    if user is None:
        return os.access(file, os.R_OK)
    return may_enter(file.parent, user) and _has_right(file, user, stat.S_IRUSR)


def _may_pass(folder: Path, user: ServerUser) -> bool:
    return not folder.exists() or _has_right(folder, user, stat.S_IXUSR)


def _has_right(path: Path, user: ServerUser, right_of_owner: int) -> bool:
    status = path.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & right_of_owner)
    if status.st_gid == user.gid:
        return bool(status.st_mode & (right_of_owner >> 3))
    return bool(status.st_mode & (right_of_owner >> 6))


def _link_elsewhere(wanted: Path) -> None:
    """Put the folder where an unprivileged user can reach it, and a link in its usual place."""
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    real = Path("/var/tmp") / f"planwatch-{digest}"
    if wanted.exists():
        raise StackError(
            f"{wanted} cannot be entered by the user {UNPRIVILEGED_USER!r}, as whom the servers run. "
            f"Move it away, or set PLANWATCH_STACK_DIR to a folder everyone can enter, for example {real}."
        )
    _make(real)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(real)
    say("stack", f"{wanted.parent} is closed to the servers' user, so {wanted} is a link to {real}")


def _make(folder: Path) -> None:
    """Make the folder, and refuse one that somebody else put in our way (/var/tmp is everybody's)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.lstat().st_uid != os.geteuid() and os.geteuid() == 0:
            raise StackError(f"{folder} belongs to another user; remove it or set PLANWATCH_STACK_DIR elsewhere.")
        if os.geteuid() == 0:
            folder.chmod(0o755)
    except PermissionError:
        raise StackError(f"Cannot write {folder}; set PLANWATCH_STACK_DIR to a folder of yours.") from None


def give(path: Path, user: ServerUser | None, mode: int) -> Path:
    """Hand a file or folder to the servers' user."""
    path.chmod(mode)
    if user is not None:
        os.chown(path, user.uid, user.gid)
    return path
