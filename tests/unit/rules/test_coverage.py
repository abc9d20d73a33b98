"""Coverage: how much of a sum over several is there when somebody has not reported."""

from decimal import Decimal as D

import pytest
from rules_support import COAL, REGION, collect, make_figures, make_law, make_single, period

from planwatch.contract.plan import Basis
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

MEMBERS = ("unit:1", "unit:2", "unit:3")
TARGET = make_single(
    kind="level_max", measure=COAL, unit="tce", value=D(9999), sum_of="unit", basis=Basis.EQUIVALENT, rule_set="limit"
)


def _reason(*figures):
    around = Surroundings(members=MEMBERS)
    (found,) = judge(TARGET, REGION, period("2022-01~03"), collect(*figures), make_law(TARGET), around=around)
    assert found.level is None, "a sum that lacks anybody is never rated"
    return found.reason


def _coal(member, last_year, this_year):
    amounts = {"2021-Q1": last_year} | ({"2022-Q1": this_year} if this_year else {})
    return make_figures("energy.raw_coal", amounts, member)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            [_coal("unit:1", "700", "700"), _coal("unit:2", "200", "210"), _coal("unit:3", "100", None)],
            "覆盖率 90%(2/3 家,按上年同期量)",
        ),
        ([_coal("unit:1", "700", "700"), _coal("unit:2", "300", None)], "覆盖率 33.3333%(1/3 家,按家数)"),
    ],
    ids=["by last year's amounts", "by number where somebody is new"],
)
def test_reason_says_how_much_is_there(figures, words):
    assert words in _reason(*figures)
