"""The checks that look at few points in earnest, told the plain way: every point, every run, nothing left out beforehand.

Slow on purpose. What `planwatch.quality` finds must be what these find.
"""

from collections import Counter, defaultdict
from itertools import pairwise

from planwatch.contract.quality import WHOLE_REPORT, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, digits, percent
from planwatch.quality.rulebook import allowed
from planwatch.quality.seasons import in_season, seasonal_slip, stands_still
from planwatch.quality.series import Around
from planwatch.quality.sizes import slipped


def around(points, values, i, months):
    near = [
        value
        for j, value in enumerate(values)
        if j != i and value is not None and abs(points[j].end - points[i].end) <= months
    ]
    return Around(near) if near else None


def off(value, near, limits):
    return (
        near is not None
        and near.count >= limits["least"]
        and abs(value - near.middle) > allowed(near, limits)
        and near.beyond(value, limits["beyond"])
    )


def plain_slips(case: Case):
    for name in case.flows:
        points = case.series(name)
        for i, point in enumerate(points):
            limits = case.limits(Rule.UNIT_SLIP, name, point.period)
            if limits is None or point.amount <= 0:
                continue
            near = around(points, [one.amount for one in points], i, int(limits["window"]))
            if near is None or near.count < limits["least"]:
                continue
            if not stands_still(near):
                if near.middle > 0 and slipped(point.amount, near, limits):
                    yield name, point.figure.period
            elif any(seasonal_slip(case, name, i, limits)):
                yield name, point.figure.period


def plain_jumps(case: Case):
    for name in case.flows:
        points = case.series(name)
        for i, point in enumerate(points):
            limits = case.limits(Rule.JUMP, name, point.period)
            if limits is None:
                continue
            near = around(points, [one.amount for one in points], i, int(limits["window"]))
            near = in_season(near, point.amount) if near else None
            if moved(points, point, limits) and near and near.middle > 0 and off(point.amount, near, limits):
                yield name, point.figure.period


def moved(points, point, limits):
    months = point.period.months
    year = [one for one in points if one.end == point.end - 12 and one.amount > 0 and one.period.months == months]
    month = [one for one in points if one.end == point.start - 1 and one.amount > 0]
    for bases, share in ((year, limits["year"]), (month, limits["month"])):
        if bases:
            gap = abs(point.amount - bases[0].amount)
            return gap > limits["floor"] and gap * HUNDRED > bases[0].amount * share
    return False


def pairs(case, relation):
    others = {point.period: point for point in case.series(relation.plus[0])}
    return [(point, others[point.period]) for point in case.series(relation.of) if point.period in others]


def compared(case, relation, rule):
    """Points off the ratios around them, with both figures and everything that is paired."""
    both = pairs(case, relation)
    newest = case.limits(rule, relation.of, both[-1][0].period) if both else None
    ratios = [a.amount / b.amount if a.amount > 0 and b.amount > 0 else None for a, b in both]
    for i, (a, b) in enumerate(both if newest else ()):
        limits = case.limits(rule, relation.of, a.period)
        near = around([one for one, _ in both], ratios, i, int(newest["window"]))
        if limits is not None and ratios[i] is not None and off(ratios[i], near, limits):
            yield a, b, limits, both


def plain_ratios(case: Case):
    for relation in case.book.relations("ratio"):
        for a, _, limits, _ in compared(case, relation, Rule.RATIO):
            if a.amount > limits["floor"]:
                yield relation.of, a.figure.period


def plain_divergences(case: Case):
    for relation in case.book.relations("ratio"):
        for a, b, limits, both in compared(case, relation, Rule.DIVERGENCE):
            for c, d in both:
                alike = (c.period.months, d.period.months) == (a.period.months, b.period.months)
                if c.end != a.end - 12 or not alike or min(c.amount, d.amount) <= 0 or a.amount <= limits["floor"]:
                    continue
                x, y = percent(a.amount, c.amount), percent(b.amount, d.amount)
                if x * y < 0 and abs(x - y) > limits["points"] and min(abs(x), abs(y)) >= limits["each"]:
                    yield relation.of, a.figure.period


def plain_smooth(case: Case):
    for relation in case.book.relations("ratio"):
        both = [(a, b) for a, b in pairs(case, relation) if a.amount > 0 and b.amount > 0]
        yield from _runs(case, [a for a, _ in both], [a.amount / b.amount for a, b in both])
    for name in case.flows:
        points = [point for point in case.series(name) if point.amount > 0]
        if points:
            yield from _runs(case, points[1:], [new.amount / old.amount for old, new in pairwise(points)])
            level = points[0].amount
            yield from _runs(case, points[1:], [1 + (new.amount - old.amount) / level for old, new in pairwise(points)])


def _runs(case, points, values):
    start = 0
    while start < len(points):
        limits = case.limits(Rule.SMOOTH, points[start].figure.indicator, points[start].period)
        end = start + 1
        while limits and end < len(points) and points[end].start == points[end - 1].end + 1:
            run = values[start : end + 1]
            if (max(run) - min(run)) * HUNDRED > abs(min(run)) * limits["spread"]:
                break
            end += 1
        run = points[start:end]
        if limits and len(run) >= limits["run"]:
            amounts = [point.amount for point in run]
            long = all(digits(case.written(point.figure)) >= limits["digits"] for point in run)
            if long and (max(amounts) - min(amounts)) * HUNDRED >= min(amounts) * limits["moves"]:
                figure = run[int(limits["run"]) - 1].figure
                yield figure.indicator, figure.period
        start = end


def plain_copies(case: Case):
    stated = defaultdict(dict)
    for name in case.flows:
        for point in case.series(name):
            if point.amount and len(point.figures) == 1:
                stated[point.period][name] = point.figure
    for later in stated:
        limits = case.limits(Rule.COPIED, WHOLE_REPORT, later)
        same = Counter(
            {
                earlier: len(set(_alike(case, limits, stated[earlier], stated[later])))
                for earlier in stated
                if earlier < later and limits and case.limits(Rule.COPIED, WHOLE_REPORT, earlier)
            }
        )
        earlier = max((one for one in same if same[one]), key=lambda one: (same[one], one), default=None)
        if earlier is None or same[earlier] < limits["readings"]:
            continue
        if (later.year - earlier.year) * 12 + later.last - earlier.last <= limits["months"]:
            yield WHOLE_REPORT, later


def _alike(case, limits, before, now):
    for name in before.keys() & now.keys():
        kept = min(digits(case.written(before[name])), digits(case.written(now[name])))
        if before[name].amount == now[name].amount and kept >= limits["digits"]:
            yield now[name].amount


PLAIN = {
    Rule.UNIT_SLIP: plain_slips,
    Rule.JUMP: plain_jumps,
    Rule.RATIO: plain_ratios,
    Rule.DIVERGENCE: plain_divergences,
    Rule.COPIED: plain_copies,
    Rule.SMOOTH: plain_smooth,
}
