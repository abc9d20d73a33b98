"""Judging the made-up figures by hand: plain fractions, nothing of planwatch.rules."""

from collections import defaultdict
from fractions import Fraction

from planwatch.simulate import scenario

GREEN, YELLOW, ORANGE, RED = 0, 1, 2, 3
KINDS = {True: "escalated", False: "eased"}


def figures(seed, *, corrected=True, until=scenario.LAST):
    """{subject: {indicator: {(year, last month): year-to-date figure}}} from reports of months or of years to date."""
    stated = defaultdict(dict)
    for report in scenario.reports(seed, 0, scenario.FIRST, until):
        if report.revision and not corrected:
            continue
        for reading in report.readings:
            stated[str(report.subject), reading.indicator][report.span] = Fraction(reading.value)
    found = defaultdict(lambda: defaultdict(dict))
    for (subject, indicator), periods in stated.items():
        found[subject][indicator] = year_to_date(periods)
    return found


def year_to_date(periods):
    """Year-to-date figures by (year, month); after a gap there are none until the year is over."""
    whole = {}
    for period in sorted(periods, key=lambda one: (one.year, one.last)):
        if period.first == 1:
            whole[period.year, period.last] = periods[period]
        elif (period.year, period.first - 1) in whole:
            whole[period.year, period.last] = whole[period.year, period.first - 1] + periods[period]
    return whole


def reduction(energy, gdp, year, month):
    """Per cent by which energy per GDP is below that of the same months a year before."""
    now = energy[year, month] / gdp[year, month]
    before = energy[year - 1, month] / gdp[year - 1, month]
    return (1 - now / before) * 100


def progress(energy, gdp, year, month):
    """Per cent reached since 2020: this year to date on last year's, chained with last year on 2020."""
    left = 1 - reduction(energy, gdp, year, month) / 100
    if year > 2021:
        left *= (energy[year - 1, 12] / gdp[year - 1, 12]) / (energy[2020, 12] / gdp[2020, 12])
    return (1 - left) * 100


def barometer(actual, due):
    """National barometer: met is green, short of it by at most a tenth yellow, by more red."""
    return GREEN if actual >= due else YELLOW if (due - actual) <= due / 10 else RED


def completion(rate):
    """The completion bands of a ledger."""
    return GREEN if rate >= 1 else YELLOW if rate >= Fraction(9, 10) else ORANGE if rate > Fraction(1, 2) else RED


def nearness(share):
    """The bands of a threshold of two-high projects."""
    return GREEN if share < Fraction(4, 5) else YELLOW if share < 1 else ORANGE


def changes(levels):
    """(kind, (year, month)) wherever a warning changes, from levels by (year, month)."""
    found, standing = [], GREEN
    for point in sorted(levels):
        level = levels[point]
        if level != standing:
            found.append(("raised" if not standing else "cleared" if not level else KINDS[level > standing], point))
        standing = level
    return found
