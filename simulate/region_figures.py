"""Regional energy and GDP by year to date, worked out in whole numbers from the stories."""

from dataclasses import dataclass
from random import Random

from planwatch.simulate.stories import MONTHS_REPORTED, RegionStory, steady

BASE_YEAR = 2020
# Shares of the year up to each month, per mille: energy weighs towards the winter, GDP towards the end of the year.
_GDP_TO_DATE = dict(zip(MONTHS_REPORTED, (146, 235, 313, 396, 490, 569, 649, 741, 822, 905, 1000), strict=True))
_ENERGY_TO_DATE = dict(zip(MONTHS_REPORTED, (178, 262, 341, 418, 497, 581, 664, 741, 819, 905, 1000), strict=True))
_JITTER = 3  # basis points; the stories keep at least ten away from the edges of their bands
_INDUSTRY_ENERGY, _INDUSTRY_GDP = 640, 330  # per mille of the region's energy and GDP in the base year
_INDUSTRY_AHEAD = 60  # basis points by which industry saves more than its region: industry is no part of any story


@dataclass(frozen=True, slots=True)
class ToDate:
    """Whole-number figures from January to one month: ``energy`` in tce, ``gdp`` in 万元."""

    energy: int
    gdp: int

    def less(self, earlier: "ToDate | None") -> "ToDate":
        """What came on top of an earlier month."""
        return ToDate(self.energy - earlier.energy, self.gdp - earlier.gdp) if earlier else self


def divided(numerator: int, denominator: int) -> int:
    """Quotient of positive whole numbers, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _first_year(story: RegionStory, random: Random) -> dict[int, ToDate]:
    return {
        month: ToDate(
            divided(story.energy * (10_000 * _ENERGY_TO_DATE[month] + random.randint(-900, 900)), 10_000_000),
            divided(story.gdp * (10_000 * _GDP_TO_DATE[month] + random.randint(-900, 900)), 10_000_000),
        )
        for month in MONTHS_REPORTED
    }


def _next_year(before: dict[int, ToDate], growth: int, reduction: tuple[int, ...], random: Random) -> dict[int, ToDate]:
    """The year after: GDP grows, and energy follows from the reduction of intensity that the story tells.

    Energy = GDP × (energy ÷ GDP of the same months last year) × (1 − reduction).
    """
    year = {}
    for month, rate in zip(MONTHS_REPORTED, reduction, strict=True):
        last = before[month]
        gdp = divided(last.gdp * (10_000 + growth + random.randint(-_JITTER, _JITTER)), 10_000)
        saved = 100 * rate + random.randint(-100 * _JITTER, 100 * _JITTER)  # millionths
        energy = divided(gdp * last.energy * (1_000_000 - saved), last.gdp * 1_000_000)
        year[month] = ToDate(energy, gdp)
    return year


def to_date(story: RegionStory, seed: int, last_year: int) -> dict[tuple[int, int], ToDate]:
    """(year, month) to the figures from January to that month, from the base year to ``last_year``."""
    random = Random(f"{seed}/region/{story.code}")
    year = _first_year(story, random)
    figures = {(BASE_YEAR, month): figure for month, figure in year.items()}
    for number in range(BASE_YEAR + 1, last_year + 1):
        reduction = story.reduction.get(number, steady(story.usual))
        year = _next_year(year, story.growth, reduction, random)
        figures |= {(number, month): figure for month, figure in year.items()}
    return figures


def industry_of(story: RegionStory) -> RegionStory:
    """The industry of a region as a story of its own, always ahead of what is asked."""
    return RegionStory(
        code=f"{story.code}/industry",
        told="Industry saves more than its region.",
        cumulative=story.cumulative,
        gdp=divided(story.gdp * _INDUSTRY_GDP, 1000),
        energy=divided(story.energy * _INDUSTRY_ENERGY, 1000),
        growth=story.growth + 40,
        usual=story.usual + _INDUSTRY_AHEAD,
    )
