"""A daily message (CN 2031) to what was discharged: one value for each factor known. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from planwatch.contract.errors import Fault
from planwatch.contract.hj212 import DayValue, Factor
from planwatch.contract.period import FIRST_YEAR, LAST_YEAR
from planwatch.gateway.segment import Segment, moment, parse_cp

SHANGHAI = ZoneInfo("Asia/Shanghai")
SKEW = timedelta(minutes=10)
"""How far a logger's clock may be ahead before we say that its day is not over."""
MAX_AHEAD = timedelta(days=1)
"""How far QN may be ahead of our clock (methodology §7, Q16); further ahead, it would outrank all later corrections."""
_FIELD = re.compile(r"(?P<code>[A-Za-z0-9]{2,6})-(?P<what>Cou|Flag)")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
FLAGS = frozenset("NFMSDCTB")
NO_VALUE = ("", "-", "--", "NaN", "nan", "null")


@dataclass(frozen=True, slots=True)
class Daily:
    """What a daily message states: readable values, and what in it is not."""

    days: tuple[DayValue, ...]
    faults: tuple[Fault, ...]


def read_daily(segment: Segment, factors: Mapping[str, Factor], now: datetime) -> Daily:
    """The values of a daily message, by the factors of its kind of source (new and old codes).

    Codes nobody knows and other statistics (Min, Avg, Max) are left alone. A faulty value does not spoil the others.
    """
    fields, faulty = parse_cp(segment.cp)
    faults = list(faulty)
    day = _day(fields.get("DataTime"), now, faults)
    if day is None or not _clock_is_right(segment.qn, now, faults):
        return Daily((), tuple(faults))
    stated = {match["code"]: None for name in fields if (match := _FIELD.fullmatch(name)) and match["code"] in factors}
    values = _Values(segment, fields, day, now, faults)
    found: dict[str, DayValue] = {}
    differing: set[str] = set()
    for code in stated:
        value = values.read(code, factors[code])
        if value and found.setdefault(value.factor, value) != value:
            differing.add(value.factor)
            faults.append(Fault(f"CP.{code}", f"stands under its new and its old code ({value.factor}) and differs"))
    if not stated:
        faults.append(Fault("CP", f"no daily amount of a known factor; known: {', '.join(sorted(factors))}"))
    days = tuple(one for factor, one in found.items() if factor not in differing)
    return Daily(days, tuple(faults))


def _day(text: str | None, now: datetime, faults: list[Fault]) -> date | None:
    at = moment(text or "")
    if at is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
        faults.append(Fault("CP.DataTime", "must be the start of the day as YYYYMMDD000000", (text or "")[:20]))
    elif at.time() != time.min:
        faults.append(Fault("CP.DataTime", "a day is labelled by its start: the time must be 000000", text or ""))
    elif at.date() >= (now + SKEW).astimezone(SHANGHAI).date():
        faults.append(Fault("CP.DataTime", "this day is not over yet: is it labelled by its end?", text or ""))
    else:
        return at.date()
    return None


def _clock_is_right(qn: str, now: datetime, faults: list[Fault]) -> bool:
    at = moment(qn[:14])
    if at and at.replace(tzinfo=SHANGHAI) > now + MAX_AHEAD:
        faults.append(Fault("QN", "is more than a day ahead of us: set the logger's clock", qn))
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Values:
    """Reads the amounts of one message."""

    segment: Segment
    fields: Mapping[str, str]
    day: date
    now: datetime
    faults: list[Fault]

    def read(self, code: str, factor: Factor) -> DayValue | None:
        """What is stated of a factor; None with a fault noted, or where neither amount nor flag is stated."""
        text, flag = self.fields.get(f"{code}-Cou"), self.fields.get(f"{code}-Flag", "").strip().upper()
        amount = (text or "").strip()
        empty = amount in NO_VALUE
        if text is None and not flag:
            return None
        if fault := _why_unreadable(code, flag, amount, empty=empty):
            self.faults.append(fault)
            return None
        return DayValue(
            mn=self.segment.mn,
            st=self.segment.st,
            factor=factor.code,
            day=self.day,
            cou=None if empty else Decimal(amount),
            unit=factor.unit,
            flag=flag,
            qn=self.segment.qn or self.now.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S%f")[:17],
            received_at=self.now,
        )


def _why_unreadable(code: str, flag: str, amount: str, *, empty: bool) -> Fault | None:
    if flag and flag not in FLAGS:
        return Fault(f"CP.{code}-Flag", f"must be one of {' '.join(sorted(FLAGS))}", flag[:40])
    if empty and flag in ("", "N"):
        return Fault(f"CP.{code}-Cou", "no amount, and no flag that says why", amount)
    if not empty and not _AMOUNT.fullmatch(amount):
        return Fault(f"CP.{code}-Cou", "must be an amount: digits, a point, up to 9 digits, no sign", amount[:40])
    return None
