"""The long form: one figure a row, rules, sums over parts, days added up to months."""

from decimal import Decimal

import pytest
from files_support import figures, load_rows, make_mapping

from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowReason

HEADER = "id,month,what,value,unit"


def long_mapping(*rules, value="value", **over):
    return make_mapping({"long": {"value": value, "rules": list(rules)}, **over})


COAL = {"when": {"what": "coal"}, "indicator": "energy.raw_coal", "unit": "t"}
COKE = {"when": {"what": ["coke", "焦炭"]}, "indicator": "energy.coke", "unit": "t", "scale": "1000"}


def test_rows_of_one_report_become_its_readings(tmp_path):
    rows = ("u1,2025-03,coal,5,t", "u2,2025-03,coal,7,t", "u1,2025-03,焦炭,0.5,kt")
    reports, account, _ = load_rows(tmp_path, long_mapping(COAL, COKE), HEADER, *rows)
    assert [(report.report_id, figures(report)) for report in reports] == [
        ("u1-2025-03", {"energy.raw_coal": ("5", None), "energy.coke": ("500.0", None)}),
        ("u2-2025-03", {"energy.raw_coal": ("7", None)}),
    ]
    assert (account.rows_used, account.messages, account.figures) == (3, 2, 3)


def test_first_rule_that_fits_holds(tmp_path):
    anything = {"indicator": "energy.diesel", "unit": "t"}
    reports, _, _ = load_rows(tmp_path, long_mapping(COAL, anything), HEADER, "u1,2025-03,coal,5,t", "u1,2025-03,x,6,t")
    assert set(figures(reports[0])) == {"energy.raw_coal", "energy.diesel"}


def test_row_without_a_rule_is_rejected(tmp_path):
    _, _, rejected = load_rows(tmp_path, long_mapping(COAL), HEADER, "u1,2025-03,gas,5,m3")
    assert [row.reason for row in rejected] == [RowReason.NO_RULE]
    assert rejected[0].detail.startswith("no rule fits what='gas'")


def test_row_set_aside_is_counted_with_its_reason(tmp_path):
    rule = {"when": {"what": "gas"}, "set_aside": "metered elsewhere"}
    _, account, rejected = load_rows(tmp_path, long_mapping(COAL, rule), HEADER, "u1,2025-03,gas,5,m3")
    assert (account.rows_set_aside, rejected) == ({"metered elsewhere": 1}, [])


def test_indicator_and_unit_may_stand_in_the_table(tmp_path):
    form = {
        "value": "value",
        "indicator": {"column": "what", "rename": {"coal": "energy.raw_coal"}},
        "unit": {"column": "unit", "rename": {"tons": "t"}},
    }
    reports, _, rejected = load_rows(
        tmp_path,
        make_mapping({"long": form}),
        HEADER,
        "u1,2025-03,coal,5,tons",
        "u1,2025-04,coal,5,kWh",
        "u1,2025-05,gold,5,t",
        "u1,2025-06,gdp,5,CNY",
    )
    assert [report.period for report in reports] == ["2025-03"]
    assert [row.reason for row in rejected] == [RowReason.UNFIT_INDICATOR] * 3
    assert "allowed: t," in rejected[0].detail
    assert "no indicator 'gold'" in rejected[1].detail
    assert "reported by region, not by a unit" in rejected[2].detail


SUM = {"when": {"what": ["coal", "slack", "dust"]}, "indicator": "energy.raw_coal", "unit": "t", "sum_over": ["what"]}


@pytest.mark.parametrize(
    ("rows", "stated", "note"),
    [
        (("coal,5", "slack,2.5"), ("7.5", None), None),
        (("coal,5", "slack,NA"), ("5", Flag.SUSPECT), "without slack: not reported"),
        (("coal,5", "slack,-1"), ("4", Flag.HELD), "slack: value is negative"),
        (("coal,5",), ("5", None), None),
    ],
    ids=["two parts", "a part not reported", "a part held", "one part"],
)
def test_parts_are_added_up(tmp_path, rows, stated, note):
    lines = [f"u1,2025-03,{row},t" for row in rows]
    reports, _, _ = load_rows(tmp_path, long_mapping(SUM), HEADER, *lines)
    assert figures(reports[0]) == {"energy.raw_coal": stated}
    assert reports[0].readings[0].note == note


def test_part_stated_twice_differently_is_rejected_once(tmp_path):
    rows = ("u1,2025-03,coal,5,t", "u1,2025-03,coal,6,t", "u1,2025-03,coal,5,t", "u1,2025-03,slack,1,t")
    reports, account, rejected = load_rows(tmp_path, long_mapping(SUM), HEADER, *rows)
    assert figures(reports[0]) == {"energy.raw_coal": ("6", None)}
    assert [(row.number, row.reason) for row in rejected] == [(3, RowReason.CONFLICT)]
    assert account.rows_identical == 1


