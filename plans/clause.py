"""What the words around a number say: how it compares (以上, 超过, 左右), and whether it is only aspired to. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.target_words import Comparator
from planwatch.plans.quantities import Quantity

CLAUSE_ENDS = re.compile("[,，。;；\n]")
ASPIRED = "力争"
RESPECTIVELY = "分别"
_TELLING = 2  # characters in common that tell names apart
_NAMES = (re.compile("、"), re.compile("、|和|及"))
_LISTED = re.compile("[、和或及与至到~—–-]|以及")
# The longest first, so that 不低于 is not read as 低于; what stands right before the number counts, and nothing else.
_BEFORE = (
    (re.compile(r"(不低于|不少于|不小于|至少)$"), Comparator.AT_LEAST),
    (re.compile(r"(不超过|不高于|不大于|不多于)$"), Comparator.AT_MOST),
    (re.compile(r"(超过|高于|大于|多于)$"), Comparator.MORE_THAN),
    (re.compile(r"(低于|小于|少于|不足)$"), Comparator.LESS_THAN),
)
_BRACKET = r"(?:[（(〔][^）)〕]*[）)〕])?"
_AFTER = (
    (re.compile(rf"^{_BRACKET}(?:及|或)?以上"), Comparator.AT_LEAST),
    (re.compile(rf"^{_BRACKET}(?:及|或)?以下|^以内"), Comparator.AT_MOST),
    (re.compile(rf"^{_BRACKET}(?:左右|上下)"), Comparator.ABOUT),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about one number: the word of comparison with its meaning, 力争, and the year compared with."""

    word: str
    comparator: Comparator | None
    aspired: bool
    base_year: int | None


def said_about(quote: str, numbers: Sequence[Quantity], i: int) -> Said:
    """What the clause says about its i-th number; in a list («55%、45%以上») the word at another number counts too."""
    clause = CLAUSE_ENDS.split(quote[: numbers[i].start])[-1]
    word, comparator = _compared(quote, numbers[i])
    if comparator is None:
        word, comparator = _compared_in_list(quote, numbers, i)
    year = re.search(r"比(\d{4})年", clause)
    return Said(word, comparator, ASPIRED in clause, int(year[1]) if year else None)


def _compared(quote: str, number: Quantity) -> tuple[str, Comparator | None]:
    before, after = quote[: number.start], quote[number.end :]
    for pattern, comparator in _AFTER:
        if match := pattern.search(after):
            return match[0], comparator
    for pattern, comparator in _BEFORE:
        if match := pattern.search(before):
            return match[0], comparator
    return "", None


def _compared_in_list(quote: str, numbers: Sequence[Quantity], i: int) -> tuple[str, Comparator | None]:
    for step in (1, -1):
        at = i
        while 0 <= at + step < len(numbers) and _LISTED.fullmatch(_between(quote, numbers[at], numbers[at + step])):
            at += step
            word, comparator = _compared(quote, numbers[at])
            if comparator is not None:
                return word, comparator
    return "", None


def _between(quote: str, one: Quantity, other: Quantity) -> str:
    first, second = sorted((one, other), key=lambda number: number.start)
    return quote[first.end : second.start]


def respective(quote: str, numbers: Sequence[Quantity], name: str) -> tuple[list[Quantity], Quantity | None]:
    """Of «甲、乙分别达到1吨、2吨» the numbers of the list and the one of the name; None if it cannot be told.

    Where a quote has several such lists, the one that names ``name`` counts.
    """
    for match in re.finditer(RESPECTIVELY, quote):
        before = CLAUSE_ENDS.split(quote[: match.start()])[-1]
        until = match.end() + len(CLAUSE_ENDS.split(quote[match.end() :])[0])
        listed = [one for one in numbers if match.end() <= one.start < until]
        for pattern in _NAMES:
            names = pattern.split(before)
            if len(names) == len(listed):
                at = _meant(names, name)
                if at is not None:
                    return listed, listed[at]
    return [], None


def _meant(names: Sequence[str], name: str) -> int | None:
    """Which of the names of a list a target's name means; None if that cannot be told.

    Names may begin with whom they are about («全市溶剂型工业涂料»), so their ends are compared; the last one runs on
    into the noun of the whole list, so its beginning is.
    """
    ends = [max((len(one) - i for i in range(len(one)) if one[i:] in name), default=0) for one in names[:-1]]
    last = max((i for i in range(1, len(names[-1]) + 1) if names[-1][:i] in name), default=0)
    lengths = [*ends, last]
    longest = max(lengths)
    return lengths.index(longest) if longest >= _TELLING and lengths.count(longest) == 1 else None


def amounts(numbers: Sequence[Quantity]) -> list[tuple[Decimal, str]]:
    """The numbers as amounts in base units."""
    return [one.amount for one in numbers]
