"""`planwatch load` without a broker: what it prints, writes and ends with."""

import csv

import pytest
import typer
from files_support import CASES, MAPPINGS, write_csv
from typer.testing import CliRunner

from planwatch.contract.errors import InvalidDocument, SettingsError
from planwatch.ingest.files.template import COLUMNS, RECORD_COLUMNS
from planwatch.service.commands.load import load

APP = typer.Typer()
APP.command()(load)
MAPPING = """\
id: test
zh: 测试
en: test
origin: made up
reports:
  subject: {kind: {constant: unit}, id: {column: id}}
  period: {form: YYYY-MM, column: month}
  report_id: {template: "{id}-{month}"}
  submitted_at: {days_after: 10}
  readings:
    - {indicator: energy.raw_coal, unit: t, column: coal}
"""
MESSAGE = (
    '{"report_id": "r", "subject": {"kind": "unit", "id": "A"}, "period": "2025-03",'
    ' "submitted_at": "2025-04-10T09:00:00+08:00",'
    ' "readings": [{"indicator": "energy.raw_coal", "value": "1", "unit": "t"}]}\n'
)


def run(*words):
    # No database and no broker, whatever the shell has set.
    none = {"PLANWATCH_DATABASE__DSN": None, "PLANWATCH_DATABASE__DSN_FILE": None}
    return CliRunner(env={"COLUMNS": "200", **none}).invoke(APP, [str(word) for word in words])


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(MAPPING, "utf-8")
    return path


def test_account_is_printed_and_all_is_well(tmp_path, mapping):
    done = run(write_csv(tmp_path / "t.csv", "id,month,coal", "u1,2025-03,7"), "--mapping", mapping, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "dry run, nothing sent" in done.output
    assert "1 messages, 1 figures" in done.output


def test_rejected_rows_are_written_and_can_be_mended(tmp_path, mapping):
    table = write_csv(tmp_path / "t.csv", "id,month,coal", "u1,2025-03,7", "u1,UNKNOWN,8")
    rejects = tmp_path / "rejects.csv"
    done = run(table, "--mapping", mapping, "--dry-run", "--rejects", rejects)
    assert done.exit_code == 1
    assert "unknown_period" in done.output
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rejected_row"], row["rejected_reason"], row["month"]) for row in rows] == [
        ("3", "unknown_period", "UNKNOWN")
    ]
    rejects.write_text(rejects.read_text("utf-8").replace("UNKNOWN", "2025-04"), "utf-8")
    assert run(rejects, "--mapping", mapping, "--dry-run").exit_code == 0


def test_rejects_of_files_with_other_columns_keep_their_cells(tmp_path, mapping):
    one = write_csv(tmp_path / "one.csv", "id,month,coal", "u1,x,7")
    two = write_csv(tmp_path / "two.csv", "id,month,coal,remark", "u2,y,7,late")
    rejects = tmp_path / "rejects.csv"
    run(one, two, "--mapping", mapping, "--dry-run", "--rejects", rejects)
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rejected_file"], row["id"], row["other_cells"]) for row in rows] == [
        ("one.csv", "u1", ""),
        ("two.csv", "u2", '{"remark": "late"}'),
    ]


def test_nothing_taken_is_no_success(tmp_path, mapping):
    assert run(write_csv(tmp_path / "t.csv", "id,month,coal"), "--mapping", mapping, "--dry-run").exit_code == 1


@pytest.mark.parametrize(
    ("words", "columns"), [((), COLUMNS), (("--registry",), RECORD_COLUMNS)], ids=["reports", "registry"]
)
def test_template_loads_as_it_is(tmp_path, words, columns):
    template = tmp_path / "out.csv"
    assert run("--template", template, *words).exit_code == 0
    assert template.read_text("utf-8-sig").splitlines()[0] == ",".join(columns)
    done = run(template, *words, "--dry-run")
    assert done.exit_code == 0, done.output


def test_unusable_mapping_is_an_error_of_the_document(tmp_path, mapping):
    mapping.write_text(MAPPING.replace("unit: t", "unit: kWh"), "utf-8")
    done = run(write_csv(tmp_path / "t.csv", "id,month,coal"), "--mapping", mapping, "--dry-run")
    assert isinstance(done.exception, InvalidDocument)


@pytest.mark.parametrize(
    ("revision", "said"), [("", "1 行没有修订号"), ('"revision": 0, ', "")], ids=["none stated", "stated"]
)
def test_message_without_a_revision_is_said_where_no_database_can_be_asked(tmp_path, revision, said):
    path = tmp_path / "m.ndjson"
    path.write_text(MESSAGE.replace("{", "{" + revision, 1), "utf-8")
    done = run(path, "--dry-run")
    assert done.exit_code == 0, done.output
    assert ("没有修订号" in done.output) is bool(said)
    assert said in done.output


