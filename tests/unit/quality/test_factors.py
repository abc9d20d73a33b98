"""Q07 for stated conversion factors: the table's own ranges, other ones where rows say so, and the register beside it."""

from datetime import date
from decimal import Decimal

import pytest
from quality_support import COAL, UNIT, check, figure, found, with_rows

from planwatch.contract.records import Records
from planwatch.contract.registry import MeasuredFactor, UnitRecord
from planwatch.rules.measured_factor import permitted_range

MARCH = "2025-03"
TINY = Decimal("0.0000001")
MEASURABLE = {kind: span for kind, entry in COAL.kinds.items() if (span := permitted_range(kind, entry))}


def stated(kind, amount, period=MARCH):
    return figure(f"factor.{kind}", period, amount)


def registered(*factors, region="500102", since="2020-01-01", industry=None, **over):
    measured = tuple(
        MeasuredFactor(energy_kind=kind, kgce=Decimal(kgce), valid_from=start, valid_to=end)
        for kind, kgce, start, end in factors
    )
    entry = UnitRecord(
        id=UNIT.removeprefix("unit:"), name="甲厂", region=region, industry=industry,
        valid_from=date.fromisoformat(since), measured_factors=measured, **over,
    )  # fmt: skip
    return Records.of([entry])


@pytest.mark.parametrize("kind", MEASURABLE)
def test_stated_factor_has_the_range_of_a_measured_one(kind):
    low, high = MEASURABLE[kind]
    assert check([stated(kind, low)]) == check([stated(kind, high)]) == ()
    for amount in (low - TINY, high + TINY):
        assert found(check([stated(kind, amount)])) == [f"Q07 factor.{kind} 2025-03"]


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("electricity", "0.1229", 0),
        ("electricity", "0.086", 1),  # 30 % below 0.1229 is 0.08603
        ("electricity", "0.404", 1),  # 等价值: units reckon at 当量值
        ("heat", "0.0341", 0),
        ("heat", "34.12", 1),
        ("raw_coal", "0", 1),
    ],
)
def test_factors_by_definition_have_a_range_too(kind, amount, expected):
    assert len(check([stated(kind, amount)])) == expected


def test_finding_names_the_range_and_the_row_of_the_table():
    (one,) = check([stated("raw_coal", "0.95")])
    assert one.message == "2025年3月原煤采用折标系数 0.95 kgce/kg,超出允许范围 0.50001 至 0.92859"
    assert one.threshold == "planwatch 2026-11: coal-table-raw-coal, range-factor, range"
    assert one.outcome.value == "query"


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [
        ("raw_coal", "714.3", "近于常用值的 1000 倍"),
        ("raw_coal", "0.0007143", "近于常用值的 1/1000"),
        ("natural_gas", "12.143", "近于常用值的 10 倍"),
        ("electricity", "1229", "近于常用值的 10000 倍"),
    ],
)
def test_factor_of_another_unit_is_called_so(kind, amount, words):
    (one,) = check([stated(kind, amount)])
    assert words in one.message


def test_several_months_state_one_factor_without_adding_up():
    assert check([stated("raw_coal", "0.7", f"2025-{month:02}") for month in range(1, 7)]) == ()


@pytest.mark.parametrize(
    ("row", "amount", "expected"),
    [
        ({"region": "500000", "indicator": "factor.*", "numbers": {"percent": "10"}}, "0.8", 1),
        ({"region": "500000", "indicator": "factor.*", "numbers": {"percent": "10"}}, "0.78", 0),
        ({"industry": "44", "indicator": "factor.raw_coal", "numbers": {"low": "0.4", "high": "0.6"}}, "0.7", 1),
        ({"industry": "44", "indicator": "factor.raw_coal", "numbers": {"low": "0.4", "high": "0.6"}}, "0.45", 0),
        ({"industry": "30", "indicator": "factor.raw_coal", "numbers": {"low": "0.4", "high": "0.6"}}, "0.7", 0),
        ({"valid_from": "2025-03-01", "indicator": "factor.raw_coal", "numbers": {"usual": "1"}}, "0.69", 1),
        ({"valid_from": "2025-04-01", "indicator": "factor.raw_coal", "numbers": {"usual": "1"}}, "0.69", 0),
        ({"indicator": "factor.*", "numbers": {}, "outcome": "hold", "off": True}, "7", 0),
    ],
)
def test_rows_go_before_the_table(row, amount, expected):
    rules = with_rows({"id": "own", "rule": "Q07"} | row)
    records = registered(region="500000", industry="4412")
    assert len(check([stated("raw_coal", amount)], rules=rules, records=records)) == expected


SINCE, UNTIL = date(2025, 1, 1), date(2025, 6, 30)


@pytest.mark.parametrize(
    ("factors", "amount", "period", "expected"),
    [
        ([("raw_coal", "0.6", SINCE, None)], "0.6", MARCH, 0),
        ([("raw_coal", "0.6", SINCE, None)], "0.603", MARCH, 0),  # half a per cent is rounding
        ([("raw_coal", "0.6", SINCE, None)], "0.6031", MARCH, 1),
        ([("raw_coal", "0.6", SINCE, None)], "0.5969", MARCH, 1),
        ([("raw_coal", "0.6", SINCE, None)], "0.7143", "2024-12", 0),  # nothing registered for that month
        ([("raw_coal", "0.6", SINCE, UNTIL)], "0.7143", "2025-07", 0),
        ([("washed_coal", "0.6", SINCE, None)], "0.7143", MARCH, 0),
        ([("raw_coal", "0.6", SINCE, None), ("raw_coal", "0.7143", date(2025, 3, 1), None)], "0.7143", MARCH, 0),
        ([("raw_coal", "0.6", SINCE, None), ("raw_coal", "0.7", date(2025, 2, 1), None)], "0.65", "2025-Q1", 0),
        ([("raw_coal", "0.6", SINCE, None), ("raw_coal", "0.7", date(2025, 2, 1), None)], "0.75", "2025-Q1", 1),
        ([("raw_coal", "0.6", SINCE, UNTIL)], "0.7", "2025-12c", 0),  # no factor for part of the year
    ],
)
def test_stated_factor_is_held_against_the_registered_one(factors, amount, period, expected):
    findings = check([stated("raw_coal", amount, period)], records=registered(*factors))
    assert len(findings) == expected
    assert all("与登记的实测折标系数 0." in one.message for one in findings)


def test_finding_beside_the_register_names_both_numbers():
    records = registered(("raw_coal", "0.6", SINCE, None))
    (one,) = check([stated("raw_coal", "0.7143")], records=records)
    assert one.message == (
        "2025年3月原煤采用折标系数 0.7143 kgce/kg,与登记的实测折标系数 0.6(自 2025-01-01) 相差超过 0.5%;"
        "折标按登记的计算,请核对以何者为准"
    )


def test_newer_entry_of_the_register_replaces_a_factor_of_the_same_day():
    old = registered(("raw_coal", "0.6", SINCE, None)).versions(UNIT)
    new = registered(("raw_coal", "0.7", SINCE, None), since="2025-02-01").versions(UNIT)
    assert check([stated("raw_coal", "0.7")], records=Records.of([*old, *new])) == ()
    assert len(check([stated("raw_coal", "0.6")], records=Records.of([*old, *new]))) == 1
