"""Quotes, mechanisms, scopes, reviews and plans that follow on others: what does not hold is found and named."""

import hashlib
from typing import Any

import pytest
from plans_support import TEXT_NAME, beside, law, left_out, mechanism, plan, review, scope, target, words_alone

from planwatch.contract.plan import Law, Plan
from planwatch.plans.check import Beside, assumptions, check, succession_findings

TEXT = "新增可再生能源电力消费量不纳入总量。实行中期评估。通过5G技术。建立清单。"
ROWS = {"A1": "分解, Split", "A2": "总量, Total"}


def messages(one: Law, with_: Beside) -> list[tuple[str, str]]:
    """Where and what."""
    return [(finding.where, finding.message) for finding in check(one, with_)]


def rich_plan(**changed: Any) -> Plan:
    """A plan with one entry of each kind that quotes."""
    fields: dict[str, Any] = {
        "scopes": (scope(TEXT, "新增可再生能源电力消费量不纳入总量"),),
        "mechanisms": (mechanism(TEXT, "建立清单"),),
        "reviews": (review(TEXT, "中期评估"),),
        "left_out": (left_out(TEXT, "5G技术"),),
    }
    return plan(words_alone(TEXT, "建立清单"), **(fields | changed))


def test_a_plan_that_is_what_it_quotes_has_no_finding() -> None:
    assert messages(law(rich_plan()), beside(TEXT)) == []


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("scopes", "county.total"),
        ("mechanisms", "county-2021-2025 A1"),
        ("reviews", "county-2021-2025 review mid_term"),
        ("left_out", "county-2021-2025 left_out"),
    ],
)
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"offset": 7}, "the quote is not at offset 7: it stands at "),
        ({"quote": "别处的话"}, f"it is nowhere in {TEXT_NAME} (别处的话…)"),
        ({"sha256": "0" * 64}, f"{TEXT_NAME} has the hash"),
        ({"text": "absent.txt"}, "the stored text absent.txt is not there"),
    ],
    ids=["offset", "wording", "hash", "text"],
)
def test_a_quote_that_does_not_hold_is_found_wherever_it_stands(
    key: str, where: str, changed: dict[str, Any], message: str
) -> None:
    (entry,) = getattr(rich_plan(), key)
    if key == "mechanisms":
        spoilt = entry.model_copy(update={"references": (entry.references[0].model_copy(update=changed),)})
    else:
        spoilt = entry.model_copy(update={"reference": entry.reference.model_copy(update=changed)})
    ((at, said),) = messages(law(rich_plan(**{key: (spoilt,)})), beside(TEXT))
    assert at == where
    assert message in said


def rows_of(*plans: Plan) -> Beside:
    """The rows asked of each of these plans."""
    return beside(TEXT, rows={one.content_hash: ROWS for one in plans}, examples={"甲例"})


def test_a_mechanism_row_that_a_plan_does_not_speak_of_is_found() -> None:
    one = rich_plan(content_hash=hashlib.sha256(b"one").hexdigest())
    ((where, said),) = messages(law(one), rows_of(one))
    assert where == "county-2021-2025"
    assert said.startswith("mechanism A2 (总量, Total) is missing: add it to `mechanisms:`")


def test_a_mechanism_row_that_is_not_in_the_list_is_found() -> None:
    both = (mechanism(TEXT, "建立清单"), mechanism(TEXT, row="A2"), mechanism(TEXT, row="Z9"))
    one = rich_plan(mechanisms=both, content_hash="1")
    assert messages(law(one), rows_of(one)) == [
        ("county-2021-2025 Z9", "mechanism-rows.yaml has no row Z9; it has A1, A2")
    ]


def test_rows_are_asked_only_of_the_plans_of_their_folder() -> None:
    assert messages(law(rich_plan(content_hash="2")), rows_of(rich_plan(content_hash="1"))) == []


def test_an_example_that_a_mechanism_names_must_exist() -> None:
    shown = mechanism(TEXT, "建立清单", state="works", examples=("甲例", "乙例"))
    ((where, said),) = messages(law(rich_plan(mechanisms=(shown,))), rows_of())
    assert where == "county-2021-2025 A1"
    assert said.startswith("no example is named '乙例'")


@pytest.mark.parametrize(
    ("deduction", "assumed", "message"),
    [
        ({"base_year": 2020}, {}, "base_year 2020 of new_renewables is not in the quote"),
        ({"base_year": 2020}, {"base_year": "the State's practice"}, None),
        ({"first_year": 2024}, {"new_renewables.first_year": "later"}, None),
        ({"first_year": 2024}, {"feedstock.first_year": "later"}, "first_year 2024 of new_renewables"),
    ],
    ids=["silent", "with its reason", "with a reason of its own", "the reason of another"],
)
def test_years_of_deductions_stand_in_the_clause_or_have_a_reason(
    deduction: dict[str, Any], assumed: dict[str, str], message: str | None
) -> None:
    less = ({"kind": "new_renewables", "of": ("energy.renewable_power",), **deduction},)
    found = messages(
        law(rich_plan(scopes=(scope(TEXT, "新增可再生能源电力消费量不纳入总量", less=less, assumed=assumed),))),
        beside(TEXT),
    )
    assert [message is not None and message in said for _, said in found] == ([True] if message else [])


def test_years_of_reviews_stand_in_the_clause_or_have_a_reason() -> None:
    silent = rich_plan(reviews=(review(TEXT, "中期评估", years=(2023,)),))
    assert messages(law(silent), beside(TEXT)) == [
        ("county-2021-2025 review mid_term", "2023 is not in the quote; give the reason under assumed: years")
    ]
    reasoned = rich_plan(reviews=(review(TEXT, "中期评估", years=(2023,), assumed={"years": "the middle"}),))
    assert messages(law(reasoned), beside(TEXT)) == []


def test_everything_assumed_is_listed_with_scopes_and_reviews() -> None:
    one = rich_plan(
        scopes=(scope(TEXT, "新增可再生能源电力消费量不纳入总量", assumed={"base_year": "practice"}),),
        reviews=(review(TEXT, "中期评估", assumed={"years": "the middle"}),),
    )
    assert [(found.where, found.what) for found in assumptions(law(one))] == [
        ("county.total", "base_year"),
        ("county-2021-2025 review mid_term", "years"),
    ]


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"succeeds": "county-2021-2025"}, []),
        (
            {"succeeds": "city-2021-2025"},
            ["it succeeds 'city-2021-2025', which no folder has; known: county-2021-2025"],
        ),
    ],
    ids=["known", "unknown"],
)
def test_a_plan_follows_on_one_that_is_there(later: dict[str, Any], said: list[str]) -> None:
    new = plan(words_alone(TEXT, "建立清单", id="next.words"), id="county-2026-2030", **later)
    assert [one.message for one in succession_findings(law(rich_plan(), new))] == said


@pytest.mark.parametrize(
    ("continues", "succeeds", "said"),
    [
        ("county.words", "county-2021-2025", None),
        ("county.other", "county-2021-2025", "it continues 'county.other', which no plan has"),
        ("county.words", None, "it continues a target of county-2021-2025; its plan succeeds None"),
    ],
    ids=["known", "unknown", "of a plan it does not follow"],
)
def test_a_target_continues_one_of_the_plan_before(continues: str, succeeds: str | None, said: str | None) -> None:
    carried = target(TEXT, "建立清单", id="next.share", continues=continues, value="1")
    new = plan(carried, id="county-2026-2030", succeeds=succeeds)
    found = [one.message for one in succession_findings(law(rich_plan(), new))]
    assert [said is not None and one.startswith(said) for one in found] == ([True] if said else [])
