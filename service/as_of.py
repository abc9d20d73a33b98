"""`--as-of`: what was known at a time, read the same way by every command that has it."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from planwatch.service.wiring import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALLOWED = (
    "可写 2024-06-30(指这一天结束时)、2024-06-30 12:00、2024-06-30 12:00:00.5,按北京时间,"
    "或带时区如 2024-06-30T04:00:00+00:00"
)


def moment(text: str, now: datetime | None = None) -> datetime:
    """The moment meant: in Asia/Shanghai unless it says otherwise, and for a bare day its very end.

    Raises BadParameter for what is no time, and for one that is not over: what will be known then may still change.
    """
    try:
        if len(text.strip()) == len("2024-06-30"):
            at = datetime.combine(date.fromisoformat(text.strip()), time.max, SHANGHAI)
        else:
            given = datetime.fromisoformat(text.strip())
            at = given.astimezone(SHANGHAI) if given.tzinfo else given.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise typer.BadParameter(f"{text!r} 不是时间;{ALLOWED}") from None
    if at > (now or clock()):
        raise typer.BadParameter(f"{shown(at)} 还没有到,那时所知的还会变;要现在的情况,不写这个选项")
    return at


def shown(at: datetime) -> str:
    """A time as people read it, and as `--as-of` takes it: 2024-06-30 12:00:00 in Asia/Shanghai."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=moment,
        metavar="TIME",
        help="What was known then (Asia/Shanghai; a day means its end), byte for byte as it was.",
    ),
]
