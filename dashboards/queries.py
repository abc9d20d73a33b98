"""The panels' SQL: named queries read from ``panels.sql``, each with a line that says what it answers."""

import re
from functools import cache
from importlib.resources import files

_NAMED = re.compile(r"^-- name: (?P<name>[a-z_]+)\n(?P<text>.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def panel_queries() -> dict[str, str]:
    """Name to SQL, without the comment lines; a name given twice is a ValueError."""
    text = files("planwatch.dashboards").joinpath("panels.sql").read_text("utf-8")
    found: dict[str, str] = {}
    for match in _NAMED.finditer(text):
        if match["name"] in found:
            raise ValueError(f"panels.sql names {match['name']!r} twice; rename one of them")
        lines = (line for line in match["text"].splitlines() if not line.startswith("--"))
        found[match["name"]] = "\n".join(lines).strip()
    return found
