"""Departments are those of the bracket that ends the paragraph of the quote."""

import pytest
from plans_support import beside, law, plan, target, words_alone

from planwatch.plans.check import check
from planwatch.plans.check_departments import departments_in, responsibility_bracket

TEXT = (
    "绿色出行比例达到75%（含步行）。推广公交。（市交通局牵头，市公安局、各县（市）区政府等按职责分工负责）\n"
    "下一段。（市财政局负责）\n"
    "没有括号。"
)


def found(quote: str, *departments: str) -> list[str]:
    """What the check says of a commitment in words with these departments."""
    return [one.message for one in check(law(plan(words_alone(TEXT, quote, departments=departments))), beside(TEXT))]


@pytest.mark.parametrize(
    ("quote", "departments"),
    [
        ("绿色出行比例", ("市交通局", "市公安局", "各县（市）区政府")),
        ("推广公交", ("市公安局",)),
        ("下一段", ("市财政局",)),
        ("没有括号", ()),
    ],
)
def test_departments_of_the_bracket_have_no_finding(quote: str, departments: tuple[str, ...]) -> None:
    assert found(quote, *departments) == []


@pytest.mark.parametrize(
    ("quote", "departments", "message"),
    [
        ("推广公交", ("市财政局",), "does not name 市财政局; it names 市交通局、市公安局、各县（市）区政府"),
        ("推广公交", ("公安局",), "does not name 公安局"),
        ("推广公交", (), "departments are missing; the bracket after the quote names 市交通局"),
        ("没有括号", ("市财政局",), "no bracket with 负责 follows the quote in its paragraph"),
    ],
    ids=["of the next paragraph", "part of a name", "none", "no bracket"],
)
def test_departments_that_the_bracket_does_not_name_are_found(
    quote: str, departments: tuple[str, ...], message: str
) -> None:
    (said,) = found(quote, *departments)
    assert message in said


def test_departments_with_a_reason_are_left_alone() -> None:
    chosen = target(TEXT, "比例达到75%", value="75", departments=("市财政局",))
    chosen = chosen.model_copy(update={"assumed": {**chosen.assumed, "departments": "the list of tasks says so"}})
    assert check(law(plan(chosen)), beside(TEXT)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "甲。〔市发展改革委、市水利局，开发区管委会负责落实。以下均需落实，不再列出〕",
            ["市发展改革委", "市水利局", "开发区管委会"],
        ),
        ("甲。(省交通运输厅、省发改委牵头,省工信厅等按职责分工负责)", ["省交通运输厅", "省发改委", "省工信厅"]),
        ("甲(当量值)。(市公共机构节能办负责)", ["市公共机构节能办"]),
    ],
    ids=["round corners", "half width", "another bracket before"],
)
def test_brackets_of_the_four_plans_are_read(text: str, names: list[str]) -> None:
    assert departments_in(responsibility_bracket(text, 1)) == names
