"""Find the Debian mirror this machine already uses, in both formats of apt's sources."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from report import StackError

RELEASE = "trixie"
DEBIAN_SUITES = frozenset({
    "buster", "bullseye", "bookworm", "trixie", "forky", "duke", "sid",
    "oldoldstable", "oldstable", "stable", "testing", "unstable",
})  # fmt: skip
KEYRINGS = tuple(Path("/usr/share/keyrings", f"debian-archive-keyring.{suffix}") for suffix in ("gpg", "pgp"))
# What says where, and to whom the entry applies, is ours to decide; everything else is the owner's wish.
_OWN_FIELDS = frozenset({
    "types", "uris", "suites", "components", "enabled", "architectures", "languages", "targets", "x-repolib-name",
})  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One apt source; options under their lower-case names, such as `signed-by` or `trusted`."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


def machine_source(etc: Path = Path("/etc/apt")) -> Source:
    """The source of Debian's main archive, from the environment or the machine's own configuration."""
    override = os.environ.get("PLANWATCH_STACK_DEBIAN_MIRROR")
    if override:
        return Source((override,), (RELEASE,), ("main",))
    for source in read_sources(etc):
        if "main" in source.components and DEBIAN_SUITES.intersection(source.suites):
            return source
    raise StackError(
        f"No Debian mirror found in {etc}/sources.list or {etc}/sources.list.d/. The servers come from Debian's "
        "packages: set PLANWATCH_STACK_DEBIAN_MIRROR to the address of a Debian mirror you trust."
    )


def read_sources(etc: Path) -> Iterator[Source]:
    """All enabled binary sources, in apt's order."""
    parts = sorted((etc / "sources.list.d").glob("*"))
    for file in [etc / "sources.list", *parts]:
        if file.suffix == ".list" and file.is_file():
            yield from one_line_sources(file.read_text("utf-8", "replace"))
        elif file.suffix == ".sources" and file.is_file():
            yield from deb822_sources(file.read_text("utf-8", "replace"))


def one_line_sources(text: str) -> Iterator[Source]:
    """`deb [option=value …] uri suite component …`"""
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+(.+)", line.partition("#")[0].strip())
        if match:
            options, uri, suite, components = match.groups()
            pairs = [option.partition("=") for option in (options or "").split()]
            yield Source((uri,), (suite,), tuple(components.split()), _kept((name, value) for name, _, value in pairs))


def deb822_sources(text: str) -> Iterator[Source]:
    """Stanzas of `Field: value`, continued on indented lines."""
    uncommented = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", uncommented):
        fields = {
            name.lower(): value.strip() for name, value in re.findall(r"(?m)^([^\s:]+):(.*(?:\n[ \t].*)*)", stanza)
        }
        enabled = fields.get("enabled", "yes").lower() not in ("no", "false", "0")
        if enabled and "deb" in fields.get("types", "").split():
            uris, suites, components = (
                tuple(fields.get(name, "").split()) for name in ("uris", "suites", "components")
            )
            yield Source(uris, suites, components, _kept(fields.items()))


def private_stanza(source: Source, keyrings: Iterable[Path] = KEYRINGS) -> str:
    """The same mirror and the same trust, for the release the servers are taken from."""
    options = dict(source.options)
    signed_by = options.get("signed-by", "")
    whole = next((str(keyring) for keyring in keyrings if keyring.exists()), None)
    # A keyring of one release would not know the release we want.
    if whole and (not signed_by or signed_by.startswith("/usr/share/keyrings/debian-archive-")):
        options["signed-by"] = whole
    lines = ["Types: deb", f"URIs: {' '.join(source.uris)}", f"Suites: {RELEASE}", "Components: main"]
    # A key written into the file keeps its indented lines.
    return "\n".join([*lines, *(f"{name.title()}: {value}" for name, value in options.items())]) + "\n"


def _kept(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    short = {"arch": "architectures", "lang": "languages", "target": "targets"}
    named = [(short.get(name.lower(), name.lower()), value) for name, value in pairs]
    return tuple((name, value) for name, value in named if name not in _OWN_FIELDS)
