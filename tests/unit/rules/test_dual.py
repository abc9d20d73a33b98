"""Dual targets: the basic and the incentive target of one holder, each with its yearly values (HLJ 三(一))."""

from decimal import Decimal as D

import pytest
from rules_support import (
    GREEN,
    REGION,
    RULE_SETS,
    YELLOW,
    collect,
    make_figures,
    make_law,
    make_target,
    period,
)

from planwatch.contract.assessment import Status
from planwatch.contract.plan import Band, Measure, Milestone, RuleSet, RuleSetKind
from planwatch.contract.target import Growth
from planwatch.rules.judge import judge
from planwatch.rules.points import needed

INCENTIVE_REACHED = RuleSet(
    id="incentive",
    kind=RuleSetKind.RELATIVE_GAP,
    zh="激励目标",
    en="incentive",
    source="test",
    bands=(Band(level=GREEN, at_most=D(0)), Band(level=YELLOW, more_than=D(0))),
)


def _rate(name, yearly, value, **over):
    tasks = tuple(Milestone(year=year, value=D(yearly)) for year in range(2021, 2026))
    return make_target(id=f"hlj.{name}", variant=name, value=D(value), path="milestones", milestones=tasks, **over)


BASIC = _rate("basic", 3, "14.13")
INCENTIVE = _rate("incentive", 4, "18.46", rule_set="incentive", warns=False)
TOTAL = make_target(
    id="hlj.total",
    kind="flexible_total",
    measure=Measure(of="energy.total", unit="tce"),
    unit="tce",
    value=None,
    path=None,
    yardsticks=("annual",),
    follows="hlj.basic",
    exempt_if="hlj.incentive",
    growth=tuple(Growth(year=year, percent=D(5)) for year in range(2021, 2026)),
)
LAW = make_law(BASIC, INCENTIVE, TOTAL, rule_sets=RULE_SETS | {"incentive": INCENTIVE_REACHED})


def _all(energy, point="2022"):
    figures = collect(
        make_figures("energy.total", {"2020": "1000", "2021": "980", "2022": energy}),
        make_figures("gdp", {"2020": "100", "2021": "100", "2022": "100"}),
    )
    return [judge(target, REGION, period(point), figures, LAW) for target in (BASIC, INCENTIVE, TOTAL)]


# Energy per GDP after two years: due 1 − 0.97² = 5.91 % basic, 1 − 0.96² = 7.84 % incentive.
@pytest.mark.parametrize(
    ("energy", "basic", "incentive", "total"),
    [
        ("921.6", GREEN, GREEN, Status.EXEMPT),
        ("921.7", GREEN, YELLOW, Status.RATED),
        ("940.9", GREEN, YELLOW, Status.RATED),
        ("941", YELLOW, YELLOW, Status.RATED),
    ],
    ids=["incentive exactly", "basic only", "basic exactly", "neither"],
)
def test_only_the_incentive_target_exempts_from_the_total(energy, basic, incentive, total):
    found_basic, found_incentive, (found_total,) = _all(energy)
    assert [found_basic[1].level, found_incentive[1].level, found_total.status] == [basic, incentive, total]


def test_each_has_its_own_yearly_value():
    basic, incentive, (total,) = _all("941")
    assert (basic[0].expected, incentive[0].expected) == (3, 4)
    assert (basic[1].expected, incentive[1].expected) == (D("5.91"), D("7.84"))
    assert total.expected == D("998.13")  # 980 × 1.05 × 0.97: the basic task, not the incentive one


def test_what_a_target_looks_at_must_be_loaded_for_it():
    assert needed(TOTAL, LAW) == {"energy.total", "gdp"}
