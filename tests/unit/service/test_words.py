"""How a cause is said to people."""

import pytest

from planwatch.service.words import cause


@pytest.mark.parametrize(
    ("kind", "behind", "said"),
    [
        ("correction", "A-2023-07-1", "更正:A-2023-07-1"),
        ("figures", "3 reports", "新数据:3 份报告"),
        ("figures", "b, a +4", "新数据:b、a +4"),
        ("registry", "2 records", "名录变更:2 条名录"),
        ("related", "quality", "关联对象变化:数据核查结果"),
        ("correction", "explanation", "更正:对存疑数据的答复"),
        ("plan", "", "规则变更"),
    ],
)
def test_cause_names_what_was_behind_it(kind, behind, said):
    assert cause(kind, behind) == said
