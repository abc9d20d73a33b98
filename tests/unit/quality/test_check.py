"""What a finding is: stable, in one place, silenced by an accepted explanation for its very figures only."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from quality_support import PLAIN, TODAY, UNIT, check, figure, found, month, series

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import Explanation, FindingState, Outcome
from planwatch.quality.check import gathered, held
from planwatch.quality.lifecycle import tracked

COAL = "energy.raw_coal"
SLIP = series(COAL, [amount * 1000 * (1000 if i == 15 else 1) for i, amount in enumerate(PLAIN)])


def explain(finding, *, accepted=True, on=TODAY):
    return Explanation(finding.key, finding.fingerprint, "检修", "统计局", on, accepted)


@pytest.mark.parametrize("seed", range(5))
def test_order_of_figures_changes_nothing(seed):
    figures = [*SLIP, figure(COAL, "2025-Q1", 1), figure(COAL, "2025-03", 7, report_id="z")]
    shuffled = Random(seed).sample(figures, len(figures))
    standing = list(Figures.of(sorted(shuffled, key=lambda one: one.report_id)).each())
    usual = list(Figures.of(sorted(figures, key=lambda one: one.report_id)).each())
    assert check(standing, statements=tuple(shuffled)) == check(usual, statements=tuple(figures))
    assert check(usual)


def test_figures_of_others_change_nothing():
    other = [replace(one, subject="unit:other", amount=one.amount * 3) for one in SLIP]
    assert check([*SLIP, *other]) == check(SLIP)


def test_all_faults_of_a_reading_stand_in_one_place_worst_first():
    (faulty,) = gathered(check(SLIP))
    assert (faulty.outcome, faulty.period) == (Outcome.HOLD, month(15))
    assert [one.rule.value for one in faulty.findings] == ["Q08", "Q09"]


def test_message_has_numbers_and_threshold():
    slip = check(SLIP)[0]
    assert "994,000,000" in slip.message
    assert "近于 1,000 倍" in slip.message
    assert slip.threshold == "planwatch 2026-11: unit-slip"
    assert slip.figures[0].amount == 994_000_000


def test_hold_keeps_the_figure_out_until_accepted():
    findings = check(SLIP)
    key = (UNIT, COAL, month(15))
    assert held(findings) == {key}
    slip = next(one for one in findings if one.outcome is Outcome.HOLD)
    assert held(findings, [explain(slip, accepted=False)]) == {key}
    assert held(findings, [explain(slip)]) == set()


def test_accepted_explanation_silences_its_rule_and_key_only():
    slip, jump = check(SLIP)
    assert check(SLIP, explanations=[explain(slip)]) == (jump,)
    elsewhere = replace(explain(slip), key=(*slip.key[:3], Period.month(2025, 5)))
    assert check(SLIP, explanations=[elsewhere]) == (slip, jump)


def test_explanation_is_void_when_its_figure_changes_and_survives_a_restatement():
    slip = check(SLIP)[0]
    restated = [replace(one, revision=1, amount=one.amount + Decimal("0.0")) for one in SLIP]
    assert "Q08" not in [one.rule for one in check(restated, explanations=[explain(slip)])]
    other = [replace(one, revision=1, amount=one.amount + (one.period == month(15))) for one in SLIP]
    assert "Q08" in [one.rule for one in check(other, explanations=[explain(slip)])]


def test_finding_lives_from_open_to_corrected():
    figures, day = Figures.of(SLIP), date(2026, 3, 1)
    findings = check(SLIP)
    opened = tracked(findings, (), (), figures, TODAY)
    assert {one.state for one in opened} == {FindingState.OPEN}
    said = [explain(one, accepted=False) for one in findings[:1]]
    explained = tracked(findings, opened, said, figures, day)
    assert [(one.state, one.opened, one.changed) for one in explained] == [
        (FindingState.EXPLAINED, TODAY, day),
        (FindingState.OPEN, TODAY, TODAY),
    ]
    accepted = tracked(findings, explained, [explain(findings[0])], figures, day)
    assert accepted[0].state is FindingState.ACCEPTED
    mended = Figures.of([*SLIP, figure(COAL, month(15), PLAIN[15] * 1000, revision=1)])
    gone = tracked(check(mended.each()), opened, (), mended, day)
    assert [(one.state, one.opened, one.changed) for one in gone] == [(FindingState.CORRECTED, TODAY, day)] * 2
    assert tracked((), gone, (), mended, date(2026, 4, 1)) == gone


def test_finding_that_later_months_explain_lapses():
    figures = Figures.of(SLIP)
    lapsed = tracked((), tracked(check(SLIP), (), (), figures, TODAY), (), figures, TODAY)
    assert {one.state for one in lapsed} == {FindingState.LAPSED}


def test_explanation_of_other_figures_opens_the_finding_again():
    findings = check(SLIP)
    old = replace(explain(findings[0]), fingerprint="0" * 64)
    assert tracked(findings, (), [old], Figures.of(SLIP), TODAY)[0].state is FindingState.OPEN


def test_held_figures_are_no_yardstick():
    tenfold = [replace(one, amount=one.amount * 10, flag="held") if i < 10 else one for i, one in enumerate(SLIP)]
    told = [one for one in found(check(tenfold)) if not one.startswith("Q24")]
    assert told == found(check(SLIP))
