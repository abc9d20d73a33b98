"""Which period a command is asked about: the one place where its text is read, and refused in words."""

import re

import typer

from planwatch.contract.period import FIRST_YEAR, LAST_YEAR, Period

ALLOWED = (
    f"可写 2025-03、2025-Q1、2025-H1 或 2025,月份 01 至 12,年份 {FIRST_YEAR} 至 {LAST_YEAR}"
    f" (no period: months are 01 to 12, years {FIRST_YEAR} to {LAST_YEAR})"
)
_RUN = re.compile(r"([0-9]{4})-([0-9]{2})~([0-9]{2})")


def period_asked(text: str, option: str = "--period", *, cumulative: bool = False) -> Period:
    """The period a text names; cumulative means from January to its end. BadParameter with what is allowed."""
    try:
        return Period.parse(text.strip(), cumulative=cumulative)
    except ValueError:
        raise typer.BadParameter(f"{text!r} 不是期间;{ALLOWED}", param_hint=option) from None


def year_to_date_asked(text: str | None, option: str = "--period") -> Period | None:
    """January to the last month of what a text names, None where nothing is asked; BadParameter otherwise."""
    if not text:
        return None
    found = period_asked(text, option, cumulative=True)
    if found.year == FIRST_YEAR:  # everything is compared with the year before, of which there are no periods
        said = f"{text!r} 的上年没有数据可比;年份 {FIRST_YEAR + 1} 起 (nothing to compare it with in the year before)"
        raise typer.BadParameter(said, param_hint=option)
    return found


def month_asked(text: str, option: str) -> Period:
    """The one month a text names; BadParameter for anything longer."""
    month = period_asked(text, option)
    if month.months != 1:
        raise typer.BadParameter(f"{text!r} 不是月份,请写如 2025-06 (no month)", param_hint=option)
    return month


def period_listed(text: str, option: str = "PERIOD") -> Period:
    """A period by the label it is listed with, runs such as 2025-01~02 too; BadParameter with what is allowed."""
    run = _RUN.fullmatch(text.strip())
    try:
        return Period(*map(int, run.groups())) if run else Period.parse(text.strip())
    except ValueError:
        said = f"{text!r} 不是期间;{ALLOWED};或如列表所示的连续月份 2025-01~02"
        raise typer.BadParameter(said, param_hint=option) from None
