"""Attribution: the change of a measured quantity split over units, energy kinds or sub-regions, summing exactly.

A quantity changes by the sum of its members' changes. An intensity ``I = E/G`` is split by the two-factor Shapley
(Sun's «refined Laspeyres», the Marshall–Edgeworth weights): ``ΔI = ΔE·½(1/G₀ + 1/G₁) + ½(E₀ + E₁)·(1/G₁ − 1/G₀)``.
Sources: J.W. Sun, Energy Economics 20 (1998) 85–100; B.W. Ang, Energy Policy 32 (2004) 1131–1139, who names it and
LMDI alike as perfect decompositions. It is taken rather than LMDI because it needs no logarithm: in rational numbers
the parts are the whole to the last digit, and zero or negative changes need no special case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from planwatch.contract.attribution import Attribution, Axis, Part, PartKind
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Law, Target, TargetKind
from planwatch.contract.scope import GROSS
from planwatch.rules.attribution_amounts import (
    Amounts,
    Pair,
    basis_of,
    fuel_amounts,
    ledger_amounts,
    members_amounts,
    reports_any,
    whole_of,
)
from planwatch.rules.attribution_rounding import apportioned, half_up, places_for
from planwatch.rules.case import CannotRate, Case, Surroundings
from planwatch.rules.lawbook import STANDARD_COAL
from planwatch.rules.numbers import exact
from planwatch.rules.sums import Sums

SHAPLEY = (
    "两因素 Shapley 分解(Sun 1998):各项能耗变化 × 两期 1/分母 的平均 + 分母变化 × 两期能耗的平均;有理数精确计算,无残差"
)
PLAIN = "各项之差直接相加"
POINT_PLACES = 3


@exact
def attribute(
    target: Target,
    subject: str,
    point: Period,
    figures: Figures,
    law: Law,
    *,
    axis: Axis,
    members: Sequence[str],
    around: Surroundings,
) -> list[Attribution]:
    """The change of the year to date against the same months of last year, and against those of the base year.

    ``members`` are the candidates for parts on the axis: units or projects (also for energy kinds), or the regions
    directly below. Never raises for want of figures: the reason then stands in the attribution.
    """
    point = point.year_to_date()
    years = [point.year - 1]
    # A ledger begins after its base year: there is nothing in the base year to compare with.
    if target.base_year is not None and target.base_year < point.year - 1 and not _is_ledger(target):
        years.append(target.base_year)
    case = Case(target, subject, point, Sums(figures, law), around, lambda _: ())
    others = tuple(sorted(set(members) - {subject})) or ((subject,) if axis is Axis.FUEL else ())
    return [_against(Split(case, axis, others, (point.in_year(year), point))) for year in years]


@dataclass(frozen=True)
class Split:
    """One change to split: from the first span to the second."""

    case: Case
    axis: Axis
    members: tuple[str, ...]
    spans: tuple[Period, Period]

    def blank(self, measured: str, unit: str) -> Attribution:
        """The attribution with nothing in it yet."""
        case, (against, period) = self.case, self.spans
        return Attribution(case.target.id, case.subject, measured, self.axis, period, against, unit)


def _against(split: Split) -> Attribution:
    case = split.case
    try:
        return _made(split)
    except CannotRate as why:
        return replace(split.blank("", case.target.unit or ""), reason=why.missing.reason)


def _made(split: Split) -> Attribution:
    """Along which amounts the change is split: the ledger's, the measure's own, or standard coal by who burns it."""
    case, of = split.case, split.case.measure.of
    if _is_ledger(case.target):
        if split.axis is Axis.FUEL:
            raise CannotRate("减排台账没有能源品种,请按 unit(项目)归因")
        return _of_ledger(split)
    states_it = of == STANDARD_COAL or reports_any(case, of, split.members)
    if split.axis is Axis.REGION or (split.axis is Axis.UNIT and states_it):
        return _of_measure(split)
    return _of_energy(split, "" if of == STANDARD_COAL else _NOT_THE_TARGET)


_NOT_THE_TARGET = "拆分的是所辖重点用能单位上报的综合能源消费量,不是本目标的计量值:统计口径与折标基准不同,二者不能相减"


def _of_measure(split: Split) -> Attribution:
    """The target's own measure: the whole as judging has it, or the sum of the known members where it is their sum."""
    case, measure = split.case, split.case.measure
    amounts = members_amounts(case, measure.of, split.members, split.spans)
    unit = case.sums.book.unit_of(measure.of) or measure.unit
    if case.sources(measure.of) != (case.subject,):
        if not amounts.known:
            raise CannotRate(amounts.missing[0][1] if amounts.missing else "没有任何成员上报")
        whole, per = amounts.whole, None if measure.per is None else whole_of(case, split.spans)[1]
    else:
        whole, bottom = whole_of(case, split.spans)
        per = None if measure.per is None else bottom
    is_plain = case.target.scope == GROSS and measure.less is None
    note = "" if is_plain else "整体按目标口径(已扣减),成员为其上报数,扣减部分在「其余」中"
    blank = replace(split.blank(measure.of, measure.unit if per else unit), missing=tuple(amounts.missing), note=note)
    return _rounded(blank, _parts(case, amounts, whole, per, unit), whole, per, Fraction(measure.times if per else 1))


