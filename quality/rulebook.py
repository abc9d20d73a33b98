"""Which thresholds hold where: of the rows that fit, each number comes from the most specific and newest one."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planwatch.contract.catalogue import Behaviour, Catalogue
from planwatch.contract.period import Period
from planwatch.contract.quality import Outcome, QualityRules, Relation, RelationKind, Rule, ThresholdRow
from planwatch.quality.numbers import HUNDRED, ZERO
from planwatch.quality.series import Around, last_month


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject is: region codes nearest first, and its GB/T 4754 code without the letter of the section."""

    regions: tuple[str, ...] = ()
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What decides a rule at one place: the numbers, the outcome, and the rows they come from."""

    numbers: Mapping[str, Decimal]
    outcome: Outcome
    rows: str

    def __getitem__(self, name: str) -> Decimal:
        return self.numbers[name]


def allowed(near: Around, limits: Limits) -> Decimal:
    """How far a figure may be from the median of those around it: so many MAD, and more for a restless subject.

    Up to a MAD of ``steady`` per cent of the median it is ``mads`` times the MAD; what the MAD is above that counts
    ``restless_mads`` times more, because restless series have long tails.
    """
    spread = max(near.spread, near.middle * limits["narrow"] / HUNDRED)
    restless = max(ZERO, spread - near.middle * limits["steady"] / HUNDRED)
    return limits["mads"] * spread + limits["restless_mads"] * restless


Shelf = dict[tuple[Rule, str], Limits | None]
"""Thresholds by rule and indicator; None where the rule is off."""


def begins(day: date | None) -> int | None:
    """The first month whose last day is not before a day."""
    return day.year * 12 + day.month if day else None


def ended(day: date | None) -> int | None:
    """The first month whose last day is after a day."""
    return day.year * 12 + day.month + (day.day == monthrange(day.year, day.month)[1]) if day else None


class Rulebook:
    """Quality rules and the catalogue, with what was looked up already: made once, used for every subject."""

    def __init__(self, rules: QualityRules, catalogue: Catalogue) -> None:
        self.rules = rules
        self._catalogue, self._units = catalogue.by_id, catalogue
        self._symbols: dict[str, dict[Decimal, str]] = {}
        self._known: dict[tuple[Place, int], Shelf] = {}
        self.cuts = frozenset(
            month for row in rules.thresholds for month in (begins(row.valid_from), ended(row.valid_to)) if month
        )
        self._order = sorted(self.cuts)
        self._rows = {rule: [row for row in rules.thresholds if row.rule is rule] for rule in Rule}
        self._relations = {kind: tuple(one for one in rules.relations if one.kind == kind) for kind in _KINDS}

    def limits(self, rule: Rule, indicator: str, place: Place, period: Period) -> Limits | None:
        """What holds on the last day of a period; None where the rule is off or nobody gave it an outcome."""
        shelf, key = self.shelf(place, last_month(period)), (rule, indicator)
        if key not in shelf:
            shelf[key] = self._decide(rule, indicator, place, period.end_day)
        return shelf[key]

    def shelf(self, place: Place, month: int) -> "Shelf":
        """What was looked up already for a place and periods that end with a month (or others no row tells apart)."""
        return self._known.setdefault((place, bisect_right(self._order, month)), {})

    def relations(self, kind: RelationKind) -> tuple[Relation, ...]:
        """The relations of a kind."""
        return self._relations[kind]

    def name(self, indicator: str) -> str:
        """What an indicator is called, for people."""
        return self._catalogue[indicator].zh if indicator in self._catalogue else indicator

    def unit(self, indicator: str) -> str:
        """The canonical unit of an indicator."""
        return self._catalogue[indicator].unit if indicator in self._catalogue else ""

    def symbol(self, indicator: str, factor: Decimal) -> str:
        """The unit of measure that is so many canonical ones; empty if there is none."""
        if indicator not in self._symbols:
            of_one = self._units.factors(indicator) if indicator in self._catalogue else {}
            self._symbols[indicator] = {value: name for name, value in reversed(of_one.items())}
        return self._symbols[indicator].get(factor, "")

    def flows(self, indicator: str) -> bool:
        """Whether its figures add up over months."""
        return indicator in self._catalogue and self._catalogue[indicator].behaviour is Behaviour.FLOW

    def may_be_negative(self, indicator: str) -> bool:
        """Whether a negative figure can be true."""
        return indicator in self._catalogue and self._catalogue[indicator].may_be_negative

    def _decide(self, rule: Rule, indicator: str, place: Place, day: date) -> Limits | None:
        fitting = [row for row in self._rows[rule] if _fits(row, indicator, place, day)]
        fitting.sort(key=lambda row: _closeness(row, place), reverse=True)
        numbers: dict[str, Decimal] = {}
        outcome: Outcome | None = None
        off: bool | None = None
        used: list[str] = []
        for row in fitting:
            fresh = {name: value for name, value in row.numbers.items() if name not in numbers}
            if fresh or (outcome is None and row.outcome) or (off is None and row.off is not None):
                used.append(row.id)
            numbers |= fresh
            outcome = outcome or row.outcome
            off = row.off if off is None else off
        if off or outcome is None:
            return None
        return Limits(numbers, outcome, f"{self.rules.edition}: {', '.join(used)}")


_KINDS: tuple[RelationKind, ...] = ("balance", "split", "within", "outgoings", "ratio", "counterpart")


def _fits(row: ThresholdRow, indicator: str, place: Place, day: date) -> bool:
    return (
        row.valid_from <= day
        and (row.valid_to is None or day <= row.valid_to)
        and (row.region is None or row.region in place.regions)
        and (row.industry is None or place.industry.startswith(row.industry))
        and (row.indicator is None or _names(row.indicator, indicator))
    )


def _names(pattern: str, indicator: str) -> bool:
    return indicator.startswith(pattern[:-1]) if pattern.endswith(".*") else indicator == pattern


def _closeness(row: ThresholdRow, place: Place) -> tuple[int, int, int, date, str]:
    """How specific a row is; the id comes last so that the order of files never decides."""
    near = 0 if row.region is None else len(place.regions) - place.regions.index(row.region)
    pattern = row.indicator or ""
    exact = 1000 if pattern and not pattern.endswith(".*") else 0
    return (near, len(row.industry or ""), exact + len(pattern), row.valid_from, row.id)
