"""One figure of a row: read from its cell, scaled, and looked at by the checks of the mapping."""

import re
from collections.abc import Mapping as Cells
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.mapping import Checks, Outcome
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowFault, RowReason

_FIGURE = re.compile(r"[-+]?(\d{1,18}(\.\d*)?|\.\d+)")
_PLACES, _DIGITS = 9, 18
_FLAGS = {Outcome.SUSPECT: Flag.SUSPECT, Outcome.HOLD: Flag.HELD}


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure with its mark and why it has one; without a value it is missing."""

    value: Decimal | None
    flag: Flag | None = None
    notes: tuple[str, ...] = ()

    def marked(self, flag: Flag, note: str) -> "Stated":
        """The figure with one more mark; *held* outweighs *suspect*."""
        worse = Flag.HELD if Flag.HELD in (self.flag, flag) else flag
        return Stated(self.value, worse, (*self.notes, note))


MISSING = Stated(None)


def number_in(cells: Cells[str, str], column: str, missing: Sequence[str]) -> Decimal | None:
    """The figure in a cell, None where it is missing. Raises RowFault for anything that is neither."""
    text = cells[column].strip()
    if text in missing:
        return None
    if not _FIGURE.fullmatch(text):
        raise RowFault(RowReason.NOT_A_FIGURE, f"{column} is {text[:40]!r}")
    return Decimal(text)


def exact(value: Decimal, column: str) -> Decimal:
    """The value in a form a report can carry: no more than 9 decimals and 18 digits before them. Raises RowFault."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_PLACES:
        value = value.normalize()
        exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_PLACES or value.adjusted() >= _DIGITS:
        raise RowFault(RowReason.NOT_A_FIGURE, f"{column} comes to {value:f}, more than 9 decimals or 18 digits")
    return value


def checked(
    value: Decimal | None, checks: Checks, column: str, cells: Cells[str, str], missing: Sequence[str]
) -> Stated:
    """A figure after its checks. Raises RowFault where a check rejects the row."""
    if value is None or (value == 0 and checks.zero_means_missing):
        return MISSING
    stated = Stated(value)
    if value < 0:
        stated = _judged(stated, checks.negative, f"{column} is negative")
    if checks.max is not None and value > checks.max:
        stated = _judged(stated, checks.over_max, f"{column} is over {checks.max:f}")
    if value <= 0 and (partner := _positive(checks.positive_where, cells, missing)):
        stated = stated.marked(Flag.SUSPECT, f"{column} is not above 0 although {partner} is")
    return stated


def _judged(stated: Stated, outcome: Outcome, note: str) -> Stated:
    if outcome is Outcome.REJECT:
        raise RowFault(RowReason.IMPOSSIBLE_FIGURE, f"{note} ({stated.value:f})")
    flag = _FLAGS.get(outcome)
    return stated.marked(flag, note) if flag else stated


def _positive(columns: Sequence[str], cells: Cells[str, str], missing: Sequence[str]) -> str:
    """The first of the columns that states more than zero."""
    for column in columns:
        value = number_in(cells, column, missing)
        if value is not None and value > 0:
            return column
    return ""
