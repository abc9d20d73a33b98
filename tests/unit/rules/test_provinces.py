"""The published provincial figures of 2020, judged against a chosen target of 3 %.

Source: NBS, NDRC and NEA, energy bulletin of 2020 (2021-08-23), changes on 2019 in percent; 西藏 is not published. The
bulletin gives no targets and no levels for them: the target of 3 % is chosen here, the levels below are by hand.
"""

from decimal import Decimal as D

import pytest
from rules_support import (
    GREEN,
    RED,
    REGION,
    YELLOW,
    collect,
    make_figures,
    make_law,
    make_single,
    make_target,
    period,
)

from planwatch.contract.plan import Measure
from planwatch.rules.judge import judge

PROVINCES = """
北京 -9.18 -8.1,  天津 -3.07 -1.7,   河北 -3.01 0.7,   山西 -2.88 0.6,   内蒙古 6.89 7.1,  辽宁 3.96 4.6,
吉林 -1.57 0.8,   黑龙江 -1.70 -0.8, 上海 -6.64 -5.1,  江苏 -3.10 0.5,   浙江 6.34 10.1,   安徽 2.03 6.0,
福建 -1.83 1.4,   江西 -2.27 1.5,    山东 -2.41 1.1,   河南 0.76 2.0,    湖北 -1.17 -6.1,  湖南 -1.98 1.7,
广东 -1.16 1.1,   广西 1.05 4.8,     海南 -3.12 0.3,   重庆 -3.88 -0.2,  四川 -1.79 1.9,   贵州 -2.45 1.9,
云南 2.71 6.8,    陕西 -1.89 0.3,    甘肃 -0.20 3.7,   青海 -3.47 -2.0,  宁夏 -0.16 3.7,   新疆 -0.70 2.7
"""


def _changes(table):
    """Province to the change of its intensity and of its total."""
    rows = (row.split() for row in table.split(","))
    return {name: (D(intensity), D(total)) for name, intensity, total in rows}


CHANGES = _changes(PROVINCES)

# 3 % asked for, 2.7 % is the edge of ten percent: by hand from the intensity column.
MET = {"北京", "天津", "河北", "上海", "江苏", "海南", "重庆", "青海"}
WITHIN_TEN_PERCENT = {"山西"}
ROSE = {"内蒙古", "辽宁", "浙江", "安徽", "河南", "广西", "云南"}


def _level(province, rule_set):
    """The level of the intensity of 2020, with 2019 set to 100 and an unchanged GDP."""
    change = CHANGES[province][0]
    target = make_target(base_year=2019, target_year=2020, value=D(3), rule_set=rule_set, yardsticks=("annual",))
    figures = collect(
        make_figures("energy.total", {"2019": "100", "2020": str(100 + change)}),
        make_figures("gdp", {"2019": "1000", "2020": "1000"}),
    )
    (found,) = judge(target, REGION, period("2020"), figures, make_law(target))
    assert found.actual == -change
    return found.level


def test_thirty_provinces_are_published():
    assert len(CHANGES) == 30


@pytest.mark.parametrize("province", CHANGES)
def test_province_by_the_relative_gap(province):
    by_hand = GREEN if province in MET else YELLOW if province in WITHIN_TEN_PERCENT else RED
    assert _level(province, "national") == by_hand


@pytest.mark.parametrize("province", CHANGES)
def test_province_by_the_rule_of_2021(province):
    by_hand = GREEN if province in MET else RED if province in ROSE else YELLOW
    assert _level(province, "sign") == by_hand


@pytest.mark.parametrize(
    ("province", "level"),
    [
        ("北京", GREEN),
        ("河南", GREEN),
        ("四川", GREEN),
        ("新疆", RED),
        ("浙江", RED),
        ("湖北", GREEN),
        ("宁夏", RED),
        ("河北", GREEN),
    ],
)
def test_province_by_growth_of_the_total(province, level):
    target = make_single(kind="growth_max", measure=Measure(of="energy.total", unit="tce"), value=D(2))
    figures = collect(make_figures("energy.total", {"2019": "1000", "2020": str(1000 + 10 * CHANGES[province][1])}))
    (found,) = judge(target, REGION, period("2020"), figures, make_law(target))
    assert found.level == level
