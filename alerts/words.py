"""How levels, figures and causes are said to people, in Chinese and in English."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from planwatch.contract.assessment import Assessment
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Level, Target, TargetKind, Yardstick
from planwatch.contract.warning import Cause

COLOUR_ZH = {"green": "绿色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
YARDSTICK_ZH = {Yardstick.ANNUAL: "年度进度", Yardstick.FIVE_YEAR: "五年进度", Yardstick.SINGLE: ""}
YARDSTICK_EN = {Yardstick.ANNUAL: "annual ", Yardstick.FIVE_YEAR: "five-year ", Yardstick.SINGLE: ""}
CAUSE_ZH = {
    Cause.FIGURES: "新数据",
    Cause.CORRECTION: "数据更正",
    Cause.REGISTRY: "名录变更",
    Cause.PLAN: "规则变更",
    Cause.RELATED: "关联对象变化",
}
CAUSE_EN = {
    Cause.FIGURES: "new figures",
    Cause.CORRECTION: "a correction of figures",
    Cause.REGISTRY: "a change of the registry",
    Cause.PLAN: "a change of the plan or its rules",
    Cause.RELATED: "a change of something it depends on",
}
_STATUS_ZH = {"not_rated": "未评定", "exempt": "免予考核", "ended": "规划期结束"}
_STATUS_EN = {"not_rated": "not rated", "exempt": "exempt", "ended": "plan ended"}
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_POINTS = frozenset({"pp", "百分点", "个百分点", "percentage points"})
_MOST_PLACES = 12
_ENOUGH_DIGITS = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Way:
    """How a figure of some kind of target moves: the words before it when it is above, below, or at zero."""

    up_zh: str
    down_zh: str
    flat_zh: str
    up_en: str
    down_en: str


_FALLS = Way("累计下降", "累计上升", "持平", "down ", "up ")
_SHRINKS = Way("下降", "上升", "持平", "down ", "up ")
_RISES = Way("提高", "降低", "持平", "up ", "down ")
_GROWS = Way("增长", "下降", "持平", "grew by ", "fell by ")
_CUTS = Way("累计减排", "累计增排", "累计减排0", "cut by ", "increased by ")
_WAYS = {
    TargetKind.REDUCTION_RATE: _FALLS,
    TargetKind.REDUCTION_POINTS: _SHRINKS,
    TargetKind.INCREASE_POINTS: _RISES,
    TargetKind.YEARLY_GROWTH: _GROWS,
    TargetKind.GROWTH_MAX: _GROWS,
    TargetKind.CUMULATIVE_REDUCTION: _CUTS,
}


def level_zh(level: Level) -> str:
    """一级预警（红色）."""
    colour = COLOUR_ZH[level.colour]
    return level.zh if colour in level.zh else f"{level.zh}（{colour}）"


def level_en(level: Level) -> str:
    """Level 1 (very serious), red."""
    return level.en if level.colour in level.en.lower() else f"{level.en}, {level.colour}"


def period_en(period: Period) -> str:
    """Jan–Jun 2025, Mar 2025, or 2025."""
    if period.months == MONTHS_OF_A_YEAR:
        return str(period.year)
    if period.months == 1:
        return f"{_MONTHS_EN[period.first - 1]} {period.year}"
    return f"{_MONTHS_EN[period.first - 1]}–{_MONTHS_EN[period.last - 1]} {period.year}"


def rounded(figure: Decimal, places: int) -> str:
    """At most so many decimals, no trailing zeros, thousands apart, never an exponent."""
    short = figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _ENOUGH_DIGITS)
    text = f"{short:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def side_by_side(one: Decimal, other: Decimal) -> tuple[str, str]:
    """Two figures that are compared, with as many decimals as it takes to tell them apart (two are usual)."""
    places = 2
    while places < _MOST_PLACES and one != other and rounded(one, places) == rounded(other, places):
        places += 1
    return rounded(one, places), rounded(other, places)


def with_unit_zh(text: str, unit: str) -> str:
    """2.1%, 0.5个百分点, 12,000 t."""
    if unit in _POINTS:
        return f"{text}个百分点"
    return f"{text}{unit}" if unit in ("%", "") else f"{text} {unit}"


def with_unit_en(text: str, unit: str) -> str:
    """2.1 %, 0.5 percentage points, 12,000 t."""
    return f"{text} {'percentage points' if unit in _POINTS else unit}".rstrip()


def actual_zh(target: Target, yardstick: Yardstick, actual: Decimal, text: str, unit: str) -> str:
    """累计下降2.1%; 比2020年累计下降8.2%; 为12,000 t."""
    way = _WAYS.get(target.kind)
    since = f"比{target.base_year}年" if yardstick is Yardstick.FIVE_YEAR and target.base_year and way else ""
    if way is None:
        return f"为{with_unit_zh(text, unit)}"
    if actual == 0:
        return f"{since}{way.flat_zh}"
    return f"{since}{way.up_zh if actual > 0 else way.down_zh}{with_unit_zh(text.removeprefix('-'), unit)}"


def actual_en(target: Target, yardstick: Yardstick, actual: Decimal, text: str, unit: str) -> str:
    """The same in English."""
    way = _WAYS.get(target.kind)
    since = f" on {target.base_year}" if yardstick is Yardstick.FIVE_YEAR and target.base_year and way else ""
    if way is None:
        return f"at {with_unit_en(text, unit)}"
    if actual == 0:
        return f"unchanged{since}"
    return f"{way.up_en if actual > 0 else way.down_en}{with_unit_en(text.removeprefix('-'), unit)}{since}"


def compared_zh(target: Target, assessment: Assessment) -> str:
    """累计下降2.1%，低于年度进度要求2.97%; the reason where there is no level or no figure."""
    actual, expected, unit = assessment.actual, assessment.expected, assessment.unit
    if actual is None or expected is None:
        return _STATUS_ZH.get(assessment.status, "") + _reason("：", assessment)
    one, other = side_by_side(actual, expected)
    side = "低于" if actual < expected else "高于" if actual > expected else "等于"
    required = f"{YARDSTICK_ZH[assessment.yardstick]}要求{with_unit_zh(other, unit)}"
    return f"{actual_zh(target, assessment.yardstick, actual, one, unit)}，{side}{required}"


def compared_en(target: Target, assessment: Assessment) -> str:
    """Down 2.1 %, below the annual requirement of 2.97 %."""
    actual, expected, unit = assessment.actual, assessment.expected, assessment.unit
    if actual is None or expected is None:
        return _STATUS_EN.get(assessment.status, "") + _reason(": ", assessment)
    one, other = side_by_side(actual, expected)
    side = "below" if actual < expected else "above" if actual > expected else "equal to"
    required = f"the {YARDSTICK_EN[assessment.yardstick]}requirement of {with_unit_en(other, unit)}"
    return f"{actual_en(target, assessment.yardstick, actual, one, unit)}, {side} {required}"


def _reason(colon: str, assessment: Assessment) -> str:
    return f"{colon}{assessment.reason}" if assessment.reason else ""