def _of_ledger(split: Split) -> Attribution:
    """Bookings of this year's months against those of last year's, project by project."""
    case = split.case
    amounts = ledger_amounts(case, split.members, split.spans)
    blank = replace(split.blank(case.measure.of, case.unit), missing=tuple(amounts.missing))
    return _rounded(blank, _parts(case, amounts, amounts.whole, None, case.unit), amounts.whole, None, Fraction(1))


def _is_ledger(target: Target) -> bool:
    return target.kind is TargetKind.CUMULATIVE_REDUCTION


def _of_energy(split: Split, note: str) -> Attribution:
    """The standard coal of those who report energy kinds, by unit or by kind."""
    case = split.case
    find = fuel_amounts if split.axis is Axis.FUEL else _units
    amounts = find(case, split.members, split.spans)
    if not amounts.known:
        raise CannotRate(amounts.missing[0][1] if amounts.missing else "没有任何成员上报能源品种")
    basis = f"按{'等价值' if basis_of(case) == 'primary' else '当量值'}折标"
    blank = replace(
        split.blank(STANDARD_COAL, "tce"),
        missing=tuple(amounts.missing),
        note=";".join(one for one in (note, basis) if one),
    )
    return _rounded(blank, _parts(case, amounts, amounts.whole, None, "tce"), amounts.whole, None, Fraction(1))


def _units(case: Case, members: Sequence[str], spans: tuple[Period, Period]) -> Amounts:
    return members_amounts(case, STANDARD_COAL, members, spans)


def _parts(case: Case, amounts: Amounts, whole: Pair, per: Pair | None, unit: str) -> list[Part]:
    """Members, the rest that no known member explains, and the denominator."""
    pairs = dict(amounts.known)
    known = amounts.whole
    rest = (whole[0] - known[0], whole[1] - known[1])
    weight = (1 / per[0] + 1 / per[1]) / 2 if per else Fraction(1)
    parts = [Part(PartKind.MEMBER, of, *pair, unit, (pair[1] - pair[0]) * weight) for of, pair in pairs.items()]
    if any(rest):
        parts.append(Part(PartKind.REST, "", *rest, unit, (rest[1] - rest[0]) * weight))
    if per is not None:
        name = case.measure.per or ""
        activity = (whole[0] + whole[1]) / 2 * (1 / per[1] - 1 / per[0])
        parts.append(Part(PartKind.ACTIVITY, name, *per, case.sums.book.unit_of(name) or "", activity))
    return parts


def _rounded(blank: Attribution, parts: Sequence[Part], whole: Pair, per: Pair | None, times: Fraction) -> Attribution:
    """The attribution with its numbers, in the unit of the measure, and rounded so that the printed parts add up."""
    before, after = (whole[0] / per[0], whole[1] / per[1]) if per else whole
    before, after = before * times, after * times
    scaled = [replace(part, change=part.change * times) for part in parts]
    # Ties go to the larger part, so the order is settled before rounding.
    scaled.sort(key=lambda part: (part.kind is not PartKind.MEMBER, -abs(part.change), part.of))
    places = places_for(max(abs(before), abs(after)))
    shown = apportioned([part.change for part in scaled], places)
    points = apportioned([part.change / before * 100 for part in scaled], POINT_PLACES) if before else None
    return replace(
        blank,
        before=before,
        after=after,
        shown=half_up(after - before, places),
        points=half_up((after - before) / before * 100, POINT_PLACES) if before else None,
        parts=tuple(
            replace(part, shown=shown[i], points=points[i] if points else None) for i, part in enumerate(scaled)
        ),
        method=SHAPLEY if per else PLAIN,
    )
