"""One figure of a row: read from its cell, scaled, and looked at by the checks of the mapping."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Cells
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

from planwatch.contract.mapping import Checks, Outcome
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowFault, RowReason
from planwatch.ingest.files.spoken import figure_in, plain, why_no_figure

_PLACES, _DIGITS = 9, 18
EXACT = Context(prec=60)  # far more than 18 + 9 digits times a factor: nothing is ever rounded
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


def number_in(cells: Cells[str, str], column: str, missing: Sequence[str], unit: str = "") -> Decimal | None:
    """The figure in a cell, None where it is missing. Raises RowFault for anything that is neither.

    «12.5%» is 12.5 where the unit is %; in any other unit nobody knows what it is.
    """
    text = cells[column].strip()
    if text in missing:
        return None
    figure = figure_in(text)
    if figure is None and unit == "%":
        figure = figure_in(plain(text).removesuffix("%"))
    if figure is None:
        raise RowFault(RowReason.NOT_A_FIGURE, f"「{column}」列{why_no_figure(text)} ({column} is {text[:40]!r})")
    return Decimal(figure)


def rounded(value: Decimal | None, decimals: int | None) -> Decimal | None:
    """The figure with no more than so many decimals, half to even; as it is where nothing is said."""
    if value is None or decimals is None:
        return value
    fewer = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, EXACT)
    return value if value == fewer else fewer


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum, with not a digit rounded away."""
    return reduce(EXACT.add, values, Decimal(0))


def exact(value: Decimal, column: str) -> Decimal:
    """The value in a form a report can carry: no more than 9 decimals and 18 digits before them. Raises RowFault."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_PLACES:
        value = value.normalize()
        exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_PLACES or value.adjusted() >= _DIGITS:
        raise RowFault(
            RowReason.NOT_A_FIGURE, f"「{column}」列合 {value:f}，超过 9 位小数或 18 位整数 (too many digits)"
        )
    return value


def checked(parts: dict[str, Decimal], checks: Checks, cells: Cells[str, str], missing: Sequence[str]) -> Stated:
    """The sum of the parts (columns to values) after its checks. Raises RowFault where a check rejects the row.

    A negative part makes the whole sum negative in kind: the other parts must not cover it up.
    """
    value, column = total(parts.values()), " + ".join(parts)
    if not parts or (value == 0 and checks.zero_means_missing):
        return MISSING
    stated = Stated(value)
    for part, amount in parts.items():
        if amount < 0:
            stated = _judged(stated, checks.negative, f"{part} is negative")
    if checks.max is not None and value > checks.max:
        stated = _judged(stated, checks.over_max, f"{column} is over {checks.max:f}")
    if value > 0 and checks.not_without and not _positive(checks.not_without, cells, missing):
        stated = stated.marked(Flag.SUSPECT, f"{column} is above 0 although {', '.join(checks.not_without)} is not")
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
        value = number_in(cells, column, missing, "%")
        if value is not None and value > 0:
            return column
    return ""
