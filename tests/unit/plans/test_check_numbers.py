"""Number, unit, comparator, force and years of a target must be those of its quote."""

from typing import Any

import pytest
from plans_support import CHOSEN, beside, law, plan, target, words_alone

from planwatch.plans.check import check


def found(quote: str, **fields: Any) -> list[str]:
    """What the check says of one target that quotes a text of one sentence."""
    return [one.message for one in check(law(plan(target(quote, quote, **fields))), beside(quote))]


def and_assumed(**reasons: str) -> dict[str, str]:
    """What is always assumed here, and these."""
    return CHOSEN | reasons


@pytest.mark.parametrize(
    ("quote", "fields"),
    [
        ("比例达到75%以上", {"value": "75"}),
        ("比例达到75%及以上", {"value": "75"}),
        ("比例不低于30%", {"value": "30"}),
        ("项目不少于30个", {"value": "30", "unit": "个"}),
        ("比例超过30%", {"value": "30", "comparator": ">"}),
        ("漏损率低于9%", {"value": "9", "kind": "level_max", "comparator": "<"}),
        ("电能利用效率不超过1.3", {"value": "1.3", "unit": "ratio", "kind": "limit", "comparator": "<="}),
        ("35蒸吨/小时及以下", {"value": "35", "unit": "t/h", "kind": "level_max", "comparator": "<="}),
        ("比例达到25%左右", {"value": "25", "kind": "level_about", "comparator": "~"}),
        (
            "比重下降至40%左右",
            {"value": "40", "kind": "level_about", "comparator": "<=", "assumed": and_assumed(comparator="safe side")},
        ),
        ("5000吨标准煤（当量值）及以上", {"value": "5000", "unit": "tce"}),
        ("力争比例达到92%以上，用水量下降15%", {"value": "92", "nature": "aspirational"}),
        ("力争比例达到92%以上，用水量下降15%", {"value": "15"}),
        ("到2025年力争创建50家绿色工厂", {"value": "50", "unit": "个", "nature": "aspirational"}),
        ("比例下降20个百分点", {"value": "20", "unit": "pp", "kind": "reduction_points"}),
        ("新增能力12.7万吨/日", {"value": "127000", "unit": "t/d"}),
        ("防控、防治覆盖率分别达到55%、45%以上", {"value": "55", "zh": "防控覆盖率"}),
        ("全部建成", {"value": "100", "assumed": and_assumed(value="全部 is 100 %")}),
        ("常住人口200户或500人以上", {"value": "200", "unit": "户"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_target_as_its_clause_says_it_has_no_finding(quote: str, fields: dict[str, Any]) -> None:
    assert found(quote, **fields) == []


@pytest.mark.parametrize(
    ("quote", "fields", "message"),
    [
        ("比例达到75%", {"value": "74"}, "74 % is not in the quote; it has 75 %"),
        ("新增能力12.7万吨/日", {"value": "127000", "unit": "t"}, "127000 t is not in the quote; it has 12.7 万t/d"),
        ("提高4个百分点", {"value": "4"}, "the quote writes 4 pp, the plan 4 %: 个百分点 is unit pp"),
        ("下降20%", {"value": "20", "unit": "pp", "kind": "reduction_points"}, "the quote writes 20 %, the plan 20 pp"),
        ("比例超过30%", {"value": "30"}, '超过 at 30 %, which is ">"; the plan has ">="'),
        ("比例不低于30%", {"value": "30", "comparator": ">"}, '不低于 at 30 %, which is ">="'),
        ("比例达到30%以上", {"value": "30", "comparator": ">"}, '以上 at 30 %, which is ">="'),
        ("能效不超过1.3", {"value": "1.3", "unit": "ratio", "kind": "limit", "comparator": "<"}, "不超过 at 1.3"),
        ("漏损率低于9%", {"value": "9", "kind": "level_max", "comparator": "<="}, '低于 at 9 %, which is "<"'),
        ("比例达到25%左右", {"value": "25", "kind": "level_about"}, 'comparator "~", or "<=" / ">=" for the safe side'),
        ("比例达到25%", {"value": "25", "comparator": ">"}, 'no word at 25 % says ">"'),
        ("比例达到25%", {"value": "25", "kind": "level_about", "comparator": "~"}, 'no word at 25 % says "~"'),
        ("比例达到25%", {"value": "25", "kind": "level_max"}, 'does not fit kind level_max: write comparator: "<="'),
        ("力争比例达到92%", {"value": "92"}, "力争 stands before 92 %: nature: aspirational"),
        ("力争甲达到92%，乙达到15%", {"value": "15", "nature": "aspirational"}, "力争 does not stand before 15 %"),
        ("达到15%", {"value": "15", "nature": "binding"}, "nature is binding but 约束性 is not in the quote"),
        ("达到15%", {"value": "15", "basis": "equivalent"}, "basis equivalent is not in the quote (当量值, 等价值)"),
        ("达到15%", {"value": "15", "variant": "incentive"}, "variant incentive is not in the quote (激励目标)"),
        ("达到15%", {"value": "15", "assumed": {}}, "rule_set is planwatch's choice, no clause names it"),
        (
            "绿化、美化率分别达到1%、2%",
            {"value": "2", "zh": "绿化率"},
            "2 % is not the number the list gives it; that is 1 %",
        ),
        (
            "达到15%",
            {"value": "15", "base_year": 2020, "assumed": {"rule_set": "chosen"}},
            "base_year 2020 is not in the quote",
        ),
        (
            "比2020年下降15%",
            {"value": "15", "base_year": 2019, "assumed": and_assumed()},
            "the clause compares with 2020, the plan has base_year 2019",
        ),
        (
            "达到15%",
            {"value": "15", "assumed": and_assumed(comparitor="x")},
            "assumed has comparitor, which is no field",
        ),
        ("达到15%", {"value": "15", "season": (5, 9)}, "the months 5 and 9 of its season are not in the quote"),
        (
            "达到15%",
            {"value": "15", "milestones": ({"year": 2023, "value": "9"},)},
            "the milestone 9 of 2023 is not in the quote",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_clause_does_not_say_is_found(quote: str, fields: dict[str, Any], message: str) -> None:
    said = found(quote, **fields)
    assert len(said) == 1, said
    assert message in said[0]


def test_of_two_equal_numbers_the_one_with_the_fitting_words_is_meant() -> None:
    quote = "集中处理率达到98%以上，无害化处置率超过98%"
    assert found(quote, value="98") == []
    assert found(quote, value="98", comparator=">") == []


def test_the_list_that_holds_the_number_decides_and_no_other() -> None:
    quote = "利用率达到43%，绿色防控、统防统治覆盖率分别达到55%、45%"
    assert found(quote, value="43", zh="化肥利用率") == []
    assert found(quote, value="55", zh="绿色防控覆盖率") == []
    assert found(quote, value="45", zh="绿色防控覆盖率") == [
        "45 % is not the number the list gives it; that is 55 %",
    ]


def test_a_list_whose_first_name_says_whom_it_is_about_is_understood() -> None:
    quote = "全市溶剂型工业涂料、溶剂型油墨使用比例分别降低20%、15%，溶剂型胶粘剂使用量下降20%"
    assert found(quote, value="20", zh="溶剂型工业涂料使用比例") == []
    assert found(quote, value="15", zh="溶剂型油墨使用比例") == []
    assert found(quote, value="15", zh="溶剂型工业涂料使用比例") != []


def test_words_alone_that_are_only_aspired_to_say_so() -> None:
    text = "车辆力争全部使用新能源"
    (one,) = check(law(plan(words_alone(text, text))), beside(text))
    assert "力争 stands before its words" in one.message
    assert check(law(plan(words_alone(text, text, nature="aspirational"))), beside(text)) == []


def test_values_of_holders_are_approved_and_not_quoted() -> None:
    text = "分解到各区"
    held = target(text, text, value="9", parent="county.split", approved_by="某县人民政府")
    assert check(law(plan(held)), beside(text)) == []
