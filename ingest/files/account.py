"""The account of a load: what became of every row and of every figure that a mapping asks for."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from planwatch.contract.period import Period

EXAMPLES, KINDS_OF_MARKS = 20, 500


class RowReason(StrEnum):
    """Why a row was rejected; the value is the word in the file of rejects."""

    BROKEN_ROW = "broken_row"
    NO_SUBJECT = "no_subject"
    UNKNOWN_PERIOD = "unknown_period"
    UNKNOWN_TIME = "unknown_time"
    NOT_A_FIGURE = "not_a_figure"
    IMPOSSIBLE_FIGURE = "impossible_figure"
    UNFIT_INDICATOR = "unfit_indicator"
    NO_RULE = "no_rule"
    CONFLICT = "conflict"
    BREAKS_CONTRACT = "breaks_contract"


ADVICE = {
    RowReason.BROKEN_ROW: "give the row as many cells as the header; quote cells that contain the delimiter",
    RowReason.NO_SUBJECT: "fill in whom the row is about",
    RowReason.UNKNOWN_PERIOD: "write the period in the form the mapping names, then load the row again",
    RowReason.UNKNOWN_TIME: "write date and time as 2025-04-12T09:00:00+08:00",
    RowReason.NOT_A_FIGURE: "write digits with a point, up to 9 decimals; or list the text under `missing`",
    RowReason.IMPOSSIBLE_FIGURE: "ask the reporter for the right figure, or change the check in the mapping",
    RowReason.UNFIT_INDICATOR: "use an indicator and a unit of `planwatch plans indicators` that fit the subject",
    RowReason.NO_RULE: "add a rule for such rows to the mapping, or set them aside with a reason",
    RowReason.CONFLICT: "keep the row that is right, delete the other",
    RowReason.BREAKS_CONTRACT: "change what the fault names; the fields are in docs/howto/send-reports.md",
}
"""What to do about a rejected row, by reason."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that went nowhere: where it stands, why, and its cells as they are."""

    number: int
    reason: RowReason
    detail: str
    cells: dict[str, str]

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.reason]


class RowFault(Exception):
    """Something in a row that cannot be used; caught by the reader of rows, which rejects the row."""

    def __init__(self, reason: RowReason, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail)


class _Months:
    """Which months each subject states, as one whole number of bits a subject."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def add(self, subject: str, period: Period) -> None:
        months = ((1 << period.months) - 1) << ((period.year - 1949) * 12 + period.first - 1)
        self._bits[subject] = self._bits.get(subject, 0) | months

    def gaps(self) -> tuple[int, int]:
        """How many months lie unstated between the first and the last of a subject, and in how many subjects."""
        gaps = []
        for bits in self._bits.values():
            low = (bits & -bits).bit_length() - 1
            gaps.append(bits.bit_length() - low - bits.bit_count())
        return sum(gaps), sum(1 for gap in gaps if gap)

    def __len__(self) -> int:
        return len(self._bits)


@dataclass(slots=True)
class Account:
    """Counts of one load. ``balanced`` must hold at its end, whatever the file.

    A row is used (its figures went into a report or record), identical to another, empty (all its figures are
    missing), set aside by the mapping, or rejected.
    """

    rows_read: int = 0
    rows_used: int = 0
    rows_identical: int = 0
    rows_empty: int = 0
    rows_set_aside: Counter[str] = field(default_factory=Counter)
    rows_rejected: Counter[RowReason] = field(default_factory=Counter)
    messages: int = 0
    figures: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    marked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    conflicts: int = 0
    conflict_examples: list[str] = field(default_factory=list)
    months: _Months = field(default_factory=_Months)
    on_reject: Callable[[RejectedRow], None] = field(default=lambda _: None)

    def reject(self, row: RejectedRow) -> None:
        """Count a rejected row and hand it on."""
        self.rows_rejected[row.reason] += 1
        self.on_reject(row)

    def conflict(self, example: str) -> None:
        """Count a report id with different statements; the first few are kept to be shown."""
        self.conflicts += 1
        if self.conflicts <= EXAMPLES:
            self.conflict_examples.append(example)

    def mark(self, indicator: str, flag: str, why: str) -> None:
        """Count a marked figure by its reason; reasons in free text beyond a limit are counted together."""
        key = (indicator, flag, why)
        self.marked[key if key in self.marked or len(self.marked) < KINDS_OF_MARKS else (indicator, flag, "…")] += 1

    @property
    def accounted(self) -> int:
        """Rows whose fate is known."""
        aside, rejected = self.rows_set_aside.total(), self.rows_rejected.total()
        return self.rows_used + self.rows_identical + self.rows_empty + aside + rejected

    @property
    def balanced(self) -> bool:
        """Whether every row read is accounted for."""
        return self.rows_read == self.accounted
