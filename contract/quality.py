"""Quality of figures: the rules by code, what a finding says and rests on, how it lives, and thresholds as dated data.

Codes Q01 to Q17 are those of the methodology §7; Q18 to Q25 were found missing there.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document, Number, Slug
from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import IndicatorId, Name


class Rule(StrEnum):
    """What is looked at."""

    MISSING = "Q01"  # 逾期未报
    CONFLICT = "Q02"  # 重复上报且不一致
    NEGATIVE = "Q03"  # 负值
    BALANCE = "Q04"  # 收支存不平
    CHAIN = "Q05"  # 期初与上期期末、累计与当月不衔接
    SPLIT = "Q06"  # 合计与分项不符
    RANGE = "Q07"  # 折标系数等超出允许范围
    UNIT_SLIP = "Q08"  # 疑似计量单位错
    JUMP = "Q09"  # 环比、同比突变
    CONSTANT = "Q10"  # 连续相同
    RATIO = "Q11"  # 单耗等比值异常
    DIVERGENCE = "Q12"  # 产出与能耗背离
    GRID = "Q13"  # 与电网供电量不符
    DAILY = "Q14"  # 日数据与月报不符
    COMPLETENESS = "Q15"  # 在线数据完整率不足
    TIME_LABEL = "Q16"  # 时间标签错
    POLLUTANT_FLAGS = "Q17"  # 污染物数据标记异常
    DIGITS = "Q18"  # 尾数异常
    COPIED = "Q19"  # 整月照抄
    SMOOTH = "Q20"  # 过于平滑
    ALONE = "Q21"  # 有能耗无产出,或有产出无能耗
    OUTGOINGS = "Q22"  # 支出大于收入
    ZERO = "Q23"  # 孤立的零
    STATED_HELD = "Q24"  # 报送时即标暂缓
    EARLY = "Q25"  # 期间未结束即报


class Outcome(StrEnum):
    """What a finding does to the figure, worst first."""

    REJECT = "reject"  # the report is handed back: nothing of it is stored
    HOLD = "hold"  # stored and shown, but out of sums
    QUERY = "query"  # counts, with a mark; an explanation is asked for
    NOTE = "note"  # counts; worth knowing, nothing is asked


SEVEREST = tuple(Outcome)
WHOLE_REPORT = "*"
"""The indicator of a finding about everything a subject stated for a period."""


@dataclass(frozen=True, slots=True)
class RestsOn:
    """A figure a finding rests on, as it was then; ``amount`` in the indicator's canonical unit."""

    indicator: str
    period: Period
    amount: Decimal
    revision: int = 0

    @classmethod
    def of(cls, figure: Figure) -> "RestsOn":
        """The figure as a finding keeps it."""
        return cls(figure.indicator, figure.period, figure.amount, figure.revision)


