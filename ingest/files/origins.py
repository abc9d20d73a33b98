"""What a row says: texts, its period and times, as the mapping tells where they stand."""

import re
from collections.abc import Mapping as Cells
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone

from planwatch.contract.mapping import When
from planwatch.contract.mapping_origins import PeriodForm, PeriodFrom, SubmittedAt, TextFrom
from planwatch.contract.period import Period
from planwatch.ingest.files.account import RowFault, RowReason

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
        cells[column].strip() in ((allowed,) if isinstance(allowed, str) else allowed)
        for column, allowed in when.items()
    )


def period_of(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    """The period of a row as a report writes it, e.g. 2025-03. Raises RowFault."""
    try:
        return _PERIODS[origin.form](origin, cells)
    except ValueError as error:
        given = ", ".join(f"{column}={cells[column]!r}" for column in origin.columns)
        raise RowFault(RowReason.UNKNOWN_PERIOD, f"{error} (given: {given})") from error


def _from_text(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    text = cells[origin.column or ""].strip()
    if _DATE_PREFIX.fullmatch(text) and text.endswith("-01"):  # a sheet turns 2025-03 into the first of March
        text = text[:7]
    Period.parse(text)
    return text


def _from_date(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    return f"{day_of(origin, cells):%Y-%m}"


def day_of(origin: PeriodFrom, cells: Cells[str, str]) -> date:
    """The day of a row of form YYYY-MM-DD; ValueError where there is none."""
    return date.fromisoformat(cells[origin.column or ""].strip()[:10])


def _from_year_and_month(origin: PeriodFrom, cells: Cells[str, str]) -> str:
    year, month = cells[origin.year or ""].strip(), cells[origin.month or ""].strip()
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
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise RowFault(RowReason.BREAKS_CONTRACT, f"cumulative is {text!r}; allowed: true, false, 是, 否")


def submitted_at(origin: SubmittedAt, cells: Cells[str, str], period: Period, missing: Sequence[str]) -> str:
    """When the row was handed in, with its zone. Raises RowFault."""
    text = cells[origin.column].strip() if origin.column else ""
    if text not in missing and text:
        return _moment(text).isoformat()
    if origin.days_after is None:
        raise RowFault(RowReason.UNKNOWN_TIME, f"{origin.column} is empty")
    day = period.after + timedelta(days=origin.days_after)
    return datetime.combine(day, time(), tzinfo=SHANGHAI).isoformat()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RowFault(RowReason.UNKNOWN_TIME, f"{text!r} is no date and time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
