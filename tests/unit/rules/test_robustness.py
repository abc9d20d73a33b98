"""Whatever a plan states and whatever is reported, judging answers; and never with a level that nothing supports."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rules_support import (
    REGION,
    RULE_SETS,
    D,
    make_catalogue,
    make_figure,
    make_scope,
    make_scoped_law,
    make_target,
)

from planwatch.contract.assessment import Status
from planwatch.contract.figures import Figures
from planwatch.contract.plan import Basis, Comparator, Measure, Milestone, PathKind, Target, TargetKind, Yardstick
from planwatch.contract.target import Growth
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge_all
from planwatch.rules.sums import Sums

NAMES = sorted(make_catalogue().by_id)
MEMBERS = ("project:a", "project:b")
DEDUCTED = ("energy.renewable_power", "energy.feedstock.olefins")
SCOPE = make_scope(
    {"kind": "new_renewables", "of": DEDUCTED[:1], "base_year": 2020}, {"kind": "feedstock", "of": DEDUCTED[1:]}
)
numbers = st.sampled_from(["-20", "-1", "0", "0.5", "3", "14.5", "100", "130", "50000"]).map(D)
run = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted)

measures = st.builds(
    Measure,
    of=st.sampled_from([*NAMES, *["energy.standard_coal", "energy.total", "gdp"] * 3, "unheard.of"]),
    per=st.sampled_from([None, None, None, "gdp", "energy.standard_coal", "water.new"]),
    times=st.sampled_from([D(1), D(100)]),
    unit=st.sampled_from(["tce", "tce", "tce", "%", "个"]),
)


@st.composite
def targets(draw):
    """Any target that can be loaded, sensible or not."""
    over = {
        "kind": draw(st.sampled_from(sorted(set(TargetKind) - {TargetKind.NOT_COMPUTABLE}))),
        "measure": draw(measures),
        "base_year": draw(st.sampled_from([2020, 2020, 2020, 2021, None])),
        "target_year": draw(st.sampled_from([2025, 2022, 2022, 2020, None])),
        "value": draw(numbers),
        "unit": draw(st.sampled_from(["tce", "tce", "tce", "%", "个"])),
        "comparator": draw(st.sampled_from(Comparator)),
        "path": draw(st.sampled_from([None, None, PathKind.LINEAR, *PathKind])),
        "milestones": draw(st.sampled_from([(), (Milestone(year=2021, value=D(2)), Milestone(year=2022, value=D(4)))])),
        "rule_set": draw(st.sampled_from([*RULE_SETS, *["threshold", "national", "completion"] * 2, "unheard-of"])),
        "yardsticks": tuple(draw(st.sampled_from([tuple(Yardstick), (Yardstick.SINGLE,)]))),
        "basis": draw(st.sampled_from([Basis.EQUIVALENT, *Basis, None])),
        "sum_of": draw(st.sampled_from([None, "project"])),
        "scope": draw(st.sampled_from(["gross", "gross", "cq.total", "unheard-of"])),
        "season": draw(st.sampled_from([None, None, (5, 9), (1, 3)])),
        "follows": "cq.rate",
        "exempt_if": draw(st.sampled_from([None, "cq.rate", "unheard-of"])),
        "growth": draw(st.sampled_from([(), tuple(Growth(year=year, percent=D(5)) for year in (2021, 2022, 2023))])),
        "check": draw(st.sampled_from(RegisterCheck)),
    }
    try:
        return make_target(**over)
    except ValidationError:
        return make_target(**over | {"base_year": 2020, "target_year": 2022, "path": "linear"})


@st.composite
def figures_of(draw, target: Target):
    """Figures that bear on a target, of any length, some zero, some negative, some held."""
    names = [target.measure.of, target.measure.per, "energy.raw_coal", "energy.electricity", *DEDUCTED]
    complete = [
        make_figure(name, when, amount)
        for name in draw(st.sampled_from([[], [name for name in names if name in NAMES]]))
        for year in (2019, 2020, 2021, 2022)
        for when, amount in ((f"{year}-H1", "410"), (f"{year}", "830"))
    ]
    drawn = st.tuples(
        st.sampled_from([name for name in names if name in NAMES]),
        st.sampled_from([REGION, *MEMBERS]),
        st.sampled_from([2019, 2020, 2021, 2022]),
        st.one_of(run, st.just([1, 12]), st.just([1, 6])),
        st.sampled_from(["0", "1", "-3", "700", "99999999.123456789"]),
        st.sampled_from([None, None, None, "held"]),
    )
    return complete + [
        make_figure(name, f"{year}-{first}~{last}", amount, who, flag=flag)
        for name, who, year, (first, last), amount, flag in draw(st.lists(drawn, max_size=25))
    ]


def draw_rate(data):
    """The number of the intensity target that others follow or are exempted by."""
    return data.draw(st.sampled_from([D("14.5"), D(-99), D(0), D(200)]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_judging_always_answers_and_says_why(data):
    target = data.draw(targets())
    figures = data.draw(figures_of(target))
    law = make_scoped_law(SCOPE, target, make_target(id="cq.rate", value=draw_rate(data)))
    for found in judge_all(target, REGION, Sums(Figures.of(figures), law), around=Surroundings(members=MEMBERS)):
        assert (found.status is Status.RATED) == (found.level is not None)
        if found.level is None:
            assert found.reason
            assert not found.better
        else:
            assert found.formula
            assert found.actual is not None
            assert all(used.figure.counts for used in found.used)
