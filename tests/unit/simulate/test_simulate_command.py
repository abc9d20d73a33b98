"""`planwatch simulate` to a file."""

import pytest
import typer
from typer.testing import CliRunner

from planwatch.contract.report import parse_report
from planwatch.service.commands.simulate import simulate
from planwatch.simulate import dirty

APP = typer.Typer()
APP.command()(simulate)


def run(*words):
    return CliRunner().invoke(APP, [str(word) for word in words])


def lines(folder, *words):
    path = folder / "out.ndjson"
    done = run("--out", path, *words)
    assert done.exit_code == 0, done.output
    return path.read_bytes().splitlines()


SHORT = ("--from", "2024-01", "--to", "2024-03", "--units", "3")


def test_registry_comes_first_and_each_half_can_be_had_alone(tmp_path):
    registry, reports = (lines(tmp_path, *SHORT, "--only", half) for half in ("registry", "reports"))
    assert lines(tmp_path, *SHORT) == registry + reports
    assert all(b'"kind":' in line for line in registry)
    assert all(parse_report(line) for line in reports)


def test_same_seed_same_bytes(tmp_path):
    assert lines(tmp_path, *SHORT, "--seed", 5) == lines(tmp_path, *SHORT, "--seed", 5)
    assert lines(tmp_path, *SHORT, "--seed", 5) != lines(tmp_path, *SHORT, "--seed", 6)


def test_through_leaves_out_what_was_handed_in_later(tmp_path):
    reports = lines(tmp_path, *SHORT, "--only", "reports", "--through", "2024-03")
    assert {parse_report(line).period for line in reports} == {"2024-01", "2024-02"}


def test_dirty_messages_are_strewn_in(tmp_path):
    clean = lines(tmp_path, *SHORT, "--only", "reports")
    dirtied = lines(tmp_path, *SHORT, "--only", "reports", "--dirty", "0.01")
    assert len(dirtied) == len(clean) + len(dirty.KINDS)


def test_standard_output_is_the_usual_target():
    done = run(*SHORT, "--only", "registry")
    assert done.stdout.startswith('{"id":')


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2024"),
        ("--to", "2024-13"),
        ("--from", "2025-05", "--to", "2024-01"),
        ("--through", "2020-01"),
        ("--dirty", "half"),
        ("--dirty", "0.9"),
        ("--kafka", "--out", "x"),
    ],
    ids=str,
)
def test_wrong_words_are_refused(words):
    assert run(*words).exit_code == 2
