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
    UNREADABLE_CELL = "unreadable_cell"
    AMBIGUOUS = "ambiguous"
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
    RowReason.UNREADABLE_CELL: "open the file in Excel or WPS, mend the cell it names, save and load it again",
    RowReason.AMBIGUOUS: "write what is meant in a way that can be read only once, e.g. without merged cells",
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

ADVICE_ZH = {
    RowReason.BROKEN_ROW: "每行的格数须与表头一致；内容含分隔符时请加引号",
    RowReason.UNREADABLE_CELL: "在 Excel/WPS 中改正所列单元格，保存后重报",
    RowReason.AMBIGUOUS: "请改成只有一种读法的写法，例如取消合并单元格后逐行填写",
    RowReason.NO_SUBJECT: "请填写报送主体(单位、地区或项目)",
    RowReason.UNKNOWN_PERIOD: "请按映射规定的写法填报告期，如 2025-03 或 2025年3月",
    RowReason.UNKNOWN_TIME: "日期时间请写如 2025-04-12T09:00:00+08:00 或 2025-04-12",
    RowReason.NOT_A_FIGURE: "请只填数字(小数至多 9 位)；表示无数据的符号列入映射的 missing",
    RowReason.IMPOSSIBLE_FIGURE: "请向填报人核实数值，或调整映射中的核查规则",
    RowReason.UNFIT_INDICATOR: "请用 planwatch plans indicators 列出的指标和计量单位",
    RowReason.NO_RULE: "在映射中为这类行加一条规则，或写明理由后不取",
    RowReason.CONFLICT: "保留正确的一行，删去另一行",
    RowReason.BREAKS_CONTRACT: "请按所列问题改正；字段说明见 docs/howto/send-reports.md",
}
"""The same in Chinese."""


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
    missing), set aside (by the mapping, or because it stands above the header or repeats it), or rejected. Rows
    without any content are not read; ``rows_blank`` counts those between others. ``rows_without_revision`` are those
    that do not say which statement of their figures they are.
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
    sheet: str = ""
    sheets_unread: tuple[str, ...] = ()
    rows_blank: int = 0
    rejected_examples: list[RejectedRow] = field(default_factory=list)
    conflicts: int = 0
    conflict_examples: list[str] = field(default_factory=list)
    months: _Months = field(default_factory=_Months)
    rows_without_revision: int = 0
    on_reject: Callable[[RejectedRow], None] = field(default=lambda _: None)

    def reject(self, row: RejectedRow) -> None:
        """Count a rejected row and hand it on."""
        self.rows_rejected[row.reason] += 1
        if len(self.rejected_examples) < EXAMPLES:
            self.rejected_examples.append(row)
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
