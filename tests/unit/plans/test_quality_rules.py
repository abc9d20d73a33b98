"""Quality rules are read as strictly as a plan: every fault of a file with its line, no id taken twice."""

from pathlib import Path

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.plans.folder import package_folder
from planwatch.plans.loader import load_catalogue
from planwatch.plans.quality_rules import load_quality_rules, quality_files

CATALOGUE = load_catalogue()
HEAD = "edition: test\nsource: test\nthresholds:\n"
ROW = "  - {id: mine, rule: Q13, valid_from: 2025-01-01, source: test, region: '500000', numbers: {percent: '8'}}\n"


def load(tmp_path, text):
    (tmp_path / "quality").mkdir()
    (tmp_path / "quality" / "mine.yaml").write_text(text, "utf-8")
    return load_quality_rules(CATALOGUE, [tmp_path])


def test_folder_adds_rows_and_its_edition(tmp_path):
    rules = load(tmp_path, HEAD + ROW)
    assert rules.edition == "planwatch 2026-11 + test"
    assert "mine" in [row.id for row in rules.thresholds]
    assert len(rules.thresholds) == len(load_quality_rules(CATALOGUE).thresholds) + 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (HEAD + ROW + ROW, 5, "row 'mine' stands twice"),
        (HEAD + ROW.replace("mine", "grid"), 4, "row 'grid' stands twice"),
        (HEAD + ROW.replace("percent", "per_cent"), 4, "Q13 has no number per_cent; allowed: percent, floor"),
        (HEAD + ROW.replace("'8'", "8.5"), 4, "put the number in quotes"),
        (HEAD + ROW.replace("Q13", "Q99"), 4, "Q01"),
        (HEAD + ROW.replace("source", "valid_to: 2024-01-01, source"), 4, "the row ends before it begins"),
        (HEAD + ROW.replace("region: '500000'", "indicator: energy.cole"), 4, "'energy.cole' is not in the catalogue"),
        (HEAD + ROW.replace("500000", "519999"), 4, "region '519999' is in no file of regions/"),
        (HEAD + ROW.replace("'8'", "'-3'"), 4, "percent must not be below 0"),
        (HEAD + ROW.replace("Q13", "Q08").replace("percent: '8'", "window: '0'"), 4, "window is a whole number from 1"),
        (HEAD + ROW.replace("Q13", "Q10").replace("percent: '8'", "run: '2.5'"), 4, "run is a whole number from 1"),
        (HEAD + ROW.replace("source", "outcome: reject, source"), 4, "allowed: hold, query, note"),
        ("coverage: '0'\n" + HEAD + ROW, 1, "coverage is a share above 0"),
        ("coverage: '101'\n" + HEAD + ROW, 1, "coverage is a share above 0"),
        (
            "relations:\n  - {id: r, kind: ratio, zh: 比, of: energy.cole, plus: [gdp]}\n" + HEAD + ROW,
            2,
            "'energy.cole' is not in the catalogue",
        ),
        (
            "relations:\n  - {id: r, kind: balance, zh: 平, of: energy.coke, plus: [gdp]}\n" + HEAD + ROW,
            2,
            "a balance needs opening and closing",
        ),
        (
            "relations:\n  - {id: r, kind: ratio, zh: 比, of: energy.coke, plus: [gdp, energy.total]}\n" + HEAD + ROW,
            2,
            "a ratio has exactly one indicator in plus",
        ),
    ],
)  # fmt: skip
def test_fault_is_told_with_its_line(tmp_path, text, line, message):
    with pytest.raises(InvalidDocument) as refused:
        load(tmp_path, text)
    assert [number for number, _ in refused.value.faults] == [line]
    assert message in str(refused.value)


def test_example_in_the_documentation_is_valid(tmp_path):
    text = (Path(__file__).parents[3] / "docs" / "howto" / "quality.md").read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert {row.id for row in load(tmp_path, example).thresholds} >= {"cq-grid", "cq-cement-ratio", "cq-no-digits"}


def test_package_folder_named_in_another_way_adds_nothing(monkeypatch):
    monkeypatch.chdir(package_folder().parent)
    assert quality_files((Path(package_folder().name),)) == quality_files()
