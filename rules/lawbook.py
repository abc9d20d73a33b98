"""What judging looks up in a law again and again, worked out once per law."""

from decimal import Decimal

from planwatch.contract.catalogue import UnitOfMeasure
from planwatch.contract.plan import Law, Target
from planwatch.rules.numbers import exact

STANDARD_COAL = "energy.standard_coal"
TCE = "tce"
LAWS_REMEMBERED = 8


class Lawbook:
    """A law with its units by symbol, its energy kinds and the hashes of its targets."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.units: dict[str, UnitOfMeasure] = {
            symbol: unit for unit in law.catalogue.units for symbol in (unit.symbol, *unit.aliases)
        }
        self.energy = tuple(sorted(i.id for i in law.catalogue.indicators if i.energy_kind))
        self._hashes: dict[str, str] = {}

    def hash_of(self, target: Target) -> str:
        """The law's hash of a target; empty where its rule set is not in the law."""
        if target.rule_set and target.rule_set not in self.law.rule_sets:
            return ""
        known = self._hashes.get(target.id)
        if known is None or self.law.targets.get(target.id) is not target:
            known = self._hashes[target.id] = self.law.hash_of(target)
        return known

    def unit_of(self, indicator: str) -> str | None:
        """The canonical unit of an indicator; tce for standard coal; None for an unknown one."""
        known = self.law.catalogue.by_id.get(indicator)
        if known is not None:
            return known.unit
        return TCE if indicator == STANDARD_COAL else None

    def name_of(self, indicator: str) -> str:
        """What people call an indicator."""
        known = self.law.catalogue.by_id.get(indicator)
        if indicator == STANDARD_COAL:
            return "能耗"
        return known.zh if known else indicator

    @exact
    def factor(self, source: str, wanted: str) -> Decimal | None:
        """What an amount in one unit is multiplied with to be in another; None if the units are not of one kind."""
        if source == wanted:
            return Decimal(1)
        ours, theirs = self.units.get(source), self.units.get(wanted)
        if ours is None or theirs is None or ours.dimension != theirs.dimension:
            return None
        return ours.factor / theirs.factor


_remembered: dict[int, Lawbook] = {}


def lawbook_of(law: Law) -> Lawbook:
    """The lawbook of a law. A lawbook keeps its law alive, so an identity never comes to mean another law."""
    book = _remembered.get(id(law))
    if book is None:
        book = _remembered[id(law)] = Lawbook(law)
        for oldest in list(_remembered)[:-LAWS_REMEMBERED]:
            _remembered.pop(oldest, None)
    return book
