"""What the made-up figures tell: pure data, one entry for each story the demo and the tests look for.

All amounts are invented; only their order of size is that of the regions named. Rates are in basis points
(1/100 of a percent), because a path of whole numbers leaves nothing to binary floats.
"""

from dataclasses import dataclass, field

from planwatch.contract.period import Period

LEDGER_YEAR = 2021
MONTHS_REPORTED = tuple(range(2, 13))
"""The months after which the national survey reports: January never alone, January and February together."""


def steady(rate: int) -> tuple[int, ...]:
    """The same year-to-date reduction after every month."""
    return (rate,) * len(MONTHS_REPORTED)


@dataclass(frozen=True, slots=True)
class Misstatement:
    """A month first stated at ``percent`` of what it is, and put right by revision 1 twelve days later."""

    period: Period
    indicator: str
    percent: int


@dataclass(frozen=True, slots=True)
class RegionStory:
    """A region: where it starts, and by how much its energy per GDP falls, year to date, after each month.

    ``gdp`` is in 万元 of 2020 prices, ``energy`` in tce, both for 2020; ``growth`` of GDP and ``reduction`` of
    intensity on the same months of the year before are in basis points. ``reduction`` lists the years that differ
    from ``usual``. ``cumulative`` tells whether it reports year to date or single months.
    """

    code: str
    told: str
    cumulative: bool
    gdp: int
    energy: int
    growth: int
    usual: int
    reduction: dict[int, tuple[int, ...]] = field(default_factory=dict)
    industry: bool = True
    missing: tuple[Period, ...] = ()
    misstated: tuple[Misstatement, ...] = ()


REGIONS = (
    RegionStory(
        "120000",
        "Tianjin keeps its promise; its energy of the first half of 2023 is stated a third too high, a red warning is "
        "raised, and the correction twelve days later withdraws it.",
        cumulative=True,
        gdp=140_840_000,
        energy=81_200_000,
        growth=420,
        usual=380,
        misstated=(Misstatement(Period(2023, 1, 6), "energy.total", 133),),
    ),
    RegionStory(
        "500000",
        "Chongqing runs ahead until 2023. In 2024 the reduction falls short of the yearly 2.9714 %: yellow (二级) "
        "at the half year, red (一级) after three quarters. In 2025 it recovers: yellow again at the half year, green "
        "after three quarters. What it saved before keeps the five-year yardstick green throughout.",
        cumulative=False,
        gdp=250_030_000,
        energy=89_500_000,
        growth=560,
        usual=420,
        reduction={
            2024: (330, 325, 315, 286, 284, 280, 240, 230, 220, 210, 205),
            2025: (230, 245, 255, 280, 282, 284, 286, 310, 315, 318, 320),
        },
    ),
    RegionStory(
        "210300",
        "Anshan keeps its promise, but does not report September 2025: from then on the year to date is not rated.",
        cumulative=False,
        gdp=17_390_000,
        energy=29_800_000,
        growth=390,
        usual=410,
        missing=(Period.month(2025, 9),),
    ),
    RegionStory(
        "230000",
        "Heilongjiang is green from beginning to end.",
        cumulative=True,
        gdp=136_980_000,
        energy=114_000_000,
        growth=330,
        usual=390,
    ),
    RegionStory("120116", "A district of Tianjin, green.", True, 58_710_000, 39_900_000, 450, 400, industry=False),
    RegionStory("120110", "A district of Tianjin, green.", False, 6_380_000, 4_720_000, 400, 410, industry=False),
    RegionStory("500101", "A district of Chongqing, green.", False, 9_710_000, 3_050_000, 580, 400, industry=False),
    RegionStory("500112", "A district of Chongqing, green.", True, 20_090_000, 3_760_000, 560, 430, industry=False),
    RegionStory("500114", "A district of Chongqing, green.", False, 2_450_000, 1_110_000, 520, 420, industry=False),
    RegionStory("230100", "A city of Heilongjiang, green.", True, 51_840_000, 31_200_000, 350, 410, industry=False),
    RegionStory("230600", "A city of Heilongjiang, green.", False, 23_010_000, 26_400_000, 300, 400, industry=False),
    RegionStory(
        "210381", "A county-level city of Anshan, green.", False, 5_620_000, 11_900_000, 400, 430, industry=False
    ),
)


@dataclass(frozen=True, slots=True)
class TwoHighStory:
    """A 两高 project: ``yearly`` lists what it uses in each year from ``2020`` on, in tce at 当量值.

    ``coal`` is the share of raw coal in it, per mille; the rest is electricity.
    """

    id: str
    name: str
    region: str
    industry: str
    told: str
    yearly: tuple[int, int, int, int, int, int]
    coal: int


