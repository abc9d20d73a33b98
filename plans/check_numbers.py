"""Whether number, unit, comparison, force and years of a target are those of its quote. Pure."""

from collections.abc import Iterator

from planwatch.contract.plan import Comparator, Law, Nature, Target, TargetKind, Variant
from planwatch.plans.clause import ASPIRED, Said, amounts, respective, said_about
from planwatch.plans.quantities import Quantities, Quantity

_SILENT = (Comparator.AT_LEAST, Comparator.AT_MOST, Comparator.EQUAL)
"""The comparators a number may have where its clause has no word for it (达到, 下降, 控制在)."""
_SAFE_SIDES = (Comparator.AT_LEAST, Comparator.AT_MOST, Comparator.ABOUT)
_LESS_IS_BETTER = {
    TargetKind.LEVEL_MAX,
    TargetKind.GROWTH_MAX,
    TargetKind.LIMIT,
    TargetKind.QUOTA,
    TargetKind.FLEXIBLE_TOTAL,
}
_EITHER_WAY = {TargetKind.LEVEL_ABOUT, TargetKind.REGISTER_CHECK, TargetKind.NOT_COMPUTABLE}
_LESS = (Comparator.AT_MOST, Comparator.LESS_THAN)
_MORE = (Comparator.AT_LEAST, Comparator.MORE_THAN)
_VARIANT = {Variant.BASIC: "基本目标", Variant.INCENTIVE: "激励目标"}
_SHARE_AND_POINTS = {"ratio", "points"}


class NumberCheck:
    """Checks targets against the numbers of their quotes, read by the law's units."""

    def __init__(self, law: Law) -> None:
        self._quantities = Quantities(law.catalogue.units)

    def faults(self, target: Target) -> Iterator[str]:
        """All that is not as the quote has it, but for what the plan says it assumes."""
        if target.value is None or "value" in target.assumed:
            yield from _aspired_words(target)
        else:
            yield from self._number_faults(target)
        yield from _direction_faults(target)
        yield from _year_faults(target)
        yield from self._season_faults(target)
        yield from _word_faults(target)
        yield from _key_faults(target)
        yield from self._milestone_faults(target)

    def _number_faults(self, target: Target) -> Iterator[str]:
        assert target.value is not None
        quote = target.reference.quote
        numbers = self._quantities.read(quote)
        places = [i for i in range(len(numbers)) if self._is_value(numbers[i], target)]
        if not places:
            yield self._not_there(target, numbers)
            return
        listed, own = respective(quote, numbers, target.zh)
        among = [i for i in places if numbers[i] in listed]
        if own is not None and own.amount not in amounts([numbers[i] for i in places]) and len(among) == len(places):
            yield f"{target.value} {target.unit} is not the number the list gives it; that is {own}"
            return
        # Of equal numbers in one quote the target means the one whose words fit it best.
        tries = [list(_said_faults(target, numbers[i], said_about(quote, numbers, i))) for i in places]
        yield from min(tries, key=len)

    def _is_value(self, number: Quantity, target: Target) -> bool:
        assert target.value is not None
        if target.unit is None or "unit" in target.assumed:
            return number.value == target.value
        return number.amount == self._quantities.amount(target.value, target.unit)

    def _not_there(self, target: Target, numbers: list[Quantity]) -> str:
        shown = ", ".join(str(one) for one in numbers if one.unit) or "no number with a known unit"
        ours = self._quantities.unit(target.unit)
        alike = [one for one in numbers if one.unit and one.value == target.value]
        for one in alike:
            if one.unit and ours and {one.unit.dimension, ours.dimension} == _SHARE_AND_POINTS:
                return (
                    f"the quote writes {one}, the plan {target.value} {target.unit}: "
                    f'个百分点 is unit pp, % is unit "%"; correct the unit (and the kind)'
                )
        return (
            f"{target.value} {target.unit or ''} is not in the quote; it has {shown}. Correct value or unit, quote the "
            "sentence that has it, or give the reason under assumed: value"
        )

    def _season_faults(self, target: Target) -> Iterator[str]:
        written = {one.value for one in self._quantities.read(target.reference.quote)}
        if target.season and "season" not in target.assumed and not set(target.season) <= written:
            first, last = target.season
            yield f"the months {first} and {last} of its season are not in the quote; quote them or say why in assumed"

    def _milestone_faults(self, target: Target) -> Iterator[str]:
        """Published yearly values stand in the quote; those of a holder were approved, which is kept with them."""
        numbers = self._quantities.read(target.reference.quote)
        if target.parent is not None or "milestones" in target.assumed:
            return
        for step in target.milestones:
            stated = self._quantities.amount(step.value, target.unit)
            if step.approved_by is None and stated not in amounts(numbers):
                yield (
                    f"the milestone {step.value} of {step.year} is not in the quote; quote it, give approved_by, "
                    "or the reason under assumed: milestones"
                )


