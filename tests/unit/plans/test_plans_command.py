"""`planwatch plans …`: what is printed, and exit code 1 where something does not hold."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planwatch.plans.folder import package_folder
from planwatch.service.commands.plans import app

UTILITIES = package_folder() / "example-utilities"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example plan that may be spoilt."""
    return Path(shutil.copytree(UTILITIES, tmp_path / "plans"))


def run(*words: str) -> tuple[int, str]:
    """Run the command in a wide terminal."""
    done = CliRunner(env={"COLUMNS": "240"}).invoke(app, list(words))
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("list",), "chongqing.two-high-5000"),
        (("list", "--folder", str(UTILITIES)), "ak.own-use-share"),
        (("show", "chongqing.energy-intensity"), "比2020年下降14%"),
        (("show", "heilongjiang.two-high-50000"), "假定 basis"),
        (("check",), "26 项目标,0 处不符"),
        (("check",), "四(一)1 asks for 季度监测"),
        (("test",), "nbs-2020.yaml"),
        (("indicators",), "energy.diesel_volume"),
        (("units",), "3.785411784"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_plans_command_shows_the_law(words: tuple[str, ...], shown: str) -> None:
    code, output = run(*words)
    assert code == 0, output
    assert shown in output


def test_show_of_an_unknown_target_lists_the_known_ones() -> None:
    code, output = run("show", "chongqing.intensity")
    assert code == 1
    assert "chongqing.energy-intensity" in output


def test_check_exits_with_1_when_a_number_is_not_in_the_clause(folder: Path) -> None:
    plan = folder / "utilities.yaml"
    plan.write_text(plan.read_text("utf-8").replace('value: "12"', 'value: "11"'), "utf-8")
    code, output = run("check", "--folder", str(folder))
    assert code == 1
    assert "11 month is not in the quote; it has 12 month" in output


def test_test_exits_with_1_when_an_example_fails(folder: Path) -> None:
    examples = folder / "examples" / "utilities.yaml"
    examples.write_text(examples.read_text("utf-8").replace("colour: orange", "colour: green"), "utf-8")
    code, output = run("test", "--folder", str(folder))
    assert code == 1
    assert "colour is orange, expected green" in output


def test_test_exits_with_1_when_there_are_no_examples(folder: Path) -> None:
    shutil.rmtree(folder / "examples")
    code, _ = run("test", "--folder", str(folder))
    assert code == 1


def test_show_never_cuts_the_clause_short() -> None:
    done = CliRunner(env={"COLUMNS": "60"}).invoke(app, ["show", "chongqing.cod-reduction"])
    assert "…" not in done.output
