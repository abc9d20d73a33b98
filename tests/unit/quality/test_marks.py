"""Figures that came in as held, or before their period was over, have a finding somebody can answer."""

from quality_support import UNIT, check, figure, found

from planwatch.contract.quality import Explanation
from planwatch.quality.check import silenced

COAL = "energy.raw_coal"


def test_figure_stated_as_held_has_a_finding_with_its_note():
    held = figure(COAL, "2025-03", 100, flag="held")
    (doubt,) = check([held], notes={(COAL, held.period): "电表故障"})
    assert (doubt.rule.value, doubt.outcome.value) == ("Q24", "hold")
    assert "电表故障" in doubt.message
    assert found(check([figure(COAL, "2025-03", 100, flag="estimated")])) == []


def test_figure_held_for_its_sign_has_one_finding():
    assert found(check([figure(COAL, "2025-03", -100, flag="held")])) == [f"Q03 {COAL} 2025-03"]


def test_figure_received_before_its_period_was_over_is_held():
    soon = figure(COAL, "2026-03", 100)
    (doubt,) = check([soon], early=frozenset({(COAL, soon.period)}))
    assert (doubt.rule.value, doubt.outcome.value, doubt.period.label) == ("Q25", "hold", "2026-03")
    assert check([soon]) == ()


def test_newest_answer_about_the_same_figures_counts():
    (doubt,) = check([figure(COAL, "2025-03", -100, flag="held")])
    said = [Explanation(doubt.key, doubt.fingerprint, "x", "王某", doubt.period.end_day, ok) for ok in (True, False)]
    assert silenced(said) == {}
    assert silenced(reversed(said)) == {doubt.key: doubt.fingerprint}
    assert doubt.subject == UNIT
