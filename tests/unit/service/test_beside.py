"""What is said beside a judgement: names, withdrawals, marks, who is held and by what."""

from dataclasses import replace
from decimal import Decimal

import pytest
from alerts_support import make_assessment
from factories import make_figure

from planwatch.contract.figures import Used
from planwatch.contract.period import Period
from planwatch.service import beside
from planwatch.storage.beside_store import Beside, Doubt

NAMES = {"unit:A": "甲厂[一期]", "unit:B": "乙厂"}
MARCH, MAY = Period(2025, 3, 3), Period(2025, 5, 5)
COAL = "energy.raw_coal"


def doubt(rule="Q13", subject="unit:A", indicator=COAL, period=MARCH, outcome="query", state="open"):
    return Doubt(rule, subject, indicator, period, outcome, state, "与[电网]不符")


def figure(subject="A", period="2025-03", indicator=COAL, **over):
    return replace(make_figure(indicator, period, "1", subject=f"unit:{subject}"), **over)


def resting_on(*figures, reason=""):
    return make_assessment(used=tuple(Used(1, one) for one in figures), reason=reason)


WITHDREW = (("unit:B", COAL, MARCH),)
WORDS = [
    ("unit:A 未报 energy.raw_coal:2025-03;unit:C 未报 gdp:2025", "甲厂[一期](unit:A) 未报 energy.raw_coal:2025-03;unit:C 未报 gdp:2025"),
    ("unit:B 未报 energy.raw_coal:2025-03", "乙厂(unit:B) 已撤回 energy.raw_coal:2025-03"),
    ("unit:B 未报 energy.raw_coal:2025-03;覆盖率 90%(1/2 家,按家数)", "乙厂(unit:B) 已撤回 energy.raw_coal:2025-03;覆盖率 90%(1/2 家,按家数)"),
    ("unit:B 未报 energy.raw_coal:2025-02~04, 2025-08", "乙厂(unit:B) 未报 energy.raw_coal:2025-02~04, 2025-08(其中 2025-03 已撤回)"),
    ("unit:B 未报 energy.raw_coal:2025-04", "乙厂(unit:B) 未报 energy.raw_coal:2025-04"),
    ("unit:B 未报 gdp:2025-03", "乙厂(unit:B) 未报 gdp:2025-03"),
    ("unit:B reports no energy for 2025", "乙厂(unit:B) 的能耗数值已撤回:2025"),
    ("unit:B reports no energy for 2024", "乙厂(unit:B) reports no energy for 2024"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "said"), WORDS, ids=[one[0] or "nothing" for one in WORDS])
def test_reason_is_in_words_of_people(reason, said):
    assert beside.in_words(reason, Beside(NAMES, withdrawn=WITHDREW)) == said


@pytest.mark.parametrize(
    ("found", "marks"),
    [
        ([], []),
        ([doubt()], ["Q13 存疑待说明"]),
        ([doubt(state="explained"), doubt("Q10", indicator="*")], ["Q13 存疑已说明", "Q10 存疑待说明"]),
        ([doubt(period=MAY), doubt(subject="unit:B"), doubt(indicator="gdp"), doubt(outcome="hold")], []),
    ],
    ids=["nothing", "a question", "two, one of all that was stated", "of others, or no question"],
)
def test_figure_is_marked_with_what_is_asked_about_it(found, marks):
    assert beside.marks(figure(), found) == marks
    assert beside.marks(figure(flag="estimated"), found) == ["estimated", *marks]
    assert beside.queried(resting_on(figure(), figure(period="2025-04"), figure()), found) == (1 if marks else 0)


def test_who_holds_is_said_with_the_rule_and_what_to_do():
    one = resting_on(reason="unit:A 的 energy.raw_coal 待核不计:2025-03")
    found = [doubt("Q08", outcome="hold"), doubt(), doubt("Q08", "unit:B", outcome="hold")]
    assert list(beside.holding(one, Beside(NAMES, tuple(found)))) == [
        "Q08 甲厂[一期](unit:A) 2025-03 energy.raw_coal:与[电网]不符",
        "处理:planwatch quality list --subject unit:A",
    ]


def test_no_more_than_five_holds_are_said_and_how_many_more():
    found = tuple(doubt("Q08", period=Period(2025, month, month), outcome="hold") for month in range(1, 7))
    said = list(beside.holding(resting_on(reason="unit:A 的 x 待核不计"), Beside({}, found)))
    assert (len(said), said[5]) == (7, "另有 1 项")


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, ""), ("100", "100%(35/36 家)"), ("99.9999", "99.99%(35/36 家)"), ("90", "90%(35/36 家)")],
)
def test_coverage_is_never_rounded_up(share, said):
    assert beside.coverage_words(Decimal(share) if share else None, 35, 36) == said
