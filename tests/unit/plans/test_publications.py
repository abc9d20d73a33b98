"""Published barometers: the national ones are held as they were published, and faults name their line."""

from collections import Counter

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.plans.publications import load_published, published_files

GOOD = """levels:
  - {severity: 3, colour: red, zh: 一级预警, en: "Level 1"}
publications:
  - id: "2021H1"
    to: "2021-06"
    plan: 十四五
    complete: true
    confidence: high
    sources: [a notice]
    tables:
      - indicator: intensity
        regions:
          一级预警: [青海, 宁夏]
"""


def _load(tmp_path, text):
    path = tmp_path / "barometer.yaml"
    path.write_text(text, "utf-8")
    return load_published(path)


def test_shipped_barometers_are_the_published_ones():
    (file,) = published_files()
    rows = load_published(file)
    assert len({row.publication.id for row in rows}) == 10
    half_year = [row for row in rows if row.publication.id == "2021H1"]
    count = Counter((row.table.indicator, row.level.zh) for row in half_year)
    assert [count["intensity", f"{level}预警"] for level in ("一级", "二级", "三级")] == [9, 10, 11]
    assert [count["total", f"{level}预警"] for level in ("一级", "二级", "三级")] == [8, 5, 17]
    assert {row.period.label for row in half_year} == {"2021-H1"}
    assert "540000" not in {row.region for row in rows}, "西藏 is never rated"


def test_levels_that_are_not_known_are_not_filled_in():
    (file,) = published_files()
    first_quarter = [row for row in load_published(file) if row.publication.id == "2021Q1"]
    assert not any(row.publication.complete for row in first_quarter)
    assert "三级预警" not in {row.level.zh for row in first_quarter}


def test_region_names_become_codes(tmp_path):
    assert [(row.region, row.name) for row in _load(tmp_path, GOOD)] == [
        ("630000", "青海省"),
        ("640000", "宁夏回族自治区"),
    ]


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        (
            "[青海, 宁夏]",
            "[青海, 宁下]",
            "barometer.yaml:13: '宁下' is not the beginning of exactly one province's name",
        ),
        ("一级预警: [", "四级预警: [", "barometer.yaml:13: unknown level '四级预警'; known: 一级预警"),
        ("2021-06", "June", "barometer.yaml:5: 'June' is no period"),
        ("[青海, 宁夏]", "[青海, 青海]", "in two levels at once: 青海"),
        ("    plan: 十四五\n", "", "'plan' is missing"),
    ],
)
def test_faults_name_their_line(tmp_path, wrong, right, fault):
    with pytest.raises(InvalidDocument) as error:
        _load(tmp_path, GOOD.replace(wrong, right))
    assert fault in str(error.value)
