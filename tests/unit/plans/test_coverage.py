"""What commitments rest on, and the page that is generated from it."""

from pathlib import Path
from typing import Any

import pytest
from plans_support import law, left_out, mechanism, plan, review, scope, target, words_alone

from planwatch.contract.mechanism import MechanismState
from planwatch.contract.plan import Law
from planwatch.plans.beside import read_mechanism_rows
from planwatch.plans.check_mechanisms import MechanismRows
from planwatch.plans.coverage import Feed, coverage
from planwatch.plans.coverage_page import coverage_markdown
from planwatch.plans.loader import load_law

ROOT = Path(__file__).resolve().parents[3]
TEXT = "比例达到75%。全部建成|得到<改善>。年中评估。通过5G。"
OF_PROJECTS: dict[str, Any] = {
    "kind": "cumulative_reduction",
    "sum_of": "project",
    "measure": {"of": "reduction.cod", "unit": "t"},
    "unit": "t",
    "base_year": 2020,
    "target_year": 2025,
    "path": "linear",
}
CHECK: dict[str, Any] = {"kind": "register_check", "check": "double_counted", "measure": None, "unit": None}
CHECK["applies_to"] = {"kind": "project", "region": "120000", "entry": "reduction_project"}
OF_UNITS: dict[str, Any] = {"applies_to": {"kind": "unit", "region": "120000"}}
OF_UNITS["measure"] = {"of": "energy.standard_coal", "per": "output.electricity", "unit": "kgce/kWh"}


@pytest.mark.parametrize(
    ("fields", "feed", "sources"),
    [
        ({}, Feed.STATISTICS, ["energy.total (region)", "gdp (region)"]),
        (OF_PROJECTS, Feed.REGISTERS, ["reduction.cod (project)"]),
        (CHECK, Feed.REGISTERS, []),
        (OF_UNITS, Feed.UNIT_REPORTS, ["energy.standard_coal (unit)", "output.electricity (unit)"]),
        (
            {"scope": "county.total", "measure": {"of": "energy.total", "unit": "tce"}},
            Feed.STATISTICS,
            ["energy.total (region)", "energy.renewable_power (region)"],
        ),
    ],
    ids=["a region's share", "a ledger", "a check", "units", "with a scope"],
)
def test_a_commitment_rests_on_what_it_needs(fields: dict[str, Any], feed: Feed, sources: list[str]) -> None:
    one = plan(target(TEXT, "比例达到75%", value="75", **fields), scopes=(scope(TEXT, "通过5G"),))
    (commitment,) = coverage(law(one))[0].commitments
    assert commitment.feed is feed
    assert [str(source) for source in commitment.sources] == sources


def counted_law() -> Law:
    """A plan with three commitments, one of them split, and two mechanisms."""
    shown = mechanism(TEXT, "比例达到75%", state="works", examples=("甲例",), targets=("county.share",))
    return law(
        plan(
            target(TEXT, "比例达到75%", value="75"),
            target(TEXT, "比例达到75%", id="county.split", decompose={}),
            target(TEXT, "比例达到75%", id="county.split.120101", value="70", parent="county.split"),
            words_alone(TEXT, "全部建成|得到<改善>"),
            mechanisms=(shown, mechanism(TEXT, row="A2")),
            reviews=(review(TEXT, "年中评估", years=(2023,)),),
            left_out=(left_out(TEXT, "5G"),),
        )
    )


def test_values_of_holders_are_not_counted_again() -> None:
    (one,) = coverage(counted_law())
    assert one.counts == {
        Feed.UNIT_REPORTS: 0,
        Feed.STATISTICS: 2,
        Feed.REGISTERS: 0,
        Feed.NOT_COMPUTABLE: 1,
    }
    assert one.states == {MechanismState.WORKS: 1, MechanismState.RECORDED: 0, MechanismState.ABSENT: 1}


def rows() -> MechanismRows:
    """Two rows."""
    names = [{"row": row, "zh": f"机制{row}", "en": f"Mechanism {row}"} for row in ("A1", "A2")]
    return MechanismRows.model_validate({"folder": "x", "rows": tuple(names)})


@pytest.mark.parametrize(
    "line",
    [
        "| 某县方案 (`county-2021-2025`) | 3 | 0 | 2 | 0 | 1 | 1 | 0 | 1 |",
        "| A1 | 机制A1, Mechanism A1 | works |",
        "| A2 | 机制A2, Mechanism A2 | absent |",
        "* `county-2021-2025`: **works**. kept as a record Targets: `county.share`. Examples: 甲例.",
        "  一: 「比例达到75%」",
        "| `county.share` | 某县绿色出行比例 | >= 75 % | statistics | energy.total (region), gdp (region) | 一: 「比例达到75%」 |",
        "| `county.words` | 某县承诺 | — | not computable | no number is given | 一: 「全部建成&#124;得到&lt;改善>」 |",
        "| 中期评估 (mid_term) | 2023 | 一: 「年中评估」 |",
        "| 一: 「5G」 | a name |",
    ],
)
def test_the_page_has_a_line_for_everything(line: str) -> None:
    assert line in coverage_markdown(counted_law(), rows()).splitlines()


def test_the_page_in_the_documents_is_that_of_the_plans() -> None:
    made = coverage_markdown(load_law(), read_mechanism_rows(None))
    assert (ROOT / "docs" / "coverage.md").read_text("utf-8") == made, "run `make coverage`"


def test_the_page_names_every_commitment_and_every_mechanism() -> None:
    shipped, listed = load_law(), read_mechanism_rows(None)
    page = coverage_markdown(shipped, listed)
    assert [name for name in shipped.targets if f"| `{name}` |" not in page] == []
    assert [row.row for row in listed.rows if f"### {row.row} " not in page] == []
    assert len(listed.rows) == 9 + 4 + 7 + 7 + 8 + 4
