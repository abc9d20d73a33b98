"""Whatever is stated, the checks end with an answer, the same for every order."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from quality_support import UNIT, check

from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import MeterMonth, Outcome
from planwatch.quality.check import gathered, held

INDICATORS = (
    "energy.raw_coal",
    "stock.raw_coal.opening",
    "stock.raw_coal.closing",
    "stock.raw_coal.purchased",
    "use.raw_coal.production",
    "use.raw_coal.non_production",
    "value_added.industrial",
    "energy.electricity",
    "electricity.grid_supply",
    "output.electricity",
    "electricity.sold",
    "rate.voc_capture",
    "reduction.cod",
    "nobody.knows",
)
PERIODS = st.tuples(st.integers(2023, 2025), st.integers(1, 12), st.integers(1, 12)).map(
    lambda drawn: Period(drawn[0], min(drawn[1:]), max(drawn[1:]))
)
MONTHS = st.tuples(st.integers(2023, 2025), st.integers(1, 12)).map(lambda drawn: Period.month(*drawn))
AMOUNTS = st.one_of(
    st.sampled_from([Decimal(0), Decimal(1000), Decimal("1E+20"), Decimal("1E-9"), Decimal(-3), Decimal("12.50")]),
    st.decimals(-10, 10**12, places=2),
)
FIGURES = st.lists(
    st.builds(
        Figure,
        subject=st.just(UNIT),
        indicator=st.sampled_from(INDICATORS),
        period=st.one_of(MONTHS, MONTHS, PERIODS),
        amount=AMOUNTS,
        unit=st.just(""),
        revision=st.integers(0, 1),
        flag=st.sampled_from([None, None, "held", "suspect"]),
    ),
    max_size=60,
    unique_by=lambda one: (one.indicator, one.period, one.revision),
)
METERED = st.lists(
    st.builds(
        MeterMonth,
        subject=st.just(UNIT),
        indicator=st.just("energy.raw_coal"),
        period=MONTHS,
        total=AMOUNTS,
        expected=st.integers(0, 31),
        received=st.integers(0, 40),
        not_normal=st.integers(0, 40),
        mislabelled=st.integers(0, 3),
        skew_seconds=st.integers(0, 400),
        flowless=st.integers(0, 2),
    ),
    max_size=3,
)


def monthly(_, period):
    return period.after if period.months == 1 else None


@settings(max_examples=60, deadline=None)
@given(FIGURES, METERED, st.randoms(use_true_random=False))
def test_any_figures_have_one_answer(figures, metered, random):
    today = date(2026, 2, 1)
    findings = check(figures, today=today, metered=tuple(metered), due=monthly)
    shuffled = random.sample(figures, len(figures))
    assert check(shuffled, today=today, metered=tuple(metered), due=monthly) == findings
    assert len({one.key for one in findings}) == len(findings)
    assert all(one.message and one.threshold for one in findings)
    assert all(one.figures for one in findings if one.rule != "Q01")
    assert held(findings) == {
        (one.subject, one.indicator, one.period) for one in gathered(findings) if one.outcome is Outcome.HOLD
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), AMOUNTS), min_size=12, max_size=40))
def test_any_long_series_is_checked(amounts):
    figures = [
        Figure(UNIT, indicator, Period.month(2022 + i // 12, i % 12 + 1), amount, "")
        for i, amount in enumerate(amounts)
        if amount is not None
        for indicator in ("energy.raw_coal", "value_added.industrial")
    ]
    assert check(figures) == check(figures[::-1])
