"""Coverage: how much of a sum over several is there when somebody has not reported."""

from decimal import Decimal as D

import pytest
from rules_support import COAL, REGION, collect, make_figures, make_law, make_single, period

from planwatch.contract.plan import Basis
from planwatch.plans.loader import load_catalogue
from planwatch.plans.quality_rules import load_quality_rules
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

QUALITY = load_quality_rules(load_catalogue())
MEMBERS = ("unit:1", "unit:2", "unit:3")
TARGET = make_single(
    kind="level_max", measure=COAL, unit="tce", value=D(9999), sum_of="unit", basis=Basis.EQUIVALENT, rule_set="limit"
)


def _judge(*figures, asked=None):
    law = make_law(TARGET)
    if asked is not None:
        quality = QUALITY.model_copy(update={"coverage": D(asked)})
        law = type(law)(**{**dict(law), "quality": quality})
    around = Surroundings(members=MEMBERS)
    (found,) = judge(TARGET, REGION, period("2022-01~03"), collect(*figures), law, around=around)
    return found


def _reason(*figures):
    found = _judge(*figures)
    assert found.level is None, "a sum that lacks anybody is not rated unless the law says so"
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


NINE_TENTHS = [_coal("unit:1", "700", "700"), _coal("unit:2", "200", "210"), _coal("unit:3", "100", None)]


@pytest.mark.parametrize(("asked", "status"), [("90", "rated"), ("90.1", "not_rated")])
def test_law_may_ask_for_less_than_all(asked, status):
    found = _judge(*NINE_TENTHS, asked=asked)
    assert found.status == status
    assert "覆盖率 90%(2/3 家,按上年同期量)" in found.formula + found.reason


def test_sum_with_somebody_new_must_be_whole_whatever_the_law_asks():
    assert _judge(_coal("unit:1", "700", "700"), _coal("unit:2", "300", None), asked="1").status == "not_rated"
