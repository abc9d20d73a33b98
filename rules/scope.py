"""Accounting scopes: an amount less what the target's scope takes off it, so that no two scopes are ever compared."""

from decimal import Decimal

from planwatch.contract.period import Period
from planwatch.contract.plan import Law, Measure, Scope, Target
from planwatch.contract.scope import GROSS
from planwatch.rules.deduction import Grounds, taken_off
from planwatch.rules.numbers import show
from planwatch.rules.refusal import CannotRate
from planwatch.rules.sums import Amount


def scope_of(target: Target, measure: Measure | None, law: Law) -> Scope | None:
    """The scope of a target; None for ``gross``. CannotRate if it is unknown or about something else."""
    if target.scope == GROSS:
        return None
    scope = law.scopes.get(target.scope)
    if scope is None:
        raise CannotRate(f"{target.id} 的口径 {target.scope!r} 没有任何规划定义,不能评定 (unknown scope)")
    if measure is not None and scope.of not in (measure.of, measure.per):
        raise CannotRate(
            f"口径「{scope.zh}」({scope.id})从 {scope.of} 扣减,而 {target.id} 用的是 {measure.of},口径不符"
        )
    return scope


def in_scope(scope: Scope, gross: Amount, span: Period, grounds: Grounds) -> tuple[Amount, str]:
    """``E_adj = E − Σ deductions`` over a span, and the words with the numbers filled in.

    TJ: E_adj(2020) = E(2020) − F(2020), E_adj(t) = E(t) − F(t) − max(0, RE(t) − RE(2020)) (mechanisms A3, A4).
    CannotRate where a deduction's figures are missing or more is taken off than there is.
    """
    taken = taken_off(scope, span, grounds)
    left = gross.amount - sum((one.amount for one in taken), Decimal(0))
    if left < 0:
        terms = ";".join(one.words for one in taken)
        raise CannotRate(
            f"口径「{scope.zh}」:{span.label_zh}扣减({terms})多于{grounds.name(scope.of)} {show(gross.amount)}"
        )
    used = (*gross.used, *(used for one in taken for used in one.used))
    terms = "".join(f" − [{one.words}]" for one in taken)
    words = f"({show(gross.amount)}{terms} = {show(left)})" if taken else show(left)
    return Amount(left, used, gross.edition), words


def about_scopes(ours: Target, other: Target, law: Law) -> str:
    """A remark where a target rests on another one in another scope; empty where both have one scope."""
    if ours.scope == other.scope:
        return ""
    mine, theirs = _called(ours.scope, law), _called(other.scope, law)
    return f"口径不同:本目标用「{mine}」,{other.zh}用「{theirs}」,只取其百分率,不比两者的数"


def _called(scope: str, law: Law) -> str:
    known = law.scopes.get(scope)
    return known.zh if known else ("未扣减" if scope == GROSS else scope)
