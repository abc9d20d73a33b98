"""Numbers with units are read out of sentences by the longest unit, and only whole units count."""

from decimal import Decimal

import pytest
from plans_support import catalogue

from planwatch.plans.quantities import Quantities


@pytest.fixture(scope="module")
def quantities() -> Quantities:
    """By the units that planwatch ships."""
    return Quantities(catalogue().units)


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("新增生活污水处理能力12.7万吨/日", [("12.7", "万t/d")]),
        ("减排量达到4.32万吨、0.18万吨", [("4.32", "万t"), ("0.18", "万t")]),
        ("淘汰35蒸吨/小时以下燃煤锅炉", [("35", "t/h")]),
        ("完成30万千瓦及以上热电联产", [("30", "万kW")]),
        ("用电量30万千瓦时", [("30", "万kWh")]),
        ("比2020年提高4个百分点以上", [("2020", None), ("4", "pp")]),
        ("创建4个园区", [("4", "个")]),
        ("下降20%、10个百分点", [("20", "%"), ("10", "pp")]),
        ("5000吨标准煤(当量值)", [("5000", "tce")]),
        ("5万吨标准煤及以上", [("5", "万tce")]),
        ("浓度低于100mg/L的污水厂", [("100", "mg/L")]),
        ("浓度低于100毫克/升的污水厂", [("100", "mg/L")]),
        ("产量达到100万辆", [("100", "万辆")]),
        ("建设1至2个绿色生态城区", [("1", "个"), ("2", "个")]),
        ("以5—9月为重点时段", [("5", None), ("9", None)]),
        ("改造面积150万平方米以上", [("150", "万m2")]),
        ("汇水面积50平方公里以上", [("50", "km2")]),
        ("180MW背压", [("180", "MW")]),
        ("电能利用效率不超过1.3。", [("1.3", None)]),
        ("PM2.5浓度", [("2.5", None)]),
        ("burns 5 % more in 12 months", [("5", "%"), ("12", "month")]),
        ("5吨/年", [("5", None)]),
        ("3mg/kg", [("3", None)]),
    ],
)
def test_the_longest_whole_unit_counts(
    quantities: Quantities, sentence: str, read: list[tuple[str, str | None]]
) -> None:
    found = [(str(one.value), one.unit.symbol if one.unit else None) for one in quantities.read(sentence)]
    assert found == read


def test_places_are_those_of_number_and_unit(quantities: Quantities) -> None:
    sentence = "达到2.48万吨/日以上"
    (one,) = quantities.read(sentence)
    assert sentence[one.start : one.number_end] == "2.48"
    assert sentence[one.start : one.end] == "2.48万吨/日"


@pytest.mark.parametrize(
    ("value", "unit", "sentence"),
    [("43200", "t", "4.32万吨"), ("1.3", "ratio", "1.3"), ("5000", "tce", "0.5万吨标准煤")],
)
def test_equal_amounts_are_equal_whatever_the_unit(
    quantities: Quantities, value: str, unit: str, sentence: str
) -> None:
    (one,) = quantities.read(sentence)
    assert quantities.amount(Decimal(value), unit) == one.amount


def test_a_unit_nobody_knows_has_no_amount(quantities: Quantities) -> None:
    assert quantities.amount(Decimal(3), "万家") is None


@pytest.mark.parametrize(("left", "right"), [("4%", "4个百分点"), ("1吨", "1吨/日"), ("30万千瓦", "30万千瓦时")])
def test_what_is_measured_differently_is_never_equal(quantities: Quantities, left: str, right: str) -> None:
    assert quantities.read(left)[0].amount != quantities.read(right)[0].amount
