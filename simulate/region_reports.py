"""Reports and registry records of regions."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from planwatch.contract.period import Period
from planwatch.contract.registry import RegionRecord
from planwatch.contract.report import Reading, Report, Source, Subject, SubjectKind
from planwatch.simulate.clock import CORRECTION_DAY, REGION_DAY, handed_in, survey_period
from planwatch.simulate.region_figures import BASE_YEAR, ToDate, industry_of, to_date
from planwatch.simulate.regions import BELOW, PLAN_REGIONS, PROVINCE_OF, PROVINCES
from planwatch.simulate.stories import REGIONS, RegionStory

ENERGY, GDP = "energy.total", "gdp"
INDUSTRY_ENERGY, INDUSTRY_VALUE = "energy.industrial", "value_added.industrial"


def registry() -> Iterator[RegionRecord]:
    """The regions of the plans with the province above, then what lies directly below them."""
    named: list[tuple[str, str, str | None]] = [(code, name, None) for code, name in PROVINCES.items()]
    named += [(code, name, PROVINCE_OF.get(code)) for code, name in PLAN_REGIONS.items()]
    named += [(code, name, parent) for parent, below in BELOW.items() for code, name in below.items()]
    for code, name, parent in named:
        yield RegionRecord(id=code, name=name, parent=parent, valid_from=date(BASE_YEAR, 1, 1))


class RegionSeries:
    """The figures of one region, its industry included, up to a year."""

    def __init__(self, story: RegionStory, seed: int, last_year: int) -> None:
        self.story = story
        self._whole = to_date(story, seed, last_year)
        self._industry = to_date(industry_of(story), seed, last_year) if story.industry else {}

    def report(self, month: Period) -> Report | None:
        """The first statement after a month; None where nothing is due or nothing was sent."""
        period = self._period(month)
        if period is None or period in self.story.missing or month.year < BASE_YEAR:
            return None
        return self._report(period, 0, handed_in(month, REGION_DAY), self._readings(month, period))

    def correction(self, month: Period) -> Report | None:
        """The revision that puts a misstated month right: only the readings that were wrong."""
        period = self._period(month)
        wrong = {slip.indicator for slip in self.story.misstated if slip.period == period}
        if period is None or not wrong:
            return None
        readings = tuple(reading for reading in self._true_readings(month) if reading.indicator in wrong)
        return self._report(period, 1, handed_in(month, CORRECTION_DAY), readings)

    def _period(self, month: Period) -> Period | None:
        period = survey_period(month)
        return month.year_to_date() if period and self.story.cumulative else period

    def _report(self, period: Period, revision: int, at: datetime, readings: tuple[Reading, ...]) -> Report:
        text, cumulative = self._wire(period)
        return Report(
            report_id=f"sim-{self.story.code}-{text}" + (f"-r{revision}" if revision else ""),
            subject=Subject(kind=SubjectKind.REGION, id=self.story.code),
            period=text,
            cumulative=cumulative,
            revision=revision,
            submitted_at=at,
            source=Source.STATISTICS,
            readings=readings,
        )

    @staticmethod
    def _wire(period: Period) -> tuple[str, bool]:
        # Year to date is always said as the survey says it, «2025-03 cumulative», never as «2025-Q1».
        return f"{period.year}-{period.last:02}", period.months > 1

    def _readings(self, month: Period, period: Period) -> tuple[Reading, ...]:
        percents = {slip.indicator: slip.percent for slip in self.story.misstated if slip.period == period}
        return tuple(
            reading.model_copy(update={"value": reading.value * percents.get(reading.indicator, 100) / 100})
            for reading in self._true_readings(month)
        )

    def _true_readings(self, month: Period) -> tuple[Reading, ...]:
        whole = self._reported(self._whole, month)
        readings = [_reading(ENERGY, whole.energy, "tce"), _reading(GDP, whole.gdp, "万元")]
        if self._industry:
            industry = self._reported(self._industry, month)
            readings += [
                _reading(INDUSTRY_ENERGY, industry.energy, "tce"),
                _reading(INDUSTRY_VALUE, industry.gdp, "万元"),
            ]
        return tuple(readings)

    def _reported(self, figures: dict[tuple[int, int], ToDate], month: Period) -> ToDate:
        earlier = None if self.story.cumulative else figures.get((month.year, month.last - 1))
        return figures[month.year, month.last].less(earlier)


def _reading(indicator: str, value: int, unit: str) -> Reading:
    return Reading(indicator=indicator, value=Decimal(value), unit=unit)


def all_series(seed: int, last_year: int) -> list[RegionSeries]:
    """The figures of every region of the stories."""
    return [RegionSeries(story, seed, last_year) for story in REGIONS]
