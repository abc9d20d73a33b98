"""The measure of the checks measures: clean figures stay clean, each seeded fault is found, filings stand beside a log."""

import csv

import pytest
from files_support import make_mapping, wide, write_csv
from quality_support import BOOK, CATALOGUE, PLAIN

from planwatch.service.quality_measure import KINDS, measure
from planwatch.service.quality_real import compared, filings, findings_of, months_of, outlier_log, why_not
from planwatch.simulate.faults import FAULTS


@pytest.fixture(scope="module")
def measured():
    return measure([3], 5, BOOK, CATALOGUE)


def test_clean_simulated_figures_raise_next_to_nothing(measured):
    assert measured.plain.unit_months == 5 * 33
    assert measured.plain.flagged * 100 <= measured.plain.unit_months


def test_ordinary_life_raises_few_queries_and_holds_nothing(measured):
    assert set(measured.lively.by_rule) <= {"Q09", "Q11", "Q12"}
    assert measured.lively.flagged * 10 <= measured.lively.unit_months


# What is hard to tell from noise: the documentation shows how much of it is found.
HARD = {"折标系数高 30%", "单耗高 20%", "单耗高 45%", "用电少报 6%", "编造末位数字"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in HARD])
def test_every_plain_fault_is_found_by_the_rule_meant(measured, kind):
    caught = measured.caught[kind]
    assert caught.seeded > 0
    assert caught.meant == caught.seeded


def test_every_rule_has_a_seeded_fault(measured):
    assert {one.rule for one in measured.caught.values()} == {f"Q{number:02}" for number in range(1, 24)}
    assert set(FAULTS) > HARD


def test_cost_is_measured_on_the_same_units(measured):
    assert measured.cost.readings == measured.plain.readings
    assert measured.cost.check > 0
    assert measured.cost.decode > 0


@pytest.fixture
def units(tmp_path):
    mapping = make_mapping({"readings": [wide("coal"), wide("a", "b", indicator="energy.electricity", unit="万kWh")]})
    rows = [
        f"x,{2024 + i // 12}-{i % 12 + 1:02},{value * (1000 if i == 15 else 1)},{value},{value * 2 + 1}"
        for i, value in enumerate(PLAIN)
    ]
    path = write_csv(tmp_path / "table.csv", "id,month,coal,a,b", *rows)
    return filings(path, mapping, CATALOGUE), mapping


def test_filings_stand_beside_the_publishers_log(units, tmp_path):
    stated, mapping = units
    log = tmp_path / "log.csv"
    with log.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["id", "column_tested", "raw_value", "median_val", "mad_score", "anomaly_severity", "month"],
                ["x", "coal", "994000", "1002", "9999", "Extreme", "2025-04"],
                ["x", "coal", "1003", "1002", "3", "Strong", "2024-01"],
                ["x", "b", "2007", "2005", "3", "Strong", "2024-01"],
                ["x", "price", "1", "2", "3", "Strong", "2024-01"],
            ]
        )
    findings = findings_of(stated, BOOK)
    assert months_of(stated) == 24
    beside = compared(findings, outlier_log(log, mapping))
    assert [f"{indicator} {period}" for _, indicator, period in beside.both] == ["energy.raw_coal 2025-04"]
    assert beside.ours == {}
    assert dict(beside.elsewhere) == {"price": 1}
    reasons = [why_not(logged[0], stated) for logged in beside.theirs.values()]
    assert reasons == ["记录说的是合计中的一列,合计本身没有异常", "在前后 12 个月范围之内:水平变化或波动大,不是孤点"]


def test_written_values_are_kept_beside_canonical_ones(units):
    stated, _ = units
    unit = stated["unit:x"]
    first = unit.statements[0]
    assert (first.indicator, first.amount, unit.written[first.indicator, first.period]) == (
        "energy.raw_coal",
        1_003_000,
        1003,
    )
