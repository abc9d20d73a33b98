"""Every numeral and every word of commitment of a plan's text that nothing recorded covers. Pure.

A numeral is covered where it is the value, the base, target or milestone year, a milestone or the season of a target
whose quote holds it; where a quote of a mechanism, scope or review holds it, or one left out with a reason; or where
it numbers a paragraph. A word is covered by a target without a number of its own in the text (not computable, or with
its value assumed), and by mechanisms, scopes, reviews and what is left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.citation import Reference
from planwatch.contract.document import Document
from planwatch.contract.plan import Law, Plan, Target, TargetKind
from planwatch.plans.quantities import Quantities, Quantity

_HEADING = re.compile(r"^\s*\d{1,2}[．、.](?!\d)", re.MULTILINE)
_AROUND = 14


class CommitmentWord(Document):
    """A word that names a result without a number; inside one of the ``unless`` phrases it does not."""

    word: str
    unless: tuple[str, ...] = ()


class SearchWords(Document):
    """``commitment-words.yaml``: what is looked for, and the heading from which on."""

    begins: str
    words: tuple[CommitmentWord, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A numeral or word of a stored text that nothing covers: where (line and column from 1) and what is around it."""

    plan: str
    text: str
    line: int
    column: int
    found: str
    context: str

    def __str__(self) -> str:
        return f"{self.text}:{self.line}:{self.column}: {self.found} is covered by nothing: {self.context}"


def gaps(law: Law, texts: Mapping[str, bytes], search: SearchWords) -> list[Gap]:
    """All gaps of all plans; texts that are not there are left to the check of quotes."""
    quantities = Quantities(law.catalogue.units)
    return [
        gap
        for plan in law.plans
        for name in sorted({reference.text for reference in references(plan)} & texts.keys())
        for gap in _Text(plan, name, texts[name].decode(), search).gaps(quantities)
    ]


def references(plan: Plan) -> Iterator[Reference]:
    """Everything a plan quotes."""
    for target in plan.targets:
        yield target.reference
    for scope in plan.scopes:
        yield scope.reference
    for mechanism in plan.mechanisms:
        yield from mechanism.references
    for review in plan.reviews:
        yield review.reference
    for left in plan.left_out:
        yield left.reference


class _Text:
    """One stored text of a plan, and the stretches of it that are quoted."""

    def __init__(self, plan: Plan, name: str, text: str, search: SearchWords) -> None:
        self.plan, self.name, self.text, self.search = plan, name, text, search
        self.begins = max(text.find(search.begins), 0)
        own = [target for target in plan.targets if target.parent is None]
        self.targets = [(_span(target.reference), target) for target in own if target.reference.text == name]
        others = (one for one in _beside_targets(plan) if one.text == name)
        self.quoted = [_span(reference) for reference in others]
        self.headings = [match.span() for match in _HEADING.finditer(text)]

    def gaps(self, quantities: Quantities) -> Iterator[Gap]:
        """What nothing covers, in the order of the text."""
        numbers = [one for one in quantities.read(self.text) if one.start >= self.begins and not self._set_aside(one)]
        stated = self._stated(numbers, quantities)
        open_numbers = [(one.start, one.number_end) for one in numbers if one.start not in stated]
        places = [span for word in self.search.words for span in self._places(word) if span[0] >= self.begins]
        for start, end in sorted(open_numbers + [span for span in places if not self._word_covered(span)]):
            yield self._gap(start, end)

    def _set_aside(self, number: Quantity) -> bool:
        """Whether it is quoted beside the targets, numbers a paragraph, or is a year of a target that quotes it."""
        span = (number.start, number.number_end)
        if any(_holds(quote, span) for quote in (*self.quoted, *self.headings)):
            return True
        return any(_holds(quote, span) and number.value in _years(target) for quote, target in self.targets)

    def _stated(self, numbers: Sequence[Quantity], quantities: Quantities) -> set[int]:
        """The places of the numbers that targets state, as many as possible: a value stands for one place only.

        Of «下降6%，人均综合能耗下降6%» one target covers one; the other needs a target of its own.
        """
        taken: dict[tuple[int, int], Quantity] = {}

        def find_place(number: Quantity, tried: set[tuple[int, int]]) -> bool:
            for slot in self._slots(number, quantities):
                if slot in tried:
                    continue
                tried.add(slot)
                if slot not in taken or find_place(taken[slot], tried):
                    taken[slot] = number
                    return True
            return False

        return {number.start for number in numbers if find_place(number, set())}

    def _slots(self, number: Quantity, quantities: Quantities) -> list[tuple[int, int]]:
        """The values (target, which of its values) that this number may be."""
        span = (number.start, number.number_end)
        return [
            (i, at)
            for i, (quote, target) in enumerate(self.targets)
            if _holds(quote, span)
            for at, value in enumerate(_values(target))
            if _is(number, value, target, quantities)
        ]

    def _word_covered(self, span: tuple[int, int]) -> bool:
        by_targets = [quote for quote, target in self.targets if _has_no_number(target)]
        return any(_holds(quote, span) for quote in (*self.quoted, *by_targets))

    def _places(self, word: CommitmentWord) -> list[tuple[int, int]]:
        phrases = [match.span() for phrase in word.unless for match in re.finditer(re.escape(phrase), self.text)]
        found = [match.span() for match in re.finditer(re.escape(word.word), self.text)]
        return [span for span in found if not any(_holds(phrase, span) for phrase in phrases)]

    def _gap(self, start: int, end: int) -> Gap:
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", end)
        before = self.text[max(line_start, start - _AROUND) : start]
        after = self.text[end : min(end + _AROUND, line_end if line_end >= 0 else len(self.text))]
        found = self.text[start:end]
        line = self.text.count("\n", 0, start) + 1
        return Gap(self.plan.id, self.name, line, start - line_start + 1, found, f"…{before}【{found}】{after}…")


def _beside_targets(plan: Plan) -> Iterator[Reference]:
    of_targets = {id(target.reference) for target in plan.targets}
    return (one for one in references(plan) if id(one) not in of_targets)


def _span(reference: Reference) -> tuple[int, int]:
    return reference.offset, reference.offset + len(reference.quote)


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _values(target: Target) -> list[Decimal]:
    return [one for one in (target.value, *(step.value for step in target.milestones)) if one is not None]


def _is(number: Quantity, value: Decimal, target: Target, quantities: Quantities) -> bool:
    """Whether a number of the text is a target's value, converted by its unit or, where there is none, as written."""
    if number.amount == quantities.amount(value, target.unit):
        return True
    return number.value == value and (number.unit is None or target.unit is None)


def _years(target: Target) -> set[Decimal]:
    """The years of a target, and the months of its season."""
    written = (target.base_year, target.target_year, *(step.year for step in target.milestones))
    return {Decimal(one) for one in (*written, *(target.season or ())) if one is not None}


def _has_no_number(target: Target) -> bool:
    return target.kind is TargetKind.NOT_COMPUTABLE or target.value is None or "value" in target.assumed
