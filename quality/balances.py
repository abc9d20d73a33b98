"""Whether figures of one month add up: stocks and purchases, parts of a total, what goes out of what comes in."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, Relation, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, ZERO, percent, show_percent
from planwatch.quality.series import first_month, last_month


def balance(case: Case) -> Iterator[Finding]:
    """Q04: consumption = opening + purchases and own output − sold − closing, within 0.5 % or one unit (§7).

    Where a month lacks opening, closing or consumption there is nothing to weigh; other terms absent count as none.
    """
    for relation in case.book.relations("balance"):
        for period in _shared(case, [relation.of, relation.opening or "", relation.closing or ""]):
            doubted = _at(case, relation.of, period)
            limits = case.limits(Rule.BALANCE, relation.of, period)
            if doubted is None or limits is None:
                continue
            opening, *into = _all(case, (relation.opening or "", *relation.plus), period)
            closing, *out = _all(case, (relation.closing or "", *relation.minus), period)
            supply = _sum([opening, *into])
            follows = supply - _sum([closing, *out])
            gap = doubted.amount - follows
            allowed = max(limits["absolute"], supply * limits["percent"] / HUNDRED)
            if abs(gap) > allowed:
                shown = partial(case.shown, relation.of, period)
                message = (
                    f"{case.named(relation.of, period, doubted.amount)},而期初库存加购入、自产减外销减期末库存为"
                    f" {shown(follows)},相差 {shown(gap)},超过允许的 {shown(allowed)}"
                    f"(收入与期初的 {show_percent(limits['percent'])},至少 {shown(limits['absolute'])})"
                )
                yield case.doubt(Rule.BALANCE, doubted, limits, message, _there([opening, *into, closing, *out]))


def stock_chain(case: Case) -> Iterator[Finding]:
    """Q05, stock part: opening stock = closing stock of the period before (methodology §7)."""
    for relation in case.book.relations("balance"):
        if relation.opening is None or relation.closing is None:
            continue
        closings = {last_month(period): figure for period, figure in case.stated(relation.closing).items()}
        for period, opening in case.stated(relation.opening).items() if closings else ():
            closing = closings.get(first_month(period) - 1)
            limits = case.limits(Rule.CHAIN, relation.opening, period)
            if closing is None or limits is None:
                continue
            if abs(opening.amount - closing.amount) > max(limits["absolute"], case.rounding((opening, closing))):
                shown = partial(case.shown, relation.opening, period)
                message = (
                    f"{case.named(relation.opening, period, opening.amount)},而{closing.period.label_zh}期末为"
                    f" {shown(closing.amount)},相差 {shown(opening.amount - closing.amount)}"
                )
                yield case.doubt(Rule.CHAIN, opening, limits, message, [closing])


def split(case: Case) -> Iterator[Finding]:
    """Q06: a total equals the sum of its parts, and a part of a use is not above that use, exactly (methodology §7)."""
    for relation in (*case.book.relations("split"), *case.book.relations("within")):
        names = [relation.of, *relation.plus]
        for period in _shared(case, names):
            doubted, *parts = _all(case, names, period)
            limits = case.limits(Rule.SPLIT, relation.of, period)
            if doubted is None or limits is None:
                continue
            added = _sum(parts)
            gap = doubted.amount - added
            allowed = max(limits["absolute"], case.rounding((doubted, *_there(parts))) if gap else ZERO)
            if gap > allowed or (relation.kind == "split" and -gap > allowed):
                named = " + ".join(f"{case.book.name(name)}" for name in relation.plus)
                said = "不等于" if relation.kind == "split" else "大于"
                shown = partial(case.shown, relation.of, period)
                message = (
                    f"{case.named(relation.of, period, doubted.amount)},{said} {named} {shown(added)},相差 {shown(gap)}"
                )
                yield case.doubt(Rule.SPLIT, doubted, limits, message, _there(parts))


def outgoings(case: Case) -> Iterator[Finding]:
    """Q22 (added): more goes out than comes in. Months in a row are one finding, about the first of them.

    Source: the balance in which consumption = purchases + stocks − sold (methodology §7), for what cannot be stored.
    """
    for relation in case.book.relations("outgoings"):
        run: list[tuple[Figure, list[Figure], Decimal, Decimal]] = []
        for period in case.stated(relation.of):
            over = _over(case, relation, period)
            if over is None or (run and run[-1][0].period.after != period.start):
                yield from _told(case, relation, run)
                run = []
            if over is not None:
                run.append(over)
        yield from _told(case, relation, run)


def _over(case: Case, relation: Relation, period: Period) -> tuple[Figure, list[Figure], Decimal, Decimal] | None:
    doubted = _at(case, relation.of, period)
    limits = case.limits(Rule.OUTGOINGS, relation.of, period)
    into = _there(_all(case, relation.plus, period))
    if doubted is None or limits is None or not into:
        return None
    beside = _there(_all(case, relation.minus, period))
    out, supply = _sum([doubted, *beside]), _sum(list(into))
    return (doubted, [*beside, *into], out, supply) if out * HUNDRED > supply * (HUNDRED + limits["percent"]) else None


def _told(
    case: Case, relation: Relation, run: list[tuple[Figure, list[Figure], Decimal, Decimal]]
) -> Iterator[Finding]:
    if not run:
        return
    doubted, others, out, supply = run[0]
    limits = case.limits(Rule.OUTGOINGS, relation.of, doubted.period)
    assert limits is not None, "a run is of months in which the rule holds"
    beyond = f"多 {show_percent(percent(out, supply))}" if supply > 0 else "而收入为 0"
    length = f";连续 {len(run)} 期如此,至{run[-1][0].period.label_zh}" if len(run) > 1 else ""
    shown = partial(case.shown, relation.of, doubted.period)
    message = (
        f"{doubted.period.label_zh}{relation.zh}:支出 {shown(out)},收入 {shown(supply)}"
        f" {case.unit(relation.of, doubted.period)},{beyond}(允许 {show_percent(limits['percent'])}){length}"
    )
    rest = [figure for later, beside, _, _ in run[1:] for figure in (later, *beside)]
    yield case.doubt(Rule.OUTGOINGS, doubted, limits, message, [*others, *rest])


def _shared(case: Case, names: list[str]) -> list[Period]:
    """The periods for which all of the indicators are stated."""
    first, *rest = (case.stated(name) for name in names)
    if not all(rest):
        return []
    return [period for period in first if all(period in one for one in rest)]


def _at(case: Case, indicator: str, period: Period) -> Figure | None:
    return case.stated(indicator).get(period)


def _all(case: Case, names: tuple[str, ...] | list[str], period: Period) -> list[Figure | None]:
    return [_at(case, name, period) for name in names]


def _there(figures: list[Figure | None]) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def _sum(figures: list[Figure | None]) -> Decimal:
    return sum((figure.amount for figure in figures if figure is not None), ZERO)
