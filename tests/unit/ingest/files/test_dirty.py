"""Dirty files, each with the account it must come to: loaded as meant, or refused in words a statistician understands."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from files_support import CATALOGUE
from typer.testing import CliRunner

from planwatch.contract.errors import InvalidDocument
from planwatch.ingest.files.loading import Loading
from planwatch.service.commands.load import load, read_mapping, template_of

DIRTY = Path(__file__).resolve().parents[3] / "dirty"
FILES = sorted(path for path in DIRTY.iterdir() if path.suffix in (".csv", ".txt", ".xlsx", ".xls"))
APP = typer.Typer()
APP.command()(load)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def expected_of(path):
    return json.loads((DIRTY / f"{path.name}.json").read_text("utf-8"))


def run(path, expected):
    words = [str(path), "--dry-run"]
    if expected["mapping"]:
        words += ["--mapping", str(DIRTY / expected["mapping"])]
    return CliRunner(env={"COLUMNS": "300"}).invoke(APP, words)


@every_file
def test_file_comes_to_its_account(path):
    expected = expected_of(path)
    if expected.get("refused"):
        return
    mapping = (
        read_mapping(DIRTY / expected["mapping"], CATALOGUE) if expected["mapping"] else template_of(path, CATALOGUE)
    )
    loading = Loading(path, mapping, CATALOGUE)
    reports = list(loading.reports())
    account = loading.account
    assert account.balanced, "a row was passed over in silence"
    found = {
        f"{report.subject.id} {report.period}{'c' * report.cumulative} {one.indicator}": f"{one.value} {one.unit}"
        for report in reports
        for one in report.readings
    }
    marked = {f"{indicator} {flag}": count for (indicator, flag, _), count in account.marked.items()}
    assert {
        "read": account.rows_read,
        "used": account.rows_used,
        "identical": account.rows_identical,
        "empty": account.rows_empty,
        "blank": account.rows_blank,
        "set_aside": dict(account.rows_set_aside),
        "rejected": {reason.value: count for reason, count in account.rows_rejected.items()},
        "missing": dict(account.missing),
        "marked": marked,
        "conflicts": account.conflicts,
        "unread": list(account.sheets_unread),
        "figures": found,
    } == {
        "identical": 0, "empty": 0, "blank": 0, "set_aside": {}, "rejected": {}, "missing": {}, "marked": {},
        "conflicts": 0, "unread": [],
    } | {key: value for key, value in expected.items() if key not in ("mapping", "says", "sheet")}  # fmt: skip


@every_file
def test_command_says_what_is_wrong_in_words(path):
    expected = expected_of(path)
    done = run(path, expected)
    if expected.get("refused"):
        assert isinstance(done.exception, InvalidDocument), done.output
        said = str(done.exception)
    else:
        assert done.exit_code == (1 if expected.get("rejected") else 0), done.output
        said = done.output
    assert [words for words in expected.get("says", []) if words not in said] == [], said


def test_files_are_those_the_script_makes(tmp_path):
    subprocess.run([sys.executable, DIRTY / "make.py", tmp_path], check=True)
    made = {path.name: path for path in tmp_path.iterdir()}
    kept = {path.name for path in DIRTY.iterdir() if path.suffix not in (".py", ".yaml") and path.is_file()}
    assert set(made) == kept
    for name, path in made.items():
        if path.suffix != ".xlsx":  # a workbook's bytes depend on the library's version
            assert path.read_bytes() == (DIRTY / name).read_bytes(), f"{name}: run tests/dirty/make.py"
