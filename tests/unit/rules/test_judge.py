"""Judging as a whole: what every assessment carries, what is not rated, and many points at once."""

from decimal import Decimal as D

import pytest
from rules_support import (
    COAL,
    NATIONAL,
    RED,
    REGION,
    RULE_SETS,
    collect,
    make_coal,
    make_figures,
    make_law,
    make_single,
    make_target,
    monthly,
)

from planwatch.contract.assessment import Status
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Measure, TargetKind, Yardstick
from planwatch.rules.judge import KINDS, judge, judge_all
from planwatch.rules.sums import Sums

YEARS = range(2020, 2026)


def _five_years(subject=REGION):
    return [
        figure
        for year in YEARS
        for figure in (
            *monthly("energy.raw_coal", year, [100 - year + 2020 + month for month in range(12)], subject),
            *monthly("energy.electricity", year, [1000 + month for month in range(12)], subject),
            *monthly("gdp", year, [50] * 12, subject),
        )
    ]


STANDARD_COAL = make_target(measure=COAL.model_copy(update={"per": "gdp"}), basis=Basis.EQUIVALENT)


def test_every_kind_of_target_is_judged():
    assert set(KINDS) == set(TargetKind) - {TargetKind.NOT_COMPUTABLE}


def test_an_assessment_says_what_judged_it():
    law = make_law(STANDARD_COAL)
    annual, progress = judge(STANDARD_COAL, REGION, Period(2022, 1, 3), collect(_five_years()), law)
    assert [annual.yardstick, progress.yardstick] == [Yardstick.ANNUAL, Yardstick.FIVE_YEAR]
    assert (annual.plan, annual.target, annual.subject) == ("cq", "cq.intensity", REGION)
    assert (annual.rule_set, annual.path, annual.edition) == ("national", "geometric", "test-2020")
    assert annual.law == law.hash_of(STANDARD_COAL)
    assert (annual.severity, annual.period.label) == (3, "2022-Q1")


def test_a_point_is_always_a_year_to_date():
    (found,) = judge(
        make_single(kind="level_max", measure=Measure(of="gdp", unit="CNY"), unit="CNY", value=D(1)),
        REGION,
        Period(2022, 3, 3),
        collect(_five_years()),
        make_law(),
    )
    assert (found.period, found.actual) == (Period(2022, 1, 3), 150)


def test_a_changed_law_is_never_mistaken_for_the_one_before():
    figures = collect(_five_years())
    hashes = set()
    for edition in ("2020", "2026", "2031"):
        law = make_law(STANDARD_COAL, coal=make_coal().model_copy(update={"edition": edition}))
        found = judge(STANDARD_COAL, REGION, Period(2022, 1, 3), figures, law)[0]
        assert found.edition == edition
        hashes.add(found.law)
    assert len(hashes) == 3


def test_words_only_are_one_assessment_that_is_not_rated():
    target = make_single(
        kind="not_computable",
        not_computable="全部淘汰",
        measure=None,
        rule_set=None,
        yardsticks=("annual", "five_year"),
    )
    (found,) = judge(target, REGION, Period(2022, 1, 3), Figures(), make_law(target))
    assert (found.status, found.level, found.reason, found.law != "") == (Status.NOT_RATED, None, "全部淘汰", True)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"rule_set": "unheard-of"}, "names rule set 'unheard-of', which the law does not have"),
        ({"measure": Measure(of="unheard.of", unit="t")}, "unheard.of is not in the catalogue"),
        ({"kind": "increase_points", "base_year": None}, "states no base year"),
        ({"value": D(120)}, "has no"),
        ({"rule_set": "hangzhou"}, "rule set hangzhou is at fault: no band"),
    ],
)
def test_a_fault_of_the_plan_is_not_rated_and_says_so(over, words):
    target = make_target(**over)
    figures = collect(
        make_figures("energy.total", {"2020": "9", "2021": "9"}), make_figures("gdp", {"2020": "1", "2021": "1"})
    )
    found = judge(target, REGION, Period.whole_year(2021), figures, make_law(target))[1]
    assert (found.status, found.level) == (Status.NOT_RATED, None)
    assert words in found.reason


@pytest.mark.parametrize("kind", sorted(set(TargetKind) - {TargetKind.NOT_COMPUTABLE, TargetKind.REPORTED_MONTHS}))
def test_no_figures_at_all_are_not_rated(kind):
    target = make_target(
        kind=kind,
        rule_set="threshold",
        unit="tce",
        measure=Measure(of="energy.total", unit="tce"),
        follows="cq.rate",
        check="source_unknown",
    )
    for found in judge(target, REGION, Period(2022, 1, 3), Figures(), make_law(target, make_target(id="cq.rate"))):
        assert (found.status, found.level, found.used) == (Status.NOT_RATED, None, ())
        assert found.reason


def test_all_points_at_once_are_what_each_is_alone():
    law, figures = make_law(STANDARD_COAL), collect(_five_years())
    together = judge_all(STANDARD_COAL, REGION, Sums(figures, law))
    alone = [
        found
        for year in YEARS
        for month in range(1, 13)
        if year > 2020
        for found in judge(STANDARD_COAL, REGION, Period(year, 1, month), figures, law)
    ]
    assert together == alone
    assert len(together) == 120


def test_severity_comes_from_the_rule_set_alone():
    upside_down = NATIONAL.model_copy(
        update={"bands": tuple(b.model_copy(update={"level": RED}) for b in NATIONAL.bands)}
    )
    law = make_law(STANDARD_COAL, rule_sets=RULE_SETS | {"national": upside_down})
    found = judge(STANDARD_COAL, REGION, Period.whole_year(2025), collect(_five_years()), law)[1]
    assert (found.severity, found.level.zh, found.better) == (3, "一级", "")
