"""Broken files: each fault is found on its line. A broken line carries «# FAULT» and a fragment of the message."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from planwatch.contract.decomposition import Decomposition
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import CoalTable, Plan, RuleSet
from planwatch.contract.strict import SHAPES
from planwatch.plans.consistency import Known
from planwatch.plans.loader import load_catalogue, load_document, load_examples, load_law, load_regions, load_rule_sets
from planwatch.plans.merged import load_merged
from planwatch.plans.plan_file import read_plan

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
PLACES = {
    "units": "units.yaml",
    "indicators": "indicators.yaml",
    "coefficients": "coefficients.yaml",
    "rulesets": "rulesets/broken.yaml",
    "regions": "regions/broken.yaml",
    "decompositions": "decompositions/broken.yaml",
}


@pytest.fixture(scope="module")
def known() -> Known:
    """What a plan may name, as planwatch ships it."""
    regions = frozenset(region.id for region in load_regions())
    return Known(load_catalogue(), load_rule_sets(), regions)


def marked(file: Path) -> list[tuple[int, str]]:
    """The lines of a file that are marked as broken, with the fragment beside each."""
    lines = enumerate(file.read_text("utf-8").splitlines(), 1)
    return [(number, found[1].strip()) for number, line in lines if (found := re.search("# FAULT (.*)$", line))]


def faults_of(file: Path, known: Known, tmp_path: Path) -> tuple[tuple[int | None, str], ...]:
    """What loading the file complains of, the file being put where its kind belongs."""
    kind = file.name.partition("-")[0]
    with pytest.raises(InvalidDocument) as caught:
        if kind == "plan":
            read_plan(file, known)
        elif kind == "examples":
            load_examples(file)
        else:
            place = tmp_path / PLACES[kind]
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(file.read_bytes())
            load_merged(tmp_path)
    assert Path(caught.value.file).suffix == ".yaml"
    return caught.value.faults


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_loader_names_line_and_remedy_of_each_fault_and_of_nothing_else(
    file: Path, known: Known, tmp_path: Path
) -> None:
    expected = marked(file)
    found = faults_of(file, known, tmp_path)
    assert expected, "a broken file marks its broken lines"
    for line, fragment in expected:
        assert any(at == line and fragment in message for at, message in found), (line, fragment, found)
    assert {line for line, _ in found} == {line for line, _ in expected}


def test_invalid_document_prints_file_and_line(known: Known, tmp_path: Path) -> None:
    file = next(file for file in BROKEN if file.stem == "plan-float")
    with pytest.raises(InvalidDocument, match=r"plan-float\.yaml:23: value: put the number in quotes"):
        read_plan(file, known)


def test_loader_refuses_a_target_id_of_an_earlier_plan(known: Known, tmp_path: Path) -> None:
    law = load_law()
    source = Path(str(BROKEN[0].parents[4] / "plans" / "cn-2021-2025" / "anshan.yaml"))
    with pytest.raises(InvalidDocument, match=r"target 'anshan.cod-reduction' is already in the plan anshan-2021-2025"):
        read_plan(source, known, law.plans)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"id: \xff", 1, "is not UTF-8 text"),
        (b"", None, "keys with values belong here: documents, en"),
        (b"- 1", 1, "keys with values belong here: documents, en"),
        (b"a: 1\n---\nb: 2", 2, "is no valid YAML"),
        (b"a: [" + b"[" * 3000, None, "is nested too deeply"),
        (b"a: " + b"9" * 5000, 1, "unknown key 'a'"),
        (b"!!set {a, b}", 1, "the tag tag:yaml.org,2002:set is not allowed"),
    ],
    ids=["not utf-8", "empty", "a list", "two documents", "bottomless", "a huge number", "a tagged mapping"],
)
def test_loader_refuses_what_is_no_plan(
    content: bytes, line: int | None, message: str, known: Known, tmp_path: Path
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(content)
    with pytest.raises(InvalidDocument) as caught:
        read_plan(file, known)
    assert caught.value.faults[0][0] == line
    assert any(message in words for _, words in caught.value.faults)


def test_loader_says_which_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match=r"absent\.yaml:\?: cannot be read: No such file"):
        load_examples(tmp_path / "absent.yaml")


def patterns_in(schema: Any) -> Iterator[str]:
    """Every pattern of a JSON Schema."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    for one in inner:
        yield from patterns_in(one)


@pytest.mark.parametrize("model", [Plan, RuleSet, Decomposition], ids=lambda model: model.__name__)
def test_editors_are_told_in_words_what_text_of_a_fixed_form_looks_like(model: type[BaseModel]) -> None:
    found = set(patterns_in(model.model_json_schema()))
    assert found
    assert found - set(SHAPES) == set()


def test_strict_reading_leaves_the_shared_loaders_of_yaml_alone() -> None:
    load_law()
    assert yaml.safe_load("a: yes") == {"a": True}
    assert yaml.safe_load("a: 2022-09-18") == {"a": date(2022, 9, 18)}


def test_load_document_reads_any_model_strictly(tmp_path: Path) -> None:
    file = tmp_path / "table.yaml"
    file.write_text('edition: e\nsource: s\nkinds: {coal: {cn: 煤, unit: kg, kgce: "0.7", status: seen}}\n', "utf-8")
    assert load_document(file, CoalTable).kinds["coal"].kgce == Decimal("0.7")
    file.write_text("edition: e\nsource: s\nkinds:\n  coal: {cn: 煤, unit: kg, kgce: 0.7, status: seen}\n", "utf-8")
    with pytest.raises(InvalidDocument, match=r"table\.yaml:4: kgce: put the number in quotes"):
        load_document(file, CoalTable)