TWO_HIGH = (
    TwoHighStory(
        "sim-lg-500102-01",
        "涪陵模拟铝材项目",
        "500102",
        "3252",
        "A Chongqing project comes near 5,000 tce over twelve months in August 2024 and is over it from June 2025.",
        (3_100, 3_300, 3_500, 3_600, 4_260, 5_900),
        coal=150,
    ),
    TwoHighStory(
        "sim-lg-500115-01",
        "长寿模拟化工项目",
        "500115",
        "2614",
        "A Chongqing project that stays well below 5,000 tce.",
        (2_100, 2_100, 2_200, 2_200, 2_300, 2_300),
        coal=600,
    ),
    TwoHighStory(
        "sim-lg-230600-01",
        "大庆模拟石化项目",
        "230600",
        "2511",
        "A Heilongjiang project that comes near 50,000 tce over twelve months in May 2025 and does not reach it.",
        (31_000, 32_000, 33_000, 34_000, 36_000, 46_500),
        coal=700,
    ),
    TwoHighStory(
        "sim-lg-230100-01",
        "哈尔滨模拟水泥项目",
        "230100",
        "3011",
        "A Heilongjiang project that stays well below 50,000 tce.",
        (21_000, 21_000, 20_500, 20_500, 20_000, 20_000),
        coal=850,
    ),
)


@dataclass(frozen=True, slots=True)
class ReductionStory:
    """A ledger of 重点工程减排量: ``due`` hundredths of a tonne by 2025, reached at ``pace``.

    ``pace`` is, for 2021 to 2025, what is achieved in the year in per mille of a fifth of ``due``. All of it is claimed
    and verified in the month. ``since`` is the year it was registered in, ``permit`` the id of the project whose
    permit it names where that is not its own.
    """

    id: str
    name: str
    region: str
    facility: str
    told: str
    due: tuple[tuple[str, int], ...]
    pace: tuple[int, int, int, int, int] = (1120, 1180, 1090, 1160, 1140)
    since: int = LEDGER_YEAR
    permit: str = ""


_AHEAD = "Ahead of what is due."
REDUCTIONS = (
    ReductionStory(
        "sim-jp-120000-w",
        "天津模拟污水治理工程",
        "120000",
        "污水处理厂",
        _AHEAD,
        (("reduction.cod", 1_600_000), ("reduction.nh3n", 40_000)),
    ),
    ReductionStory(
        "sim-jp-120000-a",
        "天津模拟烟气治理工程",
        "120000",
        "锅炉",
        _AHEAD,
        (("reduction.nox", 2_080_000), ("reduction.voc", 990_000)),
    ),
    ReductionStory(
        "sim-jp-500000-w",
        "重庆模拟污水治理工程",
        "500000",
        "污水处理厂",
        _AHEAD,
        (("reduction.cod", 4_320_000), ("reduction.nh3n", 180_000)),
    ),
    ReductionStory(
        "sim-jp-500000-a",
        "重庆模拟烟气治理工程",
        "500000",
        "窑炉",
        _AHEAD,
        (("reduction.nox", 3_680_000), ("reduction.voc", 1_060_000)),
    ),
    ReductionStory(
        "sim-jp-230000-w",
        "黑龙江模拟污水治理工程",
        "230000",
        "污水处理厂",
        _AHEAD,
        (("reduction.cod", 7_140_000), ("reduction.nh3n", 200_000)),
    ),
    ReductionStory(
        "sim-jp-230000-a",
        "黑龙江模拟烟气治理工程",
        "230000",
        "锅炉",
        _AHEAD,
        (("reduction.nox", 5_020_000), ("reduction.voc", 740_000)),
    ),
    ReductionStory(
        "sim-jp-210300-w",
        "鞍山模拟污水治理工程",
        "210300",
        "污水处理厂",
        _AHEAD,
        (("reduction.cod", 659_813), ("reduction.nh3n", 12_084), ("reduction.voc", 237_524)),
    ),
    ReductionStory(
        "sim-jp-210300-a",
        "鞍山模拟烧结烟气脱硝工程",
        "210300",
        "烧结机",
        "Anshan's NOx ledger does what is due in 2021, falls far behind in 2022 and 2023, and catches up from 2024.",
        (("reduction.nox", 1_896_298),),
        pace=(1100, 550, 700, 1450, 1500),
    ),
)

DOUBLED = (
    ReductionStory(
        "sim-jp-230600-w",
        "大庆模拟污水治理工程",
        "230600",
        "污水处理厂",
        "From 2022 on Daqing counts what the province's project counts already: one permit, one facility. Both show "
        "it; the province's total goes without the later one.",
        (("reduction.cod", 240_000),),
        since=2022,
        permit="sim-jp-230000-w",
    ),
)
