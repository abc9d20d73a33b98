"""Clean figures beside units' own: stocks, uses, factors, the grid company's, the instruments'; and ordinary life."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import MeterMonth

OPENING, CLOSING = "stock.raw_coal.opening", "stock.raw_coal.closing"
RATE, NOX, COUNTERPART = "rate.voc_capture", "emission.nox", "electricity.purchased"
HUNDREDTH = Decimal("0.01")
FACTOR = "factor."
_FACTORS = {
    "raw_coal": ("0.58", "0.85", "kg"),
    "coke": ("0.95", "0.99", "kg"),
    "natural_gas": ("1.16", "1.29", "m3"),
    "blast_furnace_gas": ("0.11", "0.14", "m3"),
    "diesel": ("1.4571", "1.4571", "kg"),
    "electricity": ("0.1229", "0.1229", "kWh"),
    "heat": ("0.0341", "0.0341", "MJ"),
}
"""Between what plants' own conversion factors lie, in kgce per unit: fuels as they come, the rest by the table."""


def beside(seed: int, figures: tuple[Figure, ...]) -> tuple[tuple[Figure, ...], tuple[MeterMonth, ...]]:
    """A unit's figures with everything they can be compared with, consistent; and the months of its instruments."""
    random = Random(f"{seed}/beside/{figures[0].subject}")
    by_name: dict[str, list[Figure]] = {}
    for one in sorted(figures, key=lambda one: one.period):
        by_name.setdefault(one.indicator, []).append(one)
    added: list[Figure] = []
    added += _coal(random, by_name.get("energy.raw_coal", []))
    added += _grid(random, by_name.get("energy.electricity", []))
    added += _power(random, by_name)
    added += _factors(Random(f"{seed}/factors/{figures[0].subject}"), by_name)
    added += [_like(one, RATE, Decimal(random.randint(8000, 9000)) / 100, "%") for one in next(iter(by_name.values()))]
    nox = [
        _like(one, NOX, one.amount / 100_000 * random.randint(95, 105) / 100, "t")
        for one in by_name.get("energy.raw_coal", [])
    ]
    return (*figures, *added, *nox), tuple(_month(random, one) for one in nox)


def _like(one: Figure, indicator: str, amount: Decimal, unit: str) -> Figure:
    return replace(one, indicator=indicator, amount=amount.quantize(HUNDREDTH), unit=unit)


def _coal(random: Random, coal: list[Figure]) -> Iterator[Figure]:
    stock = coal[0].amount / 2 if coal else Decimal(0)
    for one in coal:
        bought = one.amount * random.randint(90, 110) / 100
        if stock + bought - one.amount < one.amount / 10:
            bought = one.amount  # nobody burns what is not there
        opening, bought = stock.quantize(HUNDREDTH), bought.quantize(HUNDREDTH)
        stock = opening + bought - one.amount
        yield _like(one, OPENING, opening, "kg")
        yield _like(one, "stock.raw_coal.purchased", bought, "kg")
        yield _like(one, CLOSING, stock, "kg")
        production = (one.amount * random.randint(93, 98) / 100).quantize(HUNDREDTH)
        yield _like(one, "use.raw_coal.production", production, "kg")
        yield _like(one, "use.raw_coal.non_production", one.amount - production, "kg")


def _grid(random: Random, electricity: list[Figure]) -> Iterator[Figure]:
    """The grid company's meter reads up to two per cent more or less."""
    for one in electricity:
        yield _like(one, "electricity.grid_supply", one.amount * random.randint(980, 1020) / 1000, "kWh")


def _power(random: Random, by_name: dict[str, list[Figure]]) -> Iterator[Figure]:
    """What a power plant sells is what it generates and buys less its own use and a loss of one to three per cent."""
    for made, own in zip(by_name.get("output.electricity", []), by_name.get("electricity.own_use", []), strict=True):
        bought = made.amount * random.randint(20, 40) / 1000
        yield _like(made, COUNTERPART, bought, "kWh")
        sold = (made.amount + bought - own.amount) * random.randint(97, 99) / 100
        yield _like(made, "electricity.sold", sold, "kWh")


def _factors(random: Random, by_name: dict[str, list[Figure]]) -> Iterator[Figure]:
    """The factor a unit states it used for each kind (采用折标系数): its own mean, each month within one per cent."""
    for kind, (low, high, unit) in _FACTORS.items():
        least, span = Decimal(low), Decimal(high) - Decimal(low)
        own = least + span * random.randint(10, 90) / 100
        for one in by_name.get(f"energy.{kind}", []):
            stated = own if not span else own * random.randint(990, 1010) / 1000
            yield replace(one, indicator=FACTOR + kind, amount=stated.quantize(Decimal("0.0001")), unit=f"kgce/{unit}")


def _month(random: Random, one: Figure) -> MeterMonth:
    days = (one.period.after - one.period.start).days
    return MeterMonth(
        one.subject,
        one.indicator,
        one.period,
        total=(one.amount * random.randint(985, 1015) / 1000).quantize(HUNDREDTH),
        expected=days,
        received=days - random.randint(0, 2),
        not_normal=random.randint(0, 4),
    )


def lively(seed: int, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Clean figures with what happens in any plant: a month of repairs each year, and once a third more capacity."""
    random = Random(f"{seed}/lively/{figures[0].subject}")
    years = sorted({one.period.year for one in figures})
    repairs = {Period.month(year, random.randint(3, 12)) for year in years}
    grown = Period.month(random.choice(years), random.randint(3, 12))
    return tuple(_lived(one, one.period in repairs, one.period >= grown) for one in figures)


def _lived(one: Figure, repair: bool, grown: bool) -> Figure:
    percent = (55 if repair else 100) * (130 if grown else 100)
    return replace(one, amount=(one.amount * percent / 10_000).quantize(HUNDREDTH))