Key = tuple[str, str, str, Period]
"""Rule, subject, indicator and period."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's doubt about one figure. ``message`` is for a statistician: the numbers and the threshold.

    ``figures`` are those the verdict was made from (the one doubted and those it was compared with); ``threshold``
    names the edition and the rows that decided.
    """

    rule: Rule
    subject: str
    indicator: str
    period: Period
    outcome: Outcome
    message: str
    figures: tuple[RestsOn, ...]
    threshold: str

    @property
    def key(self) -> Key:
        """What makes it the same finding on another day."""
        return (self.rule.value, self.subject, self.indicator, self.period)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the amounts it rests on. Restating the same amount in a new revision changes nothing."""
        text = "\n".join(
            sorted(f"{one.indicator} {one.period.label} {one.amount.normalize():f}" for one in self.figures)
        )
        return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Faulty:
    """All findings of one reading in one place, worst first; ``outcome`` is the worst of them."""

    subject: str
    indicator: str
    period: Period
    outcome: Outcome
    findings: tuple[Finding, ...]


class FindingState(StrEnum):
    """How a finding lives. While *open* or *explained* its outcome holds; in the other states it does nothing."""

    OPEN = "open"  # found; nobody has said anything about these figures
    EXPLAINED = "explained"  # the reporter has said why; a hold stays until somebody accepts it
    ACCEPTED = "accepted"  # the statistician accepts: silent for this key while the figures are the same
    CORRECTED = "corrected"  # the figures were changed and the rule finds nothing any more
    LAPSED = "lapsed"  # the figures are the same, but later ones or other thresholds show nothing odd any more


DOES = {
    FindingState.OPEN: True,
    FindingState.EXPLAINED: True,
    FindingState.ACCEPTED: False,
    FindingState.CORRECTED: False,
    FindingState.LAPSED: False,
}
"""Whether the outcome of a finding in this state holds."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a figure is as it is, for one key and the very figures named by ``fingerprint``."""

    key: Key
    fingerprint: str
    text: str
    by: str
    on: date
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding with its state, since when it is known and when its state last changed."""

    finding: Finding
    state: FindingState
    opened: date
    changed: date


@dataclass(frozen=True, slots=True)
class MeterMonth:
    """What lay behind a month gathered from readings of an instrument, counted by whoever gathered them.

    ``total`` is the sum of days in the canonical unit; ``not_normal`` counts values with a flag other than N,
    ``mislabelled`` those whose time was not the start of their period (``skew_seconds`` is the largest skew), and
    ``flowless`` those with an amount discharged while the flow was zero.
    """

    subject: str
    indicator: str
    period: Period
    total: Decimal
    expected: int
    received: int
    not_normal: int = 0
    mislabelled: int = 0
    skew_seconds: int = 0
    flowless: int = 0


RelationKind = Literal["balance", "split", "within", "outgoings", "ratio", "counterpart"]


class Relation(Document):
    """How indicators of one subject hang together; ``of`` is the one that is doubted where it does not hold.

    *balance*: of = opening + plus − minus − closing. *split*: of = sum of plus. *within*: of ≤ sum of plus.
    *outgoings*: of + minus ≤ sum of plus. *ratio*: of per ``plus`` is typical of the subject; ``together`` says that
    one does not go without the other. *counterpart*: of is what somebody else states as ``plus``.
    """

    id: Slug
    kind: RelationKind
    zh: Name
    of: IndicatorId
    plus: Annotated[tuple[IndicatorId, ...], Field(min_length=1)]
    minus: tuple[IndicatorId, ...] = ()
    opening: IndicatorId | None = None
    closing: IndicatorId | None = None
    together: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind == "balance") != (self.opening is not None and self.closing is not None):
            raise ValueError("a balance needs opening and closing; others have neither")
        if self.kind in ("ratio", "counterpart") and len(self.plus) != 1:
            raise ValueError(f"a {self.kind} has exactly one indicator in plus")
        return self


class ThresholdRow(Document):
    """Numbers of a rule (and its outcome) where and while they hold.

    Of rows that fit, each number comes from the most specific one: a nearer region before a farther one and before
    none, then the longer industry code, then the indicator itself before a family such as ``energy.*``, then the newer.
    ``off`` switches the rule off there.
    """

    id: Slug
    rule: Rule
    numbers: dict[str, Number] = Field(default_factory=dict)
    outcome: Outcome | None = None
    off: bool | None = None
    region: RegionCode | None = None
    industry: Annotated[str, StringConstraints(pattern=r"^\d{1,4}$")] | None = None
    indicator: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*(\.\*)?$")] | None = None
    valid_from: date
    valid_to: date | None = None
    source: Name


class QualityRules(Document):
    """Everything checks go by: relations and thresholds, with the edition that findings name.

    ``coverage`` is the share in per cent a sum over several must have (by last year's amounts) to be rated though
    somebody has not reported; 100 rates only what is whole.
    """

    edition: Name
    source: Name
    coverage: Number | None = None
    relations: tuple[Relation, ...] = ()
    thresholds: Annotated[tuple[ThresholdRow, ...], Field(min_length=1)]