def _said_faults(target: Target, number: Quantity, said: Said) -> Iterator[str]:
    if "comparator" not in target.assumed:
        yield from _comparator_faults(target, number, said)
    yield from _nature_faults(target, said.aspired, str(number))
    # A year that is nowhere in the quote is said by the check of years; this is one taken from another clause.
    elsewhere = str(target.base_year) in target.reference.quote or "base_year" in target.assumed
    if said.base_year is not None and target.base_year not in (None, said.base_year) and elsewhere:
        yield f"the clause compares with {said.base_year}, the plan has base_year {target.base_year}"


def _comparator_faults(target: Target, number: Quantity, said: Said) -> Iterator[str]:
    ours = target.comparator
    if said.comparator is Comparator.ABOUT:
        if ours is not Comparator.ABOUT:
            yield (
                f'the clause writes {said.word} at {number}: comparator "~", or "<=" / ">=" for the safe side '
                "with the reason under assumed: comparator"
            )
    elif said.comparator is not None and ours is not said.comparator:
        yield (
            f'the clause writes {said.word} at {number}, which is "{said.comparator.value}"; the plan has '
            f'"{ours.value}": correct it, or give the reason under assumed: comparator'
        )
    elif said.comparator is None and ours not in _SILENT:
        yield (
            f'no word at {number} says "{ours.value}" (超过 is ">", 低于 "<", 左右 "~"): use ">=" or "<=", or give the '
            "reason under assumed: comparator"
        )


def _direction_faults(target: Target) -> Iterator[str]:
    """A comparator that points the other way than the kind: a limit is not to be reached from below."""
    kind, ours = target.kind, target.comparator
    wrong = _MORE if kind in _LESS_IS_BETTER else _LESS
    if kind not in _EITHER_WAY and ours in wrong:
        ours_is, theirs = ("<", ">") if ours in _LESS else (">", "<")
        meant = ours.value.replace(ours_is, theirs)
        yield f'comparator "{ours.value}" does not fit kind {kind.value}: write comparator: "{meant}", or another kind'


def _nature_faults(target: Target, aspired: bool, what: str) -> Iterator[str]:
    if "nature" in target.assumed:
        return
    if aspired and target.nature is not Nature.ASPIRATIONAL:
        yield f"{ASPIRED} stands before {what}: nature: aspirational, or give the reason under assumed: nature"
    if not aspired and target.nature is Nature.ASPIRATIONAL:
        yield f"{ASPIRED} does not stand before {what}: leave nature out, or give the reason under assumed: nature"


def _aspired_words(target: Target) -> Iterator[str]:
    """Of a target without a number in the text, whether 力争 is in its quote."""
    if target.kind is TargetKind.NOT_COMPUTABLE or target.value is not None:
        yield from _nature_faults(target, ASPIRED in target.reference.quote, "its words in the quote")


def _year_faults(target: Target) -> Iterator[str]:
    for key, year in (("base_year", target.base_year), ("target_year", target.target_year)):
        if year is not None and str(year) not in target.reference.quote and key not in target.assumed:
            yield f"{key} {year} is not in the quote; add {key} to `assumed` with the reason"


def _word_faults(target: Target) -> Iterator[str]:
    """Words that must stand in the quote: 约束性, 当量值, 基本目标; and choices that no quote can state."""
    quote, assumed = target.reference.quote, target.assumed
    if target.nature is Nature.BINDING and "约束性" not in quote and "nature" not in assumed:
        yield "nature is binding but 约束性 is not in the quote; give the reason under assumed: nature"
    if target.basis is not None and "当量值" not in quote and "等价值" not in quote and "basis" not in assumed:
        yield f"basis {target.basis.value} is not in the quote (当量值, 等价值); give the reason under assumed: basis"
    if target.variant is not None and _VARIANT[target.variant] not in quote and "variant" not in assumed:
        yield f"variant {target.variant.value} is not in the quote ({_VARIANT[target.variant]}); say why in assumed"
    for key in ("rule_set", "path"):
        if getattr(target, key) is not None and key not in assumed:
            yield f"{key} is planwatch's choice, no clause names it; give the reason under assumed: {key}"


def _key_faults(target: Target) -> Iterator[str]:
    """Reasons for fields that no target has, which would explain nothing."""
    unknown = [key for key in target.assumed if key not in Target.model_fields]
    if unknown:
        known = ", ".join(sorted(Target.model_fields.keys() - {"assumed", "id", "reference"}))
        yield f"assumed has {', '.join(unknown)}, which is no field of a target; fields: {known}"
