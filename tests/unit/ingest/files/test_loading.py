"""A whole file: duplicates, conflicts, rows set aside, and an account in which every row is found again."""

import pytest
from files_support import CATALOGUE, figures, load, load_rows, make_mapping, wide, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowReason
from planwatch.ingest.files.loading import Loading

HEADER = "id,month,coal"


def test_loading_twice_gives_the_same_messages(tmp_path):
    rows = ("u2,2025-03,5", "u1,2025-03,7", "u1,2025-03,9")
    first, _, _ = load_rows(tmp_path, make_mapping(), HEADER, *rows)
    second, _, _ = load_rows(tmp_path, make_mapping(), HEADER, *rows)
    assert [report.to_json() for report in first] == [report.to_json() for report in second]


def test_order_of_rows_does_not_matter(tmp_path):
    rows = ["u1,2025-03,7", "u1,2025-03,9", "u2,2025-03,5", "u1,2025-03,7"]
    there, _, _ = load_rows(tmp_path, make_mapping(), HEADER, *rows)
    back, _, _ = load_rows(tmp_path, make_mapping(), HEADER, *reversed(rows))
    assert [(one.report_id, figures(one)) for one in there] == [(one.report_id, figures(one)) for one in back]


def test_identical_rows_count_once(tmp_path):
    reports, account, _ = load_rows(tmp_path, make_mapping(), HEADER, "u1,2025-03,7", "u1,2025-03,7")
    assert len(reports) == 1
    assert (account.rows_used, account.rows_identical) == (1, 1)


def test_conflicting_rows_are_both_kept_and_marked(tmp_path):
    mapping = make_mapping({"readings": [wide("coal"), wide("coke", indicator="energy.coke")]})
    reports, account, rejected = load_rows(tmp_path, mapping, f"{HEADER},coke", "u1,2025-03,7,1", "u1,2025-03,9,1")
    assert [report.report_id for report in reports] == ["u1-2025-03", "u1-2025-03-c2"]
    for report, other in zip(reports, ("3", "2"), strict=True):
        coal, coke = report.readings
        assert (coal.flag, coke.flag) == (Flag.SUSPECT, None)
        assert f"conflicts with row {other} of the same report id" in coal.note
    assert (account.rows_used, account.conflicts, rejected) == (2, 1, [])


def test_one_report_id_for_two_subjects_is_a_conflict(tmp_path):
    mapping = make_mapping({"readings": [wide("coal")], "report_id": {"constant": "same"}})
    reports, account, _ = load_rows(tmp_path, mapping, HEADER, "u1,2025-03,7", "u2,2025-03,7")
    assert {(report.report_id, report.subject.id) for report in reports} == {("same", "u1"), ("same-c2", "u2")}
    assert account.conflicts == 1


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ({"when": {"coal": "0"}, "why": "closed"}, ["u1-2025-03"]),
        ({"unless": {"id": ["u2", "u3"]}, "why": "others"}, ["u2-2025-03"]),
    ],
    ids=["when", "unless"],
)
def test_rows_are_set_aside_with_the_reason(tmp_path, rule, kept):
    mapping = make_mapping(set_aside=[rule])
    reports, account, _ = load_rows(tmp_path, mapping, HEADER, "u1,2025-03,7", "u2,2025-03,0")
    assert [report.report_id for report in reports] == kept
    assert account.rows_set_aside == {rule["why"]: 1}


def test_lacking_column_is_refused_with_what_was_perhaps_meant(tmp_path):
    path = write_csv(tmp_path / "t.csv", "id,mouth,coal", "u1,2025-03,7")
    with pytest.raises(InvalidDocument, match=r"t\.csv:1: .*'month'.*did you mean 'mouth'"):
        load(path, make_mapping())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2025-03,7", RowReason.NO_SUBJECT),
        ("u1,March,7", RowReason.UNKNOWN_PERIOD),
        ("u1,2025-03", RowReason.BROKEN_ROW),
        ("u 1,2025-03,7", RowReason.BREAKS_CONTRACT),
        (f"{'u' * 60},2025-03,7", RowReason.BREAKS_CONTRACT),
    ],
    ids=["nobody", "no period", "a cell short", "id with a space", "id too long"],
)
def test_unusable_row_is_rejected_and_the_rest_is_loaded(tmp_path, row, reason):
    reports, _, rejected = load_rows(tmp_path, make_mapping(), HEADER, row, "u2,2025-03,7")
    assert [report.subject.id for report in reports] == ["u2"]
    assert [(one.number, one.reason) for one in rejected] == [(2, reason)]


