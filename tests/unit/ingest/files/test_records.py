"""Registry tables and files of messages."""

import gzip

import pytest
from files_support import CATALOGUE, make_mapping, write_csv

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Report
from planwatch.ingest.files.account import RowReason
from planwatch.ingest.files.lines import LineLoading
from planwatch.ingest.files.records import RecordLoading
from planwatch.ingest.files.template import usual_registry
from planwatch.simulate import scenario

HEADER = "code,name,two_high"


def registry_mapping(**over):
    fields = {
        "id": {"column": "code"},
        "name": {"column": "name"},
        "region": {"constant": "500101"},
        "two_high": {"column": "two_high"},
        "valid_from": {"constant": "2024-01-01"},
    }
    return make_mapping(registry={"record": "unit", "fields": fields} | over)


def load_records(path, mapping):
    rejected = []
    loading = RecordLoading(path, mapping)
    loading.account.on_reject = rejected.append
    records = list(loading.records())
    assert loading.account.balanced
    return records, loading.account, rejected


def test_rows_become_records(tmp_path):
    path = write_csv(tmp_path / "t.csv", HEADER, "u2,二厂,", "u1,一厂,是")
    records, _, _ = load_records(path, registry_mapping())
    assert [(record.id, record.name, record.two_high) for record in records] == [
        ("u1", "一厂", True),
        ("u2", "二厂", False),
    ]
    assert all(isinstance(record, UnitRecord) for record in records)


def test_regions_of_the_mapping_come_first(tmp_path):
    region = {"id": "US-AK", "name": "Alaska", "valid_from": "2015-01-01"}
    records, _, _ = load_records(write_csv(tmp_path / "t.csv", HEADER, "u1,一厂,"), registry_mapping(regions=[region]))
    assert isinstance(records[0], RegionRecord)
    assert (records[0].id, records[0].standard) == ("US-AK", "local")


def test_same_record_twice_counts_once_and_another_is_rejected(tmp_path):
    path = write_csv(tmp_path / "t.csv", HEADER, "u1,一厂,", "u1,一厂,", "u1,别厂,")
    records, account, rejected = load_records(path, registry_mapping())
    assert [record.name for record in records] == ["一厂"]
    assert (account.rows_used, account.rows_identical) == (1, 1)
    assert [(row.number, row.reason, row.detail) for row in rejected] == [
        (4, RowReason.CONFLICT, "row 2 states the same record otherwise")
    ]


@pytest.mark.parametrize("row", ["u 1,一厂,", "u1,,", "u1,一厂,perhaps"], ids=["id", "no name", "truth value"])
def test_record_that_breaks_the_contract_is_rejected(tmp_path, row):
    records, _, rejected = load_records(write_csv(tmp_path / "t.csv", HEADER, row), registry_mapping())
    assert records == []
    assert [one.reason for one in rejected] == [RowReason.BREAKS_CONTRACT]


def test_table_without_a_mapping_names_the_fields_itself(tmp_path):
    header = "kind,id,name,region,parent,valid_from,revision"
    path = write_csv(
        tmp_path / "t.csv",
        header,
        "region,500101,万州区,,500000,2020-01-01,",
        "unit,u1,一厂,500101,,2020-01-01,2",
        "castle,u2,城堡,500101,,2020-01-01,",
    )
    records, _, rejected = load_records(path, usual_registry(header.split(",")))
    assert [(record.kind, record.id, record.revision) for record in records] == [
        ("region", "500101", 0),
        ("unit", "u1", 2),
    ]
    assert [row.number for row in rejected] == [4]


def test_mapping_of_reports_is_refused(tmp_path):
    with pytest.raises(InvalidDocument, match="makes reports"):
        load_records(write_csv(tmp_path / "t.csv", HEADER), make_mapping())


def load_lines(path):
    rejected = []
    loading = LineLoading(path, CATALOGUE)
    loading.account.on_reject = rejected.append
    messages = list(loading.messages())
    assert loading.account.balanced
    return messages, loading.account, rejected


def test_messages_come_back_as_they_were_written(tmp_path):
    sent = [*scenario.registry(1, 3), *scenario.reports(1, 3, scenario.FIRST, scenario.FIRST)]
    texts = [one.to_json() if isinstance(one, Report) else one.model_dump_json().encode() for one in sent]
    path = tmp_path / "all.ndjson"
    path.write_bytes(gzip.compress(b"\n".join(texts)))
    messages, account, _ = load_lines(path)
    assert messages == sent
    assert account.rows_read == len(sent)


def test_faulty_lines_are_rejected_with_their_numbers(tmp_path):
    report = next(iter(scenario.reports(1, 0, scenario.FIRST, scenario.FIRST))).to_json()
    path = tmp_path / "some.ndjson"
    unfit = report.replace(b'"t"', b'"kWh"')
    path.write_bytes(b"\xef\xbb\xbf" + report + b"\r\n\n{broken\n" + b'{"kind":"unit"}\n\xff\n' + unfit + b"\n")
    messages, account, rejected = load_lines(path)
    assert len(messages) == 1
    assert [(row.number, row.reason) for row in rejected] == [
        (3, RowReason.BREAKS_CONTRACT),
        (4, RowReason.BREAKS_CONTRACT),
        (5, RowReason.BREAKS_CONTRACT),
        (6, RowReason.UNFIT_INDICATOR),
    ]
    assert rejected[0].cells == {"line": "{broken"}
    assert "valid_from" in rejected[1].detail, "a line that was meant as a record is read as one"
    assert account.rows_read == 5
