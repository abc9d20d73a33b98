"""What a row says: texts, its period and times, as the mapping tells where they stand."""

import re
from collections.abc import Mapping as Cells
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from planwatch.contract.mapping import When
from planwatch.contract.mapping_origins import PeriodForm, PeriodFrom, SubmittedAt, TextFrom
from planwatch.contract.period import Period
from planwatch.ingest.files.account import RowFault, RowReason
from planwatch.ingest.files.spoken import day_in, period_in, plain

SHANGHAI = timezone(timedelta(hours=8))
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH = re.compile(rf"({'|'.join(_ENGLISH)})[a-z]*\.?", re.IGNORECASE)
_NUMBER_MONTH = re.compile(r"0?([1-9]|1[0-2])月?")
_DATE_PREFIX = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUE, _FALSE = {"true", "1", "yes", "是", "累计"}, {"false", "0", "no", "否", "当期", ""}


def text_of(origin: TextFrom, cells: Cells[str, str], missing: Sequence[str]) -> str:
    """The text; empty where its cell is missing and there is no default."""
    if origin.constant is not None:
        return origin.constant
    if origin.column is not None:
        text = cells[origin.column].strip()
    else:
        named = {column: cells[column].strip() for column in origin.columns}
        absent = any(text in missing for text in named.values())
        text = "" if absent else (origin.template or "").format(**named)
    if text in missing:
        text = origin.default if origin.default is not None else ""
    return origin.rename.get(text, text)


def holds(when: When, cells: Cells[str, str]) -> bool:
    """Whether each column of a condition has one of the values it must have."""
    return all(
        any(_fits(cells[column].strip(), one) for one in ((allowed,) if isinstance(allowed, str) else allowed))
        for column, allowed in when.items()
    )


def _fits(text: str, allowed: str) -> bool:
    return text == allowed or ("*" in allowed and _pattern(allowed).fullmatch(text) is not None)


@lru_cache(maxsize=1024)
def _pattern(allowed: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, allowed.split("*"))), re.DOTALL)


def period_of(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    """The period of a row as a report writes it, e.g. 2025-03. Raises RowFault."""
    try:
        return _PERIODS[origin.form](origin, cells)
    except ValueError as error:
        given = ", ".join(f"{column}={cells[column]!r}" for column in origin.columns)
        columns = "、".join(f"「{column}」" for column in origin.columns)
        raise RowFault(RowReason.UNKNOWN_PERIOD, f"{columns}列{error} (given: {given})") from error


def says_cumulative(origin: PeriodFrom, cells: Cells[str, str]) -> bool:
    """Whether the text of the period itself says that it runs from January, as 2025年1-3月 does."""
    if origin.form is not PeriodForm.TEXT:
        return False
    try:
        return period_in(cells[origin.column or ""])[1] is True
    except ValueError:
        return False


def _from_text(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    text, _ = period_in(cells[origin.column or ""])
    Period.parse(text)
    return text


def _from_date(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    return f"{day_of(origin, cells):%Y-%m}"


def day_of(origin: PeriodFrom, cells: Cells[str, str]) -> date:
    """The day of a row of form YYYY-MM-DD; ValueError where there is none."""
    text = cells[origin.column or ""].strip()
    return date.fromisoformat(text[:10]) if _DATE_PREFIX.match(text) else day_in(text)


def _from_year_and_month(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    year, month = plain(cells[origin.year or ""]).removesuffix("年"), plain(cells[origin.month or ""])
    return Period.month(_whole(year, "year"), _month(month)).label


def _from_stage(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    stage, first = _whole(cells[origin.stage or ""].strip(), "stage"), origin.first_month or 1
    if not 1 <= stage <= 12:
        raise ValueError(f"stage {stage} is no month: stages are 1 to 12")
    year = _whole(cells[origin.fiscal_year or ""].strip(), "fiscal year")
    year += 2000 if year < 100 else 0
    month = (first + stage - 2) % 12 + 1
    return Period.month(year - 1 if first > 1 and month >= first else year, month).label


_PERIODS = {
    PeriodForm.TEXT: _from_text,
    PeriodForm.DATE: _from_date,
    PeriodForm.YEAR_AND_MONTH: _from_year_and_month,
    PeriodForm.FISCAL_STAGE: _from_stage,
}


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is no {name}")
    return int(text)


def _month(text: str) -> int:
    if found := _NUMBER_MONTH.fullmatch(text):
        return int(found[1])
    if found := _ENGLISH_MONTH.fullmatch(text):
        return _ENGLISH.index(found[1].lower()) + 1
    raise ValueError(f"{text!r} is no month: write 1 to 12, 3月 or March")


def yes_or_no(text: str) -> bool:
    """A truth value as tables write it. Raises RowFault."""
    said = plain(text).lower()
    if said in _TRUE | _FALSE:
        return said in _TRUE
    why = f"「是否累计」读到「{text}」(cumulative is {text!r}); allowed: true, false, 是, 否"
    raise RowFault(RowReason.BREAKS_CONTRACT, why)


def submitted_at(origin: SubmittedAt, cells: Cells[str, str], period: Period, missing: Sequence[str]) -> str:
    """When the row was handed in, with its zone. Raises RowFault."""
    text = cells[origin.column].strip() if origin.column else ""
    if text not in missing and text:
        return _moment(text).isoformat()
    if origin.days_after is None:
        raise RowFault(RowReason.UNKNOWN_TIME, f"「{origin.column}」列是空的 ({origin.column} is empty)")
    day = period.after + timedelta(days=origin.days_after)
    return datetime.combine(day, time(), tzinfo=SHANGHAI).isoformat()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.combine(day_in(text), time())
        except ValueError as error:
            why = f"读到「{text}」，不是日期时间 ({text!r} is no date and time)"
            raise RowFault(RowReason.UNKNOWN_TIME, why) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