def test_months_between_first_and_last_report_are_missed(tmp_path):
    rows = ("u1,2024-11,7", "u1,2025-02,7", "u2,2025-01,7", "u2,2025-02,7")
    _, account, _ = load_rows(tmp_path, make_mapping(), HEADER, *rows)
    assert account.months.gaps() == (2, 1)
    assert len(account.months) == 2


def test_memory_is_bounded_by_the_run(tmp_path):
    rows = [f"u{i % 7},2025-{i % 12 + 1:02},{i}" for i in range(300)]
    path = write_csv(tmp_path / "t.csv", HEADER, *rows)
    small, _, _ = load(path, make_mapping(), run_lines=10)
    large, _, _ = load(path, make_mapping())
    assert small == large


def test_progress_is_told(tmp_path):
    path = write_csv(tmp_path / "t.csv", HEADER, "u1,2025-03,7", "u1,2025-04,7")
    told = []
    list(Loading(path, make_mapping(), CATALOGUE).reports(told.append))
    assert told == [1, 2]


CELLS = st.sampled_from(["", "NA", "0", "7", "7.0", "-3", "x", "1e5", "99999999999999999999", "8.5", '"1,5"'])
ROWS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["u1", "u2", "", "NA", "a b"]),
            st.sampled_from(["2025-03", "2025-04", "2025-13", "UNKNOWN", ""]),
            CELLS,
            CELLS,
        ).map(",".join),
        st.sampled_from(["u1", "u1,2025-03", "u1,2025-03,1,2,3", "skip,2025-03,1,2"]),
    ),
    max_size=40,
)
WIDE = make_mapping(
    {"readings": [wide("a", checks={"negative": "reject"}), wide("a", "b", indicator="energy.coke")]},
    set_aside=[{"when": {"id": "skip"}, "why": "not meant"}],
)
LONG = make_mapping(
    {
        "long": {
            "value": "b",
            "rules": [
                {"when": {"a": ["7", "7.0"]}, "indicator": "energy.raw_coal", "unit": "t", "sum_over": ["a"]},
                {"when": {"a": "8.5"}, "set_aside": "not meant"},
                {"when": {"a": ["0", "-3"]}, "indicator": "energy.coke", "unit": "t"},
            ],
        }
    },
    set_aside=[{"when": {"id": "skip"}, "why": "not meant"}],
)


@pytest.mark.parametrize("mapping", [WIDE, LONG], ids=["wide", "long"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_every_row_is_accounted_for(tmp_path, mapping, rows):
    """Rows read = used + identical + empty + set aside + rejected, whatever the file holds."""
    path = write_csv(tmp_path / "t.csv", "id,month,a,b", *rows)
    reports, account, rejected = load(path, mapping, run_lines=5)
    assert account.rows_read == sum(1 for row in rows if row.strip(", ")) == account.accounted
    assert account.rows_rejected.total() == len(rejected)
    assert account.messages == len(reports)
    assert account.figures == sum(len(report.readings) for report in reports)
    ids = [report.report_id for report in reports]
    assert len(set(ids)) == len(ids)
    assert {row.number for row in rejected} <= set(range(2, len(rows) + 2))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_reports_do_not_depend_on_the_order_of_rows(tmp_path, rows, order):
    shuffled = list(rows)
    order.shuffle(shuffled)
    first, _, _ = load(write_csv(tmp_path / "t.csv", "id,month,a,b", *rows), WIDE)
    second, _, _ = load(write_csv(tmp_path / "t.csv", "id,month,a,b", *shuffled), WIDE)
    assert [(one.report_id, figures(one)) for one in first] == [(one.report_id, figures(one)) for one in second]
