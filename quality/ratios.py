"""Whether two indicators of a subject go together: ratio, direction, the grid company's figure, one without another."""

from collections.abc import Iterator
from decimal import Decimal

from planwatch.contract.quality import Finding, Relation, Rule
from planwatch.quality.case import Case, Pair
from planwatch.quality.numbers import HUNDRED, percent, show
from planwatch.quality.rulebook import Limits, allowed
from planwatch.quality.series import Around, unusual


def own_band(case: Case) -> Iterator[Finding]:
    """Q11: energy per output, outside so many MAD of the subject's own months around it (methodology §7)."""
    for relation in case.book.relations("ratio"):
        for i, ratio, near in off_band(case, relation, Rule.RATIO):
            point, other = case.paired(relation).both[i]
            held = case.limits(Rule.RATIO, relation.of, point.period)
            if held and outside(ratio, near, held) and point.amount > held["floor"]:
                band = allowed(near, held)
                message = (
                    f"{point.period.label_zh}{relation.zh} {show(ratio)},前后 {near.count} 期中位数"
                    f" {show(near.middle)},"
                    f"偏离 {percent(ratio, near.middle):+.1f}%,超过允许的 {show(band)}(MAD {show(near.spread)})"
                )
                yield case.find(Rule.RATIO, point, held, message, other.figures)


def off_band(case: Case, relation: Relation, rule: Rule) -> Iterator[tuple[int, Decimal, Around]]:
    """The ratios that may lie beyond the range of those around them, with what lies around them."""
    paired = case.paired(relation)
    newest = case.limits(rule, relation.of, paired.both[-1][0].period) if paired.both else None
    if newest is None:
        return  # where the rule is off now, nothing is compared
    window = paired.window(int(newest["window"]))
    for limits in case.each_limits(rule, relation.of):
        low, high = unusual(paired.ratios, int(limits["least"]), limits["beyond"])
        for i, ratio in enumerate(paired.ratios):
            if ratio is None or low <= ratio <= high:
                continue
            near = window.around(i) if case.limits(rule, relation.of, paired.both[i][0].period) is limits else None
            if near is not None:
                yield i, ratio, near


def outside(ratio: Decimal, near: Around, limits: Limits) -> bool:
    """Whether a ratio is outside what those around it (if they are enough) suggest."""
    if near.count < limits["least"]:
        return False
    return near.beyond(ratio, limits["beyond"]) and abs(ratio - near.middle) > allowed(near, limits)


def divergence(case: Case) -> Iterator[Finding]:
    """Q12: output up while energy is down, or the reverse, by over 20 points year on year (§7; 辽阳 field audits).

    Only where the ratio of the two is also off its usual place: else last year was the odd one.
    """
    for relation in case.book.relations("ratio"):
        for i, ratio, near in off_band(case, relation, Rule.DIVERGENCE):
            both = case.paired(relation).both
            point, other = both[i]
            then = next((one for one in both if one[0].end + 12 == point.end), None)
            limits = case.limits(Rule.DIVERGENCE, relation.of, point.period)
            if then is None or limits is None or not _comparable(then, (point, other), limits["floor"]):
                continue
            if not outside(ratio, near, limits):
                continue
            energy, output = (percent(now.amount, old.amount) for now, old in zip((point, other), then, strict=True))
            apart = abs(energy - output)
            if energy * output < 0 and apart > limits["points"] and min(abs(energy), abs(output)) >= limits["each"]:
                message = (
                    f"{point.period.label_zh}{case.book.name(relation.of)}同比 {energy:+.1f}%,"
                    f"{case.book.name(relation.plus[0])}同比 {output:+.1f}%,方向相反,"
                    f"相差 {apart:.1f} 个百分点(允许 {show(limits['points'])})"
                )
                rests = [figure for one in (other, *then) for figure in one.figures]
                yield case.find(Rule.DIVERGENCE, point, limits, message, rests)


def _comparable(then: Pair, now: Pair, floor: Decimal) -> bool:
    same = all(old.period.months == new.period.months for old, new in zip(then, now, strict=True))
    return same and all(one.amount > 0 for one in then) and now[0].amount > floor


def grid(case: Case) -> Iterator[Finding]:
    """Q13: electricity stated by the unit against what the grid company supplied, over 5 % apart (§7; 中牟县)."""
    for relation in case.book.relations("counterpart"):
        for point, other in case.paired(relation).both:
            limits = case.limits(Rule.GRID, relation.of, point.period)
            if limits is None or other.amount <= 0 or abs(point.amount - other.amount) <= limits["floor"]:
                continue
            apart = percent(point.amount, other.amount)
            if abs(apart) > limits["percent"]:
                message = (
                    f"{case.named(relation.of, point.period, point.amount)},{case.book.name(relation.plus[0])}"
                    f" {case.shown(relation.of, point.period, other.amount)},相差 {apart:+.1f}%"
                    f"(允许 ±{show(limits['percent'])}%)"
                )
                yield case.find(Rule.GRID, point, limits, message, other.figures)


def alone(case: Case) -> Iterator[Finding]:
    """Q21 (added): one of two that go together is zero and the other is not, against the subject's habit."""
    for relation in case.book.relations("ratio"):
        if not relation.together:
            continue
        both = case.paired(relation).both
        for pair in both:
            if pair[0].amount and pair[1].amount:
                continue
            zero, other = pair if not pair[0].amount else pair[::-1]
            limits = case.limits(Rule.ALONE, zero.figure.indicator, zero.period)
            if zero.amount or other.amount <= 0 or limits is None or other.amount <= limits["floor"]:
                continue
            near = [one for one in both if one is not pair and abs(one[0].end - zero.end) <= limits["window"]]
            usual = sum(a.amount > 0 and b.amount > 0 for a, b in near)
            if len(near) >= limits["least"] and usual * HUNDRED >= len(near) * limits["habit"]:
                name, amount = other.figure.indicator, other.amount
                message = (
                    f"{case.named(zero.figure.indicator, zero.period, zero.amount)},而"
                    f"{case.book.name(name)} {case.shown(name, other.period, amount)} {case.unit(name, other.period)};"
                    f"前后 {len(near)} 期中 {usual} 期两者都有数"
                )
                yield case.find(Rule.ALONE, zero, limits, message, other.figures)
