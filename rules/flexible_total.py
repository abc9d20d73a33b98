"""能源消费总量: a total that follows from the growth aimed at and the intensity target (mechanism A2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Missing, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Target, TargetKind, Variant, Yardstick
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.comparator import comparator_of
from planwatch.rules.growth_rows import Growths, growths_of, offer
from planwatch.rules.numbers import HUNDRED, show, show_effort, show_percent
from planwatch.rules.path import annual_task, progress_due
from planwatch.rules.scope import about_scopes
from planwatch.rules.sums import Amount


@dataclass(frozen=True, slots=True)
class Total:
    """A total for a whole year, and the words with the numbers filled in."""

    amount: Decimal
    words: str
    used: tuple[Used, ...]


def flexible_total(case: Case, yardstick: Yardstick) -> Finding:
    """The amount of the year to date against the total that follows from growth and intensity; less is better.

    Annual (CQ 四(一)1, HLJ 三(一): 年度能源消费总量目标): ``E*(t) = E(t−1)·(1 + g_t)·(1 − d_t)`` with ``d_t`` the
    followed target's task of the year. Since the base year (TJ 四(一): 总量预期性目标):
    ``E*(t) = E(base)·∏(1 + g_i)·(1 − R due by t)``. Derived: the plans name the inputs, not the formula. Before the
    year's end the total is pro-rated by last year's share of the same months (methodology §1.4: absolute quantities
    are pro-rated). All amounts are in the target's scope.
    """
    if case.measure.per is not None:
        raise CannotRate(f"{case.target.id}: a total is an amount, not {case.measure.of} per {case.measure.per}")
    followed, growths = _followed(case), growths_of(case.target, case.around.today)
    annual = yardstick is Yardstick.ANNUAL
    total = _of_the_year(case, followed, growths) if annual else _since_base(case, followed, growths)
    now, scale = case.measured(case.span), case.scale()
    expected, share = _so_far(case, total)
    remarks = (offer(case, followed, growths) if annual else "", about_scopes(case.target, followed, case.sums.law))
    actual, due = now.top * scale, expected * scale
    words = f"{now.words} = {show(actual)} {case.unit} ; {total.words}{share.words} 应不超过 {show(due)} {case.unit}"
    return Finding(
        actual=actual,
        expected=due,
        unit=case.unit,
        formula=" ; ".join(part for part in (words, *remarks) if part) + case.about_sources(case.measure.of),
        used=(*now.used, *total.used, *share.used),
        edition=now.edition,
        remedy=lambda needed, beyond: f"{case.noun}再降{show_effort(actual - needed, beyond)} {case.unit}",
        comparator=comparator_of(case.target),
    )


def _followed(case: Case) -> Target:
    """The intensity target the total is derived from; CannotRate for none, another kind, years or an incentive one.

    HLJ 三(一): 能耗强度降低基本目标, never the incentive target.
    """
    name = case.target.follows or ""
    found = case.sums.law.targets.get(name)
    if found is None:
        raise CannotRate(f"{case.target.id} 所依的强度目标 {name!r} 没有任何规划定义")
    if found.variant is Variant.INCENTIVE:
        raise CannotRate(f"总量目标按基本目标确定,不能按激励目标 {found.id} 确定(黑龙江三(一):能耗强度降低基本目标)")
    if found.kind is not TargetKind.REDUCTION_RATE or found.value is None:
        raise CannotRate(f"{found.id} 不是有数值的强度降低目标(未分解到位?),不能据以确定总量目标")
    if found.base_year != case.base_year:
        raise CannotRate(
            f"{found.id} 的基年是 {found.base_year} 年,{case.target.id} 的基年是 {case.base_year} 年,不一致"
        )
    return found


def _of_the_year(case: Case, followed: Target, growths: Growths) -> Total:
    """``E*(t) = E(t−1)·(1 + g)·(1 − d)``, with the original beside it where the growth was reset."""
    year = case.point.year
    before, words = _above_zero(case, case.full(year - 1))
    task = _percent(annual_task(followed, year))
    growth = growths.of(year)
    kept, scale = before.amount * (1 - task / HUNDRED), case.scale()
    total = kept * growth.factor
    formula = f"E*({year}) = {words} × (1 + {show_percent(growth.percent)}) × (1 − {show_percent(task)}) = "
    formula += f"{show(total * scale)} {case.unit}"
    if growth.original is not None:
        was = show(kept * (1 + growth.original / HUNDRED) * scale)
        formula += f" (原目标 {was} {case.unit},{growth.approval}调整为 {show(total * scale)} {case.unit})"
    return Total(total, formula, before.used)


def _since_base(case: Case, followed: Target, growths: Growths) -> Total:
    """``E*(t) = E(base)·∏(1 + g_i)·(1 − R)``, R being the reduction due by the end of the year."""
    year, start = case.point.year, case.base_year
    base, words = _above_zero(case, case.full(start))
    due = _percent(progress_due(followed, year))
    rows = [growths.of(one) for one in range(start + 1, year + 1)]
    reset = next((one for one in rows if one.approval), None)
    if reset is not None:
        raise CannotRate(
            f"{case.target.id}: {reset.year} 年的增速有调整,而只有年度总量目标可相应调整 (CQ 四(一)1, HLJ 三(一))"
        )
    total = base.amount
    for one in rows:
        total *= one.factor
    total *= 1 - due / HUNDRED
    grown = " × ".join(f"(1 + {show_percent(one.percent)})" for one in rows)
    formula = f"E*({year}) = {words} × {grown} × (1 − {show_percent(due)}) = {show(total * case.scale())} {case.unit}"
    return Total(total, formula, base.used)


def _percent(found: Decimal | Missing) -> Decimal:
    if isinstance(found, Missing):
        raise CannotRate(found)
    return found


def _above_zero(case: Case, span: Period) -> tuple[Amount, str]:
    found, words = case.worded(case.measure.of, span)
    if found.amount <= 0:
        raise CannotRate(f"{case.measure.of} of {case.subject} is not above zero for {span.label}")
    return found, words


@dataclass(frozen=True, slots=True)
class _Share:
    """How a year's total was cut to the months elapsed."""

    words: str = ""
    used: Sequence[Used] = ()


def _so_far(case: Case, total: Total) -> tuple[Decimal, _Share]:
    """What of the year's total is due by the point: last year's share of the same months, the whole at year's end."""
    whole = case.full(case.point.year)
    if case.span == whole:
        return total.amount, _Share()
    last, last_words = _above_zero(case, case.span.last_year())
    year, year_words = _above_zero(case, whole.last_year())
    words = f" × 上年同期占比 {last_words}/{year_words}"
    return total.amount * last.amount / year.amount, _Share(words, last.used)