@pytest.mark.parametrize(("column", "said"), [(None, "2 行没有修订号"), ("", "2 行没有修订号"), ("1", "")], ids=str)
def test_table_without_revisions_is_said_where_no_database_can_be_asked(tmp_path, mapping, column, said):
    if column is not None:
        told = mapping.read_text("utf-8").replace("  readings:", '  revision: {column: rev, default: "0"}\n  readings:')
        mapping.write_text(told, "utf-8")
    cells = "" if column is None else f",{column}"
    rows = [f"u1,2025-0{month},7{cells}" for month in (1, 2)]
    table = write_csv(tmp_path / "t.csv", "id,month,coal" + ("" if column is None else ",rev"), *rows)
    done = run(table, "--mapping", mapping, "--dry-run")
    assert done.exit_code == 0, done.output
    assert ("没有修订号" in done.output) is bool(said)
    assert said in done.output


def test_correction_without_a_database_is_refused_before_anything_is_sent(tmp_path):
    path = tmp_path / "m.ndjson"
    path.write_text(MESSAGE, "utf-8")
    assert isinstance(run(path, "--as-correction").exception, SettingsError)


def test_correction_of_a_register_is_a_wrong_use(tmp_path):
    assert run(tmp_path / "r.csv", "--registry", "--as-correction").exit_code == 2


def test_line_with_a_key_stated_twice_is_rejected_by_name(tmp_path):
    path = tmp_path / "m.ndjson"
    path.write_text(MESSAGE.replace('"value": "1"', '"value": "1", "value": "999"'), "utf-8")
    done = run(path, "--dry-run")
    assert done.exit_code == 1
    assert "readings.0.value" in done.output
    assert "只保留一个" in done.output


def test_no_file_is_a_wrong_use():
    assert run("--dry-run").exit_code == 2


def test_public_figures_load_with_the_example_mappings():
    done = run(CASES / "states_monthly.csv", "--mapping", MAPPINGS / "us-states.yaml", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "is part of fuel_energy_total" in done.output
    done = run(CASES / "states_monthly.csv", "--mapping", MAPPINGS / "us-states-registry.yaml", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "2 messages" in done.output


def test_marks_of_many_kinds_are_counted_together(tmp_path):
    text = (
        MAPPING.split("  readings:", maxsplit=1)[0]
        + """\
  long:
    value: coal
    note: {column: why}
    flag: {constant: suspect}
    rules:
      - {indicator: energy.raw_coal, unit: t}
"""
    )
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    rows = [f"u{i},2025-03,1,{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(60)]
    table = write_csv(tmp_path / "t.csv", "id,month,coal,why", *rows)
    done = run(table, "--mapping", tmp_path / "m.yaml", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "另有 20 种原因" in done.output


EXAMPLES = MAPPINGS.parent / "load"


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        ([EXAMPLES / "monthly-zh.csv"], "3 messages, 6 figures"),
        ([EXAMPLES / "units-wide.csv", "--mapping", EXAMPLES / "units-wide.yaml"], "2 messages, 4 figures"),
        ([EXAMPLES / "discharge.xlsx", "--mapping", EXAMPLES / "discharge.yaml"], "12 messages, 24 figures"),
        ([MAPPINGS.parent / "http" / "reports.ndjson"], "2 messages, 4 figures"),
        ([MAPPINGS.parent / "kafka" / "reports.ndjson"], "1 messages, 2 figures"),
        ([MAPPINGS.parent / "correction.ndjson"], "1 messages, 1 figures"),
        ([MAPPINGS.parent / "first-report.ndjson"], "1 messages, 1 figures"),
        ([MAPPINGS.parent / "register-entries.ndjson"], "3 messages"),
    ],
    ids=["Chinese template", "own table", "own workbook", "messages", "producer", "correction", "first", "register"],
)
def test_examples_load_as_they_are(words, messages):
    done = run(*words, "--dry-run")
    assert done.exit_code == 0, done.output
    assert messages in done.output


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
@pytest.mark.parametrize("words", [[], ["--zh"]], ids=["English", "Chinese"])
def test_template_written_is_one_that_loads(tmp_path, name, words):
    assert run("--template", tmp_path / name, *words).exit_code == 0
    done = run(tmp_path / name, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "1 messages, 2 figures" in done.output
