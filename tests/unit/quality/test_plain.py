"""What the checks leave out beforehand they would not have found: findings are those of the rules told the plain way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_plain import PLAIN, plain_copies, plain_jumps, plain_slips, plain_smooth
from quality_support import BOOK, CATALOGUE, TODAY, UNIT, check, month, series, with_rows
from quality_support import PLAIN as STEADY

from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.quality.case import Case, Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.numbers import EXACT
from planwatch.quality.place import place_of, regions_in, turning_points
from planwatch.quality.rulebook import Rulebook
from planwatch.quality.series import Around, last_month, unusual

NAMES = ("energy.raw_coal", "energy.electricity", "output.electricity", "value_added.industrial")
TIMES = [Decimal(one) for one in ("0", "-1", "0.0001", "0.1", "0.5", "0.7", "1.3", "2", "9", "10", "1100")]
DAYS = st.dates(date(2022, 11, 1), date(2026, 2, 1))
ROWS = st.builds(
    lambda rule, percent, day, place, off: {"rule": rule, "valid_from": day, **percent, **place, **off},
    st.sampled_from(sorted(PLAIN)),
    st.sampled_from(
        [
            {},
            {"numbers": {"beyond": "0", "mads": "1", "spread": "3", "run": "3", "closeness": "40", "year": "10"}},
            {"numbers": {"beyond": "150", "least": "3", "run": "1", "spread": "0", "wide": "9", "month": "5"}},
            {"numbers": {"beyond": "40", "least": "9", "window": "5", "run": "2", "readings": "1", "digits": "1"}},
        ]
    ),
    DAYS.map(str),
    st.sampled_from([{}, {"region": "500000"}, {"region": "500103"}, {"industry": "30"}]),
    st.sampled_from([{}, {}, {"off": True}]),
)


@st.composite
def histories(draw):
    """Three years of noisy months with what makes findings: factors, runs alike, steady growth, months copied."""
    random = draw(st.randoms(use_true_random=False))
    level = {name: random.randint(10_000, 900_000) for name in NAMES}
    amounts = {(name, i): Decimal(level[name] * random.randint(960, 1040)) / 1000 for name in NAMES for i in range(36)}
    for kind in draw(
        st.lists(st.sampled_from(["times", "steady", "climb", "ratio", "copy", "gone", "held"]), max_size=6)
    ):
        name, i = random.choice(NAMES), random.randrange(36)
        run = range(i, min(36, i + random.randint(2, 9)))
        if kind == "times":
            amounts[name, i] *= random.choice(TIMES)
        elif kind == "steady":
            amounts |= {(name, j): amounts[name, i] * Decimal("1.013") ** (j - i) for j in run}
        elif kind == "climb":
            amounts |= {(name, j): amounts[name, i] - (j - i) * Decimal("777.7") for j in run}
        elif kind == "ratio":
            amounts |= {(NAMES[0], j): amounts[NAMES[3], j] * Decimal("0.7") for j in run}
        elif kind == "copy":
            amounts |= {(one, i): amounts[one, random.randrange(36)] for one in NAMES}
            amounts |= {(one, i): amounts[one, max(0, i - 12)] for one in NAMES[:2]}
        elif kind == "gone":
            amounts |= {(name, j): Decimal(0) for j in run}
    gone = set(draw(st.lists(st.integers(0, 35), max_size=3)))
    return [
        Figure(UNIT, name, month(i - 12), amount, "", flag=random.choice([None] * 30 + ["held"]))
        for (name, i), amount in amounts.items()
        if i not in gone
    ]


@st.composite
def registers(draw):
    """A unit that moves, in regions that begin, end and are merged."""
    days = draw(st.lists(DAYS, min_size=2, max_size=4, unique=True).map(sorted))
    regions = [
        RegionRecord(id="500000", name="市", valid_from=date(2000, 1, 1)),
        RegionRecord(id="500103", name="甲", parent="500000", valid_from=date(2000, 1, 1)),
        RegionRecord(
            id="500102", name="乙", parent="500000", valid_from=date(2000, 1, 1), valid_to=days[1], merged_into="500103"
        ),
    ]
    units = [
        UnitRecord(
            id=UNIT[5:],
            name="厂",
            region=draw(st.sampled_from(["500103", "500102", "440103"])),
            industry=draw(st.sampled_from(["3011", "C2614"])),
            valid_from=day,
            valid_to=draw(st.sampled_from([None, days[-1]])) if day == days[-2] else None,
        )
        for day in days[:-1]
    ]
    return Records.of([*regions, *units])


@settings(max_examples=30, deadline=None)
@given(histories(), registers(), st.lists(ROWS, max_size=4))
def test_nothing_is_left_out_that_would_be_found(figures, records, rows):
    rules = with_rows(*({"id": f"row-{i}"} | row for i, row in enumerate(rows)))
    standing, book = Figures.of(figures), Rulebook(rules, CATALOGUE)
    findings = check_subject(UNIT, standing, records, book, TODAY)
    with localcontext(EXACT):
        case = Case(UNIT, standing, records, book, today=TODAY, evidence=Evidence())
        for rule, plain in PLAIN.items():
            told = {(one.indicator, one.period) for one in findings if one.rule is rule}
            assert told == set(plain(case)), rule


@pytest.mark.parametrize("plain", [plain_slips, plain_jumps, plain_smooth, plain_copies])
def test_plain_rules_find_what_is_seeded(plain):
    figures = [Figure(UNIT, "energy.raw_coal", month(i), Decimal(900_123 + i * i * 7), "") for i in range(24)]
    figures[15] = replace(figures[15], amount=figures[15].amount * 1000)
    figures += [Figure(UNIT, "energy.electricity", month(i), Decimal(700_000 + 7_777 * i), "") for i in range(24)]
    figures += [Figure(UNIT, "energy.coke", month(i), Decimal(777), "") for i in (1, 9)]
    figures += [Figure(UNIT, "energy.diesel", month(i), Decimal(333), "") for i in (1, 9)]
    with localcontext(EXACT):
        case = Case(UNIT, Figures.of(figures), Records(), BOOK, today=TODAY, evidence=Evidence())
        assert list(plain(case))


AMOUNTS = st.one_of(st.integers(1, 40), st.integers(-10, 1000)).map(Decimal)


@settings(max_examples=400, deadline=None)
@given(
    AMOUNTS,
    st.lists(AMOUNTS, min_size=1, max_size=14),
    st.lists(AMOUNTS, max_size=4),
    st.sampled_from([Decimal(one) for one in ("0", "10", "40", "-20", "100", "130")]),
)
def test_usual_values_are_beyond_no_part_of_the_others(value, near, far, percent):
    for least in {0, 1, len(near) // 2, len(near)}:
        low, high = unusual([value, *near, *far], least, percent)
        if Around(near).beyond(value, percent):
            assert not low <= value <= high


def test_move_below_the_monthly_share_is_still_one_on_the_year():
    amounts = [amount * 1000 * (Decimal("1.4") if i == 15 else 1) for i, amount in enumerate(STEADY)]
    assert [(one.rule, one.period) for one in check(series("energy.raw_coal", amounts))] == [(Rule.JUMP, month(15))]


LIVELY = [Decimal(1000 + 437 * (i % 2) + 61 * (i % 3) + i * i) for i in range(20)]
ALIKE = {
    "steps": lambda k: Decimal(1234) * Decimal("1.02") ** k,
    "climbs": lambda k: Decimal(1234) + k * Decimal("77.7"),
    "falls": lambda k: Decimal(5000) - k * Decimal("300.5"),  # by more than the first amount there is
}


@pytest.mark.parametrize("start", range(1, 10))
@pytest.mark.parametrize("kind", ALIKE)
def test_shortest_smooth_run_is_found_wherever_it_begins(kind, start):
    amounts = [Decimal("100.3"), *LIVELY[1:]]
    assert "Q20" not in {one.rule for one in check(series("energy.coke", amounts))}
    amounts[start : start + 6] = [ALIKE[kind](k) for k in range(6)]
    assert "Q20" in {one.rule for one in check(series("energy.coke", amounts))}


@pytest.mark.parametrize("start", range(9))
def test_shortest_run_of_one_ratio_is_found_wherever_it_begins(start):
    output = [amount + 17 * (i % 5) for i, amount in enumerate(LIVELY)]
    energy = [amount * Decimal("0.7") * (1 + i % 4) for i, amount in enumerate(LIVELY)]
    energy[start : start + 5] = [amount * Decimal("0.713") for amount in output[start : start + 5]]
    figures = series("energy.raw_coal", energy) + series("value_added.industrial", output)
    assert [one.indicator for one in check(figures) if one.rule == "Q20"] == ["energy.raw_coal"]


@settings(max_examples=20, deadline=None)
@given(registers(), st.lists(ROWS, min_size=1, max_size=3))
def test_places_and_thresholds_change_only_at_turning_points(records, rows):
    book = Rulebook(with_rows(*({"id": f"row-{i}"} | row for i, row in enumerate(rows))), CATALOGUE)
    case = Case(UNIT, Figures(), records, book, today=TODAY, evidence=Evidence())
    turns, regions = turning_points(UNIT, records), regions_in(records)
    before = None
    for period in [Period.month(year, number) for year in range(2021, 2027) for number in range(1, 13)]:
        place = place_of(UNIT, records, period.end_day)
        assert before in (None, place) or last_month(period) in turns
        assert regions(UNIT, period) == records.regions_above(UNIT, period.end_day)
        for rule in {Rule(row["rule"]) for row in rows}:
            fresh = Rulebook(book.rules, CATALOGUE)  # nothing looked up before
            assert case.limits(rule, "energy.raw_coal", period) == fresh.limits(rule, "energy.raw_coal", place, period)
        before = place


def test_rules_with_a_plain_form_are_those_that_leave_points_out():
    assert set(PLAIN) == {Rule.UNIT_SLIP, Rule.JUMP, Rule.RATIO, Rule.DIVERGENCE, Rule.COPIED, Rule.SMOOTH}
