"""What of a text nothing covers: every numeral and every word of commitment has to be accounted for."""

from typing import Any

import pytest
from plans_support import TEXT_NAME, law, left_out, mechanism, plan, review, scope, target, words_alone

from planwatch.contract.plan import Plan
from planwatch.plans.beside import read_search_words
from planwatch.plans.numerals import CommitmentWord, SearchWords, gaps

SEARCH = SearchWords(
    begins="一、总体要求",
    words=(CommitmentWord(word="全部"), CommitmentWord(word="达标", unless=("达标率",))),
)


def open_places(text: str, *plans: Plan, search: SearchWords = SEARCH) -> list[str]:
    """What is covered by nothing, as written in the text."""
    return [gap.found for gap in gaps(law(*plans), {TEXT_NAME: text.encode()}, search)]


def quoting(text: str, quote: str, **fields: Any) -> Plan:
    """A plan of one target."""
    return plan(target(text, quote, **fields))


@pytest.mark.parametrize(
    ("quote", "fields", "uncovered"),
    [
        ("到2025年达到4.32万吨", {"value": "43200", "unit": "t", "target_year": 2025}, []),
        ("到2025年达到4.32万吨", {"value": "4.32", "unit": "万t"}, ["2025"]),
        ("到2025年达到4.32万吨", {"value": "4.33", "unit": "万t", "target_year": 2025}, ["4.32"]),
        ("达到4个百分点", {"value": "4", "unit": "%"}, ["4"]),
        ("比2020年下降6%", {"value": "6", "base_year": 2020, "target_year": 2025}, []),
        ("面积下降6%，人均下降6%", {"value": "6"}, ["6"]),
        ("2023年达到9%", {"value": "15", "milestones": ({"year": 2023, "value": "9"},)}, []),
        ("以5—9月为重点", {"value": "0", "season": (5, 9)}, []),
        ("电能利用效率1.3", {"value": "1.3", "unit": "ratio"}, []),
    ],
    ids=["converted", "year", "another value", "points", "base year", "twice", "milestone", "season", "no unit"],
)
def test_a_target_covers_the_numbers_it_states(quote: str, fields: dict[str, Any], uncovered: list[str]) -> None:
    assert open_places(quote, quoting(quote, quote, **fields)) == uncovered


def test_two_targets_cover_two_equal_numbers() -> None:
    text = "面积下降6%，人均下降6%"
    both = plan(target(text, text, value="6"), target(text, text, id="county.other", value="6"))
    assert open_places(text, both) == []


def test_a_number_outside_the_quote_is_not_covered() -> None:
    text = "达到6%。又达到6%"
    assert open_places(text, quoting(text, "达到6%", value="6")) == ["6"]


@pytest.mark.parametrize("key", ["mechanisms", "left_out", "reviews", "scopes"])
def test_quotes_beside_the_targets_cover_numbers_and_words(key: str) -> None:
    text = "通过5G技术全部达标"
    rows = {
        "mechanisms": (mechanism(text, "5G技术全部"),),
        "left_out": (left_out(text, "5G技术全部"),),
        "reviews": (review(text, "5G技术全部"),),
        "scopes": (scope(text, "5G技术全部"),),
    }
    assert open_places(text, plan(words_alone(text, "通过"), **{key: rows[key]})) == ["达标"]


def test_words_are_covered_by_targets_without_a_number_in_the_text() -> None:
    text = "园区全部改造"
    assert open_places(text, plan(words_alone(text, text))) == []
    assert open_places(text, quoting(text, text, value="100", assumed={"value": "全部 is 100 %"})) == []
    assert open_places(text, quoting(text, text, value="100")) == ["全部"]


def test_a_word_inside_another_phrase_is_no_commitment() -> None:
    text = "断面达标率提高，城市达标"
    assert open_places(text, plan(words_alone(text, "断面"))) == ["达标"]


def test_numbers_of_paragraphs_are_no_commitments() -> None:
    text = "1．着力提升\n  12．发展 3．深入\n5.5元\n2021年"
    assert open_places(text, plan(words_alone(text, "着力"))) == ["3", "5.5", "2021"]


def test_what_stands_before_the_plan_proper_is_left_aside() -> None:
    text = "发〔2022〕39号,达到90%\n一、总体要求\n达到80%"
    assert open_places(text, plan(words_alone(text, "总体要求"))) == ["80"]


def test_a_gap_says_where_it_stands_and_what_is_around_it() -> None:
    text = "第一行\n到2025年,覆盖率达到43%,完成任务"
    found = gaps(law(quoting(text, "到2025年", target_year=2025, value="1")), {TEXT_NAME: text.encode()}, SEARCH)
    assert [str(gap) for gap in found] == [
        "county.txt:2:13: 43 is covered by nothing: …到2025年,覆盖率达到【43】%,完成任务…"
    ]


def test_the_words_looked_for_are_not_inside_one_another_by_mistake() -> None:
    for word in read_search_words(None).words:
        assert all(word.word in phrase and phrase != word.word for phrase in word.unless), word


def test_every_word_looked_for_finds_itself() -> None:
    search = read_search_words(None)
    for word in search.words:
        text = f"开头…{word.word}…"
        assert word.word in open_places(text, plan(words_alone(text, "开头")), search=search)