def test_sum_of_parts_not_reported_is_nothing(tmp_path):
    reports, account, _ = load_rows(tmp_path, long_mapping(SUM), HEADER, "u1,2025-03,coal,,t", "u1,2025-03,slack,NA,t")
    assert (reports, account.rows_empty) == ([], 2)


DAYS = "id,month,value"


def daily(folder, days, incomplete="suspect", value="1.5"):
    mapping = make_mapping(
        {
            "period": {"form": "YYYY-MM-DD", "column": "month"},
            "report_id": {"template": "{id}"},
            "aggregate": "sum_by_month",
            "incomplete": incomplete,
            "long": {"value": "value", "rules": [{"indicator": "energy.raw_coal", "unit": "t"}]},
        }
    )
    return load_rows(folder, mapping, DAYS, *(f"u1,2023-02-{day:02},{value}" for day in days))


def test_days_are_added_up_to_the_month_with_their_count(tmp_path):
    reports, _, _ = daily(tmp_path, range(1, 29))
    (reading,) = reports[0].readings
    assert (reports[0].period, reading.value, reading.flag) == ("2023-02", Decimal("42.0"), None)
    assert reading.note == "sum of 28 of 28 days"


@pytest.mark.parametrize(
    ("incomplete", "flag"), [("suspect", Flag.SUSPECT), ("hold", Flag.HELD), ("accept", None)], ids=str
)
def test_incomplete_month_is_marked(tmp_path, incomplete, flag):
    reports, _, _ = daily(tmp_path, range(1, 28), incomplete)
    (reading,) = reports[0].readings
    assert (reading.flag, reading.note) == (flag, "sum of 27 of 28 days")


def test_day_not_reported_makes_the_month_incomplete(tmp_path):
    mapping_days = [*range(1, 28)]
    reports, _, _ = daily(tmp_path, mapping_days)
    assert reports[0].readings[0].value == Decimal("40.5")


def test_day_twice_differently_is_rejected(tmp_path):
    reports, _, rejected = daily(tmp_path, [*range(1, 29), 28])
    assert (len(reports), rejected) == (1, []), "the same day with the same value is one day"


def test_day_that_does_not_exist_is_rejected(tmp_path):
    _, _, rejected = daily(tmp_path, [1, 31])
    assert [row.reason for row in rejected] == [RowReason.UNKNOWN_PERIOD]


def test_marks_of_the_table_are_kept(tmp_path):
    form = {
        "value": "value",
        "flag": {"column": "flag"},
        "note": {"column": "note"},
        "rules": [{"indicator": "energy.raw_coal", "unit": "t"}],
    }
    reports, _, rejected = load_rows(
        tmp_path,
        make_mapping({"long": form}),
        "id,month,value,flag,note",
        "u1,2025-03,5,estimated,meter broken",
        "u1,2025-04,-5,estimated,",
        "u1,2025-05,5,guessed,",
    )
    readings = [report.readings[0] for report in reports]
    assert [(reading.flag, reading.note) for reading in readings] == [
        (Flag.ESTIMATED, "meter broken"),
        (Flag.HELD, "value is negative"),
    ]
    assert [row.reason for row in rejected] == [RowReason.BREAKS_CONTRACT]


@pytest.mark.parametrize(
    ("given", "read"),
    [("576.538508041873", "576.538508"), ("1.0000005", "1.000000"), ("1.25", "1.25"), ("7", "7")],
)
def test_figures_of_too_many_decimals_are_rounded_where_the_mapping_says_so(tmp_path, given, read):
    row = f"u1,2025-03,coal,{given},t"
    reports, _, _ = load_rows(tmp_path, long_mapping(COAL | {"decimals": 6}), HEADER, row)
    assert figures(reports[0]) == {"energy.raw_coal": (read, None)}


def test_rule_makes_its_figures_and_their_sums_suspect(tmp_path):
    whole = {"when": {"what": "a*"}, "indicator": "energy.raw_coal", "unit": "t", "sum_over": ["what"]}
    part = whole | {"when": {"what": "b*"}, "suspect": "only half a month"}
    rows = ("u1,2025-03,a1,5,t", "u1,2025-03,b1,2,t", "u2,2025-03,a1,5,t")
    reports, account, _ = load_rows(tmp_path, long_mapping(whole, part), HEADER, *rows)
    assert [figures(report) for report in reports] == [
        {"energy.raw_coal": ("7", Flag.SUSPECT)},
        {"energy.raw_coal": ("5", None)},
    ]
    assert list(account.marked) == [("energy.raw_coal", "suspect", "b#: only half a month")]
