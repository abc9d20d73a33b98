"""`--as-of`: what was known at a time, the same option for every command that has it."""

from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"],
        help="What was known then (Asia/Shanghai; a day means its end), byte for byte as it was.",
    ),
]


def known_at(given: datetime | None) -> datetime | None:
    """The moment meant: a time in Asia/Shanghai, and for a bare day its very end."""
    if given is None:
        return None
    if given.time() == time():
        given = given.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return given.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
