"""Made-up key energy-use units: any number of them, streamed, with reports written without building models.

A unit's figures follow from the seed, its number and the month alone, so nothing is kept in memory, and unit 7 reports
the same whether there are ten units or a hundred thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planwatch.contract.period import Period
from planwatch.contract.registry import UnitRecord
from planwatch.contract.report import REPORT_SCHEMA
from planwatch.simulate.clock import UNIT_DAY, handed_in, survey_period
from planwatch.simulate.regions import BELOW

_REGIONS = [code for below in BELOW.values() for code in below]
_MASK = (1 << 64) - 1
_SEASON = (0, 108, 108, 102, 97, 94, 95, 99, 100, 96, 97, 100, 104)  # per cent of a mean month, by month


@dataclass(frozen=True, slots=True)
class Measure:
    """One reading of a profile: ``monthly`` is its mean in hundredths of ``unit``, ``trend`` per mille a year."""

    indicator: str
    unit: str
    monthly: int
    trend: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of unit: what it does and what it reports each month."""

    name: str
    industry: str
    two_high: bool
    measures: tuple[Measure, ...]


PROFILES = (
    Profile("水泥厂", "3011", True, (
        Measure("energy.raw_coal", "t", 420_000, -14),
        Measure("energy.electricity", "万kWh", 48_000, -6),
        Measure("value_added.industrial", "万元", 310_000, 25),
    )),
    Profile("机械厂", "3412", False, (
        Measure("energy.electricity", "万kWh", 21_000, 4),
        Measure("energy.natural_gas", "万m3", 5_200, 2),
        Measure("energy.diesel", "t", 1_900, -20),
        Measure("value_added.industrial", "万元", 640_000, 55),
    )),
    Profile("热电厂", "4412", True, (
        Measure("energy.raw_coal", "t", 1_300_000, -10),
        Measure("output.electricity", "万kWh", 240_000, 3),
        Measure("electricity.own_use", "万kWh", 17_500, -4),
    )),
    Profile("化工厂", "2614", True, (
        Measure("energy.raw_coal", "t", 190_000, -12),
        Measure("energy.natural_gas", "万m3", 21_000, 8),
        Measure("energy.electricity", "万kWh", 60_000, 3),
        Measure("energy.heat", "GJ", 2_400_000, -5),
        Measure("value_added.industrial", "万元", 900_000, 45),
    )),
    Profile("钢铁厂", "3120", True, (
        Measure("energy.raw_coal", "t", 900_000, -15),
        Measure("energy.coke", "t", 1_500_000, -12),
        Measure("energy.electricity", "万kWh", 190_000, 1),
        Measure("energy.blast_furnace_gas", "万m3", 700_000, -8),
        Measure("value_added.industrial", "万元", 1_800_000, 30),
    )),
)  # fmt: skip


def identifier(number: int) -> str:
    """The id of a unit. It cannot be mistaken for a credit code of a real legal person."""
    return f"SIM{_REGIONS[number % len(_REGIONS)]}{number:06}"


def registry(count: int) -> Iterator[UnitRecord]:
    """The registry records of the first ``count`` units."""
    for number in range(count):
        profile = PROFILES[number % len(PROFILES)]
        yield UnitRecord(
            id=identifier(number),
            name=f"模拟{profile.name}{number:06}",
            region=_REGIONS[number % len(_REGIONS)],
            industry=profile.industry,
            two_high=profile.two_high,
            valid_from=date(2020, 1, 1),
        )


def messages(seed: int, count: int, month: Period) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of all units' reports after a month, in the very bytes ``Report.to_json`` gives."""
    period = survey_period(month)
    if period is None:
        return
    forms = [_form(profile, month, period) for profile in PROFILES]
    means = [_means(profile, month, period) for profile in PROFILES]
    start = (seed * 2_654_435_761 + month.year * 12 + month.last) & _MASK
    for number in range(count):
        kind = number % len(PROFILES)
        name = identifier(number)
        size = 40 + _mixed(seed + number) % 160  # per cent of the profile, the same in every month
        yield (
            b"unit:" + name.encode(),
            (forms[kind] % (name, name, *_amounts(means[kind], size, start, number))).encode(),
        )


def _amounts(means: tuple[int, ...], size: int, start: int, number: int) -> Iterator[int]:
    bits = _mixed(start ^ (number << 20))
    for mean in means:
        # Up to ± 4 % of noise from ten bits for each reading.
        hundredths = mean * size * (9_600 + (bits & 1023) * 800 // 1023) // 1_000_000
        bits >>= 10
        yield hundredths // 100
        yield hundredths % 100


def _mixed(number: int) -> int:
    """The finalizer of SplitMix64: 64 well-mixed bits of a whole number."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def _means(profile: Profile, month: Period, period: Period) -> tuple[int, ...]:
    """Mean amounts of the period in hundredths: months, season and trend put in."""
    season = sum(_SEASON[number] for number in range(period.first, period.last + 1))
    years = month.year - 2020
    return tuple(measure.monthly * season * (1000 + measure.trend * years) // 100_000 for measure in profile.measures)


def _form(profile: Profile, month: Period, period: Period) -> str:
    """The report of a profile with places for the unit's id and the whole and hundredths of each figure."""
    text = f"{month.year}-{month.last:02}"
    readings = ",".join(
        f'{{"indicator":"{measure.indicator}","value":"%d.%02d","unit":"{measure.unit}"}}'
        for measure in profile.measures
    )
    return (
        f'{{"schema":"{REPORT_SCHEMA}","report_id":"%s-{text}","subject":{{"kind":"unit","id":"%s"}},'
        f'"period":"{text}","cumulative":{"true" if period.months > 1 else "false"},"revision":0,'
        f'"submitted_at":"{handed_in(month, UNIT_DAY).isoformat()}","source":"meter","readings":[{readings}]}}'
    )
