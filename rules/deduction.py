"""What a scope takes off an amount, deduction by deduction (mechanisms A3, A4, A5; methodology §2)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.scope import Deduction, DeductionKind, Scope
from planwatch.rules.numbers import show
from planwatch.rules.refusal import CannotRate
from planwatch.rules.sums import Amount

ONE_SIDED = "单边扣减不允许"
"""What every refusal for want of one side's figures says."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What deductions are worked out from: the assessment year, the target's base year, and how to look amounts up.

    ``amount`` is what was reported over a span, in tce, and raises CannotRate where it is missing; ``reported`` says
    whether an indicator was ever reported; ``name`` is what people call it.
    """

    assessed: int
    base_year: int | None
    amount: Callable[[str, Period], Amount]
    reported: Callable[[str], bool]
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TakenOff:
    """One deduction from one span: how much, the figures with the sign they enter with, and the words."""

    amount: Decimal
    used: tuple[Used, ...]
    words: str


def taken_off(scope: Scope, span: Period, grounds: Grounds) -> list[TakenOff]:
    """Every deduction of a scope that holds in the assessment year, for one span of that or an earlier year.

    The base year is recomputed with the deductions of the assessment year, so both sides are in one scope.
    """
    holding = [one for one in scope.less if one.holds_in(grounds.assessed)]
    kinds = {one.kind for one in holding}
    if {DeductionKind.NEW_RENEWABLES, DeductionKind.NON_FOSSIL} <= kinds:
        raise CannotRate(
            f"口径「{scope.zh}」({scope.id})在{grounds.assessed}年同时扣减新增可再生能源和非化石能源,前者已含在后者中,"
            "会重复扣减:请以 last_year / first_year 分开两项的年份"
        )
    found = [_taken(scope, one, span, grounds) for one in holding]
    return [one for one in found if one is not None]


def _taken(scope: Scope, deduction: Deduction, span: Period, grounds: Grounds) -> TakenOff | None:
    if deduction.kind is not DeductionKind.NEW_RENEWABLES:
        return _whole(scope, deduction, span, grounds)
    base = deduction.base_year or grounds.base_year
    if base is None:
        raise CannotRate(f"口径「{scope.zh}」({scope.id})扣减新增可再生能源,却未定基年 (base_year)")
    return _increase(scope, deduction, span, base, grounds) if span.year > base else None


def _increase(scope: Scope, deduction: Deduction, span: Period, base: int, grounds: Grounds) -> TakenOff:
    """``max(0, RE(t) − RE(base))``: only what is new, against the same months of the base year.

    TJ 四(一): 将各区评价考核年度比2020年新增的可再生能源电力消费量从能源消费总量中扣除. The base year's own total stays
    as it is; a year between base and assessment year stands as it stood when it was assessed itself.
    """
    names = _in_use(scope, deduction, span, grounds)
    before = span.in_year(base)
    now = [_known(scope, name, span, grounds) for name in names]
    then = [_base_known(scope, name, before, grounds) for name in names]
    rise = sum((one.amount for one in now), Decimal(0)) - sum((one.amount for one in then), Decimal(0))
    added, was = (" + ".join(show(one.amount) for one in side) for side in (now, then))
    what = "、".join(grounds.name(name) for name in names)
    words = f"新增{what} max(0, {added} − {before.year}年同期 {was}) = {show(max(rise, Decimal(0)))}"
    used = (*_signed(now, -1), *_signed(then, 1))
    return TakenOff(max(rise, Decimal(0)), used, words)


def _whole(scope: Scope, deduction: Deduction, span: Period, grounds: Grounds) -> TakenOff:
    """The whole amount, from the base year and the assessment year alike (TJ 四(一): 从各区2020年和评价考核年度
    能源消费总量中扣除; 发改环资〔2022〕803号; 能耗单列; 发改环资〔2024〕113号).

    A class of which nothing was ever reported does not exist here, if another class of the deduction was reported.
    """
    names = _in_use(scope, deduction, span, grounds)
    found = [_known(scope, name, span, grounds) for name in names]
    words = " + ".join(f"{grounds.name(name)} {show(one.amount)}" for name, one in zip(names, found, strict=True))
    return TakenOff(sum((one.amount for one in found), Decimal(0)), _signed(found, -1), words)


def _in_use(scope: Scope, deduction: Deduction, span: Period, grounds: Grounds) -> list[str]:
    """The indicators of a deduction that were ever reported; CannotRate if none was (zero has to be reported as 0)."""
    names = [name for name in deduction.of if grounds.reported(name)]
    if not names:
        absent = "、".join(grounds.name(name) for name in deduction.of)
        raise CannotRate(f"口径「{scope.zh}」须扣减{absent},{span.label_zh}未报(没有的请报 0);{ONE_SIDED}")
    return names


def _known(scope: Scope, name: str, span: Period, grounds: Grounds) -> Amount:
    try:
        return grounds.amount(name, span)
    except CannotRate as why:
        raise CannotRate(
            f"口径「{scope.zh}」须从比较的各年扣减{grounds.name(name)},{span.label_zh}缺数({why.missing.reason});{ONE_SIDED}"
        ) from why


def _base_known(scope: Scope, name: str, before: Period, grounds: Grounds) -> Amount:
    """The base year's amount over the same months; says so where only the whole year is known."""
    try:
        return _known(scope, name, before, grounds)
    except CannotRate:
        if before.months == MONTHS_OF_A_YEAR:
            raise
        _known(scope, name, Period.whole_year(before.year), grounds)
        raise CannotRate(
            f"口径「{scope.zh}」扣减新增{grounds.name(name)},{before.year}年只有全年数,没有{before.label_zh}的数,"
            "年内不评,年末按全年评"
        ) from None


def _signed(amounts: list[Amount], sign: int) -> tuple[Used, ...]:
    return tuple(Used(sign * used.sign, used.figure) for one in amounts for used in one.used)
