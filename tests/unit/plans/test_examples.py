"""The examples of the plans: they pass, and a wrong expectation is found on its line."""

from collections import Counter
from pathlib import Path

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.example import Example
from planwatch.contract.mechanism import MechanismState
from planwatch.contract.plan import Law, TargetKind
from planwatch.plans.folder import example_files, package_folder
from planwatch.plans.loader import examples_with_lines, load_law
from planwatch.service.examples import run_examples

UTILITIES = package_folder() / "example-utilities"
WHOLE_YEAR = """about: test
examples:
  - name: 一年
    target: chongqing.energy-intensity
    subject: region:500000
    as_of: 2021-12
    figures:
      - {subject: "region:500000", indicator: energy.total, period: "2020", value: "8000", unit: 万tce}
      - {subject: "region:500000", indicator: gdp, period: "2020", value: "25000", unit: 亿元}
      - {subject: "region:500000", indicator: energy.total, period: "2021", value: "8406.72", unit: 万tce}
      - {subject: "region:500000", indicator: gdp, period: "2021", value: "27000", unit: 亿元}
    expect:
      annual: {colour: yellow, actual: "2.7"}
"""


@pytest.fixture(scope="module")
def law() -> Law:
    """The package's own law."""
    return load_law()


@pytest.mark.parametrize("folder", [None, UTILITIES], ids=["the plans", "the example"])
def test_all_examples_pass(folder: Path | None) -> None:
    outcomes = list(run_examples(load_law(folder), example_files(folder)))
    assert outcomes
    assert [outcome for outcome in outcomes if outcome.differences] == []


def shipped_examples() -> list[Example]:
    """All examples that come with planwatch."""
    files = [*example_files(None), *example_files(UTILITIES)]
    return [example for file in files for _, example in examples_with_lines(file)]


def test_every_rule_set_has_examples(law: Law) -> None:
    assert {example.rule_set for example in shipped_examples()} - {None} == set(law.rule_sets)


def test_every_kind_of_target_has_at_least_three_examples(law: Law) -> None:
    targets = law.targets | load_law(UTILITIES).targets
    named = [targets[one.target] if isinstance(one.target, str) else one.target for one in shipped_examples()]
    shown = Counter(target.kind for target in named if target)
    kinds = {target.kind for target in targets.values() if target.kind is not TargetKind.NOT_COMPUTABLE}
    assert {kind.value: shown[kind] for kind in kinds if shown[kind] < 3} == {}


def test_every_mechanism_that_works_is_shown_by_at_least_three_examples(law: Law) -> None:
    working = [(plan.id, one) for plan in law.plans for one in plan.mechanisms if one.state is MechanismState.WORKS]
    assert working
    assert {f"{plan} {one.row}": one.examples for plan, one in working if len(one.examples) < 3} == {}


def test_the_table_of_2020_has_thirty_provinces_thrice(law: Law) -> None:
    file = next(file for file in example_files(None) if file.name == "nbs-2020.yaml")
    names = [example.name.split() for _, example in examples_with_lines(file)]
    table = [name for name in names if len(name) == 3]
    assert len(table) == 90
    assert len({name[0] for name in table}) == 30


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The example of a whole year, changed."""
    text = WHOLE_YEAR
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    file = tmp_path / "examples.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("colour: yellow", "colour: green", "annual: colour is yellow, expected green"),
        ("colour: yellow", "severity: 0", "annual: severity is 1, expected 0"),
        ('actual: "2.7"', 'actual: "2.71", tolerance: "0.001"', "annual: actual is 2.7, expected 2.71 ± 0.001"),
        ("colour: yellow, actual", "status: not_rated, reason: gdp, actual", "annual: status is rated"),
        ("      annual:", "      single:", "single: nothing came out; there are annual, five_year"),
    ],
    ids=["colour", "severity", "number", "status", "yardstick"],
)
def test_a_wrong_expectation_is_found(law: Law, tmp_path: Path, before: str, after: str, difference: str) -> None:
    (outcome,) = run_examples(law, [written(tmp_path, (before, after))])
    assert outcome.line == 3
    assert outcome.differences[0].startswith(difference)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("chongqing.energy-intensity", "chongqing.energy", "unknown target 'chongqing.energy'"),
        ('energy.total, period: "2020"', 'energy.sum, period: "2020"', "unknown indicator 'energy.sum'"),
        ('"25000", unit: 亿元', '"25000", unit: t', "t does not fit gdp; allowed: CNY"),
        ('indicator: gdp, period: "2020"', 'indicator: gdp, period: "20"', "'20' is no period"),
    ],
    ids=["target", "indicator", "unit", "period"],
)
def test_an_example_that_does_not_fit_names_file_and_line(
    law: Law, tmp_path: Path, before: str, after: str, message: str
) -> None:
    with pytest.raises(InvalidDocument) as caught:
        list(run_examples(law, [written(tmp_path, (before, after))]))
    assert str(caught.value).startswith(f"{tmp_path / 'examples.yaml'}:3: 一年: {message}")
