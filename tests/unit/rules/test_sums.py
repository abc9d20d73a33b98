"""Sums that are remembered say what the figures themselves say."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rules_support import REGION, collect, make_figure, make_law, period

from planwatch.rules.sums import Sums

LAW = make_law()
run = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted)
month = st.integers(1, 12).map(lambda number: [number, number])
known = st.lists(
    st.tuples(st.one_of(month, run), st.integers(0, 99), st.sampled_from([None, None, "held"])), max_size=20
)


@settings(deadline=None)
@given(st.one_of(known, st.lists(st.tuples(month, st.integers(0, 99), st.none()), max_size=30)), run)
def test_a_remembered_total_is_that_of_the_figures(drawn, span):
    figures = collect(
        [make_figure("gdp", f"2022-{first}~{last}", str(amount), flag=flag) for (first, last), amount, flag in drawn]
    )
    sums, wanted = Sums(figures, LAW), period(f"2022-{span[0]}~{span[1]}")
    assert sums.total(REGION, "gdp", wanted) == figures.total(REGION, "gdp", wanted)
    assert sums.total(REGION, "gdp", wanted) is sums.total(REGION, "gdp", wanted)
