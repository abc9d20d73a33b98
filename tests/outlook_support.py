"""A region whose energy falls a little every year and whose GDP stands still, and the outlooks of it."""

from decimal import Decimal as D

from rules_support import REGION, collect, make_figures, make_law, make_target, period

from planwatch.contract.outlook import Horizon
from planwatch.contract.plan import Measure, Milestone, Yardstick
from planwatch.rules.case import Surroundings
from planwatch.rules.outlook import outlooks

ENERGY = Measure(of="energy.total", unit="tce")
# What is left of last year's energy after the first half of a year, and after the whole of it. The half year says the
# year exactly in 2021, and is then 1 %, −2 % and 1 % off.
HALVES = {2021: "0.96", 2022: "0.95", 2023: "1.00", 2024: "0.96", 2025: "0.97"}
YEARS = {2021: "0.96", 2022: "0.9595", 2023: "0.98", 2024: "0.9696"}
_PARTS = (("-H1", "500"), ("", "1000"))


def make_energy(halves=HALVES, years=YEARS, first=2020):
    """Half years and years of energy: 500 and 1,000 tce in the first year, then what is left each year."""
    half, year, amounts = D(500), D(1000), {f"{first}-H1": "500", str(first): "1000"}
    for number, left in halves.items():
        half *= D(left)
        amounts[f"{number}-H1"] = str(half)
        if number in years:
            year *= D(years[number])
            amounts[str(number)] = str(year)
    return make_figures("energy.total", amounts)


def make_still(first=2020, last=2025):
    """Half years and years of a GDP that does not change."""
    return make_figures("gdp", {f"{y}{part}": amount for y in range(first, last + 1) for part, amount in _PARTS})


FIGURES = collect(make_energy(), make_still())


def asking(percent, **over):
    """A target of so many percent each year."""
    return make_target(milestones=tuple(Milestone(year=y, value=D(percent)) for y in range(2021, 2026)), **over)


def outlooks_of(target, figures, as_of="2025-H1", subject=REGION, members=()):
    """All outlooks of a target, with what is known at the end of a period; of the newest month if None."""
    around = Surroundings(members)
    return outlooks(target, subject, figures, make_law(target), around=around, as_of=period(as_of) if as_of else None)


def outlook_of(target, figures, as_of="2025-H1", yardstick=Yardstick.ANNUAL, horizon=Horizon.YEAR_END, **over):
    """The outlook on one yardstick and one horizon."""
    found = outlooks_of(target, figures, as_of, **over)
    return next(one for one in found if (one.yardstick, one.horizon) == (yardstick, horizon))
